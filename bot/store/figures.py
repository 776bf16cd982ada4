"""Counts for whoever watches over the service: never anything about one person."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select, text

from bot.domain.messages import Delivery, Purpose
from bot.store.tables import attachment, channel_state, conversation, outbound


class Figures:
    """Read at each scrape; the counted columns are indexed, or their tables are small."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def outbound_stuck(self) -> Mapping[str, int]:
        """How many texts to people did not get through, or wait for something, by state."""
        stuck = (Delivery.HELD, Delivery.UNCERTAIN, Delivery.FAILED_PERMANENTLY)
        rows = self._connection.execute(
            select(outbound.c.state, func.count())
            .where(outbound.c.state.in_(stuck), outbound.c.purpose != Purpose.PAGE)
            .group_by(outbound.c.state)
        )
        counts = {str(state): int(count) for state, count in rows}
        return {state.value: counts.get(state, 0) for state in stuck}

    def uncertain_sends(self) -> int:
        """How many calls ended with nobody knowing how: each may have sent a text twice."""
        row = self._connection.execute(
            select(func.coalesce(func.sum(outbound.c.uncertain_count), 0)).where(
                text("uncertain_count > 0")  # to the letter as in its index
            )
        ).one()
        return int(row[0])

    def files(self) -> Mapping[str, int]:
        """How many files of people there are, by state."""
        rows = self._connection.execute(
            select(attachment.c.state, func.count()).group_by(attachment.c.state)
        )
        return {state: int(count) for state, count in rows}

    def opened_channels(self) -> frozenset[str]:
        """Channels that people may rely on."""
        rows = self._connection.execute(
            select(channel_state.c.channel).where(channel_state.c.opened_at.is_not(None))
        )
        return frozenset(row.channel for row in rows)

    def unreachable(self) -> Mapping[str, int]:
        """How many people nothing reaches any more, by channel."""
        rows = self._connection.execute(
            select(conversation.c.channel, func.count())
            .where(conversation.c.unreachable.is_not(None))
            .group_by(conversation.c.channel)
        )
        return {channel: int(count) for channel, count in rows}
