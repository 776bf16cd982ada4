"""Offers that people asked about, recognised by keyed hashes; who asked is one as well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from bot.domain.fingerprints import ALIKE, Fingerprint, fingerprint, in_common, keyed
from bot.domain.hot_spots import DANGEROUS, WINDOW, Sighting
from bot.language.marks import Mark
from bot.store.keys import Vault
from bot.store.recruiters import in_use, open_cases
from bot.store.rows import new_id
from bot.store.tables import offer_band, offer_seen, recruiter, sighting, sighting_mark

SAME_TALK = timedelta(days=1)
"""How long a person's next short text about an offer counts as one with the text before."""
MOST_ALIKE = 50
"""Offers that are compared with a new one; more share a band only when they are one anyway."""
MOST_SIGHTINGS = 500
"""Newest ones that are looked at for one spot."""


@dataclass(frozen=True)
class Seen:
    """An offer as one person was just seen with it."""

    sighting_id: str
    offer_id: str


class Offers:
    """Three forwards of one text are one offer with three askers; asking twice is one asker."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def mark_hash(self, mark: Mark) -> str:
        """The keyed hash by which a number, account or handle is found again."""
        return keyed(self._vault.offer_key(), mark.kind.value, mark.value)

    def see(
        self,
        person_id: str,
        text: str,
        marks: Iterable[Mark],
        *,
        verdict: str,
        case_id: str | None,
        place: str | None,
        leaves_on: date | None,
        now: datetime,
        expires_at: datetime,
    ) -> Seen:
        """Note that a person asked about an offer. Nothing of the text itself is stored.

        A second time updates the first: the newest verdict counts, and a place, a day or a mark
        that was told stays.
        """
        asker = keyed(self._vault.offer_key(), "asker", person_id)
        print_ = fingerprint(text, self._vault.offer_key())
        offer_id = self._same(print_, asker, now)
        if offer_id is None:
            offer_id = self._new(print_, expires_at)
        known = self._connection.execute(
            select(sighting.c.id).where(
                sighting.c.offer_id == offer_id, sighting.c.asker_hash == asker
            )
        ).scalar()
        told = {
            "verdict": verdict,
            "last_at": now,
            "expires_at": expires_at,
            **({} if case_id is None else {"case_id": case_id}),
            **({} if place is None else {"place": place}),
            **({} if leaves_on is None else {"leaves_on": leaves_on.isoformat()}),
        }
        sighting_id = known or new_id()
        if known is None:
            first = {"id": sighting_id, "offer_id": offer_id, "asker_hash": asker}
            self._connection.execute(
                insert(sighting).values(**first, **told, times=1, first_at=now)
            )
        else:
            self._connection.execute(
                update(sighting)
                .where(sighting.c.id == known)
                .values(**told, times=sighting.c.times + 1)
            )
        self._keep_marks(sighting_id, {self.mark_hash(mark) for mark in marks})
        self._connection.execute(
            update(offer_seen).where(offer_seen.c.id == offer_id).values(expires_at=expires_at)
        )
        return Seen(sighting_id, offer_id)

    def _same(self, print_: Fingerprint | None, asker: str, now: datetime) -> str | None:
        """The offer that this is again: word for word, grown by answers, or nearly the same."""
        if print_ is None:
            return self._short_one(asker, now)
        row = self._connection.execute(
            select(offer_seen.c.id).where(offer_seen.c.text_hash == print_.exact).limit(1)
        ).scalar()
        return row or self._grown(print_, asker) or self._alike(print_)

    def _short_one(self, asker: str, now: datetime) -> str | None:
        """What this person asked just before, in words too few to recognise it by."""
        return self._connection.execute(
            select(sighting.c.offer_id)
            .join(offer_seen, offer_seen.c.id == sighting.c.offer_id)
            .where(
                sighting.c.asker_hash == asker,
                sighting.c.last_at > now - SAME_TALK,
                offer_seen.c.text_hash.is_(None),
            )
            .order_by(sighting.c.last_at.desc())
            .limit(1)
        ).scalar()

    def _grown(self, print_: Fingerprint, asker: str) -> str | None:
        return self._connection.execute(
            select(sighting.c.offer_id)
            .join(offer_seen, offer_seen.c.id == sighting.c.offer_id)
            .where(
                sighting.c.asker_hash == asker,
                offer_seen.c.text_hash.in_(sorted(print_.grown_from)),
            )
            .order_by(sighting.c.last_at.desc())
            .limit(1)
        ).scalar()

    def _alike(self, print_: Fingerprint) -> str | None:
        rows = self._connection.execute(
            select(offer_seen.c.id, offer_seen.c.signature, func.count().label("shared"))
            .join(offer_band, offer_band.c.offer_id == offer_seen.c.id)
            .where(offer_band.c.band.in_(print_.bands))
            .group_by(offer_seen.c.id, offer_seen.c.signature)
            .order_by(func.count().desc(), offer_seen.c.id)
            .limit(MOST_ALIKE)
        )
        likeness = {row.id: in_common(row.signature, print_.signature) for row in rows}
        best = max(likeness, key=lambda offer_id: likeness[offer_id], default=None)
        return best if best is not None and likeness[best] >= ALIKE else None

    def _new(self, print_: Fingerprint | None, expires_at: datetime) -> str:
        offer_id = new_id()
        values = {"id": offer_id, "expires_at": expires_at}
        if print_ is not None:
            values |= {"text_hash": print_.exact, "signature": print_.signature}
        self._connection.execute(insert(offer_seen).values(**values))
        if print_ is not None:
            bands = [{"band": band, "offer_id": offer_id} for band in print_.bands]
            self._connection.execute(insert(offer_band), bands)
        return offer_id

    def _keep_marks(self, sighting_id: str, hashes: set[str]) -> None:
        known = self._connection.execute(
            select(sighting_mark.c.mark_hash).where(sighting_mark.c.sighting_id == sighting_id)
        ).scalars()
        new = hashes - set(known)
        if new:
            rows = [{"mark_hash": each, "sighting_id": sighting_id} for each in sorted(new)]
            self._connection.execute(insert(sighting_mark), rows)

    def delete_expired_sightings(self, now: datetime, limit: int) -> int:
        """Delete sightings whose time is over, the oldest first; how many.

        Those of an open case stay, and those with a mark of an entry that is `in_use`.
        """
        kept_marks = (
            select(sighting_mark.c.sighting_id)
            .join(recruiter, recruiter.c.mark_hash == sighting_mark.c.mark_hash)
            .where(in_use())
        )
        ids = (
            self._connection.execute(
                select(sighting.c.id)
                .where(
                    sighting.c.expires_at <= now,
                    or_(sighting.c.case_id.is_(None), sighting.c.case_id.not_in(open_cases())),
                    sighting.c.id.not_in(kept_marks),
                )
                .order_by(sighting.c.expires_at, sighting.c.id)
                .limit(limit)
            )
            .scalars()
            .all()
        )
        self._connection.execute(delete(sighting_mark).where(sighting_mark.c.sighting_id.in_(ids)))
        self._connection.execute(delete(sighting).where(sighting.c.id.in_(ids)))
        return len(ids)

    def delete_expired(self, now: datetime, limit: int) -> int:
        """Delete offers whose time is over and of which no sighting is left; how many."""
        ids = (
            self._connection.execute(
                select(offer_seen.c.id)
                .where(
                    offer_seen.c.expires_at <= now,
                    ~select(sighting.c.id).where(sighting.c.offer_id == offer_seen.c.id).exists(),
                )
                .order_by(offer_seen.c.expires_at, offer_seen.c.id)
                .limit(limit)
            )
            .scalars()
            .all()
        )
        self._connection.execute(delete(offer_band).where(offer_band.c.offer_id.in_(ids)))
        self._connection.execute(delete(offer_seen).where(offer_seen.c.id.in_(ids)))
        return len(ids)

    def askers_in(self, case_id: str) -> int:
        """How many different people asked about the offer of a case; the most asked, if several."""
        offers = select(sighting.c.offer_id).where(sighting.c.case_id == case_id)
        counts = self._connection.execute(
            select(func.count())
            .select_from(sighting)
            .where(sighting.c.offer_id.in_(offers))
            .group_by(sighting.c.offer_id)
        ).scalars()
        return max(counts, default=0)

    def askers_of_mark(self, mark_hash: str) -> int:
        """How many different people came with a dangerous offer or report that holds a mark."""
        return int(
            self._connection.execute(
                select(func.count(sighting.c.asker_hash.distinct()))
                .join(sighting_mark, sighting_mark.c.sighting_id == sighting.c.id)
                .where(
                    sighting_mark.c.mark_hash == mark_hash,
                    sighting.c.verdict.in_(sorted(DANGEROUS)),
                )
            ).scalar_one()
        )

    def told_in(self, sighting_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """The marks and the place of all that one person told about one offer."""
        place = select(sighting.c.place).where(sighting.c.id == sighting_id)
        marks = self._marks_of([sighting_id]).get(sighting_id, [])
        found = self._connection.execute(place).scalar()
        return frozenset(marks), frozenset(() if found is None else (found,))

    def around(
        self, mark_hashes: Sequence[str], places: Sequence[str], now: datetime
    ) -> tuple[Sighting, ...]:
        """What was seen lately with one of these marks, or at these places; for hot spots."""
        alike: list[ColumnElement[bool]] = [
            sighting.c.id.in_(
                select(sighting_mark.c.sighting_id).where(
                    sighting_mark.c.mark_hash.in_(mark_hashes)
                )
            ),
            sighting.c.place.in_(places),
        ]
        found: dict[str, Row[tuple[object, ...]]] = {}
        for condition in alike:
            rows = self._connection.execute(
                select(sighting)
                .where(condition, sighting.c.last_at >= now - WINDOW)
                .order_by(sighting.c.last_at.desc())
                .limit(MOST_SIGHTINGS)
            )
            found |= {row.id: row for row in rows}
        marks = self._marks_of(tuple(found))
        return tuple(
            Sighting(
                asker=row.asker_hash,
                at=row.last_at,
                verdict=row.verdict,
                marks=frozenset(marks.get(row.id, ())),
                place=row.place,
                leaves=None if row.leaves_on is None else date.fromisoformat(row.leaves_on),
            )
            for row in found.values()
        )

    def _marks_of(self, ids: Sequence[str]) -> dict[str, list[str]]:
        marks: dict[str, list[str]] = {}
        rows = self._connection.execute(
            select(sighting_mark).where(sighting_mark.c.sighting_id.in_(ids))
        )
        for row in rows:
            marks.setdefault(row.sighting_id, []).append(row.mark_hash)
        return marks

    def cases_at(self, place: str, day: date | None, now: datetime) -> tuple[str, ...]:
        """The cases of dangerous offers that leave from a place, on a day if given, seen lately."""
        wanted = (
            select(sighting.c.case_id)
            .distinct()
            .where(
                sighting.c.place == place,
                sighting.c.case_id.is_not(None),
                sighting.c.verdict.in_(sorted(DANGEROUS)),
                sighting.c.last_at >= now - WINDOW,
            )
            .order_by(sighting.c.case_id)
        )
        if day is not None:
            wanted = wanted.where(sighting.c.leaves_on == day.isoformat())
        rows = self._connection.execute(wanted)
        return tuple(str(row[0]) for row in rows)
