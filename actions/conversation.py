"""The turns of a talk: going on, stopping, starting over, asking what was meant."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import LISTEN, Events, Guarded, close_form, emit, open_form, say, slot, wording
from actions.danger import emergency
from actions.missing import keep_what_was_said
from actions.verdict import why


class ActionResume(Guarded):
    """What comes after an answer to a question in between."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_resume"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Offer the next steps; an open form asks its question again by itself."""
        if open_form(tracker) is None:
            say(dispatcher, "say_next_steps")
        return []


class ActionStop(Guarded):
    """Somebody wants to stop."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_stop"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Close the form; what was told stays."""
        if open_form(tracker) is None:
            say(dispatcher, "say_nothing_to_stop")
            return []
        keep_what_was_said(dispatcher, tracker)
        say(dispatcher, "say_stopped")
        return close_form()


class ActionGoodbye(Guarded):
    """Somebody says goodbye."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_goodbye"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Let them go: an open question is not asked again, what was told stays."""
        keep_what_was_said(dispatcher, tracker)
        say(dispatcher, "say_goodbye")
        return close_form() if open_form(tracker) else []


class ActionAffirm(Guarded):
    """Somebody says yes outside of a form."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_affirm"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Take it as the first choice of a yes-or-no question; deleting needs its own button."""
        choice = yes_to(tracker)
        if choice == "/request_human":
            emit(dispatcher, "request_human")
        elif choice == "/report_danger":
            return emergency(dispatcher, tracker, "danger")
        elif choice.startswith("/delete_my_data"):
            say(dispatcher, "say_erasure_question")
        else:
            say(dispatcher, "say_affirm")
        return []


def yes_to(tracker: Tracker) -> str:
    """What the last question offered beside a no; empty when it was no such question."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            payloads = [str(button.get("payload")) for button in buttons]
            return payloads[0] if "/deny" in payloads[1:] else ""
    return ""


class ActionRestart(Guarded):
    """Somebody wants to start over; takes the place of Rasa's own action."""

    def name(self) -> str:
        """Name in domain.yml, where it overrides the default action."""
        return "action_restart"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Empty every slot one by one: the worker shortens histories by slot."""
        keep_what_was_said(dispatcher, tracker)
        say(dispatcher, "say_restarted")
        filled = [name for name, value in tracker.slots.items() if value is not None]
        return [*(slot(name, None) for name in filled), *close_form()]


class ActionClarify(Guarded):
    """Somebody did not understand, or asks why."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_clarify"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Explain the open question, else the last verdict, else what this is."""
        explanation = f"say_why_{tracker.get_slot('requested_slot')}"
        if open_form(tracker) and explanation in wording().names:
            say(dispatcher, explanation)
        elif not why(dispatcher, tracker):
            say(dispatcher, "say_clarify")
        return []


class ActionLost(Guarded):
    """No rule knew what to do: a gap of ours, which must be seen and not be silent."""

    def name(self) -> str:
        """Name in domain.yml; config.yml makes it the fallback."""
        return "action_lost"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:  # noqa: ARG002 - whatever was said
        """Raise the alarm, for which the worker apologises, and listen."""
        emit(dispatcher, "action_failed", action=self.name())
        return [LISTEN]
