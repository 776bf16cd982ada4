"""The turns of a talk: going on, stopping, starting over, asking what was meant."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import next_steps_after
from actions.base import (
    LISTEN,
    Events,
    Guarded,
    close_form,
    emit,
    entity,
    intent,
    last_said,
    open_form,
    say,
    slot,
    typed,
    wording,
)
from actions.explanations import explain
from actions.first import First
from actions.information import answer_about_licence
from actions.matters import plain_words
from actions.missing_case import FORM as MISSING_FORM
from actions.missing_case import keep_what_was_said
from bot.language.offers import check_offer

_AGENCY = re.compile(
    r"\b(?:pt|lpk|p3mi|agen\w*|agensi|sponsor\w*|calo\w*|lowongan\w*|loker|tawaran\w*)\b"
)


class ActionResume(Guarded):
    """What comes after an answer to a question in between."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_resume"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Offer the next steps; an open form asks its question again by itself."""
        if open_form(tracker) is None:
            say(dispatcher, next_steps_after(tracker))
        return []


class ActionAnswer(First):
    """What needs no more than words: the text that is named after the intent."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say it; who asks about an agency does not ask whether this is a bot."""
        meant, _ = intent(tracker)
        if meant == "bot_challenge" and _names_an_agency(typed(tracker)):
            return answer_about_licence(dispatcher, tracker)
        say(dispatcher, f"utter_{meant}")
        return []


def _names_an_agency(text: str) -> bool:
    plain = plain_words(text)
    return bool(_AGENCY.search(plain)) or bool(check_offer(text).facts)


class ActionStop(First):
    """Somebody wants to stop."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_stop"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Close the form; what was told stays."""
        form = open_form(tracker)
        if form is None:
            say(dispatcher, "say_nothing_to_stop")
            return []
        kept = keep_what_was_said(dispatcher, tracker)
        if not _can_go_on(tracker):
            say(dispatcher, "say_stopped")
            return [*kept, *close_form()]
        say(dispatcher, "say_paused")
        return [*kept, *close_form(), slot("paused__form", form)]


class ActionGoodbye(First):
    """Somebody says goodbye."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_goodbye"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Let them go: an open question is not asked again, what was told stays."""
        form = open_form(tracker)
        kept = keep_what_was_said(dispatcher, tracker)
        say(dispatcher, "say_goodbye_paused" if _can_go_on(tracker) else "say_goodbye")
        return [*kept, *close_form(), slot("paused__form", form)] if form else []


def _can_go_on(tracker: Tracker) -> bool:
    """Whether the open form holds something that would have to be told again."""
    form = open_form(tracker)
    return form == MISSING_FORM or (form == "offer_form" and bool(tracker.get_slot("offer__text")))


class ActionAffirm(First):
    """Somebody says yes outside of a form."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_affirm"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Take it as the first choice of a yes-or-no question; deleting needs its own button."""
        choice = yes_to(tracker)
        if choice == "/request_human":
            emit(dispatcher, "request_human")
        elif choice.startswith("/delete_my_data"):
            say(dispatcher, "say_erasure_question")
        else:
            say(dispatcher, "say_affirm")
        return []


def yes_to(tracker: Tracker) -> str:
    """What the last question offered beside a no; empty when it was no such question."""
    _, payloads = last_said(tracker)
    return payloads[0] if "/deny" in payloads[1:] else ""


class ActionRestart(First):
    """Somebody wants to start over; takes the place of Rasa's own action."""

    def name(self) -> str:
        """Name in domain.yml, where it overrides the default action."""
        return "action_restart"

    opens_or_empties = True

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Empty every slot one by one: the worker shortens histories by slot."""
        kept = keep_what_was_said(dispatcher, tracker)
        say(dispatcher, "say_restarted")
        filled = [name for name, value in tracker.slots.items() if value is not None]
        return [*kept, *(slot(name, None) for name in filled), *close_form()]


class ActionClarify(First):
    """Somebody did not understand, or asks why."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_clarify"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Explain the open question, else the last verdict, else what this is."""
        explanation = f"say_why_{tracker.get_slot('requested_slot')}"
        if entity(tracker, "explain"):
            explain(dispatcher, tracker)
        elif open_form(tracker) and explanation in wording().names:
            say(dispatcher, explanation)
        elif not explain(dispatcher, tracker):
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
