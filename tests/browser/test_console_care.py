"""Care, next steps, the record and the load in a real browser, on a small phone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bot.domain.staff import Role
from tests.browser.test_console import Running, look, scriptless, signed_in
from tests.hotline import Hotline
from tests.real_cases import real_emergency

__all__ = ["scriptless"]
pytestmark = pytest.mark.browser


@pytest.fixture
def running(hotline: Hotline) -> Iterator[Running]:
    """A server with a supervisor and a caseworker, who has a phone that rings."""
    server = Running(hotline)
    server.start()
    server.hire("sari", Role.SUPERVISOR)
    server.hire("budi")
    now = hotline.clock.now()
    everyone = hotline.app.database.read(lambda uow: uow.staff.everyone())
    budi = next(member for member in everyone if member.login == "budi")
    hotline.app.database.write(
        lambda uow: uow.staff.add_contact(budi.id, "phone", "budi-phone", verified_at=now)
    ).result()
    yield server
    server.stop()


def passes(running: Running, **by: float) -> None:
    """Time passes; the running worker does what became due."""
    running.hotline.clock.forward(**by)
    settling = running.hotline.settle()
    asyncio.run_coroutine_threadsafe(settling, running.loop).result(10)


def opened(page: Page, running: Running, reference: str) -> None:
    """The page of a case."""
    page.goto(f"{running.url}/console/cases/{reference}")


def unfold(page: Page, summary: str) -> None:
    """Tap on what is folded."""
    page.locator("summary", has_text=summary).click()


def test_a_case_is_cared_for_on_a_phone(running: Running, phone: BrowserContext) -> None:
    """The clock, what was done, what comes next, who was called: all within reach of a thumb."""
    running.says("ani", "tolong saya dikunci di kamar, paspor diambil majikan")
    (case,) = asyncio.run_coroutine_threadsafe(running.hotline.cases(), running.loop).result(10)
    passes(running, minutes=5)
    page = signed_in(phone, running)
    look(page, "phone-list-unmanned")
    expect(page.locator(".alarming")).to_contain_text("Tidak ada yang bertugas, dan 1 DARURAT")
    opened(page, running, case.reference)
    expect(page.locator(".state")).to_contain_text("Dipanggil sekarang: Petugas 2.")
    look(page, "phone-case-called")
    page.get_by_role("button", name="Saya tangani").click()
    expect(page.locator(".state")).to_contain_text("Tindakan ditunggu sampai 20.15 WIB")
    look(page, "phone-case-care-due")
    page.locator("#record").scroll_into_view_if_needed()
    look(page, "phone-case-record")
    expect(page.locator("#record")).to_contain_text("Petugas 2: dipanggil lewat phone")
    expect(page.locator("#trace")).to_have_value(case.trace_id)
    unfold(page, "Catat tindakan")
    look(page, "phone-case-cared")
    page.get_by_role("button", name="Simpan alasan").click()
    first = page.get_by_label("HP-nya mungkin dilihat orang lain")
    assert first.evaluate("field => field.validationMessage") == "Pilih dulu alasannya."
    page.get_by_label("Menunggu waktu yang dia minta").check()
    page.get_by_role("button", name="Simpan alasan").click()
    expect(page.locator(".state")).not_to_contain_text("Tindakan ditunggu")
    unfold(page, "Tambah langkah")
    look(page, "phone-case-plan")
    page.get_by_label("Apa", exact=True).fill("Telepon KJRI Johor, tanya soal paspor")
    page.get_by_label("Siapa", exact=True).select_option(label="Petugas 2")
    page.get_by_role("button", name="Simpan langkah").click()
    expect(page.locator("#next")).to_contain_text("Petugas 2, 22.05 WIB. Belum disetujui")
    look(page, "phone-case-next")
    unfold(page, "Saya diancam")
    look(page, "phone-case-threat")
    page.locator("#threat").get_by_role("button", name="Saya diancam").click()
    expect(page.locator(".state .banner")).to_contain_text("Petugas diancam")
    look(page, "phone-case-threatened")


def test_everything_works_without_scripts(running: Running, scriptless: BrowserContext) -> None:
    """Plan, agree, do, and two who close a real emergency: plain forms on an old phone."""
    writing = real_emergency(running.hotline)
    case = asyncio.run_coroutine_threadsafe(writing, running.loop).result(10)
    page = signed_in(scriptless, running, "budi")
    opened(page, running, case.reference)
    unfold(page, "Tambah langkah")
    page.get_by_label("Apa", exact=True).fill("Cek lagi")
    page.get_by_role("button", name="Simpan langkah").click()
    expect(page.locator("#next")).to_contain_text("Cek lagi")
    page.get_by_role("button", name="Selesai", exact=True).click()
    expect(page.locator("#next")).to_contain_text("Belum ada langkah berikutnya.")
    unfold(page, "Tutup kasus")
    page.get_by_label("Sudah tertolong").check()
    page.get_by_role("button", name="Minta ditutup").click()
    page.get_by_role("button", name="Ya, minta persetujuan").click()
    expect(page.locator(".state")).to_contain_text("Menunggu persetujuan petugas kedua.")
    scriptless.clear_cookies()
    page = signed_in(scriptless, running, "sari")
    expect(page.locator(".case")).to_contain_text("Petugas 2 minta kasus ini ditutup")
    look(page, "phone-list-closing")
    opened(page, running, case.reference)
    look(page, "phone-case-asked")
    page.get_by_role("button", name="Setuju ditutup…").click()
    look(page, "phone-case-agree")
    page.get_by_role("button", name="Ya, setuju ditutup").click()
    expect(page.locator(".state")).to_contain_text("Sudah ditutup: Sudah tertolong.")


def test_notices_and_load_on_a_phone(running: Running, phone: BrowserContext) -> None:
    """Good news and a question on top of the list; four broken nights on the page of the load."""
    passes(running, hours=3)
    page = signed_in(phone, running, "budi")
    for night in range(4):
        running.says(f"ani {night}", "tolong saya dikunci di kamar")
        found = asyncio.run_coroutine_threadsafe(running.hotline.cases(), running.loop)
        (case,) = found.result(10)
        opened(page, running, case.reference)
        page.get_by_role("button", name="Saya tangani").click()
        unfold(page, "Tutup kasus")
        page.get_by_label("Sudah tertolong").check()
        page.get_by_role("button", name="Tutup kasus").click()
        page.get_by_role("button", name="Ya, tutup kasus").click()
        expect(page.locator(".state")).to_contain_text("Sudah ditutup")
        phone.clear_cookies()
        passes(running, days=1)
        page = signed_in(phone, running, "budi")
    expect(page.locator(".notice")).to_have_count(8)
    expect(page.locator(".notice").first).to_contain_text("Kabar baik")
    look(page, "phone-list-notices")
    for _ in range(8):
        page.get_by_role("button", name="Sudah dibaca").first.click()
    expect(page.locator(".notice")).to_have_count(0)
    page.get_by_role("link", name="Beban").click()
    expect(page.locator(".load")).to_contain_text("Malam terganggu")
    expect(page.get_by_text("4 malam terganggu dalam 7 hari.")).to_be_visible()
    look(page, "phone-load")
    phone.clear_cookies()
    page = signed_in(phone, running)
    page.get_by_role("link", name="Beban").click()
    expect(page.locator(".load")).to_have_count(2)
    look(page, "phone-load-all")
