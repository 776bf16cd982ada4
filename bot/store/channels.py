"""What all processes must know of a channel together: opened, paced, held, read up to where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from bot.store.rows import is_over
from bot.store.tables import channel_state


@dataclass(frozen=True)
class ChannelState:
    """How a channel stands; moments in UTC."""

    channel: str
    opened_at: datetime | None = None
    paced_until: datetime | None = None
    held_until: datetime | None = None
    poll_offset: int | None = None
    reconciled_at: datetime | None = None


class Channels:
    """One row for each channel, made when it is first needed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, channel: str) -> ChannelState:
        """How a channel stands; everything empty for one that was never used."""
        row = self._connection.execute(
            select(
                channel_state.c.channel,
                channel_state.c.opened_at,
                channel_state.c.paced_until,
                channel_state.c.held_until,
                channel_state.c.poll_offset,
                channel_state.c.reconciled_at,
            ).where(channel_state.c.channel == channel)
        ).first()
        return ChannelState(channel) if row is None else ChannelState(*row)

    def mark_opened(self, channel: str, now: datetime) -> None:
        """People may rely on this channel from now on; it is not closed again."""
        if self.get(channel).opened_at is None:
            self._set(channel, opened_at=now)

    def set_paced(self, channel: str, until: datetime) -> None:
        """Until when the pace of the whole channel is taken."""
        self._set(channel, paced_until=until)

    def hold_sending(self, channel: str, until: datetime) -> None:
        """The provider asked for a pause: nothing is sent before its end."""
        self._set(channel, held_until=until)

    def set_offset(self, channel: str, offset: int) -> None:
        """Updates below this one are stored and may be confirmed (long polling)."""
        self._set(channel, poll_offset=offset)

    def set_reconciled(self, channel: str, at: datetime) -> None:
        """Everything that reached the provider before this moment is stored here."""
        self._set(channel, reconciled_at=at)

    def hold(self, channel: str, token: str, now: datetime, lease: timedelta) -> bool:
        """Take or renew the right to be the only process that fetches from a channel."""
        self._ensure(channel)
        taken = self._connection.execute(
            update(channel_state)
            .where(
                channel_state.c.channel == channel,
                or_(
                    channel_state.c.lease_token.is_(None),
                    channel_state.c.lease_token == token,
                    is_over(channel_state.c.lease_until, now),
                ),
            )
            .values(lease_token=token, lease_until=now + lease)
            .returning(channel_state.c.channel)
        ).first()
        return taken is not None

    def release(self, channel: str, token: str) -> None:
        """Give the right back, so that another process need not wait for the lease to end."""
        self._connection.execute(
            update(channel_state)
            .where(channel_state.c.channel == channel, channel_state.c.lease_token == token)
            .values(lease_token=None, lease_until=None)
        )

    def _ensure(self, channel: str) -> None:
        found = self._connection.execute(
            select(channel_state.c.channel).where(channel_state.c.channel == channel)
        ).first()
        if found is None:
            self._connection.execute(insert(channel_state).values(channel=channel))

    def _set(self, channel: str, **values: object) -> None:
        self._ensure(channel)
        self._connection.execute(
            update(channel_state).where(channel_state.c.channel == channel).values(**values)
        )
