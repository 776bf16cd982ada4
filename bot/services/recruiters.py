"""What staff do with an entry of the register: note, dispute, correct, clear, count again.

Each act needs its reason and stays in the log. The register tells nobody outside.
"""

from __future__ import annotations

from datetime import datetime

from bot.domain.recruiters import LEADS_TO, EntryAct, may_do
from bot.domain.staff import Staff
from bot.services.quarantine import may_decide
from bot.services.takeover import RefusedError
from bot.store.unit_of_work import SqlUnitOfWork

STAFF_ACTS = (
    EntryAct.NOTE,
    EntryAct.DISPUTE,
    EntryAct.CORRECT,
    EntryAct.CLEAR,
    EntryAct.COUNT_AGAIN,
)
DECISIONS = frozenset({EntryAct.CORRECT, EntryAct.CLEAR, EntryAct.COUNT_AGAIN})
"""What supervisors decide; anybody may note and dispute."""
LONGEST_LABEL = 80


def act(
    uow: SqlUnitOfWork,
    member: Staff,
    reference: str,
    wanted: EntryAct,
    reason: str,
    now: datetime,
    label: str | None = None,
) -> None:
    """Do a step with an entry; `label` is what it is called from a correction on.

    PermissionError for who may not, KeyError for an unknown entry, RefusedError for a missing
    reason, and where the step makes no sense any more.
    """
    if wanted in DECISIONS and not may_decide(member):
        raise PermissionError(member.label)
    entry = uow.recruiters.find(reference)
    if entry is None or wanted not in STAFF_ACTS:
        raise KeyError(reference)
    if not may_do(entry, wanted):
        raise RefusedError("Itu sudah diputuskan. Lihat riwayatnya.")
    if not reason.strip():
        raise RefusedError("Tulis dulu alasannya.")
    if wanted is EntryAct.CORRECT and label is not None:
        uow.recruiters.set_label(entry, label.strip()[:LONGEST_LABEL])
    if wanted in LEADS_TO:
        uow.recruiters.set_state(entry.id, LEADS_TO[wanted])
    uow.recruiters.log(entry.id, wanted, member.label, reason.strip(), now)
    uow.wake("console")
