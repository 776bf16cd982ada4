"""What each channel can carry, and how fast."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.conversation import list_choices
from bot.domain.messages import Reply

WEB = "web"
TELEGRAM = "telegram"
WHATSAPP = "whatsapp"
CANARY = "canary"
"""The watchman's own: a robot person writes there."""
ROBOT = "robot"
"""By which a robot member of staff is paged."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True)
class Pace:
    """At most `burst` at once, then one every `interval`."""

    interval: timedelta
    burst: int


@dataclass(frozen=True)
class ChannelRules:
    """The limits of a channel.

    `longest` is in characters per message. `merges`: the replies of one turn become one
    message. `numbers_choices`: choices are shown as numbered lines in the text. `rings`: a
    text makes a phone ring or light up, so it leaves only just after the person wrote.
    `window`: free text is taken only this long after the person wrote. `hold`: how long a
    message waits for one that the person sent before it. `per_chat` and `overall` limit what
    all processes send together. `tells`: the provider can say whether it has a text.
    """

    longest: int | None = None
    merges: bool = False
    numbers_choices: bool = False
    rings: bool = False
    window: timedelta | None = None
    hold: timedelta = timedelta(0)
    per_chat: Pace | None = None
    overall: Pace | None = None
    tells: bool = False


RULES = {
    WEB: ChannelRules(),
    CANARY: ChannelRules(),
    # Bot API: 4,096 characters; about one message a second in a chat and 30 a second in all
    # (core.telegram.org/bots/faq). Updates of one chat may arrive over several connections.
    TELEGRAM: ChannelRules(
        longest=4096,
        rings=True,
        hold=timedelta(milliseconds=150),
        per_chat=Pace(timedelta(seconds=1), 5),
        overall=Pace(timedelta(seconds=1) / 30, 30),
    ),
    # Twilio: 1,600 characters, free text within 24 hours (errors 21617, 63016), 80 messages a
    # second by default; Meta: one message to the same person every 6 seconds, with bursts.
    WHATSAPP: ChannelRules(
        longest=1600,
        merges=True,
        numbers_choices=True,
        rings=True,
        window=timedelta(hours=24),
        per_chat=Pace(timedelta(seconds=6), 10),
        overall=Pace(timedelta(seconds=1) / 80, 80),
        tells=True,
    ),
}


def rules_of(channel: str) -> ChannelRules:
    """The limits of a channel; none for one that we do not know."""
    return RULES.get(channel, RULES[WEB])


def fit(replies: Sequence[Reply], rules: ChannelRules) -> list[Reply]:
    """The replies of one turn as messages that the channel can carry.

    Nothing is dropped: texts are merged where the channel counts messages, and divided at
    sentence ends where they are too long. Choices stay under the last part of their text.
    Of merged replies only the last choices can be answered by number; earlier ones stay as
    words that can be typed.
    """
    if rules.merges:
        replies = _merged(replies)
    if rules.longest is None:
        return list(replies)
    fitted: list[Reply] = []
    for reply in replies:
        choices = f"\n\n{list_choices(reply.buttons)}" if reply.buttons else ""
        room = len(choices) if rules.numbers_choices else 0
        parts = divide(reply.text, rules.longest, last_room=room)
        fitted += [Reply(part) for part in parts[:-1]]
        fitted.append(Reply(parts[-1], reply.buttons))
    return fitted


def _merged(replies: Sequence[Reply]) -> list[Reply]:
    if len(replies) < 2:
        return list(replies)
    last = max((place for place, reply in enumerate(replies) if reply.buttons), default=-1)
    texts = [
        reply.text if place == last else "\n".join((reply.text, *_as_words(reply)))
        for place, reply in enumerate(replies)
    ]
    return [Reply("\n\n".join(texts), replies[last].buttons if last >= 0 else ())]


def _as_words(reply: Reply) -> list[str]:
    return [f"- {button.title}" for button in reply.buttons]


def divide(text: str, longest: int, *, last_room: int = 0) -> list[str]:
    """Parts of at most `longest` characters, cut at sentence ends, then words, then anywhere.

    The last part leaves `last_room` characters free, for choices below it.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > longest - last_room:
        # A text that fits without the choices is divided all the same, to make room for them.
        most = min(longest, max(len(rest) - 1, 1))
        cut = _last_break(rest, most)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
        if not rest:
            break
    if rest or not parts:
        parts.append(rest)
    return parts


def _last_break(text: str, most: int) -> int:
    """Where to cut so that at most `most` characters stand before the cut."""
    ends = [found.end() for found in SENTENCE_END.finditer(text, 0, most + 1)]
    ends = [end for end in ends if most // 4 <= end <= most]
    if ends:
        return ends[-1]
    space = text.rfind(" ", most // 4, most + 1)
    return space + 1 if space > 0 else most


def room_at(reserved: datetime | None, now: datetime, pace: Pace) -> int:
    """How many messages may leave now, when those before reserve the pace until `reserved`.

    A pace reserved for longer than a whole burst was reserved before the clock was set back.
    """
    if reserved is None or not now < reserved <= now + pace.burst * pace.interval:
        return pace.burst
    return max(0, pace.burst - math.ceil((reserved - now) / pace.interval))


def reserve(reserved: datetime | None, now: datetime, pace: Pace, count: int = 1) -> datetime:
    """Until when the pace is taken after `count` more messages."""
    begin = now if reserved is None else max(reserved, now)
    return begin + count * pace.interval
