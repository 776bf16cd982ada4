"""What staff read about the register of recruiters and about hot spots."""

from __future__ import annotations

from bot.console.dates import day_in_words
from bot.domain.recruiters import EntryAct, EntryState
from bot.language.marks import MarkKind

ENTRY = "RK-"
"""Beginning of the reference of an entry."""
MARK_KINDS = {
    MarkKind.PHONE: "Nomor telepon",
    MarkKind.ACCOUNT: "Rekening",
    MarkKind.HANDLE: "Akun atau tautan",
}
ENTRY_STATES = {
    EntryState.NOTED: "Tercatat",
    EntryState.DISPUTED: "Disanggah",
    EntryState.CORRECTED: "Dibetulkan",
    EntryState.CLEARED: "Dibersihkan",
}
ENTRY_ACTS = {
    EntryAct.NOTED: "Dicatat",
    EntryAct.SEEN_AGAIN: "Muncul di kasus",
    EntryAct.NOTE: "Catatan",
    EntryAct.DISPUTE: "Disanggah",
    EntryAct.CORRECT: "Dibetulkan",
    EntryAct.CLEAR: "Dibersihkan: tidak dihitung lagi",
    EntryAct.COUNT_AGAIN: "Dihitung lagi",
}


def hot_spot(detail: str) -> str:
    """A spot in words: a register entry or a place, the people, and a day if any."""
    subject, people, *day = detail.split(", ")
    about = (
        f"{subject} muncul" if subject.startswith(ENTRY) else f"berangkat dari {subject.title()}"
    )
    on = f" untuk tanggal {day_in_words(day[0])}" if day else " dalam dua minggu"
    return f"{about} pada {people} orang{on}"
