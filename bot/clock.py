"""The one place that asks the machine what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The real clock; aware UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)
