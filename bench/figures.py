"""Percentiles and tables."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Spread:
    """Durations in milliseconds."""

    n: int
    p50: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """From durations in seconds; at least one."""
        ordered = sorted(seconds)
        return cls(
            len(ordered),
            *(round(1000 * at(ordered, share), 2) for share in (0.5, 0.95, 0.99, 1.0)),
        )

    def data(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def at(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def load_average() -> float:
    """Processes that wanted a core during the last minute, on average."""
    return round(os.getloadavg()[0], 2)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table."""
    shown = Table(*columns, title=title, title_justify="left")
    for row in rows:
        shown.add_row(*(str(cell) for cell in row))
    Console(width=120).print(shown)
