"""It is not sure that a message tells of danger: the person is asked, and staff hear of silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.domain.cases import CaseKind
from bot.domain.conversation import HandledBy, Talk
from bot.domain.messages import InboundMessage
from bot.language.types import Understanding, Urgency
from bot.language.understanding import Understander
from channels.inbound import take_in
from tests.hotline import Hotline, story

OBLIQUE = "begitulah katanya keadaannya"
QUESTION = "sedang dalam bahaya sekarang?"


class Doubtful(Understander):
    """Understands by rules alone, and is in doubt about one sentence."""

    def __init__(self, intent: str = "report_danger") -> None:
        super().__init__(None)
        self._intent = intent

    def understand(self, text: str) -> Understanding:
        """Doubt for OBLIQUE; plain yes and no."""
        found = super().understand(text)
        if OBLIQUE in text.replace("\n", " "):
            return replace(found, doubt=self._intent)
        meant = {"iya": "affirm", "tidak kok": "deny"}.get(text)
        return replace(found, intent=meant, confidence=0.9) if meant else found


def doubtful(hotline: Hotline, intent: str = "report_danger") -> Hotline:
    """The same hotline with a reader that can be in doubt."""
    hotline.app = replace(hotline.app, reader=Doubtful(intent))
    hotline.worker = type(hotline.worker)(hotline.app)
    return hotline


@story
async def test_the_question_comes_at_once_and_the_assistant_waits(hotline: Hotline) -> None:
    """One closed question with two choices; nothing is guessed meanwhile."""
    await doubtful(hotline).says("ani", OBLIQUE)
    (question,) = await hotline.answers("ani")
    assert QUESTION in question
    assert hotline.assistant.asked == []
    assert (await hotline.talk("ani")).talk is Talk.DANGER_QUESTION
    assert await hotline.cases() == ()


@story
async def test_a_yes_is_an_emergency(hotline: Hotline) -> None:
    """By number, by word, by button: the phone rings at once."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    doubtful(hotline)
    for number, (who, yes) in enumerate((("ani", "1"), ("budi", "iya"), ("citra", "Ya"))):
        await hotline.says(who, OBLIQUE)
        await hotline.says(who, yes)
        talk = await hotline.talk(who)
        assert talk.talk is Talk.DANGER_ASKED
        assert len(hotline.phones.received["sari-phone"]) == number + 1
        await hotline.forward(minutes=1)
    cases = await hotline.cases()
    assert {case.urgency for case in cases} == {Urgency.EMERGENCY}


@story
async def test_a_no_gets_the_answer_to_what_was_written(hotline: Hotline) -> None:
    """The assistant sees the first message only now, and answers it."""
    doubtful(hotline)
    for who, no in (("ani", "2"), ("budi", "tidak kok")):
        await hotline.says(who, OBLIQUE)
        await hotline.says(who, no)
        assert (await hotline.answers(who))[-1] == f"jawaban: {OBLIQUE}"
        assert (await hotline.talk(who)).talk is Talk.ASSISTANT
    await hotline.forward(minutes=10)
    assert await hotline.cases() == ()


@story
async def test_two_minutes_of_silence_reach_staff(hotline: Hotline) -> None:
    """Those on call hear of it; nothing is written to a phone that others may hold."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await hotline.staff("budi", phone="budi-phone")
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.forward(minutes=1, seconds=59)
    assert "sari-phone" not in hotline.phones.received
    await hotline.forward(seconds=2)
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.URGENT
    assert case.kind is CaseKind.DANGER
    await hotline.forward(minutes=14)
    assert len(hotline.phones.received["sari-phone"]) == 1
    assert "budi-phone" not in hotline.phones.received
    assert len(await hotline.answers("ani")) == 1


@story
async def test_a_late_yes_still_counts(hotline: Hotline) -> None:
    """The case that staff have becomes an emergency, and phones ring for it."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.forward(minutes=5)
    await hotline.says("ani", "1")
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY
    assert len(hotline.phones.received["sari-phone"]) == 2


@story
async def test_a_late_no_is_answered_too(hotline: Hotline) -> None:
    """Staff have heard, and the person gets the answer all the same."""
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.forward(minutes=5)
    await hotline.says("ani", "2")
    assert (await hotline.answers("ani"))[-1] == f"jawaban: {OBLIQUE}"


@story
async def test_whoever_writes_on_is_answered_and_staff_hear_of_the_open_question(
    hotline: Hotline,
) -> None:
    """Both messages get their answer, in order; silence about danger is no "no"."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.says("ani", "gajinya 9 juta")
    assert (await hotline.answers("ani"))[1:] == [f"jawaban: {OBLIQUE}", "jawaban: gajinya 9 juta"]
    await hotline.forward(minutes=2, seconds=1)
    assert len(hotline.phones.received["sari-phone"]) == 1


@story
async def test_danger_after_the_question_needs_no_answer_to_it(hotline: Hotline) -> None:
    """Plain words of danger are an emergency at once, and the question is settled."""
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.says("ani", "tolong saya dikunci di kamar")
    assert (await hotline.talk("ani")).talk is Talk.DANGER_ASKED
    await hotline.forward(minutes=3)
    assert len(hotline.phones.received["sari-phone"]) == 1


@story
async def test_a_doubt_about_the_wish_to_die_makes_that_kind_of_case(hotline: Hotline) -> None:
    """Whoever answers must know what it may be."""
    await doubtful(hotline, "report_self_harm").says("ani", OBLIQUE)
    await hotline.says("ani", "1")
    (case,) = await hotline.cases()
    assert case.kind is CaseKind.SELF_HARM


@story
async def test_a_wrong_number_repeats_the_choices(hotline: Hotline) -> None:
    """The question stays open."""
    await doubtful(hotline).says("ani", OBLIQUE)
    await hotline.says("ani", "7")
    assert "1 Ya" in (await hotline.answers("ani"))[-1]
    await hotline.says("ani", "1")
    (case,) = await hotline.cases()
    assert case.urgency is Urgency.EMERGENCY


@story
async def test_an_answer_in_work_is_set_aside_and_given_after_a_no(hotline: Hotline) -> None:
    """Nothing else may stand between the question and its answer, and nothing is lost."""
    doubtful(hotline)
    await take_in(hotline.app, InboundMessage("web", "first", "ani", "halo", final=True))
    await hotline.worker.loops()[0][1]()  # the turn is at work
    await take_in(hotline.app, InboundMessage("web", "second", "ani", OBLIQUE, final=True))
    await hotline.settle()
    (question,) = await hotline.answers("ani")
    assert QUESTION in question
    await hotline.says("ani", "2")
    assert (await hotline.answers("ani"))[1:] == ["jawaban: halo", f"jawaban: {OBLIQUE}"]


@story
async def test_a_human_who_holds_the_talk_is_not_interrupted(hotline: Hotline) -> None:
    """The bot asks nothing over a human."""
    member = await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    doubtful(hotline)
    await hotline.says("ani", "halo")
    known = await hotline.talk("ani")
    await hotline.app.write(
        lambda uow: uow.conversations.hand_to(known.id, HandledBy.HUMAN, member.id)
    )
    await hotline.says("ani", OBLIQUE)
    assert not any(QUESTION in answer for answer in await hotline.answers("ani"))


async def _pieces(tmp_path: Path, pieces: tuple[str, ...]) -> Hotline:
    hotline = doubtful(Hotline(tmp_path / "var", tanyadulu_turn_seconds=2))
    await hotline.staff("sari", phone="sari-phone", on_duty_hours=8)
    for number, text in enumerate(pieces):
        await take_in(hotline.app, InboundMessage("web", f"p{number}", "ani", text))
        await hotline.forward(seconds=1)
    await hotline.forward(seconds=2)
    return hotline


@story
async def test_danger_told_in_pieces_is_heard(tmp_path: Path) -> None:
    """No piece is alarming by itself; together they are an emergency."""
    hotline = await _pieces(tmp_path, ("pintu kamar", "dikunci", "dari luar"))
    try:
        (case,) = await hotline.cases()
        assert case.urgency is Urgency.EMERGENCY
        assert len(hotline.phones.received["sari-phone"]) == 1
    finally:
        hotline.close()


@story
async def test_a_doubt_told_in_pieces_is_asked_about(tmp_path: Path) -> None:
    """The doubt arises from the whole."""
    first, second = OBLIQUE.split(" ", 1)
    hotline = await _pieces(tmp_path, (first, second))
    try:
        (answer,) = await hotline.answers("ani")
        assert QUESTION in answer
        assert hotline.assistant.asked == []
    finally:
        hotline.close()
