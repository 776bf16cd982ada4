"""How staff can be woken: each member's own contacts, proved by a code, in their own order."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.messages import Outbound, Purpose
from bot.domain.office import Office
from bot.domain.page_cards import CardLine, PageCard
from bot.domain.staff import Contact, Staff
from bot.domain.staff_contacts import (
    ANSWERED_FROM,
    TELEGRAM_STAFF,
    WHATSAPP_PAGE,
    AddressError,
    read_address,
)
from bot.store.rows import new_id
from bot.store.unit_of_work import SqlUnitOfWork

CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=15)
CODE_TRIES = 5
# Whoever waits for a code gets one; a phone that is not theirs is not pestered.
NEXT_CODE_AFTER = timedelta(minutes=1)
MOST_CONTACTS = 10
LONGEST_AFTER = 60
CONTACT_CARD = "KONTAK"
"""What stands in place of a reference where only an approved text may carry a code."""


class ContactError(ValueError):
    """A contact cannot be changed as asked; the text is shown to whoever asked."""


@dataclass(frozen=True)
class Unproved:
    """A contact whose owner has yet to show that it is theirs.

    `code` is what goes to the address; for a Telegram chat it goes the other way: the member
    sends it from the chat to the bot.
    """

    contact_id: str
    channel: str
    address: str = field(repr=False)
    code: str = field(repr=False)


def add(
    uow: SqlUnitOfWork, member: Staff, channel: str, typed: str, office: Office, now: datetime
) -> Unproved:
    """A new contact, behind the others, which pages nobody before it is proved.

    ContactError for a channel that is not set up, an address that cannot be right, one that the
    member has already, and one too many.
    """
    if channel not in office.contact_channels:
        raise ContactError("Saluran ini belum dipasang di layanan ini.")
    address = "" if channel == TELEGRAM_STAFF else _address(channel, typed)
    known = uow.staff.contacts(member.id)
    again = [each for each in known if (each.channel, each.address) == (channel, address)]
    if any(each.verified_at is not None for each in again):
        raise ContactError("Kontak ini sudah ada di daftar Anda.")
    if again:
        return again_code(uow, member, again[0].id, now)
    if len(known) >= MOST_CONTACTS:
        raise ContactError(f"Paling banyak {MOST_CONTACTS} kontak. Hapus dulu yang tidak dipakai.")
    place = max((each.position for each in known), default=0) + 1
    contact_id = uow.staff.add_contact(member.id, channel, address, None, position=place)
    return _with_code(uow, contact_id, channel, address, now)


def again_code(uow: SqlUnitOfWork, member: Staff, contact_id: str, now: datetime) -> Unproved:
    """Another code for a contact that is not proved yet; ContactError when it comes too soon."""
    contact = _own(uow, member, contact_id)
    if contact.verified_at is not None:
        raise ContactError("Kontak ini sudah terbukti.")
    if contact.code_until is not None and contact.channel != TELEGRAM_STAFF:
        sent_at = contact.code_until - CODE_LASTS
        if sent_at <= now < sent_at + NEXT_CODE_AFTER:
            raise ContactError("Kodenya baru saja dikirim. Tunggu satu menit, lalu coba lagi.")
    return _with_code(uow, contact.id, contact.channel, contact.address, now)


def code_message(waiting: Unproved, office: Office) -> Outbound:
    """The code on its way to the address that it is to prove."""
    text = f"Kode TanyaDulu: {waiting.code}. Isikan di konsol, menu Kontak saya. Berlaku 15 menit."
    card = None
    if waiting.channel == WHATSAPP_PAGE:
        place = f"{office.console_url}/contacts"
        line = CardLine("", CONTACT_CARD, waiting.code)
        card = PageCard((line,), urgent=False, console=place)
    return Outbound(
        new_id(),
        Purpose.PAGE,
        waiting.channel,
        "",
        1,
        text=text,
        address=waiting.address,
        card=card,
    )


def confirm(uow: SqlUnitOfWork, member: Staff, contact_id: str, typed: str, now: datetime) -> bool:
    """The member tells back the code that came: pages may go there from now on.

    False for a wrong code, one too old, or one that was guessed at too often: no error, for the
    wrong try has to be counted. ContactError when somebody else answers from that address.
    """
    contact = _own(uow, member, contact_id)
    if contact.verified_at is not None:
        return True
    code = "".join(sign for sign in typed if sign.isdecimal())
    if not uow.contacts.try_code(contact.id, code, now, CODE_TRIES):
        return False
    owners = [owner for _, owner in uow.contacts.owners(contact.channel, contact.address)]
    if contact.channel in ANSWERED_FROM and any(owner != member.id for owner in owners):
        raise ContactError("Alamat ini sudah dipakai petugas lain. Jawaban harus jelas dari siapa.")
    uow.contacts.verify(contact.id, now)
    uow.wake("console")
    return True


def confirm_from(uow: SqlUnitOfWork, channel: str, address: str, code: str, now: datetime) -> bool:
    """The code came back from the address itself; False when nothing waited for it there."""
    for contact_id in uow.contacts.waiting(channel, address, now):
        if uow.contacts.try_code(contact_id, code, now, CODE_TRIES):
            owners = uow.contacts.owners(channel, address)
            if not owners:
                uow.contacts.verify(contact_id, now)
                uow.wake("console")
            return not owners
    return False


def link_chat(uow: SqlUnitOfWork, token: str, chat: str, now: datetime) -> bool:
    """A Telegram chat shows the word that a member was given; False when nobody was.

    A chat that woke another member until now no longer does: one answers for oneself alone.
    """
    found = uow.contacts.with_link(token, now)
    if found is None:
        return False
    contact_id, staff_id = found
    for other_id, _ in uow.contacts.owners(TELEGRAM_STAFF, chat):
        uow.contacts.remove(other_id)
    uow.contacts.set_address(contact_id, staff_id, TELEGRAM_STAFF, chat)
    uow.contacts.verify(contact_id, now)
    uow.wake("console")
    return True


def move(uow: SqlUnitOfWork, member: Staff, contact_id: str, steps: int) -> None:
    """Earlier in the member's order with -1, later with 1; at the end nothing changes."""
    order = list(uow.staff.contacts(member.id))
    contact = _own(uow, member, contact_id)
    place = [each.id for each in order].index(contact.id)
    order.insert(min(max(place + steps, 0), len(order) - 1), order.pop(place))
    for position, each in enumerate(order, 1):
        uow.contacts.place(each.id, position)


def set_after(uow: SqlUnitOfWork, member: Staff, contact_id: str, typed: str) -> None:
    """How many minutes the contact before this one may stay without an answer."""
    contact = _own(uow, member, contact_id)
    if not (typed.isascii() and typed.isdecimal() and int(typed[:4]) <= LONGEST_AFTER):
        raise ContactError(f"Tulis jumlah menit, dari 0 sampai {LONGEST_AFTER}.")
    uow.contacts.set_after(contact.id, int(typed))


def remove(uow: SqlUnitOfWork, member: Staff, contact_id: str) -> None:
    """Nothing goes there any more."""
    uow.contacts.remove(_own(uow, member, contact_id).id)
    uow.wake("console")


def owner_of(uow: SqlUnitOfWork, channel: str, address: str) -> str | None:
    """Id of the member who answers from an address that they have proved."""
    owners = uow.contacts.owners(channel, address)
    return owners[0][1] if owners else None


def note_reach(
    uow: SqlUnitOfWork, channel: str, address: str, reason: str | None, now: datetime
) -> None:
    """Somebody shut the door to our messages, or with None opened it again."""
    for contact_id, _ in uow.contacts.owners(channel, address):
        uow.contacts.fail(contact_id, reason, now)
        uow.wake("console")


def _address(channel: str, typed: str) -> str:
    try:
        return read_address(channel, typed)
    except AddressError as error:
        raise ContactError(str(error)) from error


def _with_code(
    uow: SqlUnitOfWork, contact_id: str, channel: str, address: str, now: datetime
) -> Unproved:
    until = now + CODE_LASTS
    if channel == TELEGRAM_STAFF:
        code = secrets.token_urlsafe(16)
        uow.contacts.give_link(contact_id, code, until)
    else:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        uow.contacts.give_code(contact_id, code, until)
    return Unproved(contact_id, channel, address, code)


def _own(uow: SqlUnitOfWork, member: Staff, contact_id: str) -> Contact:
    """A contact of this member and nobody else's."""
    for contact in uow.staff.contacts(member.id):
        if contact.id == contact_id:
            return contact
    raise ContactError("Kontak ini tidak ada lagi.")
