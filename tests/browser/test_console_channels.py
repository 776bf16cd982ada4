"""The console with chat apps in a real browser: files, deliveries, held texts, refused requests."""

from __future__ import annotations

import asyncio
import json
import struct
import time
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.domain.messages import Attachment, InboundMessage, Kind
from bot.domain.staff import Role
from bot.ports import MediaError, SendError
from channels.inbound import refuse, take_in
from tests.browser.test_console import Running, look, signed_in
from tests.hotline import Hotline

pytestmark = pytest.mark.browser

BAIT = "<img src=x onerror=alert(1)>.jpg"
WHATSAPP = "whatsapp:+6285100000001"
ANI = {"whatsapp": WHATSAPP, "telegram": "77"}
LATE = MediaError("timed_out", permanent=False)
TOO_LARGE = MediaError("too_large", permanent=True)


def png(width: int, height: int) -> bytes:
    """A picture of stripes."""
    rows = b"".join(
        b"\0" + b"".join(bytes((90, 140 if x // 16 % 2 else 60, y % 256)) for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def wav(seconds: float, rate: int = 8000) -> bytes:
    """A sound of silence, as long as wanted."""
    body = b"\x80" * int(seconds * rate)
    form = struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)
    head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVE"
    return (
        head
        + b"fmt "
        + struct.pack("<I", 16)
        + form
        + b"data"
        + struct.pack("<I", len(body))
        + body
    )


class Desk:
    """A running server, and people on Telegram and WhatsApp."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.hotline = running.hotline
        self._count = 0

    def run(self, work: Any) -> Any:
        """Run something on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.running.loop).result(10)

    def says(self, channel: str, who: str, text: str, **more: Any) -> None:
        """Somebody writes in a chat app."""
        self._count += 1
        values = {"final": True, "address": who, **more}
        message = InboundMessage(channel, f"c{self._count}", who, text, **values)
        self.run(take_in(self.hotline.app, message))

    def sends(
        self,
        channel: str,
        kind: Kind,
        media_type: str,
        body: bytes,
        *,
        name: str = "",
        failure: MediaError | None = None,
    ) -> None:
        """Ani sends a file; it is fetched by the worker, or that fails."""
        media = self.hotline.media
        reference = f"file {len(media.files)}"
        media.files[reference] = body
        media.failures += [failure] if failure else []
        attached = (Attachment(kind, media_type, reference, name, len(body)),)
        self.says(channel, ANI[channel], "", kind=kind, attachments=attached)
        for _ in range(200):
            if reference in media.fetched:
                return
            time.sleep(0.02)
        pytest.fail("nobody fetched the file")

    def opens(self, channel: str) -> None:
        """A channel is opened for real."""
        now = self.hotline.clock.now()
        self.run(self.hotline.app.write(lambda uow: uow.channels.mark_opened(channel, now)))

    def refuses(self, channel: str, reason: str, body: bytes) -> None:
        """Something comes to the door without proof."""
        self.run(refuse(self.hotline.app, channel, reason, body))


@pytest.fixture
def desk(hotline: Hotline) -> Iterator[Desk]:
    """A server with a supervisor (sari) and a caseworker (budi)."""
    server = Running(hotline)
    server.start()
    server.hire("sari", Role.SUPERVISOR)
    server.hire("budi")
    yield Desk(server)
    server.stop()


def opened(context: BrowserContext, desk: Desk, login: str = "sari") -> Page:
    """The page of the only case."""
    page = signed_in(context, desk.running, login)
    page.locator(".case a").first.click()
    page.locator("#end").wait_for(state="attached")
    return page


def eventually(page: Page, truth: str) -> None:
    """Wait until an expression is true; the page's policy lets no string be run in it."""
    for _ in range(100):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(50)
    pytest.fail(truth)


def test_files_of_every_sort_on_a_phone(
    desk: Desk, phone: BrowserContext, desktop: BrowserContext
) -> None:
    """A picture is seen, a voice note plays from its middle, the rest is saved; faults are told."""
    problems: list[str] = []
    for context in (phone, desktop):
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("dialog", lambda dialog: problems.append(dialog.message))
    desk.says("whatsapp", WHATSAPP, "tolong saya dikunci di kamar")
    desk.sends("whatsapp", Kind.PHOTO, "image/png", png(640, 360), name=BAIT)
    desk.sends("whatsapp", Kind.VOICE, "audio/wav", wav(100))
    desk.sends(
        "whatsapp",
        Kind.DOCUMENT,
        "text/html",
        b"<script>alert(1)</script>",
        name="kontrak.html",
    )
    desk.says(
        "whatsapp",
        WHATSAPP,
        "",
        kind=Kind.LOCATION,
        detail="-6.200000, 106.816666\nPasar Minggu\n↪",
    )
    desk.says("whatsapp", WHATSAPP, "", kind=Kind.CONTACT, detail="Pak <b>Contoh</b> +62 851")
    desk.says("whatsapp", WHATSAPP, "dikunci di kamar 5", kind=Kind.EDITED)
    desk.says("whatsapp", WHATSAPP, "", kind=Kind.DELETED)
    desk.sends("whatsapp", Kind.VIDEO, "video/mp4", wav(60), failure=TOO_LARGE)
    desk.sends("whatsapp", Kind.PHOTO, "image/jpeg", png(9, 9), failure=LATE)
    for context, name in ((phone, "phone"), (desktop, "desktop")):
        page = opened(context, desk)
        picture = page.locator("img").first
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
        eventually(page, "document.querySelector('.thumb img').naturalWidth === 640")
        look(page, f"{name}-files-top")
        sound = page.locator("audio")
        sound.scroll_into_view_if_needed()
        at = sound.evaluate(
            """async (audio) => {
              await new Promise((done, fail) => {
                audio.onloadedmetadata = done; audio.onerror = () => fail(audio.error); audio.load();
                audio.preload = "auto";
              });
              audio.currentTime = 90;
              await new Promise((done) => { audio.onseeked = done; });
              return [Math.round(audio.duration), Math.round(audio.currentTime)];
            }"""
        )
        assert at == [100, 90]
        look(page, f"{name}-files-middle")
        page.locator(".said").last.scroll_into_view_if_needed()
        expect(page.locator(".said.person", has_text="terlalu besar")).to_be_visible()
        expect(page.locator(".said", has_text="Sedang diambil")).to_be_visible()
        expect(page.get_by_role("link", name="Buka di peta")).to_have_attribute(
            "href", "geo:-6.200000,106.816666?q=-6.200000,106.816666"
        )
        look(page, f"{name}-files-end")
        with page.expect_download() as saving:
            page.get_by_role("link", name="Simpan berkas").click()
        assert saving.value.suggested_filename == "kontrak.bin"
        with context.expect_page() as opening:
            page.locator(".thumb").first.click()
        opening.value.wait_for_load_state()
        shown = opening.value.evaluate("document.images[0].naturalWidth")
        assert shown == 640
        opening.value.close()
    assert not problems


def test_what_plays_goes_on_when_something_new_arrives(desk: Desk, phone: BrowserContext) -> None:
    """The element that plays survives the new line, with its place."""
    desk.says("telegram", "77", "tolong saya dikunci di kamar")
    desk.sends("telegram", Kind.VOICE, "audio/wav", wav(60))
    page = opened(phone, desk)
    page.evaluate("document.querySelector('audio').muted = true")
    page.evaluate("document.querySelector('audio').play()")
    eventually(page, "document.querySelector('audio').currentTime > 0.3")
    desk.says("telegram", "77", "masih di sini")
    expect(page.locator(".said.person").last).to_contain_text("masih di sini", timeout=3000)
    assert page.evaluate("!document.querySelector('audio').paused")
    assert page.evaluate("document.querySelector('audio').currentTime > 0.3")


def test_deliveries_and_a_watched_phone(
    desk: Desk, phone: BrowserContext, desktop: BrowserContext
) -> None:
    """Sent, failed and held are told in words; two members let a held text go."""
    app = desk.hotline.chats["telegram"]
    desk.says("telegram", "77", "tolong saya dikunci di kamar")
    page = opened(phone, desk)
    page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_label("Tulis balasan")
    expect(page.locator(".said.human").last).to_contain_text("terkirim", timeout=5000)
    app.then = [SendError("blocked", permanent=True, unreachable=True)]
    reply.fill("Ada di kota mana?")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".said.bad")).to_contain_text("TIDAK SAMPAI", timeout=5000)
    expect(page.locator(".state .banner")).to_contain_text("memblokir kami")
    look(page, "phone-delivery-failed")
    page.evaluate("scrollTo(0, 0)")
    look(page, "phone-unreachable")
    desk.says("telegram", "77", "saya kembali")
    expect(page.locator(".state .banner")).to_have_count(0)
    desk.hotline.clock.forward(minutes=25)
    expect(page.locator(".composer .care")).to_contain_text("Balasan akan ditahan", timeout=5000)
    reply.fill("Apa kabar hari ini?")
    look(page, "phone-reply-would-wait")
    page.get_by_role("button", name="Kirim", exact=True).click()
    held = page.locator(".said.held")
    expect(held).to_contain_text("menunggu orang itu menulis lagi", timeout=5000)
    look(page, "phone-held")
    held.get_by_role("button", name="Kirim sekarang").click()
    expect(page.get_by_role("heading", name="Kirim pesan ini sekarang?")).to_be_visible()
    expect(page.get_by_text("butuh persetujuan petugas kedua")).to_be_visible()
    look(page, "phone-release-asks")
    page.get_by_role("button", name="Minta persetujuan petugas kedua").click()
    expect(page.locator(".said.held")).to_contain_text("Menunggu persetujuan petugas kedua")
    look(page, "phone-release-waits")
    wide = opened(desktop, desk, "budi")
    other = wide.locator(".said.held")
    expect(other).to_contain_text("Petugas 1 minta dikirim sekarang")
    look(wide, "desktop-held")
    other.get_by_role("button", name="Setujui").click()
    look(wide, "desktop-release-agrees")
    wide.get_by_role("button", name="Setuju, kirim sekarang").click()
    expect(wide.locator(".said.human").last).to_contain_text("terkirim", timeout=5000)
    assert app.received[-1] == ("77", "Apa kabar hari ini?")


def test_refused_requests_are_decided_by_supervisors(
    desk: Desk, phone: BrowserContext, desktop: BrowserContext
) -> None:
    """A count for everybody; bodies and decisions for supervisors; nothing in a body runs."""
    problems: list[str] = []
    phone.on("dialog", lambda dialog: problems.append(dialog.message))
    message = {
        "MessageSid": "SM1",
        "From": WHATSAPP,
        "Body": "tolong <script>alert(1)</script> dikunci",
        "MessageType": "text",
    }
    desk.refuses("whatsapp", "bad_signature", urlencode(message).encode())
    desk.refuses(
        "telegram", "malformed", json.dumps({"x": "<img src=x onerror=alert(1)>"}).encode()
    )
    desk.refuses("telegram", "too_large", b"")
    desk.refuses("telegram", "too_large", b"")
    page = signed_in(phone, desk.running)
    expect(page.locator(".tabs .count")).to_have_text("3")
    look(page, "phone-list-refused")
    page.get_by_role("link", name="Ditolak").click()
    expect(page.locator(".refused")).to_have_count(3)
    look(page, "phone-quarantine")
    first = page.locator(".refused", has_text="Tanda tangannya salah")
    first.get_by_text("Lihat isi").click()
    expect(first.locator("pre")).to_contain_text("MessageSid=SM1")
    expect(first).to_contain_text("tolong <script>alert(1)</script> dikunci")
    look(page, "phone-quarantine-body")
    worker = signed_in(desktop, desk.running, "budi")
    worker.get_by_role("link", name="Ditolak").click()
    expect(worker.locator(".refused")).to_have_count(3)
    expect(worker.locator("pre")).to_have_count(0)
    expect(worker.get_by_role("button", name="Ya, masukkan")).to_have_count(0)
    look(worker, "desktop-quarantine-worker")
    first.locator("summary", has_text="Masukkan").click()
    look(page, "phone-quarantine-release")
    first.get_by_role("button", name="Ya, masukkan").click()
    expect(page.get_by_role("alert")).to_contain_text("belum dibuka")
    desk.opens("whatsapp")
    first.locator("summary", has_text="Masukkan").click()
    first.get_by_role("button", name="Ya, masukkan").click()
    expect(page.locator(".refused")).to_have_count(2)
    expect(page.locator(".settled")).to_contain_text("Dimasukkan oleh Petugas 1")
    page.goto(f"{desk.running.url}/console/")
    expect(page.locator(".case")).to_contain_text("WhatsApp")
    page.goto(f"{desk.running.url}/console/quarantine")
    page.locator("summary", has_text="Buang").first.click()
    page.get_by_role("button", name="Ya, buang").click()
    expect(page.locator(".refused")).to_have_count(1)
    look(page, "phone-quarantine-settled")
    assert not problems
