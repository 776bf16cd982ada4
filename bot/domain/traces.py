"""One thing that happened in a case, without a word of anybody: what a trace is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Traced:
    """A moment with where it is written down, what happened, and codes that say more."""

    at: datetime
    source: str
    what: str
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """As one line of text."""
        told = " ".join(f"{name}={value}" for name, value in self.more.items() if value)
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z {self.source:<15} {self.what} {told}".rstrip()
