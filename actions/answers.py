"""Answers to general questions, and what a message means that only goes on with one of them.

What is said comes from data/answers and rests on data/facts (`bot.domain.library`). The slot
`answers__topic` keeps which question was answered last, so that "kalau Taiwan?" is answered for
the same topic; it counts for the same day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    DATA,
    LISTEN,
    Events,
    intent,
    last_said,
    open_form,
    say,
    slot,
    speak,
    today_of,
    typed,
    wording,
    words,
)
from actions.directory import say_contacts
from bot.domain.calendar_words import month_in_words
from bot.domain.library import Answer, Library, Topic, answer
from bot.domain.library_files import load_library
from bot.domain.messages import Reply
from bot.language.places import Country, country_of
from bot.language.topics import About, about, goes_on, names_only, sector_titles

LAST = "answers__topic"
"""The slot of the question that was answered last."""

CONTACTS = "ask_contacts"
"""The one question that is answered from the directory of numbers."""

_MOST_SOURCES = 2


@cache
def library() -> Library:
    """All facts and answers; read when the first question is asked."""
    return load_library(DATA)


def answer_question(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topic: str,
    otherwise: About = About(),  # noqa: B008 - frozen
) -> Events:
    """Answer what the message asks about `topic`, for the country and work that it names.

    What a question leaves out that begins as going on ("terus gajinya?") stays as it was. The
    explanation of a single red flag ("kenapa visa turis bahaya?") has its place here too,
    before the general answer.
    """
    text = typed(tracker)
    asked = about(text)
    last = _last(tracker)
    if last and goes_on(text):
        asked = _completed(asked, last)
        topic = str(last["topic"]) if names_only(text) else topic
    return _tell(dispatcher, tracker, topic, asked or otherwise)


def answer_follow_up(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answer the last question again for a country or work that is all the message names.

    None for every other message. A bare "Taiwan" counts only right after an answer: later it
    may be one to something else.
    """
    text, last = typed(tracker), _last(tracker)
    if not last or open_form(tracker) or not names_only(text):
        return None
    if not (goes_on(text) or _was_just_answered(tracker)):
        return None
    events = _tell(dispatcher, tracker, str(last["topic"]), _completed(about(text), last))
    say(dispatcher, next_steps(str(last["topic"]), about(text)))
    return [*events, LISTEN]


def next_steps_after(tracker: Tracker) -> str:
    """The response that offers what comes after this turn's answer."""
    topic, _ = intent(tracker)
    last = _last(tracker)
    told = About()
    if last and last["topic"] == topic:
        told = _completed(told, last)
    return next_steps(topic, told)


def next_steps(topic: str, told: About) -> str:
    """The response that offers the next steps; it asks for a country where that would help."""
    known = library().topics.get(topic)
    if known is not None and known.varies and told.country is None:
        return "say_which_country"
    return "say_next_steps"


def _tell(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str, asked: About) -> Events:
    today = today_of(tracker)
    if topic == CONTACTS:
        say_contacts(dispatcher, asked.country, today)
    else:
        speak(dispatcher, Reply(text_of(topic, asked, today)))
    return [slot(LAST, _kept(topic, asked, today))]


def text_of(topic: str, asked: About, today: date | None) -> str:
    """The whole answer in words: what was understood, what is known, whom to ask, the sources."""
    shelf = library()
    key = asked.country.key if asked.country else None
    found = answer(shelf, topic, key, asked.sector, today)
    head = _head(shelf.topics[topic], asked)
    parts = (head, " ".join(found.sentences), _closing(found, asked.country), _sources(found))
    return "\n".join(part for part in parts if part)


def _head(topic: Topic, asked: About) -> str:
    if topic.title is None or not asked:
        return ""
    country = asked.country.title if asked.country else ""
    sector = sector_titles()[asked.sector].capitalize() if asked.sector else ""
    name = "both" if country and sector else "country" if country else "sector"
    return words(f"say_answer_for_{name}", topic=topic.title, country=country, sector=sector)


def _closing(found: Answer, country: Country | None) -> str:
    if found.is_stale:
        return words("say_answer_stale")
    if found.is_unsure and country is not None:
        return words("say_answer_unsure", country=country.title)
    return found.closing or ""


def _sources(found: Answer) -> str:
    if found.checked_on is None:
        return ""
    name = "say_answer_source" if len(found.sources) <= _MOST_SOURCES else "say_answer_sources"
    return words(
        name,
        sources="; ".join(found.sources[:_MOST_SOURCES]),
        month=month_in_words(found.checked_on.isoformat()),
    )


def _kept(topic: str, asked: About, today: date | None) -> dict[str, Any]:
    country = asked.country.value if asked.country else None
    day = today.isoformat() if today else None
    return {"topic": topic, "country": country, "sector": asked.sector, "day": day}


def _last(tracker: Tracker) -> Mapping[str, Any] | None:
    """The question that was answered last, on the same day."""
    kept = tracker.get_slot(LAST)
    today = today_of(tracker)
    if not isinstance(kept, dict) or today is None or kept.get("day") != today.isoformat():
        return None
    return kept


def _completed(asked: About, last: Mapping[str, Any]) -> About:
    """What a message names, and what it does not name as the last question had it."""
    country = asked.country or (country_of(str(last["country"])) if last["country"] else None)
    return replace(asked, country=country, sector=asked.sector or last["sector"])


def _was_just_answered(tracker: Tracker) -> bool:
    text, _ = last_said(tracker)
    return text in {wording().say(name).text for name in ("say_which_country", "say_next_steps")}
