"""The staff's bot against the stand-in, through the real client library."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.messages import Outbound, Purpose
from bot.domain.page_cards import CardLine, PageCard
from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.gateways.telegram_staff import TelegramStaff
from bot.ports import SendError
from tests.standins import telegram_people as people
from tests.standins.process import Running, stand_in
from tests.standins.telegram import TOKEN

SARI = 7001
PAGE = "b" * 32
CONSOLE = "https://hotline.example/console/cases/TD-ABC234"
CARD = PageCard((CardLine(PAGE, "TD-ABC234", "4821"),), urgent=True, console=CONSOLE)


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One process for all tests of this file."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture
def api(process: Running) -> Running:
    """The stand-in as new, with a member who started the bot."""
    process.tell("forget")
    process.tell("chat", chat=people.chat(SARI))
    return process


def run[T](api: Running, use: Callable[[TelegramStaff], Awaitable[T]], token: str = TOKEN) -> T:
    """Use a gateway in a loop of its own, and let go of it."""

    async def used() -> T:
        gateway = TelegramStaff(token, api.url, SystemClock())
        try:
            return await use(gateway)
        finally:
            await gateway.close()

    return asyncio.run(used())


def row(card: PageCard | None = CARD, **more: Any) -> Outbound:
    """A page as the worker hands it over."""
    values = {"address": str(SARI), **more}
    return Outbound(
        "a" * 32, Purpose.PAGE, TELEGRAM_STAFF, "t", 1, "DARURAT TD-ABC234", card=card, **values
    )


def buttons(shown: people.Json) -> list[tuple[str, str]]:
    """The buttons below a message: words and what they carry."""
    rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        (each["text"], each.get("callback_data") or each["url"]) for line in rows for each in line
    ]


def test_a_page_has_two_answers_and_the_way_to_the_console(api: Running) -> None:
    """It rings, it cannot be forwarded, and its buttons carry only the id of the page."""
    run(api, lambda gateway: gateway.send(row()))
    (shown,) = api.tell("messages", chat_id=SARI)
    assert buttons(shown) == [
        ("Saya pegang", f"page:{PAGE}:take"),
        ("Orang berikutnya", f"page:{PAGE}:next"),
        ("Buka konsol", CONSOLE),
    ]
    (call,) = api.calls("sendMessage")
    assert call["protect_content"] == "true"
    assert "disable_notification" not in call


def test_news_has_nothing_to_answer(api: Running) -> None:
    """Who has it now: only the way to the console; a code has not even that."""
    told = PageCard((CardLine(PAGE, "TD-ABC234"),), urgent=True, console=CONSOLE)
    run(api, lambda gateway: gateway.send(row(told)))
    run(api, lambda gateway: gateway.send(row(None)))
    news, code = api.tell("messages", chat_id=SARI)
    assert buttons(news) == [("Buka konsol", CONSOLE)]
    assert buttons(code) == []


def test_a_flood_has_a_button_for_each_case(api: Running) -> None:
    """Nobody takes five people at once by one tap."""
    lines = (*CARD.lines, CardLine("c" * 32, "TD-DEF567", "9933"))
    run(api, lambda gateway: gateway.send(row(PageCard(lines, urgent=True, console=CONSOLE))))
    (shown,) = api.tell("messages", chat_id=SARI)
    assert [title for title, _ in buttons(shown)] == [
        "Saya pegang TD-ABC234",
        "Saya pegang TD-DEF567",
        "Buka konsol",
    ]


def test_on_a_machine_of_ones_own_the_link_stands_in_the_text(api: Running) -> None:
    """Telegram takes no button to a loopback address, and the page must not fail for that."""
    local = PageCard(CARD.lines, urgent=True, console="http://127.0.0.1:8080/console")
    run(api, lambda gateway: gateway.send(row(local)))
    (shown,) = api.tell("messages", chat_id=SARI)
    assert [title for title, _ in buttons(shown)] == ["Saya pegang", "Orang berikutnya"]


def test_a_page_says_afterwards_who_has_it(api: Running) -> None:
    """Nothing is left to tap but the console; a page that is gone or says so already is no error."""
    sent = int(run(api, lambda gateway: gateway.send(row())) or 0)
    for _ in range(2):
        run(api, lambda gateway: gateway.show_holder(str(SARI), sent, "Petugas 2", CONSOLE))
    run(api, lambda gateway: gateway.show_holder(str(SARI), 1, "Petugas 2", CONSOLE))
    (shown,) = api.tell("messages", chat_id=SARI)
    assert (shown["text"], buttons(shown)) == ("Petugas 2", [("Buka konsol", CONSOLE)])


def test_an_old_tap_is_no_error(api: Running) -> None:
    """The acknowledgement counts, whether or not its words can still be shown."""
    api.tell("query", query_id="9", young=False)
    run(api, lambda gateway: gateway.answer("9", "TD-ABC234"))


@pytest.mark.parametrize(
    ("fault", "reason", "permanent"),
    [
        ({"status": 403, "body": {"description": "Forbidden: bot was blocked by the user"}},
         "blocked", True),
        ({"status": 429, "body": {"description": "Too Many", "retry_after": 9}}, "flood", False),
        ({"status": 502}, "http_502", False),
        ({"status": 401, "body": {"description": "Unauthorized"}}, "token_refused", True),
    ],
)  # fmt: skip
def test_refusals_are_told_apart(
    fault: dict[str, Any], reason: str, permanent: bool, api: Running
) -> None:
    """A wrong token is no way just now: the page goes on elsewhere instead of waiting for it."""
    api.fail("status", "sendMessage", **fault)
    with pytest.raises(SendError) as caught:
        run(api, lambda gateway: gateway.send(row()))
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
