"""Staff, their sessions and the ways to wake them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from bot.domain.staff import Contact, Role, Staff
from bot.store.keys import KeyMissingError
from bot.store.rows import SealedRows, address_hash, new_id, staff_key
from bot.store.tables import staff, staff_contact, staff_group, staff_session

log = structlog.get_logger()


class StaffDirectory(SealedRows):
    """Staff members, their server-side sessions and their contacts."""

    def add(self, login: str, role: Role, password_hash: str, now: datetime) -> Staff:
        """A new member under the next free number."""
        highest = self._connection.execute(select(func.coalesce(func.max(staff.c.number), 0))).one()
        staff_id = new_id()
        self._connection.execute(
            insert(staff).values(
                id=staff_id,
                login=login,
                number=highest[0] + 1,
                role=role,
                password_hash=password_hash,
                disabled=False,
                created_at=now,
            )
        )
        return self.get(staff_id)

    def add_robot(self, login: str, password_hash: str, now: datetime) -> Staff:
        """A member that is no person: number 0, so that people keep theirs."""
        staff_id = new_id()
        self._connection.execute(
            insert(staff).values(
                id=staff_id,
                login=login,
                number=0,
                role=Role.CASEWORKER,
                password_hash=password_hash,
                disabled=False,
                robot=True,
                created_at=now,
            )
        )
        return self.get(staff_id)

    def join(self, group: str, staff_id: str) -> None:
        """Make somebody a member of a group that policies name."""
        self._connection.execute(insert(staff_group).values(name=group, staff_id=staff_id))

    def get(self, staff_id: str) -> Staff:
        """A member by id; KeyError when there is none."""
        row = self._connection.execute(select(staff).where(staff.c.id == staff_id)).first()
        if row is None:
            raise KeyError(staff_id)
        return _read(row)

    def find(self, login: str) -> Staff | None:
        """A member by login name."""
        row = self._connection.execute(select(staff).where(staff.c.login == login)).first()
        return None if row is None else _read(row)

    def everyone(self) -> tuple[Staff, ...]:
        """All people who are members, in the order of their numbers; no robots."""
        rows = self._connection.execute(
            select(staff).where(staff.c.robot.is_(False)).order_by(staff.c.number)
        )
        return tuple(_read(row) for row in rows)

    def disable(self, staff_id: str) -> None:
        """Nobody signs in under this name any more; open sessions end."""
        self._connection.execute(update(staff).where(staff.c.id == staff_id).values(disabled=True))
        self._connection.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id))

    def set_languages(self, staff_id: str, tags: Sequence[str]) -> None:
        """What somebody speaks beside Indonesian."""
        self._connection.execute(
            update(staff).where(staff.c.id == staff_id).values(languages=",".join(tags))
        )

    def set_password(self, staff_id: str, password_hash: str) -> None:
        """A new password ends all sessions opened with the old one."""
        self._connection.execute(
            update(staff).where(staff.c.id == staff_id).values(password_hash=password_hash)
        )
        self._connection.execute(delete(staff_session).where(staff_session.c.staff_id == staff_id))

    def add_contact(
        self,
        staff_id: str,
        channel: str,
        address: str,
        verified_at: datetime | None,
        *,
        position: int = 0,
        after_minutes: int = 0,
    ) -> str:
        """A way to wake somebody, with its place in their order; its id."""
        row_id = new_id()
        self._connection.execute(
            insert(staff_contact).values(
                id=row_id,
                staff_id=staff_id,
                channel=channel,
                address_sealed=self._seal(staff_key(staff_id), address, f"contact:{row_id}"),
                address_hash=address_hash(self._vault, channel, address),
                position=position,
                after_minutes=after_minutes,
                verified_at=verified_at,
            )
        )
        return row_id

    def group(self, name: str) -> tuple[str, ...]:
        """Ids of the members of a group, robots included."""
        rows = self._connection.execute(
            select(staff_group.c.staff_id)
            .where(staff_group.c.name == name)
            .order_by(staff_group.c.staff_id)
        )
        return tuple(row.staff_id for row in rows)

    def join_group(self, name: str, staff_id: str) -> None:
        """A member belongs to a group from now on; a second time changes nothing."""
        row = insert_or_update(staff_group).values(name=name, staff_id=staff_id)
        self._connection.execute(row.on_conflict_do_nothing())

    def leave_group(self, name: str, staff_id: str) -> None:
        """A member belongs to a group no more."""
        self._connection.execute(
            delete(staff_group).where(
                staff_group.c.name == name, staff_group.c.staff_id == staff_id
            )
        )

    def contacts(self, staff_id: str) -> tuple[Contact, ...]:
        """All ways to wake somebody, verified or not, in the order of their positions.

        One that cannot be opened is left out: the others ring all the same.
        """
        rows = self._connection.execute(
            select(staff_contact)
            .where(staff_contact.c.staff_id == staff_id)
            .order_by(staff_contact.c.position, staff_contact.c.id)
        )
        found = []
        for row in rows:
            try:
                address = self._open(
                    staff_key(row.staff_id), row.address_sealed, f"contact:{row.id}"
                )
            except KeyMissingError:
                log.error("contact_unreadable", contact=row.id)
                continue
            found.append(
                Contact(
                    id=row.id,
                    staff_id=row.staff_id,
                    channel=row.channel,
                    verified_at=row.verified_at,
                    address=address,
                    position=row.position,
                    after_minutes=row.after_minutes,
                    code_until=row.code_until,
                    failed_at=row.failed_at,
                    failed_because=row.failed_because,
                )
            )
        return tuple(found)

    def verified_channels(self, staff_id: str) -> tuple[str, ...]:
        """The channel of each verified contact, read without opening any address."""
        rows = self._connection.execute(
            select(staff_contact.c.channel).where(
                staff_contact.c.staff_id == staff_id, staff_contact.c.verified_at.is_not(None)
            )
        )
        return tuple(row.channel for row in rows)

    def open_session(self, token: str, staff_id: str, now: datetime, expires_at: datetime) -> None:
        """Begin a session; only a hash of its token is kept."""
        self._connection.execute(delete(staff_session).where(staff_session.c.expires_at < now))
        self._connection.execute(
            insert(staff_session).values(
                token_hash=self._vault.lookup("staff_session", token),
                staff_id=staff_id,
                created_at=now,
                seen_at=now,
                expires_at=expires_at,
            )
        )

    def session(self, token: str, now: datetime) -> Staff | None:
        """Who a session belongs to, unless it has expired or the member was disabled."""
        row = self._connection.execute(
            select(staff)
            .join(staff_session, staff_session.c.staff_id == staff.c.id)
            .where(
                staff_session.c.token_hash == self._vault.lookup("staff_session", token),
                staff_session.c.expires_at > now,
                staff.c.disabled.is_(False),
            )
        ).first()
        return None if row is None else _read(row)

    def touch_session(self, token: str, now: datetime) -> None:
        """The console of this session is open right now."""
        self._connection.execute(
            update(staff_session)
            .where(staff_session.c.token_hash == self._vault.lookup("staff_session", token))
            .values(seen_at=now)
        )

    def close_session(self, token: str) -> None:
        """Sign out."""
        self._connection.execute(
            delete(staff_session).where(
                staff_session.c.token_hash == self._vault.lookup("staff_session", token)
            )
        )

    def watching(self, since: datetime) -> tuple[str, ...]:
        """Ids of staff whose console has been open since a moment."""
        rows = self._connection.execute(
            select(staff_session.c.staff_id).where(staff_session.c.seen_at >= since).distinct()
        )
        return tuple(row.staff_id for row in rows)


def _read(row: Row[tuple[object, ...]]) -> Staff:
    return Staff(
        id=row.id,
        login=row.login,
        number=row.number,
        role=Role(row.role),
        disabled=row.disabled,
        password_hash=row.password_hash,
        languages=tuple(tag for tag in row.languages.split(",") if tag),
        robot=row.robot,
    )
