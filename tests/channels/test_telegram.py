"""Telegram end to end: the stand-in calls the webhook, the real client answers it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import channels.telegram
from bot.domain.channels import TELEGRAM
from bot.domain.messages import Delivery
from channels import requests
from channels.telegram_bot import SECRET_HEADER
from tests.channels.telegram_line import ANI, SECRET, TelegramLine, telegram_line
from tests.channels.test_telegram_updates import KINDS, NAMES, VALUES, base
from tests.hotline import Hotline  # noqa: F401  # these tests run on both databases
from tests.standins import telegram_people as people
from tests.standins import twilio
from tests.standins.process import Running, stand_in
from tests.standins.telegram import TOKEN

BUDI = 43


@pytest.fixture(scope="module")
def api() -> Iterator[Running]:
    """One stand-in for all tests of this file."""
    with stand_in("telegram") as running:
        yield running


type Story = Callable[[TelegramLine], Awaitable[None]]


@pytest.fixture
def tell(tmp_path: Path, api: Running) -> Callable[..., None]:
    """Run a story on a hotline of its own."""

    def run(story: Story, **settings: Any) -> None:
        async def told() -> None:
            async with telegram_line(tmp_path, api, **settings) as line:
                await story(line)

        asyncio.run(told())

    return run


def test_a_text_is_answered_on_the_phone(tell: Callable[..., None], tmp_path: Path) -> None:
    """In, stored, answered, out."""

    async def story(line: TelegramLine) -> None:
        await line.writes("halo")
        (answer,) = await line.sees()
        assert "jawaban: halo" in answer["text"]
        assert [each.text for each in await line.lines()] == ["halo", answer["text"]]

    tell(story)


def test_a_tap_chooses_and_its_clock_is_stopped(tell: Callable[..., None], tmp_path: Path) -> None:
    """By the code under the button, also twice, and also long after."""

    async def story(line: TelegramLine) -> None:
        await line.writes("saya mau dibunuh majikan")
        shown = (await line.sees())[-1]
        title, code = people.buttons(shown)[0]
        await line.does(people.tap(ANI, code))
        assert [each.text for each in await line.lines() if each.author == "person"][-1] == title
        await line.does(people.tap(ANI, "b:" + "0" * 32 + ":1", id="old"))
        assert len(await line.calls("answerCallbackQuery", 2)) == 2

    tell(story)


def test_a_tap_is_answered_again_when_the_line_was_dead(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """Once more, and then no more."""

    async def story(line: TelegramLine) -> None:
        for _ in range(3):
            await line.tell("fail", kind="refuse", name="answerCallbackQuery")
        await line.does(people.tap(ANI, "x"))
        await line.calls("answerCallbackQuery", 2)
        await asyncio.sleep(1.5)
        assert len(await line.calls("answerCallbackQuery", 2)) == 2
        assert await line.sees(), "the tap itself was taken"

    tell(story)


@pytest.mark.parametrize("name", people.MESSAGES)
def test_every_type_of_message_is_stored_and_answered(
    tell: Callable[..., None], tmp_path: Path, name: str
) -> None:
    """Nothing that people send ends in silence."""
    content, kind, _file, detail = people.MESSAGES[name]

    async def story(line: TelegramLine) -> None:
        await line.does(people.message(ANI, **content))
        await line.rest()
        stored = (await line.lines())[0]
        assert (stored.kind, stored.detail) == (kind or "text", detail)
        assert await line.sees(), "no answer"

    tell(story)


def test_reactions_and_votes_are_stored(tell: Callable[..., None], tmp_path: Path) -> None:
    """They are part of the talk."""

    async def story(line: TelegramLine) -> None:
        await line.does(people.reaction(ANI, "👍"))
        vote = {
            "poll_id": "1",
            "user": people.user(ANI),
            "option_ids": [0],
            "option_persistent_ids": [],
        }
        await line.does({"poll_answer": vote})
        people_said = [each for each in await line.lines() if each.author == "person"]
        assert [(each.kind, each.detail) for each in people_said] == [
            ("reaction", "👍"),
            ("poll", "1"),
        ]

    tell(story)


def test_an_update_of_tomorrow_is_stored_and_answered(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """As long as it says who sent it."""

    async def story(line: TelegramLine) -> None:
        await line.tell("chat", chat=people.chat(ANI))
        await line.does({"hologram": {"from": people.user(ANI), "shape": 3}})
        assert (await line.lines())[0].kind == "unknown"
        assert await line.sees()

    tell(story)


def test_an_edit_is_a_note_and_danger_in_it_is_heard(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """The assistant is not asked again, but danger is danger in every word."""

    async def story(line: TelegramLine) -> None:
        first = await line.writes("halo")
        number = first["message"]["message_id"]
        asked = len(line.hotline.assistant.asked)
        await line.sees()
        await line.does(people.edit(ANI, number, text="halo juga"))
        assert len(line.hotline.assistant.asked) == asked
        (noted,) = await line.sees()
        assert noted["text"].startswith("Perubahannya sudah tersimpan")
        assert not await line.hotline.cases()
        await line.does(people.edit(ANI, number, text="tolong saya dikurung dan mau dibunuh"))
        (case,) = await line.hotline.cases()
        assert case.urgency == "emergency"
        kinds = [each.kind for each in await line.lines() if each.author == "person"]
        assert kinds == ["text", "edited", "edited"]

    tell(story)


def test_twenty_copies_at_once_are_one_message(tell: Callable[..., None], tmp_path: Path) -> None:
    """Telegram repeats what it is not sure about."""

    async def story(line: TelegramLine) -> None:
        update = await line.update(people.message(ANI, text="halo"))
        answers = await line.post(update, times=20)
        assert {status for status, _ in answers} == {200}
        await line.rest()
        await line.post(update)
        await line.rest()
        assert len(await line.sees()) == 1
        assert len(line.hotline.assistant.asked) == 1

    tell(story)


def test_updates_out_of_order_are_answered_in_order(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """Several connections deliver; the order is in the ids."""

    async def story(line: TelegramLine) -> None:
        updates = [await line.update(people.message(ANI, text=f"nomor {n}.")) for n in "abc"]
        for update in (updates[2], updates[0], updates[1]):
            assert (await line.post(update))[0][0] == 200
        await line.rest()
        said = "\n".join(line.hotline.assistant.asked)
        places = [said.find(f"nomor {n}.") for n in "abc"]
        assert -1 not in places
        assert places == sorted(places)

    tell(story)


def test_an_album_is_one_turn(tell: Callable[..., None], tmp_path: Path) -> None:
    """Its pictures come one by one."""

    async def story(line: TelegramLine) -> None:
        photo = people.MESSAGES["photo"][0]["photo"]
        for caption in ({"caption": "iklan ini"}, {}, {}):
            album = {"media_group_id": "1", "photo": photo, **caption}
            update = await line.update(people.message(ANI, **album))
            assert (await line.post(update))[0][0] == 200
        await line.hotline.forward(seconds=3)
        await line.rest()
        said = [each for each in await line.lines() if each.author == "person"]
        assert len(said) == 3
        assert len({each.turn_id for each in said}) == 1

    tell(story, tanyadulu_turn_seconds=2)


@pytest.mark.parametrize("secret", [None, "", "salah", SECRET + "x", SECRET[:-1], "ä" * 9])
def test_a_wrong_secret_goes_to_quarantine(
    tell: Callable[..., None], tmp_path: Path, secret: str | None
) -> None:
    """Not stored as a message, not answered, not lost."""

    async def story(line: TelegramLine) -> None:
        update = await line.update(people.message(ANI, text="palsu"))
        ((status, text),) = await line.post(update, secret=secret)
        assert (status, set(json.loads(text))) == (403, {"error"})
        assert await line.held() == 1
        assert line.refused() == {("bad_secret" if secret else "unsigned"): 1}
        assert line.hotline.assistant.asked == []
        await line.post(update, secret=secret)
        assert await line.held() == 1, "a repeat is counted, not kept again"

    tell(story)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[1]", 400),
        ("[" * 60_000, 400),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), 400),
        ('{"update_id": 1}', 200),
        ('{"update_id": 99999999999999999999999}', 400),
        ('{"update_id": ' + "9" * 5000 + "}", 400),
        ('{"update_id": 1, "message": {"chat": 7}}', 400),
        ('{"update_id": 1, "message": {"text": "' + "a" * 70_000 + '"}}', 413),
        ('{"update_id": NaN}', 400),
        (
            '{"update_id": 1, "message": {"message_id": "\\ud800", "date": 1, "chat": {"id": 1, "type": "private"}}}',
            200,
        ),
    ],
)
def test_bodies_that_are_no_update(
    tell: Callable[..., None], tmp_path: Path, body: str, status: int
) -> None:
    """A short answer, a place in quarantine, never a 5xx."""

    async def story(line: TelegramLine) -> None:
        ((given, text),) = await line.post(body)
        assert given == status
        assert "Traceback" not in text
        assert await line.held() == (0 if status == 200 else 1)

    tell(story)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "refuse"},
        {"kind": "drop"},
        {"kind": "status", "status": 429, "body": {"parameters": {"retry_after": 30}}},
    ],
)
def test_an_outage_of_minutes_delays_the_first_answer_and_loses_it_not(
    tell: Callable[..., None], tmp_path: Path, fault: dict[str, Any]
) -> None:
    """Whatever Telegram does with every call: in danger the answer leaves once it is back."""

    async def story(line: TelegramLine) -> None:
        await line.tell("fail", **fault, times=-1)
        update = await line.update(people.message(ANI, text="tolong saya dikunci di kamar"))
        assert (await line.post(update))[0][0] == 200
        for _ in range(20):
            await line.hotline.forward(seconds=6)
        before = len(await line.sees())
        assert before == (1 if fault["kind"] == "drop" else 0)
        await line.tell("mend")
        for _ in range(20):
            await line.hotline.forward(seconds=6)
        assert len(await line.sees()) == 1
        assert [each.state for each in await line.lines() if each.author != "person"] == [
            Delivery.SENT
        ]

    tell(story)


def test_a_clock_that_was_set_forward_silences_nobody(
    tell: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Telegram told before is wrong then: it is asked again before a message counts as old."""
    monkeypatch.setattr(channels.telegram, "ASK_AGAIN_SECONDS", 0.0)

    async def story(line: TelegramLine) -> None:
        await line.writes("halo")
        assert len(await line.sees()) == 1
        theirs = line.hotline.clock.now()
        await line.hotline.forward(hours=48)
        for content in (update := people.message(ANI, text="tolong saya dikunci")).values():
            content["date"] = int(theirs.timestamp())
        made = await asyncio.to_thread(line.api.tell, "update", update=update, queued=False)
        answers = await asyncio.to_thread(
            line.api.tell,
            "post",
            url=line.url,
            body=json.dumps(made),
            secret=SECRET,
        )
        assert answers[0][0] == 200
        await line.hotline.forward(seconds=1)
        assert len(await asyncio.to_thread(line.api.tell, "messages", chat_id=ANI)) == 2

    tell(story)


@pytest.mark.parametrize("path", ["/webhooks/telegram", "/webhooks/whatsapp", "/api/web/messages"])
def test_a_body_that_never_ends_holds_no_connection(
    tell: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """There are only so many; dripping on does not keep it either."""
    monkeypatch.setattr(requests, "BODY_SECONDS", 0.5)

    async def story(line: TelegramLine) -> None:
        url = urlsplit(line.url)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

        async def drip() -> bytes:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            writer.write(f"{head}Content-Length: 5000\r\n\r\n".encode())
            reading = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
            while not reading.done():
                writer.write(b"x")
                await asyncio.sleep(0.1)
            answer = await reading
            with contextlib.suppress(ConnectionError):
                await reader.read()  # until the other end hangs up
            writer.close()
            return answer

        async with asyncio.timeout(10):
            answer = await drip()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await line.held() == 0

    tell(
        story,
        twilio_account_sid=twilio.ACCOUNT,
        twilio_auth_token=(twilio.TOKEN,),
        whatsapp_from=twilio.SENDER,
    )


def test_no_content_of_an_update_is_ever_a_5xx(tell: Callable[..., None], tmp_path: Path) -> None:
    """Whatever somebody who knows the secret sends is stored, or put into quarantine."""
    numbers = itertools.count(1)

    async def story(line: TelegramLine) -> None:
        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(kind=KINDS, content=st.dictionaries(NAMES, VALUES, max_size=4))
        def any_content(kind: str, content: dict[str, Any]) -> None:
            number = next(numbers)
            update = {"update_id": number, kind: {**base(number), **content}}
            answer = httpx2.post(
                line.url,
                content=json.dumps(update),
                headers={SECRET_HEADER: SECRET},
                trust_env=False,
                timeout=30,
            )
            assert answer.status_code in (200, 400), answer.text

        await asyncio.to_thread(any_content)

    tell(story)


def test_odd_words_reach_us_whole(tell: Callable[..., None], tmp_path: Path) -> None:
    """Emoji, right to left, zero width, half characters, the longest message there is."""

    async def story(line: TelegramLine) -> None:
        for text in ("😀" * 4096, "مرحبا \u202eabc", "a\u200bb", "\ud800 putus", "a" * 4096):
            await line.writes(text)
        said = [each.text for each in await line.lines() if each.author == "person"]
        assert said == ["😀" * 4096, "مرحبا \u202eabc", "a\u200bb", "? putus", "a" * 4096]

    tell(story)


def test_in_a_group_one_line_and_out(tell: Callable[..., None], tmp_path: Path) -> None:
    """However much is written there; nothing of it is kept."""

    async def story(line: TelegramLine) -> None:
        where = people.group(-77)
        for text in ("rahasia satu", "rahasia dua", "rahasia tiga"):
            update = await line.update(people.message(ANI, text=text, chat=where))
            assert (await line.post(update))[0][0] == 200
        await line.calls("leaveChat", 1)
        await asyncio.sleep(0.3)
        said = await line.tell("messages", chat_id=-77)
        assert [each["text"].startswith("Chat pribadi ya") for each in said] == [True]
        found = await line.hotline.app.read(
            lambda uow: uow.conversations.find_sender(TELEGRAM, "-77")
        )
        assert found is None
        assert await line.held() == 0

    tell(story)


def test_a_group_that_cannot_be_left_is_not_tried_for_ever(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """A busy group must not make us call without end."""

    async def story(line: TelegramLine) -> None:
        await line.tell("fail", kind="status", name="leaveChat", status=400, times=-1)
        await line.tell("fail", kind="status", name="sendMessage", status=500, times=1)
        for number in range(8):
            update = people.message(ANI, text=str(number), chat=people.group(-78))
            await line.post(await line.update(update))
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        assert len(await line.calls("leaveChat")) <= 3
        assert len(await line.calls("sendMessage")) <= 1

    tell(story)


def test_blocking_and_coming_back(tell: Callable[..., None], tmp_path: Path) -> None:
    """Whoever blocked us is marked; nothing is tried until they are back."""

    async def story(line: TelegramLine) -> None:
        await line.writes("halo")
        await line.does(people.membership("kicked", person=ANI))
        assert (await line.hotline.talk(str(ANI), TELEGRAM)).unreachable == "blocked"
        await line.does(people.membership("member", person=ANI))
        assert (await line.hotline.talk(str(ANI), TELEGRAM)).unreachable is None
        await line.does(people.membership("kicked", person=BUDI))

    tell(story)


def test_a_403_while_sending_marks_the_person(tell: Callable[..., None], tmp_path: Path) -> None:
    """The answer failed for good, staff see why, and writing again mends it."""

    async def story(line: TelegramLine) -> None:
        refusal = "Forbidden: bot was blocked by the user"
        await line.tell("chat", chat=people.chat(ANI), refuses=refusal)
        await line.writes("halo")
        assert (await line.hotline.talk(str(ANI), TELEGRAM)).unreachable == "blocked"
        assert (await line.lines())[-1].state == Delivery.FAILED_PERMANENTLY
        await line.tell("chat", chat=people.chat(ANI))
        await line.writes("halo lagi")
        assert (await line.hotline.talk(str(ANI), TELEGRAM)).unreachable is None
        assert len(await line.sees()) == 1

    tell(story)


@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        ({"kind": "status", "status": 429, "body": {"retry_after": 2}}, 1),
        ({"kind": "status", "status": 500}, 1),
        ({"kind": "refuse"}, 1),
        ({"kind": "drop"}, 2),
    ],
)
def test_troubles_on_the_way_out(
    tell: Callable[..., None], tmp_path: Path, fault: dict[str, Any], copies: int
) -> None:
    """The answer arrives all the same; twice at most when Telegram took it and the line died."""

    async def story(line: TelegramLine) -> None:
        await line.tell("fail", name="sendMessage", **fault)
        await line.writes("halo")
        await line.hotline.forward(seconds=30)
        await line.rest()
        assert len(await line.sees()) == copies
        assert (await line.lines())[-1].state == Delivery.SENT

    tell(story)


def test_a_flood_is_waited_out(tell: Callable[..., None], tmp_path: Path) -> None:
    """Not a second before Telegram wants it."""

    async def story(line: TelegramLine) -> None:
        await line.tell(
            "fail", kind="status", name="sendMessage", status=429, body={"retry_after": 60}
        )
        update = await line.update(people.message(ANI, text="halo"))
        await line.post(update)
        await line.hotline.forward(seconds=1)
        await line.hotline.forward(seconds=55)
        assert await line.sees() == []
        await line.hotline.forward(seconds=10)
        assert len(await line.sees()) == 1

    tell(story)


def test_an_old_message_does_not_ring(tell: Callable[..., None], tmp_path: Path) -> None:
    """What waited at Telegram for an hour is stored; the answer waits until they write again."""

    async def story(line: TelegramLine) -> None:
        await line.writes("halo")
        await line.sees()
        old = await line.update(people.message(ANI, text="apakah gaji ini wajar?"))
        line.hotline.clock.forward(hours=1)
        await line.tell("messages")
        await line.post(old)
        await line.rest()
        assert await line.sees() == []
        assert (await line.lines())[-1].state == Delivery.HELD
        await line.writes("masih di sini")
        assert len(await line.sees()) == 2

    tell(story)


def test_a_process_that_only_receives_learns_the_time_first(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """The very first update after a start may be an old one."""

    async def story(line: TelegramLine) -> None:
        old = await line.update(people.message(ANI, text="halo"))
        line.hotline.clock.forward(hours=1)
        await line.tell("messages")
        await line.post(old)
        await line.rest()
        assert await line.sees() == []
        assert (await line.lines())[-1].state == Delivery.HELD

    tell(story)


def test_without_the_time_an_update_counts_as_sent_just_now(
    tell: Callable[..., None], tmp_path: Path
) -> None:
    """An API that hangs must not keep people from being answered."""

    async def story(line: TelegramLine) -> None:
        await line.tell("fail", kind="hang", name="getMe", seconds=30)
        await line.writes("halo")
        assert len(await line.sees()) == 1

    tell(story)


def test_a_closed_channel_asks_telegram_to_wait(tell: Callable[..., None], tmp_path: Path) -> None:
    """As long as nobody could answer in an emergency, nothing is taken."""

    async def story(line: TelegramLine) -> None:
        update = await line.update(people.message(ANI, text="halo"))
        ((status, _text),) = await line.post(update)
        assert status == 503
        assert await line.held() == 0

    tell(story, tanyadulu_practice=False)


def test_two_people_are_two_talks(tell: Callable[..., None], tmp_path: Path) -> None:
    """Each hears only what is meant for them."""

    async def story(line: TelegramLine) -> None:
        await line.writes("saya ani")
        await line.writes("saya budi", who=BUDI)
        assert [each["text"].count("ani") for each in await line.sees()] == [1]
        assert [each["text"].count("budi") for each in await line.sees(BUDI)] == [1]

    tell(story)


def test_the_journal_holds_no_token_and_no_words(
    tell: Callable[..., None], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong."""

    async def story(line: TelegramLine) -> None:
        for kind in ("drop", "refuse"):
            await line.tell("fail", kind=kind, name="sendMessage")
        await line.writes("rahasia ani")
        await line.post("{", secret="wrong-secret-given")  # is wrong
        await line.hotline.forward(seconds=60)

    tell(story)
    written = "".join(capfd.readouterr())
    for secret in (TOKEN.partition(":")[2], SECRET, "wrong-secret-given", "rahasia ani"):
        assert secret not in written


def test_the_window_is_short() -> None:
    """Holding an update for its order must not be felt."""
    from bot.domain.channels import RULES  # noqa: PLC0415  # read where it is judged

    assert RULES[TELEGRAM].hold <= timedelta(milliseconds=300)
