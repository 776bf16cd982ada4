"""A few words in answer to a question of ours."""

from __future__ import annotations

from dataclasses import replace

from bot.language.danger import emergency_signals, screen
from bot.language.types import Understanding

MOST_WORDS = 6
"""Of a plain answer: a name, a date, a place, "lewat teman"."""


def as_answer(understood: Understanding, text: str) -> Understanding:
    """What a message means when it may answer a question.

    A few words without their question can look like anything to the model: they are judged by
    plain words of danger alone. More words tell a story of their own.
    """
    if not is_plain_answer(text):
        return understood
    return replace(understood, urgency=screen(text).urgency, doubt=None)


def is_plain_answer(text: str) -> bool:
    """Whether these are a few words, none of which says danger plainly."""
    few = len(text.split()) <= MOST_WORDS
    return few and not emergency_signals() & set(screen(text).signals)
