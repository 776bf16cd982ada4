"""What of a report about a missing relative goes to the staff, and when."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNKNOWN, Events, Slots, emit, open_form, slot
from bot.language.danger import screen
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


def fields_of(slots: Slots) -> dict[str, str]:
    """The answers by name of the question; what was skipped is left out."""
    names = ("missing__story", *QUESTIONS)
    return {
        name.removeprefix("missing__"): str(slots[name])
        for name in names
        if slots.get(name) not in (None, "", UNKNOWN)
    }


def urgency_of(slots: Slots) -> Urgency:
    """How soon a person must look, by the answers so far; never below a concern."""
    if slots.get("missing__danger") == YES:
        return Urgency.EMERGENCY
    told = normalise("\n".join(fields_of(slots).values())).text.casefold()
    held = Urgency.URGENT if SCAM_HUBS.search(told) else Urgency.NONE
    return Urgency.highest(Urgency.CONCERN, held, screen(told).urgency)


def report(dispatcher: CollectingDispatcher, slots: Slots) -> Events:
    """Hand over what was told so far; returns the memory of what was handed over."""
    fields = fields_of(slots)
    emit(
        dispatcher,
        "open_case",
        kind="missing_relative",
        urgency=urgency_of(slots).value,
        fields=fields,
    )
    return [slot("missing__kept", fields)]


def has_news(slots: Slots) -> bool:
    """Whether anything was told since the report last went out."""
    return fields_of(slots) != (slots.get("missing__kept") or {})


def keep_what_was_said(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Whoever leaves the report half-way leaves no hole: what was told becomes a case."""
    if open_form(tracker) == FORM and has_news(tracker.slots):
        return report(dispatcher, tracker.slots)
    return []
