"""The time that a provider tells with each answer."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime


def told_time(date: str | None) -> datetime | None:
    """The moment in a `Date` header; None when there is none that makes sense."""
    try:
        told = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return None if told.tzinfo is None else told
