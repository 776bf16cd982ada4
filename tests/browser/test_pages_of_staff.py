"""The link of a page and one's own contacts, on a small phone in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.domain.cases import CaseState
from bot.domain.messages import Outbound
from bot.domain.staff import Role
from bot.domain.staff_contacts import EMAIL, SMS, VOICE
from bot.store.unit_of_work import SqlUnitOfWork
from tests.browser.test_console import Running, look, signed_in
from tests.hotline import Hotline

pytestmark = pytest.mark.browser

SARI_PHONE = "+628120000001"


class Phones:
    """What is sent to the members' phones."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def find_sent(self, _message: Outbound) -> None:
        """A phone does not tell."""

    async def send(self, message: Outbound) -> None:
        """It arrives."""
        self.texts.append(message.text)


@pytest.fixture
def phones() -> Phones:
    """All phones of the staff."""
    return Phones()


@pytest.fixture
def running(tmp_path: Path, phones: Phones) -> Iterator[Running]:
    """A server whose staff are woken by SMS, call and e-mail."""
    hotline = Hotline(tmp_path / "var")
    app = hotline.app
    names = (SMS, VOICE, EMAIL)
    hotline.app = replace(
        app,
        senders={**app.senders, **dict.fromkeys(names, phones)},
        office=replace(app.office, page_channels=app.office.page_channels | set(names)),
    )
    server = Running(hotline)
    server.hire("sari", Role.SUPERVISOR)
    server.start()
    yield server
    server.stop()


def wake(running: Running) -> str:
    """Sari is on duty with a phone, somebody cries for help; the path of the link of her page."""
    now = running.hotline.clock.now()

    def prepare(uow: SqlUnitOfWork) -> None:
        member = uow.staff.find("sari")
        assert member is not None
        uow.staff.add_contact(member.id, SMS, SARI_PHONE, now)

    def link(uow: SqlUnitOfWork) -> str:
        page = uow.pages.of_case(uow.cases.listed(CaseState.OPEN)[0].id)[0]
        return f"/p/{uow.pages.token_of(page.id)}"

    running.hotline.app.database.write(prepare).result()
    running.says("ani", "tolong saya dikunci di kamar")
    return running.hotline.app.database.read(link)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_case_is_taken_by_one_tap_on_an_old_phone(
    running: Running, browser: Browser, *, scripts: bool
) -> None:
    """With or without scripts: one button, then what came of it, and the way to sign in."""
    path = wake(running)
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, java_script_enabled=scripts, locale="id-ID"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(running.url + path)
    expect(page.get_by_text("Ada orang menunggu jawaban")).to_be_visible()
    if scripts:
        look(page, "page-link")
    page.get_by_role("button", name="Saya pegang").click()
    expect(page.get_by_role("status")).to_contain_text("sekarang Anda yang pegang")
    if scripts:
        look(page, "page-link-taken")
    page.get_by_role("link", name="Buka konsol").click()
    expect(page.get_by_label("Nama masuk")).to_be_visible()
    context.close()


def test_a_link_that_is_over_leads_to_the_console(running: Running, phone: BrowserContext) -> None:
    """No button, no case: only where to look."""
    page = phone.new_page()
    page.goto(f"{running.url}/p/{'0' * 32}")
    expect(page.get_by_role("status")).to_contain_text("sudah lewat atau tidak dikenal")
    expect(page.get_by_role("button")).to_have_count(0)
    look(page, "page-link-unknown")


def test_contacts_are_added_proved_and_ordered_on_a_phone(
    running: Running, phone: BrowserContext, phones: Phones
) -> None:
    """From an empty list to two proved contacts in their order, and a trial that rings."""
    page = signed_in(phone, running)
    page.get_by_role("link", name="Petugas 1").click()
    expect(page.get_by_text("Belum ada kontak.")).to_be_visible()
    look(page, "contacts-empty")
    page.get_by_label("Lewat").select_option("sms")
    page.get_by_label("Nomor dengan kode negara").fill("0812 0000 0001")
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_role("alert").first).to_contain_text("kode negara")
    look(page, "contacts-refused")
    for channel, address in ((SMS, SARI_PHONE), (EMAIL, "sari@example.org")):
        add_and_prove(page, phones, channel, address)
    look(page, "contacts-proved")
    page.get_by_role("button", name="Naikkan Email").click()
    expect(page.locator(".contacts li").first).to_contain_text("Email")
    page.get_by_role("button", name="Uji panggilan").click()
    expect(page.get_by_text("Email: dikirim")).to_be_visible()
    look(page, "contacts-tried")
    assert any("panggilan percobaan" in text for text in phones.texts)


def add_and_prove(page: Page, phones: Phones, channel: str, address: str) -> None:
    """Fill in the form, read the code from the phone, tell it back."""
    page.get_by_label("Lewat").select_option(channel)
    page.get_by_label("Nomor dengan kode negara").fill(address)
    page.get_by_role("button", name="Kirim kode").click()
    field = page.get_by_label("Kode 6 angka")
    expect(field).to_be_visible()
    if channel == SMS:
        look(page, "contacts-code")
    field.fill(phones.texts[-1].partition("Kode TanyaDulu: ")[2][:6])
    page.get_by_role("button", name="Cocokkan").click()
    expect(page.locator(".contacts li").last).to_contain_text("Sudah terbukti")
