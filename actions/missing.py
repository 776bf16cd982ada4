"""The report of a relative who cannot be reached: danger first, everything may be skipped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    UNKNOWN,
    Events,
    Guarded,
    Slots,
    emit,
    entity,
    intent,
    open_form,
    say,
    slot,
    typed,
)
from actions.forms import Form
from bot.language.danger import screen
from bot.language.facts import find_facts
from bot.language.spelling import normalise
from bot.language.types import Urgency

FORM = "missing_form"
QUESTIONS = (
    "missing__danger",
    "missing__name",
    "missing__country",
    "missing__last_contact",
    "missing__recruiter",
    "missing__safe_contact",
)
YES = "ya"
NO = "tidak"

SCAM_HUBS = re.compile(
    r"\b(?:kamboja|cambodia|phnom penh|sihanoukville|poipet|bavet|myanmar|burma|myawaddy|"
    r"mae sot|laos|golden triangle|bokeo)\b"
)
"""Where people who fall silent are held to cheat others online; sources: the catalogue of red
flags (non_placement_country). A relative silent there is urgent (labels of urgency)."""

_SAID_YES = re.compile(r"(?:ya+|iya+|iyo|yo|betul|benar|inggih|nggih|enggih)\b(?! tidak)")
_SAID_NO = re.compile(r"(?:tidak|bukan|belum|tidak ada|ora|mboten|sing|ndak)\b(?! tahu| tau)")


class ActionMissingStart(Guarded):
    """Begins a report: what was told is kept at once, should the person vanish too."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_missing_start"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Open the case with the first words; a button alone opens nothing yet."""
        if open_form(tracker) == FORM:
            return []
        story = typed(tracker)
        known: dict[str, Any] = dict.fromkeys(QUESTIONS)
        known["missing__story"] = story or None
        known["missing__country"] = entity(tracker, "country") if story else None
        say(dispatcher, "say_missing_start")
        if story:
            _report(dispatcher, known)
        return [slot(name, value) for name, value in known.items()]


class ValidateMissingForm(Form):
    """Takes the answers about a missing relative."""

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {
        "missing__danger": frozenset({"report_danger"}),
        "missing__country": frozenset({"ask_destination"}),
        "missing__recruiter": frozenset({"ask_agency_licence"}),
        "missing__safe_contact": frozenset({"ask_contacts", "request_human", "ask_privacy"}),
    }

    def name(self) -> str:
        """Name in domain.yml."""
        return "validate_missing_form"

    def asked(self, slots: dict[str, Any]) -> Sequence[str]:
        """All questions; none any more once danger is known, for then people take over."""
        return () if slots.get("missing__danger") == YES else QUESTIONS

    def read(self, name: str, tracker: Tracker) -> str | None:
        """Yes, no or words for the danger question; words for the others."""
        value = super().read(name, tracker)
        if name != "missing__danger" or value == UNKNOWN:
            return value
        return _danger(tracker)


class ActionMissingSubmit(Guarded):
    """Hands the report over when the questions are through."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_missing_submit"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Open the case, or add to the one that was opened at the start."""
        if _has_news(tracker.slots) or not tracker.get_slot("missing__story"):
            _report(dispatcher, tracker.slots)
        if tracker.get_slot("missing__danger") != YES:
            # In danger the worker has the word: it asks whether the person can chat.
            say(dispatcher, "say_missing_end")
        return []


def keep_what_was_said(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Whoever leaves the report half-way leaves no hole: what was told becomes a case."""
    if open_form(tracker) == FORM and _has_news(tracker.slots):
        _report(dispatcher, tracker.slots)


def fields_of(slots: Slots) -> dict[str, str]:
    """The answers by name of the question; what was skipped is left out."""
    names = ("missing__story", *QUESTIONS)
    return {
        name.removeprefix("missing__"): str(slots[name])
        for name in names
        if slots.get(name) not in (None, "", UNKNOWN)
    }


def _has_news(slots: Slots) -> bool:
    """Whether anything was answered; the story and its country went out when it began."""
    told = fields_of(slots)
    named = {fact.value for fact in find_facts(told.pop("story", "")) if fact.entity == "country"}
    return bool(told.keys() - {"country"}) or told.get("country", "") not in {"", *named}


def urgency_of(slots: Slots) -> Urgency:
    """How soon a person must look, by the answers so far; never below a concern."""
    if slots.get("missing__danger") == YES:
        return Urgency.EMERGENCY
    told = normalise("\n".join(fields_of(slots).values())).text.casefold()
    held = Urgency.URGENT if SCAM_HUBS.search(told) else Urgency.NONE
    return Urgency.highest(Urgency.CONCERN, held, screen(told).urgency)


def _report(dispatcher: CollectingDispatcher, slots: Slots) -> None:
    emit(
        dispatcher,
        "open_case",
        kind="missing_relative",
        urgency=urgency_of(slots).value,
        fields=fields_of(slots),
    )


def _danger(tracker: Tracker) -> str | None:
    """Yes, no, or the words themselves when they are neither."""
    meant, _ = intent(tracker)
    text = typed(tracker)
    plain = normalise(text).text.casefold().strip()
    if meant in ("affirm", "report_danger") or _SAID_YES.match(plain):
        return YES
    if screen(text).urgency is Urgency.EMERGENCY:
        return YES
    if meant == "deny" or _SAID_NO.match(plain):
        return NO
    return text or None
