"""Staff answer a page from their own phones: who it is, what it does, and what they are told."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain import page_words
from bot.domain.cases import CaseKind
from bot.domain.office import Office
from bot.domain.page_cards import CardLine, PageCard
from bot.domain.pages import CODE_DIGITS
from bot.domain.staff_contacts import WHATSAPP_PAGE
from bot.language.types import Urgency
from bot.services import acknowledging, contacts
from bot.services.acknowledging import Acknowledged, Answer
from bot.services.duty import is_practice
from bot.store.unit_of_work import SqlUnitOfWork

# What the buttons of WhatsApp's approved text give back; they are the same in every page.
PAYLOAD_TAKE = "saya_pegang"
PAYLOAD_NEXT = "orang_berikutnya"
BUTTONS = {
    PAYLOAD_TAKE: PAYLOAD_TAKE,
    PAYLOAD_NEXT: PAYLOAD_NEXT,
    # Typed, or where only the words of a tapped button are told.
    page_words.TAKE: PAYLOAD_TAKE,
    page_words.NEXT: PAYLOAD_NEXT,
}
CODE = re.compile(
    rf"\W*(?:kode\W+)?(\d{{{CODE_DIGITS}}}|\d{{{contacts.CODE_DIGITS}}})\W*", re.IGNORECASE
)
OUTCOMES = {
    Answer.TAKEN: "{reference}: sekarang Anda yang pegang. Lanjutkan di konsol.",
    Answer.YOURS: "{reference}: ini sudah Anda pegang. Lanjutkan di konsol.",
    Answer.OTHERS: "{reference}: sudah dipegang {holder}. Anda bisa istirahat.",
    Answer.WAITING_SECOND: "{reference}: tercatat. Masih perlu satu petugas lagi.",
    Answer.EXPIRED: "Panggilan ini sudah lewat. Masuk ke konsol untuk melihat yang terbaru.",
    Answer.FOREIGN: "Panggilan ini bukan untuk Anda.",
    Answer.UNKNOWN: "Kode ini tidak dikenal. Periksa lagi, atau masuk ke konsol.",
    Answer.OVER: "{reference}: sudah selesai, tidak ada yang perlu dipegang.",
}
PASSED = "{reference}: baik, orang berikutnya dipanggil."
HOLDER = "{reference}: dipegang {holder}."


def words_of(done: Acknowledged, *, passes: bool = False) -> str:
    """What a member is told about their answer, short enough for every channel."""
    if passes and done.answer is Answer.EXPIRED:
        # Nobody has it yet, and it is no longer theirs.
        return PASSED.format(reference=done.reference)
    return OUTCOMES[done.answer].format(
        reference=done.reference, holder=done.holder_label or "petugas lain"
    )


def is_answer(text: str) -> bool:
    """Whether a text is a code and nothing else."""
    return CODE.fullmatch(text) is not None


def by_text(
    uow: SqlUnitOfWork, channel: str, address: str, text: str, office: Office, now: datetime
) -> str | None:
    """What to say to a code that came from a member's own address; None when it is none of that.

    Before the address is proved it can be the code that proves it.
    """
    found = CODE.fullmatch(text)
    if found is None:
        return None
    owner = contacts.owner_of(uow, channel, address)
    if owner is not None:
        return words_of(acknowledging.acknowledge_code(uow, owner, found[1], channel, office, now))
    if contacts.confirm_from(uow, channel, address, found[1], now):
        return page_words.CONFIRMED
    return None


def by_button(
    uow: SqlUnitOfWork,
    page_id: str,
    channel: str,
    address: str,
    *,
    passes: bool,
    office: Office,
    now: datetime,
) -> Acknowledged:
    """What a tapped button comes to; `passes` when it is the one for the next person.

    Whoever has not proved the address, or taps what was sent on to them, is refused.
    """
    owner = contacts.owner_of(uow, channel, address)
    if owner is None:
        return Acknowledged(Answer.FOREIGN)
    if passes:
        return acknowledging.pass_on(uow, page_id, owner, channel, office, now)
    return acknowledging.acknowledge_page(uow, page_id, owner, channel, office, now)


def page_of_reply(uow: SqlUnitOfWork, owner: str, provider_id: str) -> str | None:
    """Id of the page that a WhatsApp button belongs to: the message that it hangs on.

    Where WhatsApp does not tell which that was, the member's newest page on WhatsApp.
    """
    row_id = uow.reports.page_row(WHATSAPP_PAGE, owner, provider_id)
    pages = () if row_id is None else uow.pages.of_row(row_id)
    return pages[0].id if pages else None


def card_of(uow: SqlUnitOfWork, row_id: str, office: Office) -> PageCard | None:
    """A page in pieces, for channels that have buttons, variables or a subject for them."""
    pages = uow.pages.of_row(row_id)
    if not pages:
        return None
    cases = [uow.cases.get(page.case_id) for page in pages]
    lines = tuple(
        CardLine(page.id, case.reference, page.code or "")
        for page, case in zip(pages, cases, strict=True)
    )
    alone = len(lines) == 1
    link = f"{office.base}/p/{uow.pages.token_of(pages[0].id)}"
    return PageCard(
        lines,
        urgent=any(case.urgency is Urgency.EMERGENCY for case in cases),
        console=f"{office.console_url}/cases/{cases[0].reference}" if alone else office.console_url,
        practice=is_practice(uow, office) or cases[0].kind is CaseKind.DRILL,
        link=link if alone and pages[0].code else "",
    )
