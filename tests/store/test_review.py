"""Which texts are read again for whoever teaches the assistant, and which stay closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.cases import CaseKind
from bot.domain.conversation import HandledBy
from bot.domain.doubts import DoubtState
from bot.domain.messages import Button, Kind, Reply
from bot.domain.review import Heard
from bot.language.types import Understanding
from bot.language.understanding import Understander
from bot.ports import Answer
from bot.store.rows import person_key
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import take_in
from tests.hotline import Hotline, story

OBLIQUE = "begitulah katanya keadaannya"
CLARIFYING = Reply(
    "Maksudnya yang mana?",
    (Button("Cek tawaran kerja", "/check_job_offer"), Button("Yang lain", "/help_menu")),
)


class Doubtful(Understander):
    """Understands by rules alone, and is in doubt about one sentence."""

    def __init__(self) -> None:
        super().__init__(None)

    def understand(self, text: str) -> Understanding:
        """Doubt for OBLIQUE."""
        found = super().understand(text)
        return replace(found, doubt="report_danger") if OBLIQUE in text else found


@pytest.fixture(name="hotline")
def _by_rules_alone(hotline: Hotline) -> Hotline:
    """The same hotline with a reader that no new model can change."""
    hotline.app = replace(hotline.app, reader=Doubtful())
    hotline.worker = type(hotline.worker)(hotline.app)
    return hotline


async def heard(hotline: Hotline, days: float = 14) -> list[Heard]:
    """What would be looked at."""
    since = hotline.clock.now() - timedelta(days=days)
    return await hotline.app.read(lambda uow: list(uow.review.heard(since)))


async def picks(hotline: Hotline, who: str, text: str, choice: str) -> None:
    """Somebody writes, is asked what was meant, and picks a choice."""
    hotline.assistant.answers.append(Answer(replies=(CLARIFYING,), events=()))
    await hotline.says(who, text)
    await hotline.says(who, choice)


@story
async def test_texts_come_newest_first_and_not_older_than_asked(hotline: Hotline) -> None:
    """Of all conversations together."""
    for days, (who, text) in enumerate([("ani", "satu"), ("budi", "dua"), ("ani", "tiga")]):
        hotline.clock.forward(days=days)
        await hotline.says(who, text)
    assert [one.text for one in await heard(hotline)] == ["tiga", "dua", "satu"]
    assert [one.text for one in await heard(hotline, days=1)] == ["tiga"]
    assert await heard(hotline, days=-1) == []


@story
async def test_only_words_are_read(hotline: Hotline) -> None:
    """Choices, captions of files and changes of earlier messages are no examples."""
    await picks(hotline, "ani", "itu gimana", "1")
    for kind in (Kind.PHOTO, Kind.EDITED, Kind.LOCATION, Kind.CONTACT):
        await take_in(hotline.app, hotline.message("ani", kind, "ini fotonya"))
    assert [one.text for one in await heard(hotline)] == ["itu gimana"]


@story
async def test_the_choice_after_a_text_is_known(hotline: Hotline) -> None:
    """By number or title, and only when it is the very next message."""
    await picks(hotline, "ani", "itu gimana", "1")
    await picks(hotline, "budi", "bisa ka", "2")
    await hotline.says("citra", "anu")
    await picks(hotline, "citra", "sebentar", "Cek tawaran kerja")
    chosen = {one.text: (one.payload, one.chosen) for one in await heard(hotline)}
    assert chosen == {
        "itu gimana": ("/check_job_offer", "check_job_offer"),
        "bisa ka": ("/help_menu", None),
        "anu": (None, None),
        "sebentar": ("/check_job_offer", "check_job_offer"),
    }


@story
async def test_a_choice_of_somebody_else_is_not_taken_for_it(hotline: Hotline) -> None:
    """The next message is that of the same conversation."""
    hotline.assistant.answers.append(Answer(replies=(CLARIFYING,), events=()))
    await hotline.says("ani", "itu gimana")
    await picks(hotline, "budi", "bisa ka", "1")
    chosen = {one.text: one.chosen for one in await heard(hotline)}
    assert chosen == {"itu gimana": None, "bisa ka": "check_job_offer"}


@story
async def test_the_answer_to_the_danger_question_is_known(hotline: Hotline) -> None:
    """Confirmed or denied, by button or in words; silence says nothing, and is danger."""
    for who, answer in (("ani", "1"), ("budi", "2"), ("citra", None)):
        await hotline.says(who, f"{OBLIQUE} {who}")
        if answer:
            await hotline.says(who, answer)
    await hotline.forward(minutes=5)
    found = {one.text: one for one in await heard(hotline)}
    assert set(found) == {f"{OBLIQUE} ani", f"{OBLIQUE} budi"}
    confirmed, denied = found[f"{OBLIQUE} ani"], found[f"{OBLIQUE} budi"]
    assert (confirmed.doubt, confirmed.kind) == (DoubtState.CONFIRMED, CaseKind.DANGER)
    assert (confirmed.private, confirmed.chosen) == (True, "report_danger")
    assert (denied.doubt, denied.private, denied.chosen) == (DoubtState.DENIED, False, None)


@story
async def test_the_danger_question_is_about_one_text_of_its_turn(hotline: Hotline) -> None:
    """The last one before it; what came earlier stands for itself."""
    await hotline.says("ani", "halo", final=False)
    await hotline.says("ani", OBLIQUE)
    await hotline.says("ani", "2")
    doubts = {one.text: one.doubt for one in await heard(hotline)}
    assert doubts == {"halo": None, OBLIQUE: DoubtState.DENIED}


@story
async def test_what_belongs_to_danger_stays_closed(hotline: Hotline) -> None:
    """All that the person wrote, before and after, but for what they said the meaning of."""
    await picks(hotline, "ani", "itu gimana", "1")
    await hotline.says("ani", "saya di kamar")
    await hotline.says("ani", "tolong saya dikunci di kamar, dipukul")
    await hotline.says("ani", "di lantai dua")
    hotline.clock.forward(minutes=1)
    await hotline.says("budi", "gajinya berapa")
    (offer, text) = await heard(hotline)
    assert (offer.text, offer.private) == ("gajinya berapa", False)
    assert (text.text, text.private) == ("itu gimana", True)


@story
async def test_a_conversation_that_a_human_holds_stays_closed(hotline: Hotline) -> None:
    """While it lasts all of it, afterwards what was said to the human."""
    member = await hotline.staff("sari")
    await hotline.says("ani", "gajinya berapa")
    known = await hotline.talk("ani")
    for holder, staff_id in ((HandledBy.HUMAN, member.id), (HandledBy.BOT, None)):
        await hotline.app.write(
            lambda uow, holder=holder, staff_id=staff_id: uow.conversations.hand_to(  # type: ignore[misc]
                known.id, holder, staff_id
            )
        )
        if holder is HandledBy.HUMAN:
            await hotline.says("ani", "ini rahasia")
            assert await heard(hotline) == []
    await hotline.says("ani", "kontraknya mana")
    assert [one.text for one in await heard(hotline)] == ["kontraknya mana", "gajinya berapa"]


@story
async def test_whoever_was_erased_is_gone(hotline: Hotline) -> None:
    """A lost key ends nothing but the reading of what it sealed."""
    await picks(hotline, "ani", "itu gimana", "1")
    await hotline.says("budi", "gajinya berapa")
    hotline.app.database.vault.erase(person_key((await hotline.talk("ani")).person_id))
    assert [one.text for one in await heard(hotline)] == ["gajinya berapa"]


@story
async def test_nothing_is_opened_before_it_is_asked_for(hotline: Hotline) -> None:
    """Whoever wants two messages reads two: that a third cannot be read is not noticed."""
    for number in range(3):
        await hotline.says("ani", f"gajinya {number}")
        hotline.clock.forward(minutes=1)
    since = hotline.clock.now() - timedelta(days=1)

    def read_two(uow: SqlUnitOfWork) -> list[str]:
        texts = uow.review.heard(since)
        two = [next(texts).text, next(texts).text]
        uow.review._open = lambda *_: pytest.fail("a third one was opened")  # type: ignore[method-assign]
        return two

    assert await hotline.app.read(read_two) == ["gajinya 2", "gajinya 1"]
