"""What needs no assistant: everything that is not words, and every word in danger."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.conversation import Conversation, HandledBy, Offered, Talk
from bot.domain.local_answers import (
    LocalAnswer,
    also_sent,
    answer_locally,
    open_question,
    words_of,
)
from bot.domain.messages import Button, Kind, Reply, TurnMessage

MENU = (Button("Cek kerja", "/check_job_offer"),)
QUESTION = Reply("Visanya apa?", (Button("Kerja", "/affirm"),))
DANGER = (Talk.DANGER_ASKED, Talk.DANGER_OPEN)
WORDLESS = tuple(
    kind for kind in Kind if kind not in (Kind.TEXT, Kind.BUTTON, Kind.EDITED, Kind.EMPTY)
)

NEXT = ("say_media_next", "say_voice_next")


def talk(state: Talk = Talk.ASSISTANT, *buttons: Button) -> Conversation:
    """A conversation in a state, with these choices on offer."""
    offered = Offered("row" if buttons else "", buttons)
    return Conversation("c", "p", "telegram", HandledBy.BOT, 0, state, offered=offered)


def sent(*kinds: Kind, text: str = "") -> list[TurnMessage]:
    """A turn of these kinds, the last one with words."""
    messages = [TurnMessage("", kind=kind) for kind in kinds[:-1]]
    return [*messages, TurnMessage(text, kind=kinds[-1])]


def answered(conversation: Conversation, messages: list[TurnMessage], **more: Any) -> LocalAnswer:
    """The local answer, which there must be."""
    answer = answer_locally(conversation, messages, **more)
    assert answer is not None
    return answer


@pytest.mark.parametrize("kind", [*WORDLESS, Kind.EDITED, Kind.EMPTY])
def test_every_kind_has_an_answer(kind: Kind) -> None:
    """Nothing is dropped in silence, and nothing of it troubles the assistant."""
    text = "diganti" if kind is Kind.EDITED else ""
    answer = answered(talk(), sent(kind, text=text))
    assert answer.says
    assert not answer.silence


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        ((Kind.PHOTO, Kind.PHOTO, Kind.PHOTO), "say_photo_saved"),
        ((Kind.PHOTO, Kind.VOICE), "say_files_saved"),
        ((Kind.STICKER, Kind.VOICE), "say_voice_saved"),
        ((Kind.LOCATION, Kind.PHOTO), "say_photo_saved"),
        ((Kind.UNKNOWN, Kind.CALL), "say_call_unanswered"),
    ],
)
def test_an_album_is_acknowledged_once(kinds: tuple[Kind, ...], says: str) -> None:
    """Several messages of a turn get one sentence, about what matters most."""
    answer = answered(talk(), sent(*kinds))
    assert [name for name in answer.says if name not in NEXT] == [says]


def test_a_first_message_without_words_gets_the_greeting() -> None:
    """So that they know where they are."""
    answer = answered(talk(), sent(Kind.STICKER), is_first=True)
    assert answer.says == ("say_sticker_seen", "utter_greet")


def test_an_open_question_stays_open() -> None:
    """The question of a form is asked again; choices on offer stay on offer."""
    in_form = answered(talk(), sent(Kind.PHOTO), question=QUESTION)
    assert (in_form.says, in_form.ask_again, in_form.question) == (
        ("say_photo_saved",),
        True,
        QUESTION,
    )
    with_choices = answered(talk(Talk.ASSISTANT, *MENU), sent(Kind.VOICE))
    assert (with_choices.says, with_choices.ask_again) == (("say_voice_saved",), True)


@pytest.mark.parametrize("kind", WORDLESS)
def test_nothing_is_said_to_whoever_asked_for_silence(kind: Kind) -> None:
    """A phone may be watched: what is not words of theirs does not end the silence."""
    answer = answered(talk(Talk.DANGER_SILENT), sent(kind))
    assert (answer.says, answer.talk) == ((), Talk.DANGER_SILENT)
    assert answer.silence


@pytest.mark.parametrize("state", DANGER)
@pytest.mark.parametrize("kind", [kind for kind in WORDLESS if kind is not Kind.DELETED])
def test_in_danger_everything_goes_to_staff(kind: Kind, state: Talk) -> None:
    """No "boleh ketik" to somebody with a guard beside them; the question stays open."""
    answer = answered(talk(state, *MENU), sent(kind))
    wanted = "say_call_in_danger" if kind is Kind.CALL else "say_danger_more"
    assert (answer.says, answer.talk, answer.ask_again) == ((wanted,), state, True)


@pytest.mark.parametrize("state", DANGER)
def test_taking_words_back_in_danger_is_not_answered(state: Talk) -> None:
    """Whoever deletes a message may be watched just now."""
    answer = answered(talk(state, *MENU), sent(Kind.DELETED))
    assert (answer.says, answer.silence, answer.talk, answer.ask_again) == (
        (),
        "deleted",
        state,
        True,
    )


@pytest.mark.parametrize("state", [Talk.SELF_HARM_ASKED, Talk.SELF_HARM_OPEN])
def test_a_voice_note_about_self_harm_is_not_met_with_a_menu(state: Talk) -> None:
    """The same warm words as to a text, and the question stays open."""
    answer = answered(talk(state, *MENU), sent(Kind.VOICE))
    assert (answer.says, answer.talk, answer.ask_again) == (("say_self_harm_more",), state, True)


@pytest.mark.parametrize("state", list(Talk))
def test_a_live_location_that_moves_makes_no_phone_ring(state: Talk) -> None:
    """It comes every few seconds; the place itself goes to the case."""
    answer = answered(talk(state, *MENU), sent(Kind.EDITED))
    assert (answer.says, answer.talk, answer.ask_again) == ((), state, True)
    assert answer.silence


def test_words_of_an_edit_are_no_new_turn() -> None:
    """Outside of danger they are noted; in danger they count like any words."""
    edited = sent(Kind.EDITED, text="gajinya 10 juta")
    assert answered(talk(), edited).says == ("say_edited_seen",)
    assert words_of(edited) == ""
    assert answered(talk(Talk.DANGER_SILENT), edited).talk is Talk.DANGER_OPEN
    silent = answered(talk(Talk.DANGER_OPEN), sent(Kind.EDITED, text="0"))
    assert silent.talk is Talk.DANGER_SILENT


def test_words_go_to_the_assistant_with_or_without_files() -> None:
    """A caption is what they say; the file gets one sentence beside it."""
    album = [*sent(Kind.PHOTO, Kind.PHOTO, text="ini aman ga kak"), TurnMessage("gimana?")]
    assert answer_locally(talk(), album) is None
    assert words_of(album) == "ini aman ga kak\ngimana?"
    assert also_sent(album) == "say_photo_too"
    assert also_sent([TurnMessage("halo")]) is None
    assert also_sent([*sent(Kind.PHOTO, Kind.VOICE), TurnMessage("halo")]) == "say_files_too"


def test_words_before_a_file_decide_in_danger() -> None:
    """A zero and a picture: silence; the picture does not hide the word."""
    messages = [TurnMessage("0"), *sent(Kind.PHOTO)]
    assert answered(talk(Talk.DANGER_OPEN), messages).talk is Talk.DANGER_SILENT


def test_the_open_question_is_the_last_text_of_an_open_form() -> None:
    """With its choices; none when no form is open or the history was folded."""
    asked = {
        "event": "bot",
        "text": "Visanya apa?",
        "data": {"buttons": [{"title": "Kerja", "payload": "/affirm"}]},
    }
    loop = {"event": "active_loop", "name": "offer_form"}
    command = {"event": "bot", "text": None, "data": {"custom": {"command": "x"}}}
    assert open_question([loop, {"event": "bot", "text": "Halo"}, asked, command]) == QUESTION
    assert open_question([asked]) is None
    assert open_question([loop]) is None
    assert open_question([loop, asked, {"event": "active_loop", "name": None}]) is None
    assert open_question([loop, {"event": "bot", "text": "Namanya?"}]) == Reply("Namanya?")
