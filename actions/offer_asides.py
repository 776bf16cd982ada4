"""Questions and doubts in the middle of a check that stand in place of an answer."""

from __future__ import annotations

import re

from actions.matters import asks, plain_words, tells_of_others

_ANSWERS = (
    (re.compile(r"\b(?:turis|umrah?|umroh|wisata|ziarah|kunjungan|visa)\b"), "say_aside_visa"),
    (
        re.compile(r"\b(?:berapa|normal\w*|wajar\w*|biasanya|biaya\w*|bayar\w*|uang)\b"),
        "say_aside_cost",
    ),
    (
        re.compile(r"\b(?:bahaya\w*|risiko\w*|resiko\w*|akibat\w*|kalau ketahuan)\b"),
        "say_aside_risk",
    ),
    (re.compile(r"\b(?:pt|agen\w*|calo|sponsor|perorangan)\b"), "say_aside_agency"),
)
"""What a question is about, by its words, and the response; the first that fits."""

UNANSWERED = "say_aside_unknown"
"""The honest response to a question for which there is no text."""

_LONGEST = 14
"""Words; a longer text tells more than it asks."""


def aside_in(text: str) -> str | None:
    """The response to a question or doubt; None when the text is an answer."""
    if tells_of_others(text):
        return "say_aside_others"
    plain = plain_words(text)
    if len(plain.split()) > _LONGEST or not asks(text):
        return None
    found = (response for pattern, response in _ANSWERS if pattern.search(plain))
    return next(found, UNANSWERED)
