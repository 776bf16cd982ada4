"""What the bot answers without the assistant: pure rules over a turn and its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.conversation import Conversation, Talk, list_choices
from bot.domain.messages import TurnMessage

SILENCE = ("0", "00", "o", "nol", "diam")
LEAVE_DANGER_TALK = ("menu", "selesai")
ONLY_ASKING = "/help_menu"


@dataclass(frozen=True)
class LocalAnswer:
    """Names of the responses to say with their values, and the talk that goes on from here.

    `silence` is the logged reason when nothing is said; `ask_again` repeats the choices
    that were on offer.
    """

    says: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    talk: Talk = Talk.ASSISTANT
    silence: str = ""
    ask_again: bool = False


def answer_locally(
    conversation: Conversation, messages: Sequence[TurnMessage]
) -> LocalAnswer | None:
    """The answer to a turn that the assistant need not see; None when it must."""
    last = messages[-1]
    if all(not message.text.strip() for message in messages):
        return LocalAnswer(says=("say_empty",), talk=conversation.talk)
    if last.problem == "no_such_choice":
        choices = list_choices(conversation.offered.buttons)
        return LocalAnswer(
            says=("say_not_a_choice",),
            values=(("choices", choices),),
            talk=conversation.talk,
            ask_again=True,
        )
    if last.problem == "stale":
        return LocalAnswer(says=("say_stale_choice",), talk=conversation.talk, ask_again=True)
    if conversation.talk is Talk.ASSISTANT:
        return None
    return _in_danger_talk(conversation.talk, last)


def asks_for_silence(text: str) -> bool:
    """Whether somebody in danger asks not to be written to."""
    return text.strip(" .\n").casefold() in SILENCE


def _in_danger_talk(talk: Talk, last: TurnMessage) -> LocalAnswer | None:
    said = last.text.strip().casefold()
    if asks_for_silence(last.text):
        return LocalAnswer(talk=Talk.DANGER_SILENT, silence="asked_for_silence")
    if said in LEAVE_DANGER_TALK or last.payload == ONLY_ASKING:
        return LocalAnswer(says=("say_danger_only_asking",), talk=Talk.ASSISTANT)
    if talk is Talk.DANGER_ASKED:
        return _after_can_you_chat(last)
    if talk is Talk.SELF_HARM_ASKED:
        return _after_self_harm_question(last)
    if talk is Talk.SELF_HARM_OPEN:
        return LocalAnswer(says=("say_self_harm_more",), talk=Talk.SELF_HARM_OPEN)
    return LocalAnswer(says=("say_danger_more",), talk=Talk.DANGER_OPEN)


def _after_can_you_chat(last: TurnMessage) -> LocalAnswer:
    """Choices of say_danger_first: can chat, cannot, later, was only asking."""
    if last.payload == "/affirm":
        return LocalAnswer(says=("say_danger_can_chat",), talk=Talk.DANGER_OPEN)
    if last.payload == "/deny":
        return LocalAnswer(says=("say_danger_cannot_chat",), talk=Talk.DANGER_SILENT)
    if last.payload == "/unsure":
        return LocalAnswer(says=("say_danger_later",), talk=Talk.DANGER_OPEN)
    if last.payload is not None:
        return LocalAnswer(says=("say_danger_only_asking",), talk=Talk.ASSISTANT)
    return LocalAnswer(says=("say_danger_more",), talk=Talk.DANGER_OPEN)


def _after_self_harm_question(last: TurnMessage) -> LocalAnswer:
    if last.payload == "/deny":
        return LocalAnswer(says=("say_self_harm_no",), talk=Talk.SELF_HARM_OPEN)
    return LocalAnswer(says=("say_self_harm_stay",), talk=Talk.SELF_HARM_OPEN)
