"""The rota on a small phone whose browser runs no scripts."""

from __future__ import annotations

from datetime import date, time

import pytest
from playwright.sync_api import BrowserContext, expect

from bot.domain.rota import Holiday, Rotation
from bot.store.rota import MAIN
from bot.store.unit_of_work import SqlUnitOfWork
from tests.browser.test_console import Running, look, running, scriptless, signed_in

__all__ = ["running", "scriptless"]

pytestmark = pytest.mark.browser


def _plan(uow: SqlUnitOfWork) -> None:
    ids = tuple(member.id for member in uow.staff.everyone())
    nights = Rotation("", "malam", ids, 1, date(2026, 11, 21), None, time(20), time(8))
    days = Rotation(
        "", "siang", ids[:1], 1, date(2026, 11, 22), None, time(8), time(17), frozenset(range(5))
    )
    uow.rota.keep_rotation(MAIN, nights)
    uow.rota.keep_rotation(MAIN, days)
    uow.rota.keep_holidays([Holiday(date(2026, 11, 25), "Hari Guru")])


def test_a_swap_from_asking_to_yes_on_a_phone(
    running: Running,
    scriptless: BrowserContext,
) -> None:
    """Who is on call is read at a glance, a swap is asked for, accepted by the other and seen."""
    running.hotline.app.database.write(_plan).result()
    page = signed_in(scriptless, running, "budi")
    page.get_by_role("link", name="Jadwal jaga").click()
    expect(page.locator(".day.today")).to_contain_text("mulai 20.00 Petugas 1")
    expect(page.locator(".day.today")).to_be_in_viewport()
    expect(page.locator(".day .gap").first).to_contain_text("Kosong")
    look(page, "phone-rota")
    page.get_by_role("link", name="WITA").click()
    expect(page.locator(".day.today")).to_contain_text("mulai 21.00 Petugas 1")
    page.locator("summary", has_text="Tukar jaga").click()
    page.get_by_role("button", name="Minta tukar").scroll_into_view_if_needed()
    look(page, "phone-rota-swap")
    page.get_by_role("button", name="Minta tukar").click()
    asked = page.locator(".state", has_text="Minta tukar jaga")
    expect(asked).to_contain_text("Petugas 1 menggantikan Petugas 2: Min 22 Nov 21.00")
    scriptless.clear_cookies()
    chief = signed_in(scriptless, running, "sari")
    chief.goto(f"{running.url}/console/rota")
    chief.get_by_role("button", name="Terima").click()
    expect(chief.locator("summary", has_text="Tukar jaga yang berlaku (1)")).to_be_visible()
    for title in ("Tukar jaga yang berlaku", "Tambah jaga", "Giliran tetap", "Bahasa petugas"):
        chief.locator("summary", has_text=title).click()
    chief.locator("summary", has_text="Giliran baru").click()
    chief.get_by_role("button", name="Simpan giliran").last.scroll_into_view_if_needed()
    look(chief, "phone-rota-supervisor")
