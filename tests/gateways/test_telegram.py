"""The Telegram gateway against the stand-in, through the real client library."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.channels import RULES, TELEGRAM
from bot.domain.messages import Button, Outbound, Purpose
from bot.gateways import telegram_client
from bot.gateways.telegram import TelegramConflictError, TelegramDownError, TelegramGateway
from bot.ports import MediaError, OutcomeOpenError, SendError
from tests.hotline import FakeClock
from tests.standins import telegram_people as people
from tests.standins.process import Running, stand_in
from tests.standins.telegram import LARGEST_FILE, TOKEN

ROW = "0123456789abcdef" * 2
ANI = 42


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One process for all tests of this file."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture
def api(process: Running) -> Running:
    """The stand-in, mended, with somebody who may be written to."""
    process.tell("mend")
    process.tell("chat", chat=people.chat(ANI))
    return process


def row(text: str = "halo", *titles: str, **more: Any) -> Outbound:
    """A row as the worker hands it over."""
    buttons = tuple(Button(title, f"/{title}") for title in titles)
    values = {"address": str(ANI), "buttons": buttons, **more}
    return Outbound(ROW, Purpose.REPLY, TELEGRAM, "t", 1, text, **values)


def run[T](api: Running, use: Callable[[TelegramGateway], Awaitable[T]], token: str = TOKEN) -> T:
    """Use a gateway in a loop of its own, and let go of it."""

    async def used() -> T:
        gateway = TelegramGateway(token, api.url, SystemClock())
        try:
            return await use(gateway)
        finally:
            await gateway.close()

    return asyncio.run(used())


def failure(api: Running, message: Outbound, token: str = TOKEN) -> Exception:
    """Send, and what is raised."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the caller looks at it
        run(api, lambda gateway: gateway.send(message), token)
    assert "AAStandIn" not in f"{caught.value!r} {caught.value}"
    return caught.value


def test_a_text_with_choices(api: Running) -> None:
    """One button a line with an opaque code; no markup, no preview, no sound."""
    text = "Pilih *satu* <b>ya</b> [x](http://contoh.example) 😀\u200f"
    sent_id = run(api, lambda gateway: gateway.send(row(text, "Cek kerja", "Ada bahaya")))
    sent = api.tell("messages", chat_id=ANI)[-1]
    assert sent["text"] == text
    assert str(sent["message_id"]) == sent_id
    assert people.buttons(sent) == [("Cek kerja", f"b:{ROW}:1"), ("Ada bahaya", f"b:{ROW}:2")]
    call = api.calls("sendMessage")[-1]
    assert "parse_mode" not in call
    assert json.loads(call["link_preview_options"]) == {"is_disabled": True}
    assert call["disable_notification"] == "true"


def test_the_stand_in_takes_no_two_calls_for_one(api: Running) -> None:
    """The same row sent twice is there twice, as at Telegram: hiding it would hide our faults."""
    before = len(api.tell("messages", chat_id=ANI))
    ids = {run(api, lambda gateway: gateway.send(row("sama"))) for _ in range(2)}
    assert len(ids) == 2
    assert len(api.tell("messages", chat_id=ANI)) == before + 2


def test_the_longest_text_of_the_channel_rules_is_taken(api: Running) -> None:
    """What `fit` lets through, the API takes."""
    longest = RULES[TELEGRAM].longest
    assert longest is not None
    assert run(api, lambda gateway: gateway.send(row("a" * longest)))
    assert failure(api, row("a" * (longest + 1))).args == ("bad_request",)


@pytest.mark.parametrize(
    ("fault", "reason", "permanent", "retry_after", "unreachable"),
    [
        ({"status": 429, "body": {"retry_after": 7}}, "flood", False, 7.0, False),
        ({"status": 429, "body": {"retry_after": "?"}}, "flood", False, 1.0, False),
        ({"status": 500}, "http_500", False, None, False),
        ({"status": 502}, "http_502", False, None, False),
        (
            {"status": 400, "body": {"description": "Bad Request: odd"}},
            "bad_request",
            True,
            None,
            False,
        ),
        (
            {"status": 400, "body": {"description": "Bad Request: chat not found"}},
            "chat_not_found",
            True,
            None,
            True,
        ),
        (
            {"status": 400, "body": {"description": "x", "migrate_to_chat_id": -1009}},
            "not_private",
            True,
            None,
            True,
        ),
        (
            {"status": 403, "body": {"description": "Forbidden: bot was blocked by the user"}},
            "blocked",
            True,
            None,
            True,
        ),
        (
            {"status": 403, "body": {"description": "Forbidden: user is deactivated"}},
            "deactivated",
            True,
            None,
            True,
        ),
        (
            {"status": 403, "body": {"description": "Forbidden: anew"}},
            "forbidden",
            True,
            None,
            True,
        ),
    ],
)
def test_what_a_refusal_means(
    api: Running,
    fault: dict[str, Any],
    reason: str,
    *,
    permanent: bool,
    retry_after: float | None,
    unreachable: bool,
) -> None:
    """Try again, wait, give up, or mark the person as unreachable."""
    api.fail("status", "sendMessage", **fault)
    error = failure(api, row())
    assert isinstance(error, SendError)
    assert (error.reason, error.permanent) == (reason, permanent)
    assert (error.retry_after, error.unreachable) == (retry_after, unreachable)
    assert not error.hold_channel


def test_a_wrong_token_holds_the_channel(api: Running) -> None:
    """Somebody has to mend it; no row is given up for it."""
    error = failure(api, row(), token="1:AAStandInRevoked")  # nobody's
    assert isinstance(error, SendError)
    assert (error.reason, error.permanent, error.hold_channel) == ("token_refused", False, True)


def test_no_connection_is_tried_again_without_doubt() -> None:
    """What never left cannot have arrived."""
    running = Running("telegram")
    try:
        error = failure(running, row())
    finally:
        running.close()
    assert isinstance(error, SendError)
    assert (error.reason, error.permanent) == ("no_connection", False)


def test_a_lost_answer_leaves_the_outcome_open(api: Running) -> None:
    """It may be there; only the row's own rules decide about a second time."""
    before = len(api.tell("messages", chat_id=ANI))
    api.fail("drop", "sendMessage")
    assert isinstance(failure(api, row("hilang")), OutcomeOpenError)
    assert len(api.tell("messages", chat_id=ANI)) == before + 1
    assert run(api, lambda gateway: gateway.find_sent(row("hilang"))) is None
    api.fail("refuse", name="getMe")
    with pytest.raises(TelegramDownError):
        run(api, lambda gateway: gateway.find_sent(row("hilang")))
    api.fail("status", name="getMe", status=401)
    assert run(api, lambda gateway: gateway.find_sent(row("hilang"))) is None


def test_a_call_that_hangs_ends_and_leaves_the_outcome_open(
    api: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the row's lease is over."""
    monkeypatch.setattr(telegram_client, "READ_SECONDS", 0.3)
    api.fail("hang", "sendMessage", seconds=1.5)
    assert isinstance(failure(api, row()), OutcomeOpenError)


@pytest.mark.parametrize("address", [None, "", "budi", "12.5"])
def test_an_address_that_is_none(api: Running, address: str | None) -> None:
    """Given up without a call."""
    calls = len(api.calls("sendMessage"))
    error = failure(api, row(address=address))
    assert isinstance(error, SendError)
    assert error.permanent
    assert len(api.calls("sendMessage")) == calls


def test_neither_logs_nor_errors_hold_the_token_or_words(
    api: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the product's own logging, whatever the API answers."""
    from bot import logs  # noqa: PLC0415  # sets up logging of the process

    logs.configure()
    for kind, fault in (
        ("drop", {}),
        ("status", {"status": 401}),
        ("status", {"status": 500}),
    ):
        api.fail(kind, "sendMessage", **fault)
        assert failure(api, row("rahasia ani")).__cause__ is None
    written = "".join(capfd.readouterr()) + caplog.text
    assert TOKEN.partition(":")[2] not in written
    assert "rahasia" not in written
    logging.getLogger("httpx").setLevel(logging.NOTSET)


def read(api: Running, name: str, most: int = LARGEST_FILE) -> bytes:
    """Fetch a file whole."""

    async def fetch(gateway: TelegramGateway) -> bytes:
        return b"".join([piece async for piece in gateway.fetch(name, most)])

    return run(api, fetch)


def put(api: Running, name: str, content: bytes, size: int | None = None) -> None:
    """Let a file lie at the provider."""
    api.tell("file", file_id=name, content=base64.b64encode(content).decode(), size=size)


def test_a_file_comes_whole(api: Running) -> None:
    """Also one of several pieces."""
    content = bytes(range(256)) * 4096
    put(api, "foto", content)
    assert read(api, "foto") == content


@pytest.mark.parametrize(
    ("size", "most", "reason", "permanent"),
    [
        (LARGEST_FILE + 1, LARGEST_FILE * 2, "too_large", True),
        (None, 99, "too_large", True),
        (10, 99, "too_large", True),
    ],
)
def test_a_file_that_is_too_large(
    api: Running, size: int | None, most: int, reason: str, *, permanent: bool
) -> None:
    """Whether Telegram says so or only the bytes do."""
    put(api, "besar", b"x" * 100, size)
    with pytest.raises(MediaError) as caught:
        read(api, "besar", most)
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)


@pytest.mark.parametrize(
    ("name", "kind", "fault", "permanent"),
    [
        ("getFile", "status", {"status": 500}, False),
        ("getFile", "drop", {}, False),
        ("file", "drop", {}, False),
        ("file", "status", {"status": 500}, False),
        ("file", "status", {"status": 404}, True),
    ],
)
def test_a_file_that_does_not_come(
    api: Running, name: str, kind: str, fault: dict[str, Any], *, permanent: bool
) -> None:
    """Tried again when that can help."""
    put(api, "foto", b"abc")
    api.fail(kind, name, **fault)
    with pytest.raises(MediaError) as caught:
        read(api, "foto")
    assert caught.value.permanent == permanent
    assert "AAStandIn" not in repr(caught.value)


def test_a_file_that_is_gone(api: Running) -> None:
    """Telegram forgets files."""
    with pytest.raises(MediaError) as caught:
        read(api, "tidak ada")
    assert caught.value.permanent
    run(api, lambda gateway: gateway.forget("tidak ada"))


def test_updates_come_raw_and_all(api: Running) -> None:
    """One that the library cannot read does not hide the others."""
    api.tell("garbage", update={"update_id": 7, "message": "?"}, update_id=7)
    made = api.tell("update", update=people.reaction(ANI, "👍"), update_id=8)
    updates = run(api, lambda gateway: gateway.get_updates(None, 0))
    assert updates == [{"update_id": 7, "message": "?"}, made]
    assert run(api, lambda gateway: gateway.get_updates(9, 0)) == []
    assert api.tell("waiting") == []


def test_a_webhook_is_set_without_dropping_anything(api: Running) -> None:
    """And a poll beside it is a conflict, until it is taken away."""
    api.tell("update", update={"poll": {"id": "1"}}, update_id=99)
    run(api, lambda gateway: gateway.set_webhook("http://127.0.0.1:9/x", "geheim_1"))
    assert api.tell("webhook") == {"url": "http://127.0.0.1:9/x", "secret": "geheim_1"}
    state = run(api, lambda gateway: gateway.state())
    assert (state.username, state.webhook_url) == ("tanyadulu_bot", "http://127.0.0.1:9/x")
    assert state.joins_groups
    with pytest.raises(TelegramConflictError):
        run(api, lambda gateway: gateway.get_updates(None, 0))
    run(api, lambda gateway: gateway.delete_webhook())
    (call,) = api.calls("setWebhook")
    assert (call["max_connections"], "drop_pending_updates" in call) == ("40", False)
    assert "message_reaction" in json.loads(call["allowed_updates"])
    assert all("drop_pending_updates" not in call for call in api.calls("deleteWebhook"))
    run(api, lambda gateway: gateway.get_updates(100, 0))


def test_a_tap_is_answered_and_an_old_one_is_no_error(api: Running) -> None:
    """Telegram does not take answers to old taps."""
    api.tell("query", query_id="1", young=True)
    api.tell("query", query_id="2", young=False)
    for query in ("1", "2"):
        run(api, lambda gateway, query=query: gateway.answer_tap(query))  # type: ignore[misc]
    assert [call["callback_query_id"] for call in api.calls("answerCallbackQuery")] == ["1", "2"]


def test_leaving_groups(api: Running) -> None:
    """Without the right to write it leaves without a word; out is out."""
    api.tell("chat", chat=people.group(-7))
    assert run(api, lambda gateway: gateway.leave("-7"))
    run(api, lambda gateway: gateway.say("-7", "chat pribadi ya"))
    assert run(api, lambda gateway: gateway.leave("-7")), "thrown out already"
    assert not run(api, lambda gateway: gateway.leave("-8")), "no such group"


def test_a_flood_tells_how_long_to_wait(api: Running) -> None:
    """The poll waits as long as Telegram says."""
    api.fail("status", "getUpdates", status=429, body={"retry_after": 9})
    with pytest.raises(TelegramDownError) as caught:
        run(api, lambda gateway: gateway.get_updates(None, 0))
    assert caught.value.retry_after == 9


def test_our_clock_is_compared_with_telegrams(api: Running) -> None:
    """From the time that its answers carry, to the second."""

    async def skew() -> timedelta | None:
        clock = FakeClock(datetime.now(UTC) + timedelta(minutes=20))
        gateway = TelegramGateway(TOKEN, api.url, clock)
        assert gateway.skew is None
        await gateway.state()
        await gateway.close()
        return gateway.skew

    found = asyncio.run(skew())
    assert found is not None
    assert abs(found - timedelta(minutes=20)) < timedelta(seconds=5)


def test_the_gateway_outlives_an_event_loop(api: Running) -> None:
    """The command line and tests run one loop after the other."""
    gateway = TelegramGateway(TOKEN, api.url, SystemClock())

    async def once() -> None:
        await gateway.send(row())
        await gateway.close()

    for _ in range(2):
        asyncio.run(once())
