"""What every answer of the console carries, and what happens when something breaks."""

from __future__ import annotations

import re
from enum import StrEnum

import pytest
from structlog.testing import capture_logs

from bot.console import forms, message_words, words
from bot.console.forms import Spent
from bot.console.pages import FOLDER
from bot.domain.cases import CaseKind, CloseReason, LogKind
from bot.domain.messages import Kind
from bot.language.types import Urgency
from tests.console.conftest import Office

TEMPLATES = sorted(
    str(path.relative_to(FOLDER / "templates")) for path in (FOLDER / "templates").rglob("*.html")
)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/sign-in", 200),
        ("/console/", 303),
        ("/console/nope", 404),
        ("/console/sign-out", 405),
        ("/console/static/console.css", 200),
        ("/console/quarantine", 303),
        ("/console/files/x", 303),
    ],
)
def test_every_answer_has_the_safe_headers(office: Office, path: str, status: int) -> None:
    """Pages, redirects, files and faults alike allow nothing that the console does not need."""
    answer = office.visitor().get(path).response
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    kept = "no-cache" if "static" in path else "no-store"
    assert answer.headers["cache-control"] == kept


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_hold_no_inline_code(name: str) -> None:
    """The policy would block it; escaping would not cover it."""
    text = (FOLDER / "templates" / name).read_text(encoding="utf-8")
    assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:|\|\s*safe", text)
    assert not re.search(r"<script(?! src=\"/console/static/[a-z.]+\" defer></script>)", text)


def test_a_fault_of_ours_shows_a_page_and_logs_no_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is friendly; the log names the kind of error, never its message."""
    visitor = office.signed_in("sari")
    case = office.emergency()

    def broken(*_args: object) -> None:
        """Fails with words of a person in its message."""
        raise RuntimeError("saya dikunci")

    monkeypatch.setattr("bot.console.views.case_file", broken)
    with capture_logs() as logs:
        page = visitor.get(f"/console/cases/{case.reference}")
    assert page.status == 500
    assert "di pihak kami" in page.text
    assert "no-store" in page.response.headers["cache-control"]
    assert [entry["event"] for entry in logs] == ["console_failed"]
    assert "dikunci" not in str(logs)


def test_a_body_that_is_too_large_is_refused(office: Office) -> None:
    """Nobody fills the memory through a form."""
    visitor = office.signed_in("sari")
    case = office.emergency()
    page = visitor.post(f"/console/cases/{case.reference}/note", text="x" * 70_000)
    assert page.status == 413


def test_other_content_types_are_refused(office: Office) -> None:
    """JSON is no form."""
    visitor = office.visitor()
    page = visitor.run(
        visitor.client.post(
            "/console/sign-in", json={"login": "a"}, headers={"sec-fetch-site": "same-origin"}
        )
    )
    assert page.status_code == 415


def test_a_form_of_a_thousand_fields_is_refused(office: Office) -> None:
    """So many fields come from no page of ours."""
    fields = {f"f{number}": "x" for number in range(1000)}
    assert office.visitor().post("/console/sign-in", **fields).status == 400


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (CaseKind, words.KINDS),
        (CloseReason, words.CLOSE_REASONS),
        (LogKind, words.LOG_KINDS),
        (Urgency, words.URGENCIES),
        (Kind, message_words.KINDS),
    ],
)
def test_every_code_has_indonesian_words(codes: type[StrEnum], table: dict[StrEnum, str]) -> None:
    """Staff never meet a code of the program."""
    assert set(table) == set(codes)


def test_spent_forms_are_forgotten_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of forms is bounded; the oldest goes first."""
    monkeypatch.setattr(forms, "MOST_KEPT", 2)
    spent = Spent()
    assert [spent.spend("sari", form) for form in "abc"] == [True, True, True]
    assert [spent.spend("sari", form) for form in "cba"] == [False, False, True]
    assert spent.spend("budi", "c")
