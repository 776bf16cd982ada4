"""Find the messages from which the assistant can learn, without whatever tells of whom they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.review import Candidate, Guess, meaning_of, why_shown
from bot.language.scrub import says_something, scrub
from bot.store.unit_of_work import SqlUnitOfWork


def candidates(
    uow: SqlUnitOfWork,
    guess: Callable[[str], Guess],
    is_known: Callable[[str], bool],
    since: datetime,
    limit: int,
) -> tuple[Candidate, ...]:
    """The newest messages since a moment that staff should look at, each text once.

    `guess` reads what was really written; only the scrubbed text leaves this function. What
    `is_known` among the examples, and what is nothing but a name or a number, is left out.
    """
    found: dict[str, Candidate] = {}
    for heard in uow.review.heard(since):
        guessed = guess(heard.text)
        why = why_shown(heard, guessed)
        if why is None:
            continue
        text = scrub(heard.text)
        if text in found or not says_something(text) or is_known(text):
            continue
        found[text] = Candidate(text, guessed, why, meaning_of(heard, why))
        if len(found) == limit:
            break
    return tuple(found.values())
