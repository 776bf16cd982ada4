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
    all_told,
    denies_danger,
    entity,
    intent,
    open_form,
    say,
    slot,
    told_of_no_danger,
    typed,
)
from actions.first import First
from actions.forms import UNMISTAKABLE, Form
from actions.matters import pauses, plain_words
from actions.missing_case import FORM, NO, QUESTIONS, YES, has_news, report
from bot.language.danger import screen
from bot.language.spelling import normalise
from bot.language.types import Urgency

_NAMED = re.compile(
    r"\s*(?:nama(?:nya)?|nm|namane)\b(?:\s+(?:nya|dia|itu|adalah|lengkap))*\s*[:=]?\s+",
    re.IGNORECASE,
)
_NO_NAME = frozenset(
    [
        "sakit",
        "sehat",
        "baik",
        "mungkin",
        "kayaknya",
        "sepertinya",
        "hilang",
        "takut",
        "kabur",
        "aman",
        "dikurung",
        "dipukul",
        "kritis",
        "terakhir",
        "kemarin",
        "katanya",
        "kadang",
        "pernah",
        "sering",
        "susah",
        "stres",
        "depresi",
        "lemas",
        "mati",
        "meninggal",
    ]
)
_OF_NAMES = ("nlu_fallback", "out_of_scope", "add_case_info")
_LONGEST_NAME = 2
_SAID_YES = re.compile(r"(?:ya+|iya+|iyo|yo|betul|benar|inggih|nggih|enggih)\b(?! tidak)")
_SAID_NO = re.compile(r"(?:tidak|bukan|belum|tidak ada|ora|mboten|sing|ndak)\b(?! tahu| tau)")


class ActionMissingStart(First):
    """Begins a report: what was told is kept at once, should the person vanish too."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_missing_start"

    opens_or_empties = True

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Open the case with the first words; a button alone opens nothing yet.

        Who was just asked about danger because of these words is not asked the same again.
        """
        if open_form(tracker) == FORM:
            return []
        story = all_told(tracker)
        known: dict[str, Any] = dict.fromkeys(QUESTIONS)
        known["missing__story"] = story or None
        known["missing__country"] = entity(tracker, "country") if story else None
        known["missing__danger"] = NO if told_of_no_danger(tracker) else None
        say(dispatcher, "say_missing_start")
        kept = report(dispatcher, known) if story else [slot("missing__kept", None)]
        known.update(dict.fromkeys(("paused__form", "missing__asked_again")))
        return [*(slot(name, value) for name, value in known.items()), *kept]


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

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """A day or an hour is an answer to when somebody may call."""
        if name == "missing__safe_contact" and pauses(typed(tracker)):
            return False
        return super().leaves(name, tracker)

    def is_paused(self, name: str, tracker: Tracker) -> bool:
        """Not by "besok saja" where that is the answer."""
        return name != "missing__safe_contact" and super().is_paused(name, tracker)

    def read(self, name: str, tracker: Tracker) -> str | None:
        """Yes, no or words for the danger question; words for the others."""
        value = super().read(name, tracker)
        if name == "missing__name" and value:
            return _NAMED.sub("", value, count=1) or value
        if name != "missing__danger" or value == UNKNOWN:
            return value
        return _danger(tracker)

    def learn(
        self,
        name: str,
        value: str,
        dispatcher: CollectingDispatcher,  # noqa: ARG002 - nothing to say
        tracker: Tracker,
    ) -> dict[str, Any]:
        """A name in answer to the question of danger is kept, and that question comes once more."""
        slots = tracker.slots
        early = name == "missing__danger" and not slots.get("missing__name")
        if not early or slots.get("missing__asked_again") or not _is_name(tracker):
            return {}
        told = _NAMED.sub("", value, count=1)
        return {"missing__danger": None, "missing__name": told, "missing__asked_again": "yes"}


class ActionMissingSubmit(Guarded):
    """Hands the report over when the questions are through."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_missing_submit"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Open the case, or add to the one that was opened at the start."""
        if tracker.get_slot("paused__form"):
            kept = report(dispatcher, tracker.slots) if has_news(tracker.slots) else []
            say(dispatcher, "say_paused")
            return kept
        kept = []
        if has_news(tracker.slots) or not tracker.get_slot("missing__story"):
            kept = report(dispatcher, tracker.slots)
        if tracker.get_slot("missing__danger") != YES:
            # In danger the worker has the word: it asks whether the person can chat.
            say(dispatcher, "say_missing_end")
        return kept


def _danger(tracker: Tracker) -> str | None:
    """Yes, no, or the words themselves when they are neither."""
    meant, _ = intent(tracker)
    text = typed(tracker)
    if denies_danger(tracker):
        # They have just answered that very question; the words are for whoever reads the report.
        return text or None
    plain = normalise(text).text.casefold().strip()
    if meant in ("affirm", "report_danger") or _SAID_YES.match(plain):
        return YES
    if screen(text).urgency is Urgency.EMERGENCY:
        return YES
    if meant == "deny" or _SAID_NO.match(plain):
        return NO
    return text or None


def _looks_like_nothing(tracker: Tracker) -> bool:
    """Whether the words are plainly no greeting, no yes and no no: a name means nothing."""
    meant, confidence = intent(tracker)
    return meant in _OF_NAMES or confidence < UNMISTAKABLE


def _is_name(tracker: Tracker) -> bool:
    """Whether the words are a name rather than what happened: said so, or written as one."""
    text = typed(tracker)
    if _NAMED.match(text):
        return True
    said = text.split()
    return (
        0 < len(said) <= _LONGEST_NAME
        and all(word.isalpha() and word[0].isupper() for word in said)
        and _looks_like_nothing(tracker)
        and _NO_NAME.isdisjoint(plain_words(text).split())
    )
