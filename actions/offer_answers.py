"""What single answers about an offer mean: the story, what was misheard, which of two holds."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import UNKNOWN, entity, intent
from actions.matters import plain_words
from actions.offer_changes import contradicted
from actions.offer_facts import TOLD_BY, stances, without
from actions.offer_plan import HEARD, WHICH, WRONG, first_questions, question_for
from actions.offer_text import (
    LONGEST_TEXT,
    SAID_BY_BUTTON,
    SHORT,
    as_statement,
    meant_by,
    tells_nothing,
)
from actions.offer_told import Known, begin, see, take_in
from bot.language.offers import check_offer

RIGHT = "benar"
NOT_RIGHT = "salah"
NONE = "tidak ada"
"""The story of somebody who has no offer to tell."""
BEFORE = "before"
NOW = "now"

_YES = re.compile(
    r"(?:(?:sudah|ya|iya|oke|ok|kak|pak|bu|mbak|mas) )*(?:benar|betul|ya|iya|yoi|yup|sip|cocok|"
    r"oke|ok|inggih|nggih|leres|pas|tepat|iyo|enggih)(?: (?:semua\w*|kak|sekali|banget|pak|bu|mbak|mas|ya))*[\s.!]*"
)
_NO = re.compile(
    r"(?:(?:ada|ya|kak|itu|eh) )*(?:salah|keliru|bukan|tidak|tidak benar|belum benar|ada yang salah)"
    r"(?: (?:kak|semua\w*|itu|yang|pak|bu|mbak|mas))*[\s.,!]*"
)
_WRONG = re.compile(r"\b(?:salah|keliru|kliru|ngawur)\b")
_FIRST = re.compile(r"\b(?:tadi|pertama|awal|sebelumnya|dulu|lama)\b")
_SECOND = re.compile(r"\b(?:sekarang|kedua|terakhir|baru|barusan|ini)\b")
_FIELDS = {
    "country": r"negara\w*|tujuan\w*",
    "job": r"kerja\w*|pekerjaan\w*|tugas\w*",
    "salary": r"gaji\w*|upah\w*",
    "visa": r"visa\w*",
    "fee": r"biaya\w*|bayar\w*|uang\w*",
    "agency": r"agen\w*|pt|lewat\w*|perekrut\w*",
    "contract": r"kontrak\w*|perjanjian\w*",
    "departure": r"berangkat\w*|tanggal\w*",
}


def is_told_too(name: str, text: str) -> bool:
    """Whether the words also answer the open question."""
    return name.removeprefix("offer__") in stances(as_statement(name, text))


def tapped(name: str, tracker: Tracker) -> str | None:
    """What a button says in answer to the open question; None when it belongs to another."""
    meant, _ = intent(tracker)
    if meant == "unsure":
        return UNKNOWN
    if name == HEARD:
        return {"affirm": RIGHT, "deny": NOT_RIGHT}.get(meant)
    value = entity(tracker, name.removeprefix("offer__"))
    allowed = {WRONG: TOLD_BY, WHICH: (BEFORE, NOW)}.get(name, SAID_BY_BUTTON.get(name, ()))
    return value if value in allowed else None


def is_yes(text: str) -> bool:
    """Whether the words only say that all is right."""
    return bool(_YES.fullmatch(plain_words(text)))


def yes_or_no(value: str, meant: str) -> str:
    """Whether all was understood rightly; words that tell something stay as they are."""
    plain = plain_words(value)
    short = len(plain.split()) <= SHORT
    denies = bool(_NO.match(plain)) or (short and meant == "deny")
    if _NO.fullmatch(plain) or (denies and tells_nothing(value)):
        return NOT_RIGHT
    if _YES.fullmatch(plain) or tells_nothing(value):
        return RIGHT
    return value


def story(dispatcher: CollectingDispatcher, tracker: Tracker, value: str) -> Known:
    """The slots after the offer was told, or after there was none to tell."""
    if value == NONE:
        return {"offer__questions": []}
    known = str(tracker.get_slot("offer__text") or "")
    spent = 2 if known else 1
    if value == UNKNOWN:
        # Nothing to show: the same is asked piece by piece.
        questions = first_questions(check_offer(known), told=0, departs=False, spent=spent)
        return {"offer__text": known, "offer__questions": questions}
    whole = value if contradicted(known, value) else f"{known}\n{value}".strip()
    return begin(dispatcher, tracker, whole[:LONGEST_TEXT], spent=spent)


def wrong(dispatcher: CollectingDispatcher, tracker: Tracker, value: str) -> Known:
    """Take the named fact back and ask for it anew, or take the right words for it."""
    text = str(tracker.get_slot("offer__text") or "")
    others = rest(tracker, WRONG)
    fact = value if value in TOLD_BY else _field_named(value)
    if value == UNKNOWN:
        return {**see(dispatcher, tracker, text), WRONG: UNKNOWN}
    if fact is not None and (value in TOLD_BY or tells_nothing(value)):
        question = question_for(fact)
        tracker.slots.update({"offer__questions": [question, *others], question: None})
        return {question: None, **see(dispatcher, tracker, without(text, fact))}
    tracker.slots["offer__questions"] = others
    changed = take_in(dispatcher, tracker, value, trusted=True)
    return changed or see(dispatcher, tracker, f"{text}\n{value}"[-LONGEST_TEXT:])


def which(dispatcher: CollectingDispatcher, tracker: Tracker, value: str) -> Known:
    """Keep what holds and cut the other out; who does not know leaves both standing."""
    conflict = tracker.get_slot("offer__conflict")
    fact, before, added = conflict["fact"], conflict["before"], conflict["added"]
    chosen = _chosen(conflict, value)
    if chosen == NOW:
        before = without(before, fact)
    elif chosen == BEFORE:
        added = without(added, fact)
    more = value if chosen is None and value != UNKNOWN else ""
    text = "\n".join(part for part in (before, added, more) if part)[-LONGEST_TEXT:]
    tracker.slots["offer__questions"] = rest(tracker, WHICH)
    known = see(dispatcher, tracker, text, corrects=chosen is not None)
    return {"offer__conflict": None, **known}


def _chosen(conflict: dict[str, str], value: str) -> str | None:
    if value in (BEFORE, NOW):
        return value
    fact, plain = conflict["fact"], plain_words(value)
    question = question_for(fact)
    said = as_statement(question, meant_by(question, value))
    if fact in stances(said):
        for part, choice in (("added", NOW), ("before", BEFORE)):
            if fact not in contradicted(conflict[part], said):
                return choice
    if _SECOND.search(plain):
        return NOW
    return BEFORE if _FIRST.search(plain) else None


def in_doubt(text: str) -> str | None:
    """The fact that a few words only call wrong: "gajinya salah"."""
    few = len(text.split()) <= SHORT and bool(_WRONG.search(plain_words(text)))
    return _field_named(text) if few and tells_nothing(text) else None


def _field_named(value: str) -> str | None:
    plain = plain_words(value)
    return next(
        (fact for fact, names in _FIELDS.items() if re.search(rf"\b(?:{names})\b", plain)), None
    )


def rest(tracker: Tracker, answered: str) -> list[str]:
    """The planned questions without the one that was answered."""
    return [name for name in tracker.get_slot("offer__questions") or [] if name != answered]
