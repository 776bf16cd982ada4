"""The first action of a turn: before it does its own work it looks for what matters more."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import answer_follow_up
from actions.base import (
    LISTEN,
    WAITING,
    Events,
    Guarded,
    after_an_aside,
    close_form,
    emit,
    go_on_with,
    intent,
    leave,
    metadata,
    open_form,
    say,
    slot,
    today_of,
    typed,
    words,
)
from actions.explanations import explain_what_is_asked
from actions.forms import LEAVES_AT_ONCE
from actions.matters import Matter, matter_of, speaks_of_money, tells_of_a_demand
from actions.meanings import ask_meaning, is_a_guess
from actions.missing_case import FORM as MISSING_FORM
from actions.missing_case import keep_what_was_said
from actions.offer_again import FORM as OFFER_FORM
from actions.offer_again import correction
from actions.offer_told import recap, so_far
from actions.verdict import say_again

DEATH = "death"
IMPOSTOR = "impostor"
"""Kinds of reports that no intent names; both are asked about with the report form."""

_SURELY_OTHER = 0.65
_ABOUT_OFFERS_OR_RIGHTS = frozenset({"check_job_offer", "ask_worker_rights"})

Handler = Callable[[CollectingDispatcher, Tracker], Events | None]


class First(Guarded):
    """An action that a rule starts with.

    A subclass implements `answer`; matters that the words tell plainly are answered instead,
    whichever intent the model found, and an open form then asks its question again. So is a
    message that only goes on with the question before ("kalau Taiwan?").
    """

    opens_or_empties = False
    """Whether words that are not surely meant so must not start this."""

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See `answer`."""
        found = heed(dispatcher, tracker)
        if found is None:
            found = answer_follow_up(dispatcher, tracker)
        if found is not None:
            return found
        if self.opens_or_empties and is_a_guess(tracker):
            if open_form(tracker) and intent(tracker)[0] in LEAVES_AT_ONCE:
                # The form let go of a mere likelihood: the words may well be its answer.
                say(dispatcher, "utter_nlu_fallback")
                return after_an_aside(tracker)
            return ask_meaning(dispatcher, tracker)
        return self.answer(dispatcher, tracker)

    @abstractmethod
    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do the action's own work and return its events; may raise."""


def heed(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answer the matter of this message; None when there is none."""
    of_a_missing = open_form(tracker) == MISSING_FORM
    matter = matter_of(typed(tracker), of_a_missing=of_a_missing)
    if matter is not None:
        return _HANDLERS[matter](dispatcher, tracker)
    changed = correction(dispatcher, tracker)
    return explain_what_is_asked(dispatcher, tracker) if changed is None else changed


def _death(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    meant, confidence = intent(tracker)
    if meant in _ABOUT_OFFERS_OR_RIGHTS and confidence >= _SURELY_OTHER:
        return None
    kept = keep_what_was_said(dispatcher, tracker)
    story = typed(tracker)
    money = words("say_death_money") if speaks_of_money(story) else ""
    again = tracker.get_slot("report__kind") == DEATH
    say(dispatcher, "say_death_more" if again else "say_condolence", money=money)
    emit(dispatcher, "open_case", kind="human_request", urgency="urgent", fields={"story": story})
    if again:
        return [*kept, *close_form(), LISTEN]
    emit(dispatcher, "request_human")
    asked = [slot("report__kind", DEATH), slot("report__detail", None)]
    return [*kept, *close_form(), *asked, go_on_with("report_form")]


def _impostor(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    story = typed(tracker)
    say(dispatcher, "say_impostor")
    if not tells_of_a_demand(story):
        return after_an_aside(tracker)
    kept = keep_what_was_said(dispatcher, tracker)
    emit(dispatcher, "open_case", kind="recruiter", urgency="concern", fields={"story": story})
    asked = [slot("report__kind", IMPOSTOR), slot("report__detail", None)]
    return [*kept, *close_form(), *asked, go_on_with("report_form")]


def _found(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    reported = tracker.get_slot("missing__story") or tracker.get_slot("missing__name")
    if not (reported or metadata(tracker).get("case")):
        say(dispatcher, "say_found_unknown")
        return after_an_aside(tracker)
    kept = keep_what_was_said(dispatcher, tracker)
    say(dispatcher, "say_found")
    emit(dispatcher, "add_to_case", fields={"note": typed(tracker)})
    return [*kept, *close_form(), LISTEN]


def _accused(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    say(dispatcher, "say_accused")
    return leave(tracker)


def _who(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Somebody else may hold the phone: no word of a report, and its question is not repeated.

    Nor does a choice of theirs bring to light what was written before.
    """
    say(dispatcher, "say_who_is_this")
    return [slot(WAITING, None), *leave(tracker)]


def _resume(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    form = tracker.get_slot("paused__form")
    if not form or open_form(tracker):
        return None
    if form == OFFER_FORM:
        recap(dispatcher, tracker)
    return [slot("paused__form", None), go_on_with(str(form))]


def _may_i(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    form = open_form(tracker)
    if form == MISSING_FORM:
        return None
    told = tracker.get_slot("offer__told")
    if told:
        say_again(dispatcher, told, today_of(tracker))
        return after_an_aside(tracker)
    if form == OFFER_FORM and tracker.get_slot("offer__text"):
        known = so_far(dispatcher, tracker)
        if not known:
            say(dispatcher, "say_offer_again_not_enough")
        return [*(slot(key, value) for key, value in known.items()), *after_an_aside(tracker)]
    return None if form else [go_on_with(OFFER_FORM)]


_HANDLERS: dict[Matter, Handler] = {
    Matter.DEATH: _death,
    Matter.IMPOSTOR: _impostor,
    Matter.FOUND: _found,
    Matter.ACCUSED: _accused,
    Matter.WHO: _who,
    Matter.RESUME: _resume,
    Matter.MAY_I: _may_i,
}
