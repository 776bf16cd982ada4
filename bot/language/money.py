"""Reads written amounts of money: "15-25 juta", "Rp 35.000.000", "NT$ 29rb", "RM1.500"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.language.matching import load

_SCALES = {"ribu": 1_000, "juta": 1_000_000, "miliar": 1_000_000_000}
_CURRENCIES = (
    (r"nt\$|\bntd?\b|\btwd\b", "nt"),
    (r"hongkong\$|\bhkd\b", "hkd"),
    (r"(?<![a-z])s\$|\bsgd\b", "sgd"),
    (r"\b(?:ringgit|myr)\b", "ringgit"),
    (r"\b(?:sar|riyal|real)\b", "sar"),
    (r"\b(?:dirham|aed)\b", "dirham"),
    (r"¥|\b(?:yen|jpy)\b", "yen"),
    (r"₩|\b(?:won|krw)\b", "won"),
    (r"€|\b(?:euro|eur)\b", "euro"),
    (r"£|\b(?:gbp|pounds?)\b", "gbp"),
    (r"\b(?:baht|thb)\b", "baht"),
    (r"\bcad\b", "cad"),
    (r"\baud\b", "aud"),
    (r"\bnzd\b", "nzd"),
    (r"\b(?:qar)\b", "qar"),
    (r"\b(?:kwd|bhd|omr|dinar)\b", "dinar"),
    (r"\b(?:php|pesos?)\b", "peso"),
    (r"\b(?:pln|zloty)\b", "pln"),
    (r"\bbnd\b", "bnd"),
    (r"\b(?:rmb|yuan)\b", "yuan"),
    (r"\$|\b(?:us|usd|usdt|dolar|dollars?)\b", "usd"),
)
_CURRENCY = re.compile("|".join(f"(?P<{name}>{mark})" for mark, name in _CURRENCIES))
_SCALE = re.compile("|".join(f"{word}\\b" for word in _SCALES))
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class Money:
    """An amount in one currency; `high` is the top of a range, else the amount itself."""

    currency: str
    high: float


@dataclass(frozen=True)
class PayLimit:
    """Monthly pay from which an offer is far above the usual; `easy` for work without demands."""

    usual: int
    easy: int


def parse_money(plain: str) -> Money | None:
    """The amount in plain spelling, or None where no figure can be read from it."""
    figures = [_number(found) for found in _FIGURE.findall(plain)]
    if not figures:
        return None
    scaled = _SCALE.search(plain)
    scale = _SCALES[scaled.group()] if scaled else 1
    marked = _CURRENCY.search(plain)
    currency = (marked.lastgroup if marked else None) or "rupiah"
    return Money(currency, max(figures) * (scale if max(figures) < scale else 1))


def _number(figure: str) -> float:
    """35.000.000 and 1,150 are thousands; 1,5 and 2.75 are fractions; a last ,00 is dropped."""
    parts = re.split(r"[.,]", figure)
    if len(parts) > 1 and parts[-1] == "00":
        parts.pop()
    if len(parts) == 1 or all(len(part) == 3 for part in parts[1:]):
        return float("".join(parts))
    return float("".join(parts[:-1]) + "." + parts[-1])


@cache
def pay_limits() -> Mapping[str, PayLimit]:
    """The limits of pay.yml by currency."""
    return {
        currency: PayLimit(int(limit["usual"]), int(limit["easy"]))
        for currency, limit in load("pay").items()
    }
