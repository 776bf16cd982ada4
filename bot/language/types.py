"""The words in which this package answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Urgency(str, Enum):
    """How soon a person of the staff must look; declared from lowest to highest."""

    NONE = "none"
    CONCERN = "concern"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Position in the order none < concern < urgent < emergency."""
        return list(Urgency).index(self)

    @staticmethod
    def highest(*found: Urgency) -> Urgency:
        """The highest of all given; `NONE` for no argument. Nothing ever lowers an urgency."""
        return max(found, key=lambda urgency: urgency.rank, default=Urgency.NONE)


class Severity(str, Enum):
    """Weight of a red flag; declared from lowest to highest."""

    INFO = "info"
    CAUTION = "caution"
    SERIOUS = "serious"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position in the order info < caution < serious < critical."""
        return list(Severity).index(self)


class Verdict(str, Enum):
    """Result of the red-flag check of an offer. There is no 'safe'."""

    NOT_ENOUGH_KNOWN = "not_enough_known"
    NO_RED_FLAG_SEEN = "no_red_flag_seen"
    CAUTION = "caution"
    SERIOUS = "serious"
    CRITICAL = "critical"


@dataclass(frozen=True)
class Entity:
    """A value found in a text; `start` and `end` count characters of the original text."""

    entity: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Screening:
    """What the danger rules found: the urgency and the names of the signals behind it."""

    urgency: Urgency = Urgency.NONE
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """A red flag or good signal with the words of the text that show it."""

    code: str
    evidence: str
    start: int
    end: int


@dataclass(frozen=True)
class OfferCheck:
    """What a text says about a job offer.

    `facts` maps a fact name (country, job, salary, fee, visa, agency, employer, contract,
    departure, phone, account) to its value as written or in a plain normal form; `missing`
    names what one should know before deciding, most important first. `reasons` are the rules of
    bot.language.judging that decided the verdict, a rule about single flags with their codes.
    """

    verdict: Verdict
    flags: tuple[Evidence, ...] = ()
    signals: tuple[Evidence, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """All that is known of one message: intent, entities and urgency.

    `doubt` names the intent of a danger that it may be about, where that is neither sure
    enough for an emergency nor unlikely enough to be passed over: the person is asked.
    `ranking` holds the likeliest intents with their confidence, `intent` first.
    """

    intent: str
    confidence: float
    entities: tuple[Entity, ...] = ()
    urgency: Urgency = Urgency.NONE
    signals: tuple[str, ...] = ()
    doubt: str | None = None
    ranking: tuple[tuple[str, float], ...] = ()
