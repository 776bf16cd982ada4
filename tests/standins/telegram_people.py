"""What people do in Telegram, as the raw updates that the Bot API makes of it."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.standins.process import Running

type Json = dict[str, Any]
FIRST_FILE = {"file_unique_id": "AgADuniq", "file_size": 1000}
DOCUMENT = {
    "file_id": "doc-1",
    **FIRST_FILE,
    "file_name": "kontrak.pdf",
    "mime_type": "application/pdf",
}
_numbers = itertools.count(1)


def user(person: int) -> Json:
    """A person as Telegram shows them."""
    return {"id": person, "is_bot": False, "first_name": "Ani", "language_code": "id"}


def chat(person: int) -> Json:
    """The private chat with a person; it has the id of the person."""
    return {"id": person, "type": "private", "first_name": "Ani"}


def message(person: int, **content: Any) -> Json:
    """An update with a message of a person."""
    return {
        "message": {
            "message_id": next(_numbers),
            "from": user(person),
            "chat": chat(person),
            "date": int(time.time()),
            **content,
        }
    }


def edit(person: int, message_id: int, **content: Any) -> Json:
    """An update with a message that was changed."""
    changed = message(person, **content)["message"]
    return {"edited_message": {**changed, "message_id": message_id, "edit_date": changed["date"]}}


def tap(person: int, data: str, **query: Any) -> Json:
    """An update with a tapped button below one of our messages."""
    return {
        "callback_query": {
            "id": f"47{next(_numbers)}",
            "from": user(person),
            "chat_instance": "-1",
            "message": {"message_id": 1, "date": 0, "chat": chat(person)},
            "data": data,
            **query,
        }
    }


def reaction(person: int, *emojis: str) -> Json:
    """An update with the emojis that a person has put on a message."""
    return {
        "message_reaction": {
            "chat": chat(person),
            "message_id": 1,
            "user": user(person),
            "date": int(time.time()),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji} for emoji in emojis],
        }
    }


def membership(status: str, *, person: int, where: Json | None = None) -> Json:
    """An update that says that the bot's own place in a chat is another now."""
    bot = {"id": 7000000001, "is_bot": True, "first_name": "Tanya Dulu"}
    member: Json = {"user": bot, "status": status}
    if status == "kicked":
        member["until_date"] = 0
    return {
        "my_chat_member": {
            "chat": where or chat(person),
            "from": user(person),
            "date": int(time.time()),
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": member,
        }
    }


def group(number: int = -100500, kind: str = "supergroup") -> Json:
    """A group or channel."""
    return {"id": number, "type": kind, "title": "Loker Luar Negeri"}


def file(name: str, **more: Any) -> Json:
    """A file as messages carry it."""
    return {"file_id": name, **FIRST_FILE, **more}


# Every type of message: its content, the kind that it gets, its file's kind, and its detail.
MESSAGES: dict[str, tuple[Json, str | None, str | None, str]] = {
    "text": ({"text": "halo"}, None, None, ""),
    "photo": (
        {
            "photo": [
                file("small", width=90, height=90),
                file("large", width=1280, height=960),
                file("middle", width=320, height=240),
            ],
            "caption": "ini iklannya",
        },
        "photo",
        "large",
        "",
    ),
    "voice": ({"voice": file("v", duration=3, mime_type="audio/ogg")}, "voice", "v", ""),
    "audio": (
        {"audio": file("a", duration=3, mime_type="audio/mpeg", file_name="lagu.mp3")},
        "voice",
        "a",
        "",
    ),
    "video": (
        {"video": file("w", width=1, height=1, duration=3, mime_type="video/mp4")},
        "video",
        "w",
        "",
    ),
    "video_note": ({"video_note": file("n", length=240, duration=3)}, "video", "n", ""),
    "animation": (
        {
            "animation": file("g", width=1, height=1, duration=3, mime_type="video/mp4"),
            "document": file("g", mime_type="video/mp4"),
        },
        "video",
        "g",
        "",
    ),
    "document": ({"document": DOCUMENT}, "document", "doc-1", ""),
    "huge document": (
        {"document": {**DOCUMENT, "file_size": 4 * 1024**3}},
        "document",
        "doc-1",
        "",
    ),
    "location": (
        {"location": {"latitude": 3.139, "longitude": 101.6869}},
        "location",
        None,
        "3.139, 101.6869",
    ),
    "venue": (
        {
            "location": {"latitude": 3.1, "longitude": 101.6},
            "venue": {
                "location": {"latitude": 3.1, "longitude": 101.6},
                "title": "Mess Pekerja",
                "address": "Jalan Ipoh",
            },
        },
        "location",
        None,
        "3.1, 101.6\nMess Pekerja, Jalan Ipoh",
    ),
    "contact": (
        {"contact": {"phone_number": "+620000000000", "first_name": "Pak", "last_name": "Budi"}},
        "contact",
        None,
        "Pak Budi, +620000000000",
    ),
    "sticker": (
        {
            "sticker": file(
                "s",
                type="regular",
                width=512,
                height=512,
                is_animated=False,
                is_video=False,
                emoji="😢",
            )
        },
        "sticker",
        "s",
        "😢",
    ),
    "dice": ({"dice": {"emoji": "🎲", "value": 3}}, "sticker", None, "🎲 3"),
    "poll": (
        {
            "poll": {
                "id": "1",
                "question": "Berangkat?",
                "options": [
                    {"text": "ya", "voter_count": 0, "persistent_id": "0"},
                    {"text": "tidak", "voter_count": 0, "persistent_id": "1"},
                ],
                "total_voter_count": 0,
                "is_closed": False,
                "is_anonymous": True,
                "type": "regular",
                "allows_multiple_answers": False,
                "allows_revoting": False,
                "members_only": False,
            }
        },
        "poll",
        None,
        "Berangkat?\n- ya\n- tidak",
    ),
    "service message": (
        {"write_access_allowed": {"web_app_name": "x"}},
        "unknown",
        None,
        "write_access_allowed",
    ),
    "something of tomorrow": ({"hologram": {"file_id": "h"}}, "unknown", None, "hologram"),
    "nothing at all": ({}, "unknown", None, ""),
}


@dataclass
class Person:
    """Somebody with the app open; what they do goes to the stand-in."""

    api: Running
    id: int = 42
    seen: int = field(default=0, init=False)

    def does(self, update: Json, *, queued: bool = True, update_id: int | None = None) -> Json:
        """Something happens on their phone; the update that Telegram makes of it."""
        made: Json = self.api.tell("update", update=update, queued=queued, update_id=update_id)
        return made

    def writes(self, text: str, *, queued: bool = True) -> Json:
        """They write."""
        return self.does(message(self.id, text=text), queued=queued)

    def reads(self) -> list[Json]:
        """What the bot wrote since they looked last."""
        news: list[Json] = self.api.tell("messages", chat_id=self.id, after=self.seen)
        self.seen += len(news)
        return news


def buttons(shown: Json) -> list[tuple[str, str]]:
    """The buttons below a message of the bot: what they say and what a tap sends."""
    rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button["callback_data"]) for row in rows for button in row]
