"""The words of a text that is scrubbed, each with what stands before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Cut = tuple[int, int, str]
"""Start and end in a text, and the mark that comes there."""

MARKS = ("[nama]", "[nomor]", "[perusahaan]", "[tempat]", "[email]", "[tautan]", "[akun]")
"""What stands in place of what was taken out."""

AFTER_A_CUE = " .:=,\"'-_*("
WITHIN_A_NAME = " -_'.&"
"""What may stand between "nama" and a name, and between the words of a name."""

LOUD_SHARE = 0.6
LOUD_FROM = 4
"""Where so many of at least so many words begin with a capital, capitals tell nothing."""

_LONGEST_ABBREVIATION = 5
_LONGEST_SHORT_FORM = 4
_WIDEST_GAP = 3
_TOKEN = re.compile(
    rf"(?P<mark>{'|'.join(map(re.escape, MARKS))})|[^\W_]+(?:['’`][^\W_]+)*"  # noqa: RUF001
)


@dataclass(frozen=True)
class Token:
    """A word or a mark of a text; `gap` is what stands between it and the one before."""

    text: str
    low: str
    start: int
    end: int
    gap: str
    is_mark: bool

    @property
    def has_capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_initial(self) -> bool:
        """One capital alone, as in "M. Yusuf"."""
        return len(self.text) == 1 and self.has_capital

    @property
    def is_abbreviation(self) -> bool:
        """A few capitals: more often a paper or an office than a person."""
        return self.text.isupper() and len(self.text) <= _LONGEST_ABBREVIATION


@dataclass(frozen=True)
class Tokens:
    """The words of a text; in a `loud` one capitals tell nothing."""

    every: tuple[Token, ...]
    loud: bool

    @classmethod
    def of(cls, text: str) -> Tokens:
        """Cut a text into words and marks."""
        every: list[Token] = []
        done = 0
        for found in _TOKEN.finditer(text):
            start, end = found.span()
            is_mark = found["mark"] is not None
            low = found[0].casefold()
            every.append(Token(found[0], low, start, end, text[done:start], is_mark))
            done = end
        words = [token for token in every if not token.is_mark and token.text[0].isalpha()]
        capitals = sum(token.has_capital for token in words)
        loud = len(words) >= LOUD_FROM and capitals >= LOUD_SHARE * len(words)
        return cls(tuple(every), loud)

    def __len__(self) -> int:
        return len(self.every)

    def at(self, place: int) -> Token | None:
        """The token at a place; None behind the last one."""
        return self.every[place] if 0 <= place < len(self.every) else None

    def is_proper(self, token: Token) -> bool:
        """Whether its capital says that it is a name of something."""
        return token.has_capital and not self.loud

    def joined(self, place: int, between: str = WITHIN_A_NAME) -> bool:
        """Whether only a few of these characters stand before the token at a place.

        Within a name a full stop follows an abbreviation only, else a sentence ends there.
        """
        token, before = self.at(place), self.at(place - 1)
        if token is None or len(token.gap) > _WIDEST_GAP or token.gap.strip(between):
            return False
        is_end = between == WITHIN_A_NAME and "." in token.gap
        return not (is_end and before is not None and len(before.text) > _LONGEST_SHORT_FORM)

    def run(
        self,
        place: int,
        fits: Callable[[Token], bool],
        most: int,
        before_first: str = WITHIN_A_NAME,
    ) -> int:
        """Behind the last of at most so many tokens that fit, one right after the other."""
        end = place
        while end - place < most and self.joined(
            end, before_first if end == place else WITHIN_A_NAME
        ):
            if not fits(self.every[end]):
                break
            end += 1
        return end

    def is_any(self, place: int, words: frozenset[str]) -> bool:
        """Whether one of these words stands at a place."""
        token = self.at(place)
        return token is not None and not token.is_mark and token.low in words
