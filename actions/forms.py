"""How a form takes an answer: only for its open question, and never against the person's will.

Whoever asks something else, wants to stop or needs a person is let go; Rasa then follows the
rule of that intent and afterwards asks the open question again.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.base import (
    UNKNOWN,
    Events,
    denies_danger,
    failed,
    intent,
    open_form,
    say,
    slot,
    typed,
    wording,
)
from actions.matters import Matter, asks, matter_of, pauses
from actions.meanings import ALARMS
from actions.turns import was_away, was_just_asked
from bot.domain.answers import is_plain_answer

LEAVES_AT_ONCE = frozenset(
    {
        "stop",
        "goodbye",
        "restart",
        "request_human",
        "report_danger",
        "report_self_harm",
        "delete_my_data",
    }
)
"""Wishes that count as soon as they are likelier than not."""

ASKS_SOMETHING_ELSE = frozenset(
    {
        "ask_agency_licence",
        "ask_placement_cost",
        "ask_visa_documents",
        "ask_official_route",
        "ask_destination",
        "ask_worker_rights",
        "ask_scam_patterns",
        "ask_contacts",
        "ask_support_services",
        "ask_case_status",
        "ask_privacy",
        "help_menu",
        "clarify",
        "bot_challenge",
        "insult",
        "greet",
        "thank",
    }
)
"""Intents that are questions to us; a short answer to ours is rarely so clearly one of them."""

TOPICS = frozenset(name for name in ASKS_SOMETHING_ELSE if name.startswith("ask_")) - {
    "ask_contacts",
    "ask_case_status",
    "ask_privacy",
}
"""Questions about a topic; a few words that only name it are an answer."""

LIKELY = 0.5
CLEAR = 0.65
UNMISTAKABLE = 0.97
"""Of a few words that ask nothing: a name can look like anything, a greeting is surer than this."""
ASKED = 0.25
"""A question mark makes a question to us likelier than an answer."""

_SKIPPED = re.compile(
    r"[\s.\-_?!]*(?:(?:di)?(?:lewat|lewati|skip|next|lanjut)(?:kan|in)?(?: saja| aja)?|"
    r"(?:tidak|tdk|ga|gak|nggak|ngga|enggak|gk|tak|kurang|belum|blm)\s*(?:tahu|tau|ingat|inget)"
    r"|(?:ora|mboten|teu|sonde|tra|tida|indak|nda)\s*(?:ngerti|ngertos|reti|weruh|nyaho|terang|tau|tahu)|"
    r"entah(?:lah)?|lupa)?(?:\s+(?:juga|kak|pak|bu|mbak|mas|teh|saya|aku))*[\s.\-_?!]*",
    re.IGNORECASE,
)


_ASKS_BACK = re.compile(
    r"\s*(?:(?:lho|loh|kok|emang|memang|lah)\s+)*"
    r"(?:kenapa|knp|knapa|napa|mengapa|buat apa|untuk apa|utk apa|maksud(?:nya)?|apa maksud)\b.*",
    re.IGNORECASE | re.DOTALL,
)
LONG_AGO = timedelta(hours=6)
"""Silence after which nobody remembers the open question."""

_SHORT_QUESTION = 7
_LONG_QUESTION = 5
_TOO_SHORT_TO_ASK = 3
_ONLY_UNSURE = 5
"""Words up to which a message that is unsure holds nothing else worth keeping."""


class Form(FormValidationAction):  # type: ignore[misc]  # rasa_sdk ships no types
    """A form whose failure is never silent.

    A subclass names itself, says in `asked` which slots are asked for now, in order, and may
    refine `read` (one answer) and `learn` (what an answer tells beside its own slot).
    """

    answered_by_intent: ClassVar[dict[str, frozenset[str]]] = {}
    """Per slot the intents that are an answer to its question and no wish to leave it."""

    matters_answered: ClassVar[frozenset[Matter | None]] = frozenset({None, Matter.RESUME})
    """Matters that do not lead away from the question; "lanjut" skips it."""

    @abstractmethod
    def asked(self, slots: dict[str, Any]) -> Sequence[str]:
        """The slots of this form that are worth asking for, given what is known."""

    def read(self, name: str, tracker: Tracker) -> str | None:  # noqa: ARG002 - for subclasses
        """The answer to the question for `name` in this message; None when it holds none."""
        text = typed(tracker)
        meant, confidence = intent(tracker)
        short = len(text.split()) <= _ONLY_UNSURE
        is_unsure = meant == "unsure" and confidence >= LIKELY and short
        if is_unsure or _SKIPPED.fullmatch(text or "?x"):
            return UNKNOWN
        return text or None

    def is_paused(self, name: str, tracker: Tracker) -> bool:  # noqa: ARG002 - for subclasses
        """Whether the person wants to answer another time."""
        return pauses(typed(tracker))

    def aside(self, name: str, text: str) -> str | None:  # noqa: ARG002 - for subclasses
        """The response to a question that stands in place of an answer; None for an answer."""
        return None

    def taken_in(
        self,
        name: str,  # noqa: ARG002 - for subclasses
        dispatcher: CollectingDispatcher,  # noqa: ARG002
        tracker: Tracker,  # noqa: ARG002
    ) -> dict[str, Any] | None:
        """The slots, that of the open question included, after words that change earlier ones."""
        return None

    def welcome_back(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """What is said to somebody who comes back after days, before the open question."""

    def learn(
        self,
        name: str,  # noqa: ARG002 - for subclasses
        value: str,  # noqa: ARG002
        dispatcher: CollectingDispatcher,  # noqa: ARG002
        tracker: Tracker,  # noqa: ARG002
    ) -> dict[str, Any]:
        """Further slots that follow from an answer; may also speak."""
        return {}

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Called by Rasa whenever the form runs: opened, answered or resumed."""
        requested = tracker.get_slot(REQUESTED_SLOT)
        try:
            events: Events = await super().run(dispatcher, tracker, domain)
        except Exception as error:  # noqa: BLE001 - the one place where a failure gets its voice
            failed(dispatcher, self.name(), error)
            # A form that fills nothing is rejected, and Rasa forgets what it said: the alarm too.
            return [slot(requested, None), slot(REQUESTED_SLOT, requested)] if requested else []
        return events

    async def required_slots(
        self,
        domain_slots: list[str],  # noqa: ARG002 - `asked` decides
        dispatcher: CollectingDispatcher,  # noqa: ARG002
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[str]:
        """See `asked`; a form that is left for now asks nothing."""
        # Not the open form: when it is only being opened, none is open yet.
        paused = tracker.get_slot("paused__form") == self.name().removeprefix("validate_")
        return [] if paused else list(self.asked(tracker.slots))

    async def get_extraction_events(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - rasa_sdk's signature
    ) -> Events:
        """The answer to the open question, with what follows from it."""
        name = tracker.get_slot(REQUESTED_SLOT)
        if not name or not was_just_asked(tracker) or self.leaves(name, tracker):
            return []
        beside = self._beside_an_answer(name, dispatcher, tracker)
        if beside is not None:
            return [slot(key, value) for key, value in beside.items()]
        value = self.read(name, tracker)
        if value is None:
            return []
        known = {name: value}
        tracker.slots.update(known)
        known.update(self.learn(name, value, dispatcher, tracker))
        return [slot(key, value) for key, value in known.items()]

    def _beside_an_answer(
        self, name: str, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> dict[str, Any] | None:
        """The slots after a message that is no answer, to which the form mostly asks again."""
        text = typed(tracker)
        if self.is_paused(name, tracker):
            # Closes the form; what stands after it in the rules says how to go on.
            return {"paused__form": open_form(tracker), name: None}
        if matter_of(text) is Matter.RESUME and was_away(tracker, LONG_AGO):
            # Right after its question "lanjut" skips it; after days it wants to see it again.
            self.welcome_back(dispatcher, tracker)
            return {name: None}
        changed = self.taken_in(name, dispatcher, tracker)
        if changed is not None:
            return changed
        says = f"say_why_{name}" if _asks_back(name, text) else self.aside(name, text)
        if says is None:
            return None
        say(dispatcher, says)
        return {name: None}

    async def get_validation_events(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002 - rasa_sdk's signature
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> Events:
        """What was extracted is already in its final form."""
        return [slot(key, value) for key, value in tracker.slots_to_validate().items()]

    def leaves(self, name: str, tracker: Tracker) -> bool:
        """Whether the message is about something else than the question for `name`."""
        meant, confidence = intent(tracker)
        text = typed(tracker)
        if (
            matter_of(text, of_a_missing=open_form(tracker) == "missing_form")
            not in self.matters_answered
        ):
            return True
        if meant in self.answered_by_intent.get(name, frozenset()):
            is_long = "?" in text and len(text.split()) >= _LONG_QUESTION
            return is_long and meant in ASKS_SOMETHING_ELSE and confidence >= CLEAR
        if meant in LEAVES_AT_ONCE:
            is_alarm = meant in ALARMS
            if is_alarm and text and (denies_danger(tracker) or is_plain_answer(text)):
                return False
            return confidence >= LIKELY
        is_question = "?" in text or asks(text)
        if meant in TOPICS and not is_question and len(text.split()) <= _TOO_SHORT_TO_ASK:
            return not text
        enough = ASKED if is_question else CLEAR
        if not is_question and 0 < len(text.split()) <= _TOO_SHORT_TO_ASK:
            enough = UNMISTAKABLE
        return meant in ASKS_SOMETHING_ELSE and confidence >= enough


def _asks_back(name: str, text: str) -> bool:
    """Whether somebody wants to know what our question is for; the form then asks it again."""
    short = len(text.split()) <= _SHORT_QUESTION
    return short and f"say_why_{name}" in wording().names and bool(_ASKS_BACK.fullmatch(text))
