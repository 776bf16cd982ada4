"""What Twilio's refusals mean for a row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.delivery import NOT_REACHABLE, TOO_LATE, WINDOW_CLOSED
from bot.gateways.twilio_client import CallError
from bot.ports import OutcomeOpenError, SendError

PAUSE_SECONDS = 10.0
# A wrong token or sender is mended by a person: nothing is burnt while it takes.
MEND_SECONDS = 300.0


@dataclass(frozen=True)
class Verdict:
    """What one of Twilio's refusals means for a row; `wait` in seconds, None when for good."""

    reason: str
    wait: float | None = None
    unreachable: bool = False
    hold_channel: bool = False

    def error(self, retry_after: float | None = None) -> SendError:
        """As the outbox understands it; Twilio's own wait wins over ours."""
        return SendError(
            self.reason,
            permanent=self.wait is None,
            retry_after=None if self.wait is None else retry_after or self.wait,
            unreachable=self.unreachable,
            hold_channel=self.hold_channel,
        )


def _mend(reason: str) -> Verdict:
    return Verdict(reason, wait=MEND_SECONDS, hold_channel=True)


RATE = Verdict("rate", wait=PAUSE_SECONDS, hold_channel=True)
AUTH = _mend("auth")
# Twilio's own codes, twilio.com/docs/api/errors.
VERDICTS = {
    **{int(code): Verdict("invalid_address", unreachable=True) for code in NOT_REACHABLE},
    21610: Verdict("stopped", unreachable=True),
    int(TOO_LATE): Verdict(WINDOW_CLOSED),
    21617: Verdict("too_long"),
    21658: Verdict("too_long"),
    21619: Verdict("no_body"),
    # Meta takes a message to one person every few seconds.
    63018: Verdict("rate", wait=PAUSE_SECONDS),
    131056: Verdict("rate", wait=PAUSE_SECONDS),
    20429: RATE,
    63038: Verdict("daily_limit", wait=MEND_SECONDS, hold_channel=True),
    20003: AUTH,
    20404: _mend("wrong_account"),
    21212: _mend("wrong_sender"),
    21603: _mend("wrong_sender"),
    21606: _mend("wrong_sender"),
    63007: _mend("wrong_sender"),
    21609: _mend("wrong_callback"),
    21655: _mend("wrong_template"),
    63021: _mend("wrong_template"),
    # Calls, and texts to phones.
    13223: Verdict("invalid_address", unreachable=True),
    13224: Verdict("invalid_address", unreachable=True),
    21217: Verdict("invalid_address", unreachable=True),
    30006: Verdict("invalid_address", unreachable=True),
    13227: _mend("country_closed"),
    21215: _mend("country_closed"),
    21408: _mend("country_closed"),
    21210: _mend("wrong_sender"),
    21205: _mend("wrong_callback"),
}
BY_STATUS = {401: AUTH, 403: AUTH, 429: RATE}


def meaning_of(error: CallError) -> Exception:
    """What a failed call means for the row."""
    known = VERDICTS.get(error.code) or BY_STATUS.get(error.status)
    if known is not None:
        return known.error(error.retry_after)
    if error.outcome_open:
        return OutcomeOpenError(error.reason)
    refused = 400 <= error.status < 500
    return SendError(
        f"twilio {error.code or error.status}" if refused else error.reason, permanent=refused
    )


def for_page(error: CallError) -> Exception:
    """What a failed call means for a page: what somebody has to mend first is no way just now.

    A text to a person waits until it is mended; a page goes on by the next contact at once.
    """
    meaning = meaning_of(error)
    if isinstance(meaning, SendError) and meaning.hold_channel and meaning.reason != RATE.reason:
        return SendError(meaning.reason, permanent=True)
    return meaning
