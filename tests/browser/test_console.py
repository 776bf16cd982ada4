"""The console in a real browser: a case appears, is taken over, answered and handed back."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from bot.domain.cases import CaseKind
from bot.domain.conversation import Talk
from bot.domain.messages import InboundMessage
from bot.domain.staff import Role
from bot.language.types import Urgency
from bot.server import create_app
from bot.services.accounts import add_staff
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import take_in
from tests.hotline import Hotline

pytestmark = pytest.mark.browser

PASSWORD = "panjang sekali kata sandinya"
OTHERS = (
    (CaseKind.MISSING_RELATIVE, Urgency.URGENT),
    (CaseKind.MONEY_LOST, Urgency.CONCERN),
    (CaseKind.HUMAN_REQUEST, Urgency.CONCERN),
    (CaseKind.JOB_OFFER, Urgency.NONE),
)
SMALLEST_TOUCH_TARGET = 44
LOWEST_CONTRAST = 4.5  # WCAG 2.2 AA, normal text

# The text's colour against the nearest opaque background, for every element with words.
CONTRAST = """
() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [x, y, z] = colour.slice(0, 3).map((v) => {
      v /= 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const words = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.offsetParent && words(e) && !e.disabled)
    .map((e) => {
      let behind = e, colour;
      do {
        colour = parse(getComputedStyle(behind).backgroundColor);
        behind = behind.parentElement;
      } while (behind && colour.length === 4 && colour[3] === 0);
      const pair = [light(colour), light(parse(getComputedStyle(e).color))].sort((a, b) => b - a);
      return [(pair[0] + 0.05) / (pair[1] + 0.05), e.textContent.trim().slice(0, 40)];
    })
    .sort((a, b) => a[0] - b[0])[0];
}
"""
TARGETS = """
() => [...document.querySelectorAll("button, a, summary, select, textarea, input:not([type=hidden], [type=radio]), label.pick")]
  .filter((e) => e.offsetParent)
  .map((e) => [Math.round(e.getBoundingClientRect().height), e.textContent.trim().slice(0, 30)])
  .sort((a, b) => a[0] - b[0])[0]
"""


class Running:
    """The real server with its worker, on a free loopback port in a thread of its own."""

    def __init__(self, hotline: Hotline) -> None:
        self.hotline = hotline
        self.loop = asyncio.new_event_loop()
        config = uvicorn.Config(
            create_app(hotline.app), port=0, log_config=None, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run)
        self._count = 0

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.server.serve())

    def start(self) -> None:
        """Returns when it listens."""
        self.thread.start()
        while not self.server.started:
            threading.Event().wait(0.02)
        (socket,) = self.server.servers[0].sockets
        self.url = f"http://127.0.0.1:{socket.getsockname()[1]}"

    def stop(self) -> None:
        """Returns when all requests and the worker have ended."""
        self.server.should_exit = True
        self.thread.join()

    def says(self, who: str, text: str) -> None:
        """Somebody writes to the hotline."""
        self._count += 1
        message = InboundMessage("web", f"m{self._count}", who, text, final=True)
        taking = take_in(self.hotline.app, message)
        asyncio.run_coroutine_threadsafe(taking, self.loop).result(5)

    def hire(self, login: str, role: Role = Role.CASEWORKER) -> None:
        """A new member of staff."""
        now = self.hotline.clock.now()
        self.hotline.app.database.write(
            lambda uow: add_staff(uow, login, role, PASSWORD, now)
        ).result()

    def hush(self, who: str) -> None:
        """Somebody has asked for silence."""
        now = self.hotline.clock.now()

        def hush(uow: SqlUnitOfWork) -> None:
            known = uow.conversations.for_sender("web", who, now)
            uow.conversations.set_talk(known.id, Talk.DANGER_SILENT)

        self.hotline.app.database.write(hush).result()

    def seed(self) -> None:
        """Cases of every urgency, some of them old."""
        for number, (kind, urgency) in enumerate(OTHERS):
            at = self.hotline.clock.now() - timedelta(minutes=17 * (number + 1) ** 3)
            job = partial(_open, f"other{number}", kind, urgency, at)
            self.hotline.app.database.write(job).result()


def _open(who: str, kind: CaseKind, urgency: Urgency, at: datetime, uow: SqlUnitOfWork) -> None:
    known = uow.conversations.for_sender("web", who, at)
    facts = {"country": "Malaysia", "name": "Contoh"}
    uow.cases.open(known, kind, urgency, facts, practice=True, now=at)


@pytest.fixture
def running(hotline: Hotline) -> Iterator[Running]:
    """A server with two members of staff.

    Tests name it before their browsers: pages that follow it must be gone when it stops.
    """
    server = Running(hotline)
    server.start()
    server.hire("sari", Role.SUPERVISOR)
    server.hire("budi")
    yield server
    server.stop()


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[BrowserContext]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=False, locale="id-ID"
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def signed_in(context: BrowserContext, running: Running, login: str = "sari") -> Page:
    """The list of cases of a member, after signing in on the page."""
    page = context.new_page()
    page.goto(f"{running.url}/console/")
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url("**/console/")
    return page


def shot(page: Page, name: str) -> None:
    """A picture for people who look at the design; only when a folder is named."""
    folder = os.environ.get("CONSOLE_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def look(page: Page, name: str) -> None:
    """Readable, wide enough for a thumb and never wider than the screen, in both schemes."""
    page.wait_for_load_state()  # styles included
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        shot(page, f"{name}-{scheme}")
        contrast, words = page.evaluate(CONTRAST)
        assert contrast >= LOWEST_CONTRAST, (scheme, words)
    height, words = page.evaluate(TARGETS)
    assert height >= SMALLEST_TOUCH_TARGET, words
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    page.emulate_media(color_scheme="light")


def test_from_the_first_cry_to_the_hand_back(running: Running, phone: BrowserContext) -> None:
    """An emergency appears by itself, is taken over, answered once, and handed back."""
    problems: list[str] = []
    phone.on("console", lambda message: _collect(message, problems))
    phone.on("weberror", lambda error: problems.append(str(error.error)))
    running.seed()
    page = signed_in(phone, running)
    look(page, "phone-list-quiet")
    expect(page).to_have_title("Daftar kasus · Konsol TanyaDulu")
    page.wait_for_timeout(300)

    running.says("ani", "tolong saya dikunci di kamar, paspor diambil majikan")
    calling = page.locator(".calling")
    expect(calling).to_have_text("1 DARURAT menunggu petugas", timeout=1000)
    expect(page).to_have_title("(1) Daftar kasus · Konsol TanyaDulu")
    expect(page.locator(".case").first).to_contain_text("DARURAT")
    look(page, "phone-list-emergency")

    page.locator(".case").first.locator("a").click()
    look(page, "phone-case-bot")
    page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_label("Tulis balasan")
    expect(reply).to_be_visible()
    expect(page.locator(".said.human")).to_contain_text("Petugas 1")
    expect(reply).to_be_in_viewport()
    expect(page.locator(".said.human").last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Kembalikan ke bot")).to_be_in_viewport()
    reply.fill("Sedang sendirian sekarang?")
    look(page, "phone-case-held")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".said.human").last).to_contain_text("Sedang sendirian sekarang?")
    expect(reply).to_have_value("")

    reply.fill("Kalimat yang belum sel")
    running.says("ani", "iya, majikan keluar")
    expect(page.locator(".said.person").last).to_contain_text("majikan keluar", timeout=1000)
    expect(reply).to_have_value("Kalimat yang belum sel")
    reply.fill("Baik, kami cari jalan.")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".said.human").last).to_contain_text("kami cari jalan")
    page.get_by_role("button", name="Kembalikan ke bot").click()
    expect(page.get_by_label("Tulis balasan")).to_have_count(0)
    assert not problems


def test_closing_an_emergency_on_a_phone(running: Running, phone: BrowserContext) -> None:
    """Notes and closing unfold under the talk; an emergency asks a second time."""
    running.says("ani", "tolong saya dikunci di kamar")
    page = signed_in(phone, running)
    page.locator(".case a").click()
    page.get_by_role("link", name="Catatan & tutup").click()
    expect(page.locator("#note")).to_be_in_viewport()
    page.get_by_text("Tambah catatan").click()
    note = page.get_by_label("Catatan untuk petugas")
    page.get_by_role("button", name="Simpan catatan").click()
    assert note.evaluate("field => field.validationMessage") == "Tulis dulu catatannya."
    height = _height(note)
    note.fill("Sudah bicara dengan KJRI.\n" * 8)
    assert _height(note) > height
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.locator("#history")).to_contain_text("Sudah bicara dengan KJRI.")
    expect(page.locator("#note")).to_be_in_viewport()
    shot(page, "phone-case-noted")
    page.locator("summary", has_text="Tutup kasus").click()
    page.get_by_role("button", name="Tutup kasus").click()
    first = page.get_by_label("Sudah tertolong")
    assert first.evaluate("field => field.validationMessage") == "Pilih dulu alasan menutup kasus."
    page.get_by_label("Sudah tertolong").check()
    look(page, "phone-case-closing")
    page.get_by_role("button", name="Tutup kasus").click()
    expect(page.get_by_role("heading", name="Tutup kasus darurat ini?")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator("#offline")).to_be_hidden()
    look(page, "phone-case-confirm")
    page.get_by_role("button", name="Ya, tutup kasus").click()
    expect(page.locator(".state")).to_contain_text("Sudah ditutup: Sudah tertolong.")


def test_closing_a_case_that_one_still_holds(running: Running, phone: BrowserContext) -> None:
    """The hand-back stands where the closing is wanted, and leads on to it."""
    running.says("ani", "tolong saya dikunci di kamar")
    page = signed_in(phone, running)
    page.locator(".case a").click()
    page.get_by_role("button", name="Ambil alih").click()
    page.locator("summary", has_text="Tutup kasus").click()
    again = page.locator("#close").get_by_role("button", name="Kembalikan ke bot")
    expect(again).to_be_in_viewport()
    look(page, "phone-case-close-held")
    again.click()
    expect(page.locator("#close")).to_be_in_viewport()
    page.get_by_label("Ternyata tidak ada bahaya").check()
    page.get_by_role("button", name="Tutup kasus").click()
    expect(page.get_by_role("heading", name="Tutup kasus darurat ini?")).to_be_visible()


def test_a_bad_night_fits_the_first_screen(
    running: Running, phone: BrowserContext, desktop: BrowserContext
) -> None:
    """Sixteen emergencies without anybody on duty: one alarm, and the cases are in reach."""
    for number in range(16):
        running.says(f"orang{number}", f"tolong saya dikunci di kamar {number}, di kamboja")
    for context, name in ((phone, "phone"), (desktop, "desktop")):
        page = signed_in(context, running)
        expect(page.locator(".alarm")).to_have_count(1)
        expect(page.locator(".alarm")).to_contain_text("saat 16 kasus darurat masuk")
        expect(page.locator(".case").first).to_be_in_viewport()
        look(page, f"{name}-list-bad-night")
        page.get_by_text("Lihat kasus").click()
        expect(page.locator(".alarm .refs a")).to_have_count(16)
        look(page, f"{name}-list-alarm-open")
    page.get_by_role("button", name="Sudah diurus").click()
    expect(page.locator(".alarm")).to_have_count(0)


def test_a_warning_stands_above_the_reply_box(
    running: Running, phone: BrowserContext, desktop: BrowserContext
) -> None:
    """A phone that went quiet, and one whose owner asked for silence; duty cannot end there."""
    running.says("ani", "tolong saya dikunci di kamar, majikan pegang parang")
    page = signed_in(phone, running)
    page.get_by_role("button", name="Saya bertugas").click()
    page.locator(".case a").click()
    page.get_by_role("button", name="Ambil alih").click()
    running.hotline.clock.forward(minutes=11)
    page.reload()
    expect(page.locator(".composer .care")).to_contain_text("Pesan terakhirnya 11 mnt lalu")
    expect(page.locator(".composer .care")).to_be_in_viewport()
    look(page, "phone-case-quiet")
    running.hush("ani")
    page.reload()
    expect(page.locator(".composer .care")).to_contain_text("Orang ini minta kami diam.")
    look(page, "phone-case-silent")
    wide = signed_in(desktop, running)
    wide.goto(page.url)
    expect(wide.locator(".composer .care")).to_be_in_viewport()
    look(wide, "desktop-case-silent")
    page.goto(f"{running.url}/console/")
    page.get_by_role("button", name="Selesai bertugas").click()
    expect(page.locator("#problem")).to_contain_text("Masih memegang 1 percakapan.")
    look(page, "phone-duty-refused")
    page.locator("#problem").get_by_role("link").click()
    expect(page.get_by_role("button", name="Kembalikan ke bot")).to_be_in_viewport()


def test_a_lost_line_is_shown_and_loses_no_reply(running: Running, phone: BrowserContext) -> None:
    """While the line is down the page says so and keeps the words; then they arrive once."""
    running.says("ani", "tolong saya dikunci di kamar")
    page = signed_in(phone, running)
    page.locator(".case a").click()
    page.get_by_role("button", name="Ambil alih").click()
    reply = page.get_by_label("Tulis balasan")
    reply.fill("Saya di sini.")
    phone.set_offline(True)
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".sending")).to_contain_text("Belum terkirim: sambungan putus.")
    expect(reply).to_have_value("Saya di sini.")
    expect(page.locator("#offline")).to_be_in_viewport()
    shot(page, "phone-case-offline")
    phone.set_offline(False)
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".said.human").last).to_contain_text("Saya di sini.")
    expect(page.locator("#offline")).to_be_hidden()
    assert page.locator(".said.human", has_text="Saya di sini.").count() == 1


def test_the_console_works_without_scripts(running: Running, scriptless: BrowserContext) -> None:
    """Old phones and strict browsers: sign in, take over, answer, hand back."""
    running.says("ani", "tolong saya dikunci di kamar")
    page = signed_in(scriptless, running)
    page.locator(".case a").click()
    page.get_by_role("button", name="Ambil alih").click()
    page.get_by_label("Tulis balasan").fill("Tanpa skrip pun bisa.")
    with page.expect_navigation():
        page.get_by_role("button", name="Kirim").click()
    for _ in range(20):
        page.reload()
        if page.locator(".said.human").count() == 2:
            break
        page.wait_for_timeout(100)
    expect(page.locator(".said.human").last).to_contain_text("Tanpa skrip pun bisa.")
    page.get_by_role("button", name="Kembalikan ke bot").click()
    expect(page.locator(".state")).to_contain_text("Bot menjawab.")


def test_sound_is_heard_only_after_somebody_wants_it(
    running: Running, phone: BrowserContext
) -> None:
    """The bell starts silent; one tap turns it on, and any touch wakes it on the next page."""
    page = signed_in(phone, running)
    bell = page.locator("#sound")
    expect(bell).to_have_text("Bunyi mati")
    bell.click()
    expect(bell).to_have_text("Bunyi nyala")
    page.reload()
    page.get_by_role("heading", name="Tidak ada yang bertugas").click()
    expect(bell).to_have_text("Bunyi nyala")
    bell.click()
    expect(bell).to_have_text("Bunyi mati")


def test_a_wide_screen_shows_talk_and_file_side_by_side(
    running: Running, desktop: BrowserContext
) -> None:
    """At a desk nothing needs scrolling to be found."""
    running.seed()
    running.says("ani", "tolong saya dikunci di kamar, paspor diambil majikan")
    page = signed_in(desktop, running, "budi")
    page.get_by_role("button", name="Saya bertugas").click()
    expect(page.locator(".duty")).to_contain_text("Petugas 2 sampai")
    look(page, "desktop-list")
    page.locator(".case a").first.click()
    page.get_by_role("button", name="Ambil alih").click()
    expect(page.get_by_label("Tulis balasan")).to_be_visible()
    look(page, "desktop-case")
    talk = page.locator(".talk").bounding_box()
    file = page.locator(".facts").bounding_box()
    assert talk is not None
    assert file is not None
    assert file["x"] >= talk["x"] + talk["width"]


def test_the_door_fits_a_phone(running: Running, phone: BrowserContext) -> None:
    """Signing in with a thumb, and what a wrong password looks like."""
    page = phone.new_page()
    page.goto(f"{running.url}/console/cases/TD-BBBBBB")
    look(page, "phone-sign-in")
    page.get_by_label("Nama masuk").fill("sari")
    page.get_by_label("Kata sandi").fill("salah salah salah")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("alert")).to_have_text("Nama atau kata sandinya belum cocok.")
    look(page, "phone-sign-in-wrong")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator("p").first).to_have_text("Halaman atau kasus ini tidak ada.")
    look(page, "phone-not-found")


def _height(field: Locator) -> float:
    box = field.bounding_box()
    assert box is not None
    return box["height"]


def _collect(message: ConsoleMessage, problems: list[str]) -> None:
    if message.type in ("error", "warning"):
        problems.append(message.text)
