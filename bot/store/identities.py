"""Who is who: the identities that a channel gives, each as a keyed hash."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select, update

from bot.domain.conversation import is_phone
from bot.store.rows import SealedRows, new_id
from bot.store.tables import identity

# Said once for every message: building a statement costs more than running it.
_PERSON = select(identity.c.person_id).where(
    identity.c.channel == bindparam("channel"), identity.c.value_hash == bindparam("hashed")
)
_LINK = insert(identity)


class Identities(SealedRows):
    """Finds the person behind an identity; a person may have several in one channel.

    A telephone number is weak: it passes from one owner to the next. Whoever uses it next
    must not see the talk of the one before.
    """

    def find(self, channel: str, value: str, weaker: Sequence[str] = ()) -> str | None:
        """The person of an identity.

        A weaker one (the number beside a business-scoped id) leads to its person only as long
        as that person has no strong identity, which would be another one than `value`.
        """
        person_id = self._person(channel, value)
        if person_id is not None:
            return person_id
        for alias in weaker:
            person_id = self._person(channel, alias)
            if person_id is not None and not self.has_strong(channel, person_id):
                return person_id
        return None

    def link(
        self, person_id: str, channel: str, values: Sequence[str]
    ) -> tuple[tuple[str, str], ...]:
        """Let identities lead to a person; each that led to somebody else before, and to whom."""
        moved = []
        for value in values:
            linked_to = self._person(channel, value)
            if linked_to == person_id:
                continue
            hashed = self._hash(channel, value)
            if linked_to is None:
                self._connection.execute(
                    _LINK,
                    {
                        "id": new_id(),
                        "person_id": person_id,
                        "channel": channel,
                        "value_hash": hashed,
                        "strong": not is_phone(value),
                    },
                )
            else:
                self._connection.execute(
                    update(identity)
                    .where(identity.c.channel == channel, identity.c.value_hash == hashed)
                    .values(person_id=person_id)
                )
                moved.append((value, linked_to))
        return tuple(moved)

    def _hash(self, channel: str, value: str) -> str:
        return self._vault.lookup(f"identity:{channel}", value)

    def _person(self, channel: str, value: str) -> str | None:
        row = self._connection.execute(
            _PERSON, {"channel": channel, "hashed": self._hash(channel, value)}
        ).first()
        return None if row is None else row.person_id

    def has_strong(self, channel: str, person_id: str) -> bool:
        """Whether a person is known here under more than a number."""
        row = self._connection.execute(
            select(identity.c.id).where(
                identity.c.person_id == person_id,
                identity.c.channel == channel,
                identity.c.strong.is_(True),
            )
        ).first()
        return row is not None
