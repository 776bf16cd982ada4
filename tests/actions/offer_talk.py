"""The check of an offer from turn to turn, as Rasa would lead it: the form asks, then closes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from actions.base import wording
from actions.offer import (
    ActionAskHeard,
    ActionAskWhich,
    ActionOfferClose,
    ActionOfferVerdict,
    ValidateOfferForm,
)
from tests.actions.talk import Outcome, turn

FORM = "offer_form"
_ASKING = {"offer__heard": ActionAskHeard, "offer__which": ActionAskWhich}


@dataclass
class OfferTalk:
    """One person's talk about an offer; `answers` counts what she said before the verdict."""

    slots: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    is_open: bool = False
    answers: int = 0

    @property
    def asked(self) -> str | None:
        """The slot that is being asked for."""
        return self.slots.get("requested_slot")

    @property
    def is_judged(self) -> bool:
        """Whether a verdict was told."""
        return bool(self.slots.get("offer__told"))

    def says(self, text: str = "", *, intent: str = "check_job_offer", **entities: str) -> str:
        """She writes, or taps a button where there is no text; returns what is answered."""
        self.texts, self.commands = [], []
        if not self.is_judged and (self.is_open or text):
            self.answers += 1
        said: dict[str, Any] = {"text": text, "intent": intent, "entities": entities}
        if self.is_open:
            outcome = self._hears(turn(ValidateOfferForm(), form=FORM, slots=self.slots, **said))
            if outcome.slots.keys() - {"requested_slot"}:
                self._goes_on()
                return "\n".join(self.texts)
        outcome = self._hears(
            turn(
                ActionOfferVerdict(), form=FORM if self.is_open else None, slots=self.slots, **said
            )
        )
        if outcome.events and outcome.events[-1].get("name") == "action_listen":
            self.is_open = False
            return "\n".join(self.texts)
        self._hears(turn(ValidateOfferForm(), slots=self.slots, **said))
        self._goes_on()
        return "\n".join(self.texts)

    def _goes_on(self) -> None:
        """The form asks its next question; without one the check is closed."""
        self.is_open = self.asked is not None
        if self.asked is None:
            self._hears(turn(ActionOfferClose(), slots=self.slots))
        elif self.asked in _ASKING:
            self._hears(turn(_ASKING[self.asked](), slots=self.slots))
        else:
            self.texts.append(wording().say(f"utter_ask_{FORM}_{self.asked}").text)

    def _hears(self, outcome: Outcome) -> Outcome:
        self.slots.update(outcome.slots)
        self.texts += outcome.texts
        self.commands += outcome.commands
        return outcome
