"""Every update of Telegram is read into the common shape, whatever it holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import InboundMessage
from channels.telegram_updates import MalformedError, Note, NoteKind, Reading, read_raw
from tests.standins import telegram_people as people

BOT = "7000000001"
ANI = 42


def read(update: dict[str, Any], update_id: int = 9, **more: Any) -> Reading:
    """Read one update."""
    return read_raw({"update_id": update_id, **update}, BOT, **more)


def said(update: dict[str, Any], **more: Any) -> InboundMessage:
    """Read one update that is a message."""
    what = read(update, **more).what
    assert isinstance(what, InboundMessage)
    return what


@pytest.mark.parametrize("name", people.MESSAGES)
def test_every_type_of_message(name: str) -> None:
    """Each has its kind, its file in the best size, and what it says without words."""
    content, kind, file, detail = people.MESSAGES[name]
    message = said(people.message(ANI, **content))
    assert (message.kind, message.detail) == (kind, detail)
    assert message.text == content.get("text", content.get("caption", ""))
    assert (message.sender, message.address, message.place) == ("42", "42", 9)
    assert [each.reference for each in message.attachments] == ([file] if file else [])
    assert all(each.kind == kind for each in message.attachments)
    assert all((each.size or 0) < 2**31 for each in message.attachments)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("/start", "halo"),
        ("/start@tanyadulu_bot ref_123", "halo"),
        ("/start saya dikurung majikan", "start saya dikurung majikan"),
        ("/menu@tanyadulu_bot", "menu"),
        ("  /cek_kerja gaji 10/hari", "cek kerja gaji 10/hari"),
        ("gaji 10 /hari", "gaji 10 /hari"),
        ("/affirm{}", "/affirm{}"),
        ("//", "//"),
        ("halo\u200b \u202eoke 😀", "halo\u200b \u202eoke 😀"),
        ("a\x00b\r\nc\ud800", "ab\nc?"),
    ],
)
def test_commands_and_odd_characters(written: str, text: str) -> None:
    """A command is the words that it consists of; nothing else is taken away."""
    assert said(people.message(ANI, text=written)).text == text


def test_ids_tell_messages_edits_taps_and_bots_apart() -> None:
    """The same numbers mean something else in an edit, in a tap, and at another bot."""
    update = people.message(ANI, text="halo", message_id=5)
    ids = [
        said(update).external_id,
        said(people.edit(ANI, 5, text="halo juga")).external_id,
        said(people.edit(ANI, 5, text="halo lagi"), update_id=10).external_id,
        said(people.tap(ANI, "b:1", id="5")).external_id,
        said(people.reaction(ANI, "👍"), update_id=5).external_id,
    ]
    other = read_raw({"update_id": 9, **update}, "7000000002").what
    assert isinstance(other, InboundMessage)
    assert len({*ids, other.external_id}) == 6
    assert said(update, update_id=77).external_id == ids[0], "the same message is the same"


def test_an_edit_is_marked_and_keeps_its_words_for_screening() -> None:
    """What somebody changes may be what they are afraid of."""
    message = said(people.edit(ANI, 5, text="saya dikurung"))
    assert (message.kind, message.text) == ("edited", "saya dikurung")


def test_a_tap_carries_its_code_and_the_query_to_answer() -> None:
    """Also when the message that it was under is gone."""
    reading = read(people.tap(ANI, "b:" + "0" * 32 + ":1", message=None, id="4711"))
    assert isinstance(reading.what, InboundMessage)
    assert (reading.what.text, reading.what.kind, reading.tap) == (
        "b:" + "0" * 32 + ":1",
        None,
        "4711",
    )


def test_reactions_and_votes() -> None:
    """They are messages without words."""
    message = said(people.reaction(ANI, "👍", "😢"))
    assert (message.kind, message.detail) == ("reaction", "👍 😢")
    assert said(people.reaction(ANI)).detail == "-"
    vote = {
        "poll_id": "1",
        "user": people.user(ANI),
        "option_ids": [1],
        "option_persistent_ids": [],
    }
    message = said({"poll_answer": vote})
    assert (message.kind, message.detail, message.sender) == ("poll", "2", "42")


@pytest.mark.parametrize(
    ("status", "kind"), [("kicked", NoteKind.BLOCKED), ("member", NoteKind.REACHABLE)]
)
def test_blocking_is_a_note(status: str, kind: NoteKind) -> None:
    """Whoever blocks us cannot be reached, until they let us in again."""
    assert read(people.membership(status, person=ANI)).what == Note(kind, "42")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
@pytest.mark.parametrize("update", ["message", "edited_message", "channel_post", "tap", "member"])
def test_outside_of_private_chats_nothing_is_kept(kind: str, update: str) -> None:
    """Only where it happened is known afterwards."""
    where = people.group(-100, kind)
    written = people.message(ANI, text="rahasia orang", chat=where)["message"]
    updates = {
        "message": {"message": written},
        "edited_message": {"edited_message": written},
        "channel_post": {"channel_post": written},
        "tap": people.tap(ANI, "x", message=written),
        "member": people.membership("member", person=ANI, where=where),
    }
    assert read(updates[update]).what == Note(NoteKind.NOT_PRIVATE, "-100")


def test_leaving_a_group_needs_nothing() -> None:
    """Thrown out is out."""
    left = people.membership("left", person=ANI, where=people.group())
    assert read(left).what == Note(NoteKind.NOTHING)


def test_a_bot_that_writes_is_not_answered() -> None:
    """Two machines would talk to each other for ever."""
    bot = {**people.user(ANI), "is_bot": True}
    assert read(people.message(ANI, text="beep", **{"from": bot})).what == Note(NoteKind.NOTHING)


@pytest.mark.parametrize(
    ("origin", "named"),
    [
        (
            {
                "type": "channel",
                "date": 1,
                "message_id": 3,
                "chat": {**people.group(-1, "channel"), "username": "loker"},
            },
            "↪ Loker Luar Negeri @loker",
        ),
        ({"type": "user", "date": 1, "sender_user": people.user(7)}, "↪ Ani"),
        ({"type": "hidden_user", "date": 1, "sender_user_name": "Rahasia"}, "↪ Rahasia"),
    ],
)
def test_forwarded_messages_tell_where_they_come_from(origin: Any, named: str) -> None:
    """Staff see who advertised; the words count as sent by the person."""
    message = said(people.message(ANI, text="gaji 20 juta", forward_origin=origin))
    assert (message.text, message.detail, message.kind) == ("gaji 20 juta", named, None)


def test_a_reply_tells_what_it_answers() -> None:
    """Yes and no mean nothing without it."""
    earlier = people.message(ANI, text="Sudah bayar?")["message"]
    assert said(people.message(ANI, text="ya", reply_to_message=earlier)).detail == "❝Sudah bayar?❞"
    quote = {"text": "bayar", "position": 0}
    replied = people.message(ANI, text="ya", reply_to_message=earlier, quote=quote)
    assert said(replied).detail == "❝bayar❞"


def test_when_it_was_sent_by_our_clock() -> None:
    """Corrected by how far our clock is ahead; unknown as long as that is unknown."""
    update = people.message(ANI, text="halo", date=1_800_000_000)
    assert said(update).sent_at is None
    at = datetime.fromtimestamp(1_800_000_090, UTC)
    assert said(update, skew=timedelta(seconds=90)).sent_at == at


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"chat": people.chat(ANI), "text": "tolong"}},
        {"message": {"message_id": "x", "date": "x", "chat": people.chat(ANI), "text": "tolong"}},
        {"hologram": {"chat": people.chat(ANI), "text": "tolong"}},
        {"hologram": {"from": people.user(ANI)}},
        {"purchased_paid_media": {"from": people.user(ANI), "paid_media_payload": "x"}},
    ],
)
def test_what_the_library_cannot_read_is_still_from_somebody(update: dict[str, Any]) -> None:
    """It is stored and answered, and its words are screened when it has any."""
    message = said(update)
    assert (message.sender, message.place) == ("42", 9)
    assert message.kind in (None, "unknown")


def test_words_of_an_unreadable_message_are_kept() -> None:
    """Danger is danger, whatever the envelope."""
    assert (
        said({"message": {"chat": people.chat(ANI), "text": "saya dikurung"}}).text
        == "saya dikurung"
    )


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        7,
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**63},
        {"update_id": 1, "message": {"chat": {"id": "42", "type": "private"}}},
        {
            "update_id": 1,
            "message": {"chat": {"id": 2**70, "type": "private"}, "message_id": 1, "date": 1},
        },
        {"update_id": 1, "message": 5},
        {"update_id": 1, "message": "chat"},
    ],
)
def test_what_is_no_update_is_malformed(raw: Any) -> None:
    """There is nobody in it to answer."""
    with pytest.raises(MalformedError):
        read_raw(raw, BOT)


def test_an_unreadable_update_of_a_group_is_not_kept() -> None:
    """Not even in quarantine."""
    update = {"message": {"chat": people.group(), "text": "rahasia"}}
    assert read(update).what == Note(NoteKind.NOT_PRIVATE, "-100500")


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["text", "caption", "photo", "voice", "chat", "from", "date", "message_id", "document", "poll",
     "contact", "location", "sticker", "forward_origin", "quote", "reply_to_message", "dice", "id"]
)  # fmt: skip


KINDS = st.sampled_from(["message", "edited_message", "callback_query", "message_reaction",
                         "my_chat_member", "poll_answer", "poll", "hologram"])  # fmt: skip


def base(message_id: int = 1) -> dict[str, Any]:
    """What every message has."""
    person = {"chat": people.chat(ANI), "from": people.user(ANI)}
    return {"message_id": message_id, "date": 1, **person}


@given(kind=KINDS, content=st.dictionaries(NAMES, VALUES, max_size=4), is_private=st.booleans())
def test_any_content_is_read_or_malformed(
    kind: str, content: dict[str, Any], *, is_private: bool
) -> None:
    """No content makes anything but a message, a note or MalformedError, and all of it can be stored."""
    try:
        what = read({kind: {**(base() if is_private else {}), **content}}).what
    except MalformedError:
        return
    if isinstance(what, InboundMessage):
        assert what.sender == what.address
        assert abs(int(what.sender)) < 2**63
        kept = [what.text, what.detail, what.external_id]
        kept += [each.name + each.reference + each.media_type for each in what.attachments]
        json.dumps(kept).encode()
        "".join(kept).encode()
