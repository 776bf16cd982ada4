"""Signing in and out."""

from __future__ import annotations

import pytest

from bot.services import accounts
from bot.services.duty import duty
from tests.console.conftest import OWN, PASSWORD, Office
from tests.hotline import START, Hotline

WRONG = "Nama atau kata sandinya belum cocok."


def test_a_page_leads_through_sign_in_to_its_case(office: Office) -> None:
    """The link of a page asks to sign in and then shows the case."""
    office.hire("sari")
    case = office.emergency()
    visitor = office.visitor()
    path = f"/console/cases/{case.reference}"
    answer = visitor.get(path).response
    assert answer.status_code == 303
    door = visitor.get(answer.headers["location"])
    target = door.hidden["next"]
    entered = visitor.post("/console/sign-in", login="Sari ", password=PASSWORD, next=target)
    assert entered.response.headers["location"] == path
    assert case.reference in visitor.get(path).text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/console/cases/../../x", "javascript:alert(1)", ""],
)
def test_sign_in_leads_nowhere_else(office: Office, target: str) -> None:
    """A crafted link cannot send a member to another site."""
    office.hire("sari")
    entered = office.visitor().post(
        "/console/sign-in", login="sari", password=PASSWORD, next=target
    )
    assert entered.response.headers["location"] == "/console/"


def test_unknown_name_and_wrong_password_look_the_same(office: Office) -> None:
    """The answer does not tell which names exist; neither does it for a disabled account."""
    for login in ("sari", "budi"):
        office.hire(login)
    office.nobody.run(office.hotline.app.write(lambda uow: accounts.disable(uow, "budi", START)))
    texts = set()
    for login, password in (
        ("sari", "salah salah salah"),
        ("nobody", "x" * 12),
        ("budi", PASSWORD),
    ):
        page = office.visitor().sign_in(login, password)
        assert page.status == 403
        assert WRONG in page.text
        texts.add(page.response.text.replace(login, "LOGIN"))
    assert len(texts) == 1


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: Office) -> None:
    """HttpOnly, SameSite=Strict, only for the console; not Secure on plain loopback."""
    office.hire("sari")
    cookie = office.visitor().sign_in("sari").response.headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "path=/console", "max-age=43200"):
        assert attribute in cookie
    assert "secure" not in cookie


def test_the_cookie_is_secure_on_https(tmp_path: object, office: Office) -> None:
    """Under a public https address the cookie never travels in clear."""
    settings = office.hotline.app.settings
    object.__setattr__(settings, "public_base_url", "https://hotline.example")
    office.hire("sari")
    assert "secure" in office.visitor().sign_in("sari").response.headers["set-cookie"].lower()


def test_a_session_ends_after_twelve_hours(office: Office, hotline: Hotline) -> None:
    """A forgotten phone is not signed in the next day."""
    visitor = office.signed_in("sari")
    hotline.clock.forward(hours=11.9)
    assert visitor.get("/console/").status == 200
    hotline.clock.forward(hours=0.2)
    assert visitor.get("/console/").status == 303


def test_signing_out_ends_the_session_in_the_database(office: Office) -> None:
    """A copied cookie is worth nothing after signing out."""
    visitor = office.signed_in("sari")
    copied = dict(visitor.client.cookies)
    assert visitor.post("/console/sign-out").status == 303
    thief = office.visitor()
    thief.client.cookies.update(copied)
    assert thief.get("/console/").status == 303


def test_signing_in_again_ends_the_session_before(office: Office) -> None:
    """A cookie that somebody planted or copied earlier does not live on."""
    visitor = office.signed_in("sari")
    before = dict(visitor.client.cookies)
    visitor.sign_in("sari")
    thief = office.visitor()
    thief.client.cookies.update(before)
    assert thief.get("/console/").status == 303
    assert visitor.get("/console/").status == 200


def test_guessing_is_slowed_down_but_keeps_nobody_out_for_long(
    office: Office, hotline: Hotline
) -> None:
    """After five wrong tries the next one waits; the owner gets in within half a minute."""
    office.hire("sari")
    visitor = office.visitor()
    for _ in range(5):
        assert visitor.sign_in("sari", "salah salah salah").status == 403
    refused = visitor.sign_in("sari")
    assert refused.status == 429
    assert "Coba lagi dalam 2 detik" in refused.text
    assert refused.response.headers["retry-after"] == "2"
    hotline.clock.forward(seconds=30)
    assert visitor.sign_in("sari").status == 303


def test_a_page_that_is_open_counts_as_reachable(office: Office, hotline: Hotline) -> None:
    """The duty rule sees whose console is open; a page nobody can notice does not count."""
    visitor = office.signed_in("sari")
    visitor.post("/console/duty/begin", hours="4")

    def reachable() -> bool:
        """Whether anybody on duty can be reached now."""
        state = hotline.app.database.read(lambda uow: duty(uow, hotline.app.office, now))
        return bool(state.reachable)

    now = hotline.clock.now()
    assert reachable()
    hotline.clock.forward(minutes=3)
    now = hotline.clock.now()
    assert not reachable()
    page = visitor.get("/console/", {"X-Seen": "0"})
    assert not reachable()
    visitor.get("/console/", {"X-Have": "list:0", "X-Seen": "1"})
    assert reachable()
    assert page.status == 200


def test_scripts_are_told_that_the_session_ended(office: Office) -> None:
    """An open page gets a plain 401 instead of a sign-in page in its place."""
    for headers in ({"X-Have": "list:0"}, {"X-Script": "1"}):
        assert office.visitor().get("/console/", headers).status == 401


def test_a_link_in_web_mail_still_finds_the_session(office: Office) -> None:
    """A strict cookie is held back on a link from another site: the console then asks itself."""
    visitor = office.signed_in("sari")
    case = office.emergency()
    fresh = office.visitor()
    path = f"/console/cases/{case.reference}"
    onward = fresh.get(path, {"sec-fetch-site": "cross-site"})
    assert onward.status == 200
    assert 'http-equiv="refresh"' in onward.response.text
    target = onward.response.text.split("url=")[1].split('"')[0]
    assert visitor.get(target, OWN).response.headers["location"] == path
