"""Why a verdict is as it is: each flag and good signal in two sentences, and what can be done."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import (
    Events,
    after_an_aside,
    entity,
    intent,
    open_form,
    say,
    speak,
    today_of,
    typed,
    words,
)
from actions.base import wording as responses
from actions.matters import plain_words
from actions.verdict import advice_for, stale_remark
from bot.domain.messages import Button, Reply
from bot.language.asked import named_in
from bot.language.flags import catalogue
from bot.language.types import Verdict

STEPS = "steps"
"""What the button "what can be done" carries in place of the code of a flag."""

MOST_STEPS = 4
_MOST_TO_CHOOSE = 10
_LONGEST = 14
"""Words; a longer text tells more than it asks."""

_WHY = re.compile(
    r"\b(?:kenapa|mengapa|kok|apa itu|apaan|apa sih|maksud\w*|arti\w*|jelaskan|jelasin|"
    r"apa (?:bahaya|masalah|salah|risiko|buruk|jelek|baik|bagus)\w*|apa gunanya|apa pentingnya)\b"
)
_JUDGED = re.compile(
    r"\b(?:bahaya\w*|berbahaya|tidak boleh|dilarang|larang\w*|curiga\w*|tanda|salah\w*|masalah\w*|"
    r"risiko\w*|resiko\w*|buruk|jelek|apa itu|apaan|maksud\w*|arti\w*|penting\w*|baik|bagus)\b"
)
_MINE = re.compile(r"\b(?:saya|aku|kami|kita)\b")


def explain(dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
    """Explain the last verdict; False when there is none.

    Without a choice the signs are offered one by one; a single one is explained at once.
    """
    told, today = tracker.get_slot("offer__told"), today_of(tracker)
    chosen = entity(tracker, "explain") if not typed(tracker) else None
    if chosen in catalogue():
        _say_sign(dispatcher, str(chosen), today)
        return True
    if not told:
        return False
    if chosen == STEPS:
        _say_steps(dispatcher, told, today)
        return True
    signs = [*told["flags"], *told["signals"]]
    if not told["flags"]:
        _speak(dispatcher, words("say_offer_why_not"), _choices(signs), "say_offer_why_not")
    elif len(signs) == 1:
        _say_sign(dispatcher, signs[0], today)
    else:
        _speak(dispatcher, words("say_offer_why"), _choices(signs), "say_offer_why")
    return True


def explain_what_is_asked(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answer a question about a flag or a good signal that it names; None for anything else."""
    meant, _ = intent(tracker)
    if meant.startswith("report_") or meant == "ask_return_home":
        return None
    told = tracker.get_slot("offer__told") or {}
    code = sign_asked_about(typed(tracker), told)
    if code is None:
        return None
    if open_form(tracker):
        say_sign(dispatcher, code, today_of(tracker))
    else:
        _say_sign(dispatcher, code, today_of(tracker))
    return after_an_aside(tracker)


def sign_asked_about(text: str, told: dict[str, Any]) -> str | None:
    """The flag or good signal whose reason the words ask for.

    What is no part of the last verdict must be asked about as a sign, and not as one's own story:
    "kenapa gaji saya ditahan" is no question about words.
    """
    plain = plain_words(text)
    if len(plain.split()) > _LONGEST or not _WHY.search(plain):
        return None
    signs = (*told.get("flags", ()), *told.get("signals", ()))
    code = named_in(text, signs)
    if code is None or code in signs:
        return code
    return code if _JUDGED.search(plain) and not _MINE.search(plain) else None


def say_sign(dispatcher: CollectingDispatcher, code: str, today: date | None) -> None:
    """The two sentences of a flag or good signal as of today, before the form asks again."""
    known, remark = catalogue()[code], stale_remark((code,), today)
    say(dispatcher, "say_sign", title=known.title, why=known.explanation, stale=remark)


def _say_sign(dispatcher: CollectingDispatcher, code: str, today: date | None) -> None:
    known, remark = catalogue()[code], stale_remark((code,), today)
    say(
        dispatcher,
        "say_sign_alone",
        title=known.title,
        why=known.explanation,
        stale=remark,
        source=known.source,
    )


def _say_steps(dispatcher: CollectingDispatcher, told: dict[str, Any], today: date | None) -> None:
    """What each of the gravest flags calls for, then the step that fits the whole."""
    gravest = (told["flags"] or told["signals"])[:MOST_STEPS]
    advice = dict.fromkeys(catalogue()[code].advice for code in gravest)
    lines = [words("say_offer_step", step=step) for step in advice]
    if remark := stale_remark(gravest, today):
        lines.append(remark)
    say(
        dispatcher,
        "say_offer_steps",
        steps="\n".join(lines),
        advice=advice_for(told["flags"], Verdict(told["verdict"])),
    )


def _choices(signs: list[str]) -> tuple[Button, ...]:
    """One for each sign, with the name that the verdict gave it."""
    return tuple(
        Button(catalogue()[code].title, f'/clarify{{"explain":"{code}"}}')
        for code in signs[:_MOST_TO_CHOOSE]
    )


def _speak(
    dispatcher: CollectingDispatcher, text: str, choices: tuple[Button, ...], name: str
) -> None:
    """A text with choices of its own before those of its response."""
    speak(dispatcher, Reply(text, (*choices, *responses().say(name).buttons)))
