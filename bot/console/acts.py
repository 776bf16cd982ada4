"""What a step on a case is, for the modules that offer some."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.cases import Case
from bot.domain.staff import Staff
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

LONGEST_NOTE = 4000

type Form = Mapping[str, str]
type Act = Callable[[SqlUnitOfWork, Case, Staff, Form], None]


class Unsure(Exception):  # noqa: N818  # not an error: a question back
    """The step needs a second yes."""


def short_enough(text: str, most: int) -> str:
    """The text. RefusedError when it is too long."""
    if len(text) > most:
        raise RefusedError(f"Terlalu panjang: paling banyak {most} huruf.")
    return text
