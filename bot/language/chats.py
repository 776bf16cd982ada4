"""Tells who speaks in a copied chat: "[08:13] Saya: visanya apa? / [08:15] Pak Jun: umrah dulu"."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache

from bot.language.families import family
from bot.language.matching import load
from bot.language.reading import LABEL, Reading, stem, stems_of

_FEWEST_SPEAKERS = 2
_FEWEST_LINES = 4


@dataclass(frozen=True)
class _Words:
    asker: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]


@cache
def _words() -> _Words:
    data = load("offer_context")["chat"]
    return _Words(stems_of(data["asker"]), stems_of(data["agrees"]), stems_of(data["refuses"]))


class Chat:
    """The lines of a reading by speaker; of a text that is no chat, nothing is the asker's.

    It is a chat when a line of the asker (saya, aku, P) and one of somebody else are labelled, or
    when of two people who write by turns one asks and the other does not.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        labels = [
            (found.end(), family(stem(found["who"].split()[0])))
            for found in LABEL.finditer(reading.plain.text)
            if found["who"].strip()
        ]
        self._askers: list[bool] = []
        if len({who for _, who in labels}) < _FEWEST_SPEAKERS:
            return
        places = [place for place, _ in labels]
        speakers: list[str | None] = []
        for sentence in reading.sentences:
            at = bisect_left(places, reading.words[sentence.end - 1].end) - 1
            speakers.append(labels[at][1] if at >= 0 else None)
        asker = self._asker([who for _, who in labels], speakers)
        if asker is not None:
            self._askers = [speaker == asker for speaker in speakers]

    def _asker(self, labels: list[str], speakers: list[str | None]) -> str | None:
        """Who asks: whoever is labelled so, else the one of two most of whose lines are questions."""
        named = [who for who in labels if who in _words().asker]
        if named:
            return named[0] if set(labels) - {named[0]} else None
        if len(set(labels)) != _FEWEST_SPEAKERS or len(labels) < _FEWEST_LINES:
            return None
        asked = Counter(
            speaker
            for speaker, sentence in zip(speakers, self._reading.sentences, strict=True)
            if "?" in sentence.mark
        )
        one, other = sorted(set(labels), key=lambda who: -asked[who])
        often = asked[one] * 2 >= labels.count(one)
        return one if often and asked[other] * 2 < labels.count(other) else None

    def is_askers(self, sentence: int) -> bool:
        """Whether the sentence with this number is the asker's own."""
        return bool(self._askers) and self._askers[sentence]

    def is_confirmed(self, sentence: int) -> bool:
        """Whether it is a question to which the next line of the other side says yes."""
        if "?" not in self._reading.sentences[sentence].mark:
            return False
        for after in range(sentence + 1, len(self._askers)):
            if not self._askers[after]:
                return self._says_yes(after)
        return False

    def _says_yes(self, number: int) -> bool:
        """Whether the answer, behind its label, begins with a yes and not with a no."""
        sentence = self._reading.sentences[number]
        words = self._reading.words[sentence.start : sentence.end]
        said = next((at for at, word in enumerate(words) if word.after_pause), 0)
        stems = [word.stem for word in words[said : said + 2]]
        return bool(stems) and stems[0] in _words().yes and _words().no.isdisjoint(stems)
