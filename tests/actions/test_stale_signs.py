"""What may have changed since somebody checked it is told with that day, and with whom to ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.base import DATA, words
from actions.conversation import ActionClarify
from actions.verdict import news_text, say_again, stale_remark, summary, verdict_texts
from bot.domain.calendar_words import day_in_words
from bot.domain.contacts import load_contacts
from bot.language.flags import FlagEntry, catalogue
from bot.language.offers import check_offer
from bot.language.types import OfferCheck, Verdict
from tests.actions.talk import turn
from tests.actions.test_verdict import checks

BAN = "middle_east_domestic_ban"
OFFER = "kerja jadi pembantu rumah tangga di riyadh arab saudi gaji 6 juta"


def last_fresh_day(entry: FlagEntry) -> date:
    """The last day on which what it says stands as it is."""
    assert entry.valid_days is not None
    return entry.checked_on + timedelta(days=entry.valid_days)


MAY_CHANGE = {code: entry for code, entry in catalogue().items() if entry.valid_days is not None}
LATER = max(map(last_fresh_day, MAY_CHANGE.values())) + timedelta(days=1)
"""A day on which nothing that may change is fresh any more."""


def remark(code: str) -> str:
    """What stands beside this flag once it is stale."""
    return words("say_offer_stale", date=day_in_words(catalogue()[code].checked_on))


def unremarked(text: str) -> list[str]:
    """The stale flags that a text of LATER shows without the remark."""
    lines = text.splitlines()
    return [
        code
        for code, entry in MAY_CHANGE.items()
        for line in lines
        if any(said in line for said in (entry.title, entry.reason, entry.explanation))
        and remark(code) not in line
    ]


@pytest.mark.parametrize("code", sorted(MAY_CHANGE))
def test_a_flag_is_told_as_it_stands_to_its_last_day(code: str) -> None:
    """The day after, the same reason comes with the day of the check and whom to ask."""
    last = last_fresh_day(catalogue()[code])
    assert stale_remark((code,), last) == ""
    assert stale_remark((code,), last + timedelta(days=1)) == remark(code)
    for office in ("KP2MI", "BP3MI", "KBRI"):
        assert office in remark(code)


def test_a_verdict_changes_its_words_when_a_flag_goes_stale() -> None:
    """Only the line of that flag, by one sentence."""
    check = check_offer(OFFER)
    assert BAN in {flag.code for flag in check.flags}
    last = last_fresh_day(catalogue()[BAN])
    (fresh,) = verdict_texts(check, last)
    (stale,) = verdict_texts(check, last + timedelta(days=1))
    assert remark(BAN) not in fresh
    assert stale.replace(f" {remark(BAN)}", "") == fresh


def test_the_office_named_stands_in_the_directory() -> None:
    """Who is told to ask KP2MI can be given its number."""
    contacts = load_contacts(DATA / "directory" / "contacts.yml")
    assert any(contact.name.startswith("KP2MI") for contact in contacts)


def test_an_unknown_day_makes_nothing_fresh() -> None:
    """What has a term may be over it; what has none is told as it stands."""
    assert stale_remark((BAN,), None) == remark(BAN)
    assert stale_remark(("upfront_fee",), None) == ""


def test_no_stale_entry_is_shown_without_the_remark() -> None:
    """All verdicts with all flags and pairs of flags, and all news that begin from none."""
    before = summary(OfferCheck(Verdict.CAUTION), "") | {"flags": ["upfront_fee"]}
    shown = 0
    for check in checks():
        told = [*verdict_texts(check, LATER), news_text(before, check, LATER, facts={})]
        for text in told:
            assert unremarked(text) == [], text
            shown += any(entry.title in text for entry in MAY_CHANGE.values())
    assert shown > len(MAY_CHANGE)


@pytest.mark.parametrize("code", sorted(MAY_CHANGE))
def test_no_stale_entry_is_explained_or_repeated_without_the_remark(code: str) -> None:
    """The two sentences, what can be done, and the last verdict in short."""
    told = {"verdict": "critical", "flags": [code], "signals": [], "facts": {}}
    for chosen in (code, "steps"):
        for day, is_stale in ((LATER, True), (catalogue()[code].checked_on, False)):
            said = turn(
                ActionClarify(),
                intent="clarify",
                entities={"explain": chosen},
                slots={"offer__told": told},
                today=day.isoformat(),
            )
            assert (remark(code) in said.texts[0]) is is_stale
    dispatcher = CollectingDispatcher()
    say_again(dispatcher, told, LATER)
    assert unremarked(dispatcher.messages[0]["text"]) == []


def test_the_walk_can_fail() -> None:
    """A line with the reason alone is seen."""
    assert unremarked(f"• {catalogue()[BAN].title}. {catalogue()[BAN].reason}") == [BAN]
