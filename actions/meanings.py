"""What a message may mean when that is not sure: one question, never a guess."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    WAITING,
    Events,
    after_an_aside,
    all_told,
    denies_danger,
    intent,
    is_meaning,
    last_said,
    leave,
    say,
    slot,
    speak,
    typed,
    waiting_words,
    wording,
    words,
)
from actions.missing_case import keep_what_was_said
from bot.domain.messages import Button, Reply

SURE = 0.45
"""A typed message must be as sure as this to open a case or to empty what was told."""

FEW_WORDS = 2
CERTAIN = 0.85
"""The same for a word or two, which can look like anything."""

WORTH_OFFERING = 0.12
MOST = 2
"""Meanings that are offered; trouble comes on top where it is at least possible."""
POSSIBLE = 0.05

ALARMS = ("report_danger", "report_self_harm")

_AS_SHORT_AS_A_CHOICE = 4
_LONGEST = 8_000
"""Characters that wait for their meaning; of more the latest count."""


def is_a_guess(tracker: Tracker) -> bool:
    """Whether the model alone thinks so and is not sure; a button is, and so is naming a choice."""
    text = typed(tracker)
    enough = CERTAIN if len(text.split()) <= FEW_WORDS else SURE
    return bool(text) and intent(tracker)[1] < enough and not _names_a_choice(tracker)


def ask_meaning(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Ask what was meant; what was written waits for the answer, and so does an open form.

    Nobody is asked twice in a row: the second time, and where no meaning is worth offering,
    there is the menu, which has a person in it.
    """
    meanings = () if _was_just_asked(tracker) else meanings_of(tracker)
    waits = [slot(WAITING, all_told(tracker)[-_LONGEST:])]
    if not meanings:
        say(dispatcher, "utter_nlu_fallback")
        return [*(waits if waiting_words(tracker) else []), *after_an_aside(tracker)]
    kept = keep_what_was_said(dispatcher, tracker)
    question = wording().say("say_which_meaning")
    offered = (Button(words(f"say_meaning_{name}"), f"/{name}") for name in meanings)
    speak(dispatcher, Reply(question.text, (*offered, *question.buttons)))
    return [*kept, *waits, *leave(tracker)]


def meanings_of(tracker: Tracker) -> tuple[str, ...]:
    """What the person may want, by the ranking of the model; empty when it does not know.

    Trouble is never left out, danger comes first; who has just said that nobody is in danger
    is not offered it.
    """
    ranking = tracker.latest_message.get("intent_ranking") or [tracker.latest_message["intent"]]
    hidden = ALARMS if denies_danger(tracker) else ()
    ranked = {
        found["name"]: found["confidence"]
        for found in ranking
        if is_meaning(found["name"]) and found["name"] not in hidden
    }
    likely = [name for name, confidence in ranked.items() if confidence >= WORTH_OFFERING][:MOST]
    if not likely:
        return ()
    trouble = [
        name
        for name, confidence in ranked.items()
        if is_trouble(name) and name not in likely and confidence >= POSSIBLE
    ]
    return tuple(sorted((*likely, *trouble), key=lambda name: name not in ALARMS))


def is_trouble(intent_name: str) -> bool:
    """Whether somebody needs help, which no guess may decide."""
    return intent_name.startswith("report_") or intent_name == "ask_return_home"


def _was_just_asked(tracker: Tracker) -> bool:
    return last_said(tracker)[0] == words("say_which_meaning")


def _names_a_choice(tracker: Tracker) -> bool:
    """Whether a few words in answer to the question mean one of its choices; danger is no guess."""
    meant, _ = intent(tracker)
    is_short = len(typed(tracker).split()) <= _AS_SHORT_AS_A_CHOICE
    offered = last_said(tracker)[1] if _was_just_asked(tracker) else ()
    return is_short and f"/{meant}" in offered and meant not in ALARMS
