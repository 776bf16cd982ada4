"""The state of a conversation and the choices that were offered in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.messages import Button, Reply

ONE_NUMBER = re.compile(r"\s*(\d{1,2})\s*[.)]?\s*")
TAP = re.compile(r"b:([0-9a-f]{32}):(\d{1,2})")
# What these mean depends on the question just before them.
DEPENDS_ON_THE_QUESTION = ("/affirm", "/deny", "/unsure")


class HandledBy(StrEnum):
    """Who answers in a conversation."""

    BOT = "bot"
    HUMAN = "human"


class Talk(StrEnum):
    """Which part of the bot answers.

    `assistant` is the dialogue of the Rasa assistant. The `danger_*` talks need nothing but
    this process, so that they work when everything else is down:
    danger_asked (may they chat?) -> danger_open (every word goes to staff) or
    danger_silent (they asked for silence); self_harm_asked -> self_harm_open. In
    `danger_question` a message was doubtful and the person was asked about it.
    """

    ASSISTANT = "assistant"
    DANGER_QUESTION = "danger_question"
    DANGER_ASKED = "danger_asked"
    DANGER_OPEN = "danger_open"
    DANGER_SILENT = "danger_silent"
    SELF_HARM_ASKED = "self_harm_asked"
    SELF_HARM_OPEN = "self_harm_open"


@dataclass(frozen=True)
class Offered:
    """The choices of the latest question and the outbound row that carried them."""

    outbound_id: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A person in a channel.

    `generation` grows with every takeover and hand-back: bot rows of an older
    generation never leave. `wrote_at` is when the person wrote last; `unreachable` says why
    nothing reaches them here any more (blocked, unsubscribed).
    """

    id: str
    person_id: str
    channel: str
    handled_by: HandledBy
    generation: int
    talk: Talk
    staff_id: str | None = None
    case_id: str | None = None
    offered: Offered = field(default=Offered(), repr=False)
    address: str | None = field(default=None, repr=False)
    wrote_at: datetime | None = None
    unreachable: str | None = None


@dataclass(frozen=True)
class Choice:
    """How a message relates to the choices that were offered.

    `title` and `payload` are set when it picks one; `problem` is `no_such_choice` or
    `stale` (nothing is on offer any more) when it tried to.
    """

    title: str = ""
    payload: str | None = None
    problem: str | None = None


def read_choice(text: str, offered: Offered, tapped: Reply | None = None) -> Choice | None:
    """What a typed number, typed title or tapped button means; None for free text.

    `tapped` is the earlier message that a tap belongs to, if it still exists.
    """
    tap = TAP.fullmatch(text.strip())
    if tap:
        return _tapped(tap, offered, tapped)
    number = ONE_NUMBER.fullmatch(text)
    if not offered.buttons:
        return Choice(problem="stale") if number and int(number[1]) else None
    if number:
        index = int(number[1])
        if 1 <= index <= len(offered.buttons):
            button = offered.buttons[index - 1]
            return Choice(button.title, button.payload)
        # 0 means "be silent" in a danger talk and is left to it.
        return None if index == 0 else Choice(problem="no_such_choice")
    said = text.strip().casefold()
    for button in offered.buttons:
        if said == button.title.casefold():
            return Choice(button.title, button.payload)
    return None


def _tapped(tap: re.Match[str], offered: Offered, tapped: Reply | None) -> Choice:
    index = int(tap[2]) - 1
    if tapped is None or not 0 <= index < len(tapped.buttons):
        return Choice(problem="stale")
    button = tapped.buttons[index]
    is_latest = tap[1] == offered.outbound_id
    if not is_latest and button.payload.startswith(DEPENDS_ON_THE_QUESTION):
        return Choice(button.title, problem="stale")
    return Choice(button.title, button.payload)


def tap_code(outbound_id: str, index: int) -> str:
    """The opaque payload that a channel shows for the button at `index` (from 0)."""
    return f"b:{outbound_id}:{index + 1}"


def list_choices(buttons: tuple[Button, ...]) -> str:
    """Choices as numbered lines, for channels and people that answer with a number."""
    return "\n".join(f"{number} {button.title}" for number, button in enumerate(buttons, 1))


def is_phone(identity: str) -> bool:
    """Whether an identity is a telephone number, which may pass to somebody else."""
    return identity.removeprefix("whatsapp:").startswith("+")
