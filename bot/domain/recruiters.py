"""The register of numbers, accounts and names that came up in dangerous offers; staff only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cases import REFERENCE_LETTERS
from bot.language.marks import MarkKind

KEPT = timedelta(days=730)
"""How long an entry stays after it came up last: those who recruit come back season by season,
but a number is given to somebody else in the end."""


class EntryState(StrEnum):
    """noted -> disputed, corrected or cleared; back to noted when it is counted again.

    disputed: somebody says that it is wrong, nobody has decided. corrected: what was wrong about
    it was put right. cleared: it does not belong here, and counts no more.
    """

    NOTED = "noted"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    CLEARED = "cleared"


class EntryAct(StrEnum):
    """What is written in the log of an entry."""

    NOTED = "noted"
    SEEN_AGAIN = "seen_again"
    NOTE = "note"
    DISPUTE = "dispute"
    CORRECT = "correct"
    CLEAR = "clear"
    COUNT_AGAIN = "count_again"


LEADS_TO = {
    EntryAct.DISPUTE: EntryState.DISPUTED,
    EntryAct.CORRECT: EntryState.CORRECTED,
    EntryAct.CLEAR: EntryState.CLEARED,
    EntryAct.COUNT_AGAIN: EntryState.NOTED,
}
"""The state after an act of staff; a note changes none."""


@dataclass(frozen=True)
class Entry:
    """One number, account or name; `value` as people read it, `label` what staff call it.

    `times` counts the dangerous offers and reports in which it came up.
    """

    id: str
    reference: str
    kind: MarkKind
    mark: str
    state: EntryState
    times: int
    first_at: datetime
    last_at: datetime
    value: str = field(repr=False)
    label: str = field(default="", repr=False)

    @property
    def counts(self) -> bool:
        """Whether it counts for hot spots."""
        return self.state is not EntryState.CLEARED


@dataclass(frozen=True)
class EntryLine:
    """One line of the log of an entry; `actor` is bot or a staff label."""

    at: datetime
    act: EntryAct
    actor: str
    text: str = field(repr=False)


def may_do(entry: Entry, act: EntryAct) -> bool:
    """Whether an act of staff makes sense in the state that an entry is in."""
    if act is EntryAct.NOTE:
        return True
    if act is EntryAct.COUNT_AGAIN:
        return entry.state in (EntryState.CLEARED, EntryState.DISPUTED)
    return act in LEADS_TO and entry.counts


def new_entry_reference() -> str:
    """A reference such as RK-7K3MQX; for staff, no secret."""
    return "RK-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))
