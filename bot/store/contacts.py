"""The ways to wake staff as their owners keep them: proved by a code, ordered, taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.store.rows import SealedRows, address_hash, staff_key
from bot.store.tables import staff, staff_contact


class StaffContacts(SealedRows):
    """What changes contacts, and who answers from which address.

    They are read by `StaffDirectory.contacts`.
    """

    def give_code(self, contact_id: str, code: str, until: datetime) -> None:
        """A new code for a contact; only its hash is kept, the one before is worth nothing."""
        self._set(
            contact_id,
            code_hash=self._hash(contact_id, code),
            code_until=until,
            code_tries=0,
        )

    def give_link(self, contact_id: str, token: str, until: datetime) -> None:
        """The word with which a Telegram chat is linked; only its hash is kept."""
        self._set(contact_id, code_hash=self._hash("", token), code_until=until, code_tries=0)

    def try_code(self, contact_id: str, code: str, now: datetime, most: int) -> bool:
        """Whether this is the code; each wrong one counts, and after `most` none is right."""
        row = self._connection.execute(
            select(staff_contact).where(staff_contact.c.id == contact_id)
        ).first()
        if row is None or row.code_hash is None or row.code_tries >= most or row.code_until <= now:
            return False
        if row.code_hash == self._hash(contact_id, code):
            return True
        self._set(contact_id, code_tries=row.code_tries + 1)
        return False

    def with_link(self, token: str, now: datetime) -> tuple[str, str] | None:
        """Contact and member that wait for a Telegram chat under this word."""
        row = self._connection.execute(
            select(staff_contact.c.id, staff_contact.c.staff_id)
            .join(staff, staff.c.id == staff_contact.c.staff_id)
            .where(
                staff_contact.c.channel == TELEGRAM_STAFF,
                staff_contact.c.code_hash == self._hash("", token),
                staff_contact.c.code_until > now,
                staff.c.disabled.is_(False),
            )
        ).first()
        return None if row is None else (row.id, row.staff_id)

    def set_address(self, contact_id: str, staff_id: str, channel: str, address: str) -> None:
        """Where a contact leads to."""
        self._set(
            contact_id,
            address_sealed=self._seal(staff_key(staff_id), address, f"contact:{contact_id}"),
            address_hash=address_hash(self._vault, channel, address),
        )

    def verify(self, contact_id: str, now: datetime) -> None:
        """Its owner has proved it; a failure of before is forgotten."""
        self._set(
            contact_id,
            verified_at=now,
            code_hash=None,
            code_until=None,
            failed_at=None,
            failed_because=None,
        )

    def owners(self, channel: str, address: str) -> tuple[tuple[str, str], ...]:
        """Contact and member of everybody who has proved this address and may still sign in."""
        rows = self._connection.execute(
            select(staff_contact.c.id, staff_contact.c.staff_id)
            .join(staff, staff.c.id == staff_contact.c.staff_id)
            .where(
                staff_contact.c.address_hash == address_hash(self._vault, channel, address),
                staff_contact.c.channel == channel,
                staff_contact.c.verified_at.is_not(None),
                staff.c.disabled.is_(False),
            )
            .order_by(staff_contact.c.verified_at)
        )
        return tuple((row.id, row.staff_id) for row in rows)

    def waiting(self, channel: str, address: str, now: datetime) -> tuple[str, ...]:
        """Contacts of an address whose code has not been told back yet."""
        rows = self._connection.execute(
            select(staff_contact.c.id).where(
                staff_contact.c.address_hash == address_hash(self._vault, channel, address),
                staff_contact.c.channel == channel,
                staff_contact.c.verified_at.is_(None),
                staff_contact.c.code_until > now,
            )
        )
        return tuple(row.id for row in rows)

    def place(self, contact_id: str, position: int) -> None:
        """Its place in the member's order."""
        self._set(contact_id, position=position)

    def set_after(self, contact_id: str, minutes: int) -> None:
        """How long the contact before it may stay without an answer."""
        self._set(contact_id, after_minutes=minutes)

    def fail(self, contact_id: str, reason: str | None, now: datetime) -> None:
        """It cannot be reached any more, and why; None when it can again."""
        self._set(contact_id, failed_at=None if reason is None else now, failed_because=reason)

    def remove(self, contact_id: str) -> None:
        """Nothing goes there any more."""
        self._connection.execute(delete(staff_contact).where(staff_contact.c.id == contact_id))

    def _hash(self, contact_id: str, code: str) -> str:
        return self._vault.lookup("contact_code", f"{contact_id} {code}")

    def _set(self, contact_id: str, **values: object) -> None:
        self._connection.execute(
            update(staff_contact).where(staff_contact.c.id == contact_id).values(**values)
        )
