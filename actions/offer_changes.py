"""When people take something back, or say the opposite of what they said before.

Pure functions over the text of an offer. A correction says that the earlier words were wrong;
a contradiction does not, so the person is asked once which of the two holds.
"""

from __future__ import annotations

import re

from actions.matters import asks, plain_words
from actions.offer_facts import countries_in, stances, without
from bot.language.money import parse_money
from bot.language.offers import check_offer

ASKED_ABOUT = ("fee", "visa", "agency", "contract", "country")
"""Facts whose contradiction may change the verdict, the weightiest first."""

_MARKS = re.compile(
    r"\b(?:bukan(?:nya)?|salah|keliru|kliru|ralat|koreksi|yang benar|ternyata|rupanya|"
    r"sebenarnya|sebetulnya|deng|ding|ganti|ubah|diubah)\b|^(?:eh|maaf)\b|"
    r"\bmaksud(?:nya| saya| aku)?\b"
)
_ASKING = re.compile(
    r"\b(?:apa|apakah|kenapa|mengapa|bagaimana|berapa|siapa|mana|kapan|boleh|bisakah|tanya)\b"
)
_NOT = re.compile(r"\b(?:bukan(?:nya)?|salah|keliru|tidak|ga|gak|nggak|enggak)\b", re.IGNORECASE)
_ON_THE_WAY = re.compile(r"\b(?:transit|mampir|singgah|dulu baru|lalu|kemudian|terus ke)\b")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_LONGEST = 25
"""Words; a longer text tells a story of its own."""


def is_correction(text: str) -> bool:
    """Whether the words say that something said before was wrong, and ask nothing."""
    plain = plain_words(text)
    few = len(plain.split()) <= _LONGEST
    return few and not asks_something(text) and bool(_MARKS.search(plain))


def asks_something(text: str) -> bool:
    """Whether a question stands anywhere in the words."""
    return "?" in text or asks(text) or bool(_ASKING.search(plain_words(text)))


def tells_news(known: str, text: str) -> bool:
    """Whether the words tell, and do not ask, something that weighs against what was said."""
    if not text or asks_something(text):
        return False
    return bool(check_offer(text).flags) or bool(contradicted(known, text))


def differing(known: str, added: str) -> tuple[str, ...]:
    """The facts that both texts tell, each in its own way."""
    before, now = stances(known), stances(added)
    return tuple(fact for fact in now if fact in before and _differs(fact, known, before, now))


def contradicted(known: str, added: str) -> tuple[str, ...]:
    """The facts to ask about, the weightiest first; a country on the way is no contradiction."""
    found = [fact for fact in differing(known, added) if not _goes_together(fact, known, added)]
    on_the_way = bool(_ON_THE_WAY.search(plain_words(added)))
    return tuple(
        fact for fact in ASKED_ABOUT if fact in found and not (fact == "country" and on_the_way)
    )


def taken_back(known: str, added: str) -> tuple[str, ...]:
    """The facts of which the new words only say that they are not so: "bukan Malaysia"."""
    if not _NOT.search(added):
        return ()
    before, now = stances(known), stances(added)
    named = stances(_NOT.sub(" ", added))
    return tuple(
        fact for fact, stance in named.items() if fact not in now and before.get(fact) == stance
    )


def corrected(known: str, added: str) -> str | None:
    """The offer with what the new words correct; None when they correct nothing."""
    added = in_full(known, added)
    facts = (*differing(known, added), *taken_back(known, added))
    if not facts:
        return None
    for fact in facts:
        known = without(known, fact)
    return f"{known}\n{added}".strip()


def in_full(known: str, added: str) -> str:
    """The words with what a bare figure is about: "5 juta bukan 15", where the pay was 15."""
    if check_offer(added).facts or not parse_money(plain_words(added)):
        return added
    facts = check_offer(known).facts
    figures = set(_FIGURES.findall(added))
    named = {
        name: figures & set(_FIGURES.findall(facts.get(name, ""))) for name in ("salary", "fee")
    }
    about = next((name for name, shared in named.items() if shared), None)
    about = about or next((name for name in named if name in facts), None)
    if about is None:
        return added
    return f"gaji {added}" if about == "salary" else f"biaya {added}"


def _goes_together(fact: str, known: str, added: str) -> bool:
    """Whether both can be: another amount, or some agent whom the other text names more closely."""
    before, now = (stances(text)[fact].split()[0] for text in (known, added))
    return (fact == "fee" and before == now) or (fact == "agency" and "agent" in {before, now})


def _differs(fact: str, known: str, before: dict[str, str], now: dict[str, str]) -> bool:
    if fact == "country":
        return now[fact] not in countries_in(known)
    return before[fact] != now[fact]
