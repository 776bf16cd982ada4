"""The words of a message, and where its sentences and clauses end."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?|[.!?;\n,]")


@dataclass(frozen=True)
class Words:
    """The words of a text and the numbers of the sentence and of the clause each stands in."""

    words: tuple[str, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    questions: frozenset[int]
    """Sentences that end in a question mark."""

    @classmethod
    def of(cls, plain: str) -> Words:
        """Cut a normalised text into words; commas end a clause, full stops a sentence."""
        words: list[str] = []
        sentences: list[int] = []
        clauses: list[int] = []
        questions: set[int] = set()
        sentence = clause = 0
        for said in _TOKEN.findall(plain):
            if said == ",":
                clause += 1
            elif len(said) == 1 and not said.isalnum():
                if said == "?" and sentences:
                    questions.add(sentences[-1])
                sentence += 1
                clause += 1
            else:
                words.append(said)
                sentences.append(sentence)
                clauses.append(clause)
        return cls(tuple(words), tuple(sentences), tuple(clauses), frozenset(questions))
