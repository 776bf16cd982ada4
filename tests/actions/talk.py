"""A turn as the action server sees it, in one line."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

TODAY = "2026-11-21"
FORMS = {
    "offer_form": ["offer__story", "offer__departure", "offer__visa", "offer__fee"],
    "missing_form": ["missing__danger", "missing__name", "missing__country"],
    "report_form": ["report__detail"],
}
DOMAIN = {"forms": {name: {"required_slots": slots} for name, slots in FORMS.items()}}


@dataclass
class Outcome:
    """What an action said, wanted done, and remembers."""

    texts: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    commands: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def slots(self) -> dict[str, Any]:
        """Slots that were set, by name."""
        return {e["name"]: e["value"] for e in self.events if e["event"] == "slot"}


def turn(
    action: Action,
    text: str = "",
    *,
    intent: str = "nlu_fallback",
    confidence: float = 1.0,
    ranking: dict[str, float] | None = None,
    no_danger: bool = False,
    entities: dict[str, str] | None = None,
    slots: dict[str, Any] | None = None,
    form: str | None = None,
    case: str | None = None,
    before: list[dict[str, Any]] | None = None,
    has_agency_list: bool = False,
    now: str | None = None,
    today: str = TODAY,
) -> Outcome:
    """Run an action on one message; without a text the message is a button.

    `now` is when it was written, `today` the day at the office; `ranking` is what the model finds likely, best first; `no_danger` when the person, asked
    about this message, has said that nobody is in danger.
    """
    ranked = [{"name": name, "confidence": value} for name, value in (ranking or {}).items()]
    message = {
        "text": text or f"/{intent}",
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": ranked,
        "entities": [{"entity": key, "value": value} for key, value in (entities or {}).items()],
        "metadata": {
            "today": today,
            "case": case,
            "no_danger": no_danger,
            "has_agency_list": has_agency_list,
            "now": now,
        },
    }
    events = [*(before or []), {"event": "action", "name": "action_listen"}]
    events.append({"event": "user", **message})
    if form:
        events.append({"event": "action", "name": form})
    tracker = Tracker(
        "someone",
        dict(slots or {}),
        message,
        events,
        False,
        None,
        {"name": form} if form else {},
        "action_listen",
    )
    dispatcher = CollectingDispatcher()
    returned = asyncio.run(action.run(dispatcher, tracker, DOMAIN))
    outcome = Outcome(events=list(returned))
    for said in dispatcher.messages:
        if said["text"]:
            outcome.texts.append(said["text"])
            outcome.buttons += [button["payload"] for button in said["buttons"]]
        if said["custom"]:
            outcome.commands.append(said["custom"])
    return outcome
