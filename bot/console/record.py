"""The record of a case's pages as staff read it: who was called how, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from bot.console import message_words, words
from bot.domain.cases import Case
from bot.domain.office import Office
from bot.domain.oncall import Care, Escalation, EscalationState
from bot.domain.pages import Page, PageEvent, PageKind, PageLine, PageState
from bot.store.unit_of_work import SqlUnitOfWork

SHOWN_AT_ONCE = 10
NOBODY = "Layar mesin ini"
EVENTS = {
    PageEvent.QUEUED: "akan dipanggil",
    PageEvent.SENT: "dipanggil",
    PageEvent.REPEATED: "dipanggil sekali lagi, mungkin dobel",
    PageEvent.DELIVERED: "sampai di HP-nya",
    PageEvent.SEEN: "dilihat",
    PageEvent.FAILED: "GAGAL",
    PageEvent.NOT_SENT: "tidak dipanggil",
    PageEvent.ACKNOWLEDGED: "menjawab: saya tangani",
    PageEvent.REFUSED: "tidak bisa mengambil",
    PageEvent.LAPSED: "tidak ada tindakan, jadi dilepas",
    PageEvent.CARED: "sudah bertindak",
    PageEvent.NOT_CARED: "jawabannya ternyata tidak sampai, ditunggu lagi",
    PageEvent.NO_ONE_ON_CALL: "Tidak ada yang bertugas",
    PageEvent.EXHAUSTED: "Semua sudah dipanggil, belum ada jawaban",
}
# Lines about nobody in particular.
OF_THE_STEP = (PageEvent.NO_ONE_ON_CALL, PageEvent.EXHAUSTED)
REASONS = {
    "no_contact": "belum punya kontak yang terverifikasi",
    "disabled": "akunnya sudah ditutup",
    "bundled": "baru saja dipanggil untuk kasus lain",
    "does_not_wake": "kasus ini tidak membangunkan orang pada jam ini",
    "waiting_second": "menunggu satu orang lagi",
    "page_ended": "sudah ada yang menangani",
    "passed_on": "minta orang berikutnya",
    "expired": "panggilannya sudah tidak berlaku",
    "foreign": "ini panggilan petugas lain",
    "others": "sudah dipegang petugas lain",
    "over": "kasusnya sudah ditutup",
    "busy": "nadanya sibuk",
    "answering_machine": "dijawab mesin penjawab",
    "no-answer": "tidak diangkat",
    "answered_not_acknowledged": "diangkat, tombolnya tidak ditekan",
    "safe_contact": "sudah terhubung dengan orangnya",
    "referral": "dirujuk",
    "silence_reason": "ada alasan belum menghubungi",
}
KINDS = {
    PageKind.NOTICE: "Pemberitahuan",
    PageKind.REMINDER: "Pengingat",
    PageKind.TOLD: "Kabar siapa yang memegang",
    PageKind.SUPERVISOR: "Penyelia",
    PageKind.CANARY: "Uji coba berkala",
    PageKind.TEST: "Panggilan percobaan",
}
OTHERS = "Kasus ini"
RINGS = (PageKind.STEP, PageKind.NOTICE, PageKind.REMINDER, PageKind.SUPERVISOR)


@dataclass(frozen=True)
class RecordLine:
    """One line: who, what became of it, through what, why, and when."""

    who: str
    what: str
    channel: str
    reason: str
    at: str
    bad: bool


@dataclass(frozen=True)
class RecordGroup:
    """The lines of one step or one kind of page, the newest first."""

    title: str
    lines: tuple[RecordLine, ...]


@dataclass(frozen=True)
class Clock:
    """How the calling stands now, each empty where it does not apply.

    `called` are those whose phones ring, `next_at` when the next step is due, `holders` who has
    it, `care_due` until when something has to be done, `lapses_at` when they lose it, `cared` what
    was done.
    """

    called: tuple[str, ...] = ()
    next_at: str = ""
    has_run_out: bool = False
    holders: tuple[str, ...] = ()
    care_due: str = ""
    lapses_at: str = ""
    may_extend: bool = False
    cared: bool = False


@dataclass(frozen=True)
class Record:
    """The record, `first` at once and `rest` folded away, with the id to find all of it by."""

    trace_id: str
    clock: Clock
    first: tuple[RecordGroup, ...] = field(default=())
    rest: tuple[RecordGroup, ...] = field(default=())
    rest_count: int = 0


def read_record(
    uow: SqlUnitOfWork, case: Case, labels: Mapping[str, str], office: Office, now: datetime
) -> Record:
    """The record of a case with its clock: step by step, the newest first.

    That a page was queued is left out as soon as it is known what came of it.
    """
    pages = {page.id: page for page in uow.pages.of_case(case.id)}
    kept = uow.pages.lines(case.id)
    tried = {line.outbound_id for line in kept if line.event is not PageEvent.QUEUED}
    groups: dict[str, list[RecordLine]] = {}
    for line in reversed(kept):
        if line.event is not PageEvent.QUEUED or line.outbound_id not in tried:
            title = _title(pages.get(line.page_id or ""))
            groups.setdefault(title, []).append(_line(line, labels, office, now))
    lines = [(title, line) for title, group in groups.items() for line in group]
    return Record(
        trace_id=case.trace_id,
        clock=_clock(uow, case, tuple(pages.values()), labels, office, now),
        first=_grouped(lines[:SHOWN_AT_ONCE]),
        rest=_grouped(lines[SHOWN_AT_ONCE:]),
        rest_count=len(lines[SHOWN_AT_ONCE:]),
    )


def has_run_out(escalation: Escalation) -> bool:
    """Whether everybody whom the policy names was paged, and nobody has it."""
    return (
        escalation.state is EscalationState.RUNNING
        and escalation.step > escalation.policy.last_listed
    )


def _title(page: Page | None) -> str:
    if page is None:
        return OTHERS
    if page.kind is PageKind.STEP:
        return f"Langkah {page.step}"
    return KINDS[page.kind]


def _line(line: PageLine, labels: Mapping[str, str], office: Office, now: datetime) -> RecordLine:
    of_step = line.event in OF_THE_STEP
    who = "" if of_step else labels.get(line.staff_id or "", NOBODY)
    return RecordLine(
        who=who,
        what=EVENTS[line.event],
        channel=message_words.page_channel(line.channel),
        reason=reason(line.reason),
        at=words.moment(line.at, now, office),
        bad=of_step or line.event in (PageEvent.FAILED, PageEvent.LAPSED),
    )


def reason(code: str) -> str:
    """Why a page went as it did: our own codes, else those of the providers."""
    if not code:
        return ""
    return REASONS.get(code) or message_words.reason(code)


def _grouped(lines: Sequence[tuple[str, RecordLine]]) -> tuple[RecordGroup, ...]:
    """Lines that stand under one title."""
    return tuple(
        RecordGroup(title, tuple(line for _, line in group))
        for title, group in groupby(lines, key=lambda each: each[0])
    )


def _clock(
    uow: SqlUnitOfWork,
    case: Case,
    pages: Sequence[Page],
    labels: Mapping[str, str],
    office: Office,
    now: datetime,
) -> Clock:
    ringing = [
        page.staff_id
        for page in pages
        if page.state is PageState.RINGING and page.kind in RINGS and page.staff_id is not None
    ]
    called = tuple(labels.get(each, NOBODY) for each in dict.fromkeys(ringing))
    escalation = uow.escalations.latest_for(case.id)
    if escalation is None or escalation.state is EscalationState.RESOLVED:
        return Clock(called)
    holders = tuple(labels.get(each, NOBODY) for each in uow.escalations.holders(escalation.id))
    if escalation.state is EscalationState.RUNNING:
        due = words.moment(max(escalation.next_at, now), now, office)
        return Clock(called, due, has_run_out(escalation), holders)
    wait = timedelta(minutes=escalation.policy.reminder_minutes)
    is_reminded = escalation.care in (Care.REMINDED, Care.EXTENDED_REMINDED)
    is_waiting = escalation.care in (Care.WAITING, Care.EXTENDED)
    due_at = max(escalation.next_at, now)
    lapses_at = due_at if is_reminded else due_at + wait
    return Clock(
        called,
        holders=holders,
        care_due=words.moment(due_at, now, office) if is_waiting else "",
        lapses_at=words.moment(lapses_at, now, office) if is_waiting or is_reminded else "",
        may_extend=escalation.care in (Care.WAITING, Care.REMINDED),
        cared=escalation.care is Care.CARED,
    )
