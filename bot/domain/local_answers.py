"""What the bot answers without the assistant: pure rules over a turn and its conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.conversation import Conversation, Talk, list_choices
from bot.domain.media import FILES
from bot.domain.messages import Button, Kind, Reply, TurnMessage
from bot.domain.pictures import NOTHING, Shown

SILENCE = ("0", "00", "o", "nol", "diam")
LEAVE_DANGER_TALK = ("menu", "selesai")
ONLY_ASKING = "/help_menu"
SELF_HARM = (Talk.SELF_HARM_ASKED, Talk.SELF_HARM_OPEN)

# What is said to a turn without words; the first kind here that the turn holds decides.
ACKNOWLEDGED = {
    Kind.VOICE: "say_voice_saved",
    Kind.VIDEO: "say_video_saved",
    Kind.PHOTO: "say_photo_saved",
    Kind.DOCUMENT: "say_document_saved",
    Kind.LOCATION: "say_location_saved",
    Kind.CONTACT: "say_contact_saved",
    Kind.CALL: "say_call_unanswered",
    Kind.STICKER: "say_sticker_seen",
    Kind.POLL: "say_poll_seen",
    Kind.REACTION: "say_reaction_seen",
    Kind.EDITED: "say_edited_seen",
    Kind.DELETED: "say_deleted_seen",
    Kind.UNKNOWN: "say_unknown_kind",
}
# The same, above the answer to words of the same turn.
ACKNOWLEDGED_TOO = {
    Kind.VOICE: "say_voice_too",
    Kind.VIDEO: "say_video_too",
    Kind.PHOTO: "say_photo_too",
    Kind.DOCUMENT: "say_document_too",
    Kind.LOCATION: "say_location_too",
    Kind.CONTACT: "say_contact_too",
}
OF_PICTURES = (ACKNOWLEDGED[Kind.PHOTO], ACKNOWLEDGED[Kind.DOCUMENT])
OF_PICTURES_TOO = (ACKNOWLEDGED_TOO[Kind.PHOTO], ACKNOWLEDGED_TOO[Kind.DOCUMENT])
# After these a person may not know how to go on.
GOES_ON = (*FILES, Kind.LOCATION, Kind.CONTACT, Kind.CALL)
# Their words are no part of the talk.
NOT_SAID = (Kind.EDITED, Kind.DELETED, Kind.CALL)


@dataclass(frozen=True)
class LocalAnswer:
    """Names of the responses to say as one text, with their values, and the talk that goes on.

    `silence` is the logged reason when nothing is said; `ask_again` repeats the choices
    that were on offer, below the words of an open `question` when there is one, or leaves them
    as they are when nothing is said.
    """

    says: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    talk: Talk = Talk.ASSISTANT
    silence: str = ""
    ask_again: bool = False
    question: Reply | None = field(default=None, repr=False)


def answer_locally(
    conversation: Conversation,
    messages: Sequence[TurnMessage],
    *,
    is_first: bool = False,
    question: Reply | None = None,
    shown: Shown = NOTHING,
    is_checked: bool = False,
) -> LocalAnswer | None:
    """The answer to a turn that the assistant need not see; None when it must.

    `is_first`: nothing was ever said to this person. `question`: what the assistant waits for.
    `shown`: what pictures say; `is_checked` when the assistant is to check that.
    """
    if is_checked:
        return None
    talk = conversation.talk
    said = [message for message in messages if _is_said(message, talk)]
    if not said:
        if talk is Talk.ASSISTANT:
            return _without_words(conversation, messages, question, shown, is_first=is_first)
        return _in_danger_without_words(talk, messages)
    last = said[-1]
    if last.problem is not None:
        return _no_choice(conversation, last.problem)
    return None if talk is Talk.ASSISTANT else _in_danger_talk(talk, last)


def _no_choice(conversation: Conversation, problem: str) -> LocalAnswer:
    """Somebody tried to choose what is not on offer (any more)."""
    if problem == "stale":
        return LocalAnswer(says=("say_stale_choice",), talk=conversation.talk, ask_again=True)
    choices = list_choices(conversation.offered.buttons)
    return LocalAnswer(
        says=("say_not_a_choice",),
        values=(("choices", choices),),
        talk=conversation.talk,
        ask_again=True,
    )


def words_of(messages: Sequence[TurnMessage]) -> str:
    """What the assistant reads of a turn: the words of its messages, one per line."""
    return "\n".join(message.text for message in messages if _is_said(message, Talk.ASSISTANT))


def also_sent(messages: Sequence[TurnMessage], shown: Shown = NOTHING) -> str | None:
    """The response that acknowledges what came together with words."""
    kinds = [message.kind for message in messages]
    says = _acknowledgement(kinds, ACKNOWLEDGED_TOO, "say_files_too")
    if says in OF_PICTURES_TOO and shown.pending:
        return "say_picture_being_read"
    return says


def asks_for_silence(text: str) -> bool:
    """Whether somebody in danger asks not to be written to."""
    return text.strip(" .\n").casefold() in SILENCE


def open_question(events: Sequence[Mapping[str, Any]]) -> Reply | None:
    """What the assistant's form asked last and waits for; None when no form is open."""
    said = [event for event in events if event["event"] == "bot" and event.get("text")]
    if open_form(events) is None or not said:
        return None
    asked = said[-1]
    buttons = (asked.get("data") or {}).get("buttons") or ()
    return Reply(
        asked["text"], tuple(Button(button["title"], button["payload"]) for button in buttons)
    )


def open_form(events: Sequence[Mapping[str, Any]]) -> str | None:
    """The name of the assistant's form that is open."""
    loops = [event.get("name") for event in events if event["event"] == "active_loop"]
    return loops[-1] if loops and loops[-1] else None


def _is_said(message: TurnMessage, talk: Talk) -> bool:
    """Whether a message is words to be answered; in danger those of an edit are, too."""
    is_word = message.kind not in NOT_SAID or (
        message.kind is Kind.EDITED and talk is not Talk.ASSISTANT
    )
    return is_word and bool(message.text.strip())


def _without_words(
    conversation: Conversation,
    messages: Sequence[TurnMessage],
    question: Reply | None,
    shown: Shown,
    *,
    is_first: bool,
) -> LocalAnswer:
    if not messages:
        # The words were answered; what the picture says is nothing to be checked.
        return LocalAnswer(says=(_of_pictures(shown),), ask_again=True, question=question)
    if all(_moves_by_itself(message) for message in messages):
        return LocalAnswer(silence="moved", ask_again=True)
    kinds = [message.kind for message in messages]
    says = _acknowledgement(kinds, ACKNOWLEDGED, "say_files_saved") or "say_empty"
    if says in OF_PICTURES and (shown.read or shown.locked):
        says = _of_pictures(shown)
    if question is not None or conversation.offered.buttons:
        return LocalAnswer(says=(says,), ask_again=True, question=question)
    if is_first:
        return LocalAnswer(says=(says, "utter_greet"))
    if any(kind in GOES_ON for kind in kinds):
        is_voice = says == ACKNOWLEDGED[Kind.VOICE]
        return LocalAnswer(says=(says, "say_voice_next" if is_voice else "say_media_next"))
    return LocalAnswer(says=(says,))


def _of_pictures(shown: Shown) -> str:
    """What is said of pictures that were looked at and hold nothing to be checked."""
    if shown.locked:
        return "say_document_locked"
    return "say_picture_no_offer" if shown.words else "say_picture_unclear"


def _acknowledgement(
    kinds: Sequence[Kind], responses: Mapping[Kind, str], for_several: str
) -> str | None:
    if len({kind for kind in kinds if kind in FILES}) > 1:
        return for_several
    return next((says for kind, says in responses.items() if kind in kinds), None)


def _moves_by_itself(message: TurnMessage) -> bool:
    """A live location changes every few seconds: a place, and nothing that somebody says."""
    return message.kind is Kind.EDITED and not message.text.strip()


def _in_danger_without_words(talk: Talk, messages: Sequence[TurnMessage]) -> LocalAnswer:
    """Everything goes to staff; the choices of an open question stay as they are."""
    if talk is Talk.DANGER_SILENT:
        return LocalAnswer(talk=talk, silence="asked_for_silence", ask_again=True)
    if all(message.kind is Kind.DELETED for message in messages):
        # Whoever takes words back may be watched just now.
        return LocalAnswer(talk=talk, silence="deleted", ask_again=True)
    if all(_moves_by_itself(message) for message in messages):
        return LocalAnswer(talk=talk, silence="moved", ask_again=True)
    if talk in SELF_HARM:
        return LocalAnswer(says=("say_self_harm_more",), talk=talk, ask_again=True)
    is_call = any(message.kind is Kind.CALL for message in messages)
    says = "say_call_in_danger" if is_call else "say_danger_more"
    return LocalAnswer(says=(says,), talk=talk, ask_again=True)


def _in_danger_talk(talk: Talk, last: TurnMessage) -> LocalAnswer:
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
