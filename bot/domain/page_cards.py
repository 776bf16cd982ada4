"""A page in pieces: what it says, for channels with buttons, variables or a subject."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CardLine:
    """One page of a card: what buttons and keys are about, and the code that answers it.

    Nothing is asked where `code` is empty.
    """

    page_id: str
    reference: str
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class PageCard:
    """A page in pieces, for channels that have a form of their own for each.

    `lines` is one case, or those of a flood together. `link` acknowledges with one tap and may
    be empty, `console` needs sign-in.
    """

    lines: tuple[CardLine, ...]
    urgent: bool
    console: str
    practice: bool = False
    link: str = field(default="", repr=False)

    @property
    def first(self) -> CardLine:
        """The only line, or the one that the call or the mail begins with."""
        return self.lines[0]

    @property
    def marks(self) -> str:
        """What stands before the reference."""
        return ("[LATIHAN] " if self.practice else "") + ("DARURAT " if self.urgent else "")
