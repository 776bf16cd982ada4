"""Updates are fetched and lost by nobody: not by a crash, a rival, garbage or a dead network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from bot.bootstrap import build
from bot.cli.up import free_port
from bot.domain.channels import TELEGRAM
from bot.gateways.telegram import TelegramDownError, TelegramGateway
from bot.settings import Settings
from channels import telegram_polling
from channels.telegram import PATH, TelegramChannel, channel_of, webhook_secret
from channels.telegram_polling import Poller, Trouble, keep_webhook
from tests.channels.telegram_line import ANI, TelegramLine, telegram_line
from tests.faults.box import Box, server_program
from tests.hotline import Hotline
from tests.standins import telegram_people as people
from tests.standins.process import Running, await_that, stand_in
from tests.standins.telegram import TOKEN


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One stand-in for all tests of this file."""
    with stand_in("telegram") as running:
        yield running


@pytest.fixture
def api(process: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The stand-in as new; polls and pauses are short."""
    process.tell("forget")
    monkeypatch.setattr(telegram_polling, "POLL_SECONDS", 1)
    monkeypatch.setattr(telegram_polling, "LONGEST_PAUSE_SECONDS", 0.05)
    return process


def poller(line: TelegramLine) -> Poller:
    """What fetches for a hotline."""
    return Poller(channel(line))


def channel(line: TelegramLine) -> TelegramChannel:
    """The way of the hotline's bot."""
    found = channel_of(line.hotline.app)
    assert found is not None
    return found


async def write(api: Running, *texts: str) -> list[int]:
    """Ani writes; the ids of the updates."""
    return [
        (await asyncio.to_thread(people.Person(api, ANI).writes, text))["update_id"]
        for text in texts
    ]


async def said(line: TelegramLine) -> list[str]:
    """What Ani wrote, as it is stored."""
    known = await line.hotline.app.read(
        lambda uow: uow.conversations.find_sender(TELEGRAM, str(ANI))
    )
    if known is None:
        return []
    return [each.text for each in await line.lines() if each.author == "person"]


def test_a_batch_is_committed_before_it_is_confirmed(api: Running, tmp_path: Path) -> None:
    """Only the next poll confirms; then nothing waits any more, and the offset is forgotten."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            ids = await write(api, "satu", "dua", "tiga")
            fetching = poller(line)
            await fetching.fetch()
            assert await said(line) == ["satu", "dua", "tiga"]
            assert api.tell("waiting") == ids, "not confirmed yet"
            app = line.hotline.app
            assert (await app.read(lambda uow: uow.channels.get(TELEGRAM))).poll_offset == ids[
                -1
            ] + 1
            await fetching.fetch()
            assert api.tell("waiting") == []
            assert not (await app.read(lambda uow: uow.channels.get(TELEGRAM))).poll_offset
            await line.rest()
            asked = "\n".join(line.hotline.assistant.asked)
            assert asked.split() == ["satu", "dua", "tiga"], "answered in order"

    asyncio.run(story())


def test_ids_that_begin_anew_are_not_confirmed_unseen(api: Running, tmp_path: Path) -> None:
    """After a quiet week Telegram starts at a random place."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            fetching = poller(line)
            await write(api, "satu")
            await fetching.fetch()
            await fetching.fetch()
            update = people.message(ANI, text="dua")
            await asyncio.to_thread(people.Person(api, ANI).does, update, update_id=17)
            await fetching.fetch()
            assert await said(line) == ["satu", "dua"]

    asyncio.run(story())


def test_garbage_is_put_aside_and_hides_nothing(api: Running, tmp_path: Path) -> None:
    """Whatever comes, those after it are heard."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            api.tell("garbage", update={"update_id": 3, "message": "?"}, update_id=3)
            api.tell("garbage", update={"update_id": 4, "message": {"chat": 5}}, update_id=4)
            await write(api, "tolong")
            await poller(line).fetch()
            assert await said(line) == ["tolong"]
            assert await line.held() == 2
            assert line.refused() == {"malformed": 2}

    asyncio.run(story())


def test_garbage_without_an_id_is_waited_out(api: Running, tmp_path: Path) -> None:
    """It cannot be confirmed; the loop pauses instead of spinning."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            for number, garbage in enumerate([None, 7, {"update_id": "x"}]):
                api.tell("garbage", update=garbage, update_id=number)
            with pytest.raises(TelegramDownError):
                await poller(line).fetch()

    asyncio.run(story())


def test_an_update_that_cannot_be_stored_comes_again_and_is_put_aside_at_last(
    api: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not confirmed before, and it does not stop the others."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            hotline = channel(line)
            fetching, take = Poller(hotline), hotline.take

            async def take_all_but_one(reading: Any) -> None:
                if reading.what.text == "racun":
                    raise OSError("disk")
                await take(reading)

            monkeypatch.setattr(hotline, "take", take_all_but_one)
            bad, _good = await write(api, "racun", "tolong")
            for _ in range(telegram_polling.MOST_TRIES - 1):
                with pytest.raises(TelegramDownError):
                    await fetching.fetch()
                assert bad in api.tell("waiting")
                assert await line.held() == 0
            assert await said(line) == ["tolong"], "once, however often it came"
            await fetching.fetch()
            assert line.refused() == {"not_taken": 1}

    asyncio.run(story())


def test_an_api_that_has_nothing_at_once_is_not_asked_without_end(
    api: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something in between may not know how to wait for an update."""
    monkeypatch.setattr(telegram_polling, "POLL_SECONDS", 0)

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            polling = asyncio.create_task(poller(line).run())
            await asyncio.to_thread(api.await_calls, "getUpdates", 1)
            before = len(api.calls("getUpdates"))
            await asyncio.sleep(2)
            assert len(api.calls("getUpdates")) - before <= 10
            polling.cancel()

    asyncio.run(story())


def test_only_one_process_fetches(api: Running, tmp_path: Path) -> None:
    """The other one takes over when the first has not renewed its right."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            first, second = poller(line), poller(line)
            assert await first._may_fetch()
            assert not await second._may_fetch()
            assert await first._may_fetch()
            line.hotline.clock.forward(seconds=telegram_polling.LEASE.total_seconds() + 1)
            assert await second._may_fetch()
            assert not await first._may_fetch()

    asyncio.run(story())


def test_the_lease_outlasts_a_poll() -> None:
    """Otherwise two processes would end each other's polls."""
    from bot.gateways import telegram_client  # noqa: PLC0415  # read where it is judged

    call = telegram_polling.POLL_SECONDS + telegram_client.POLL_GRACE_SECONDS
    assert timedelta(seconds=call + telegram_client.CONNECT_SECONDS) < telegram_polling.LEASE


def test_a_closed_channel_fetches_nothing(api: Running, tmp_path: Path) -> None:
    """What people write waits at Telegram until somebody can answer."""

    async def story() -> None:
        values: dict[str, Any] = {"telegram_mode": "polling", "tanyadulu_practice": False}
        async with telegram_line(tmp_path, api, **values) as line:
            ids = await write(api, "halo")
            assert await poller(line)._round() == telegram_polling.STANDBY_SECONDS
            assert api.tell("waiting") == ids

    asyncio.run(story())


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("status", {"status": 409}),
        ("status", {"status": 429, "body": {"retry_after": 1}}),
        ("status", {"status": 500}),
        ("status", {"status": 401}),
        ("drop", {}),
        ("refuse", {}),
    ],
)
def test_the_loop_goes_on_after_any_trouble(
    api: Running, tmp_path: Path, kind: str, fault: dict[str, Any]
) -> None:
    """And after three troubles in a row the box is alarmed, until it works again."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            app = line.hotline.app
            fetching = poller(line)
            api.tell("fail", kind=kind, name="getUpdates", times=3, **fault)
            pauses = [await fetching._round() for _ in range(3)]
            assert all(pause > 0 for pause in pauses)
            alarms = await app.read(lambda uow: uow.alarms.standing())
            assert "telegram_polling" in [each.kind for each in alarms]
            await write(api, "halo")
            assert await fetching._round() == 0
            assert await said(line) == ["halo"]
            alarms = await app.read(lambda uow: uow.alarms.standing())
            assert "telegram_polling" not in [each.kind for each in alarms]

    asyncio.run(story())


def test_a_dead_network_is_survived(api: Running, tmp_path: Path) -> None:
    """The stand-in dies and comes back."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            running = asyncio.create_task(poller(line).run())
            try:
                await asyncio.to_thread(api.await_calls, "getUpdates", 1)
                await asyncio.to_thread(api.end)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(api.start)
                await write(api, "masih ada orang?")
                for _ in range(100):
                    if await said(line):
                        break
                    await asyncio.sleep(0.1)
                assert await said(line) == ["masih ada orang?"]
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    asyncio.run(story())


def test_a_webhook_in_the_way_is_taken_away(api: Running, tmp_path: Path) -> None:
    """Without dropping what waits, and again when somebody sets it again."""

    async def story() -> None:
        async with telegram_line(tmp_path, api, telegram_mode="polling") as line:
            gateway = channel(line).gateway
            ids = await write(api, "halo")
            fetching = poller(line)
            for _ in range(2):
                await gateway.set_webhook("http://127.0.0.1:9/x", "x")
                for _ in range(20):
                    if await fetching._round() == 0:
                        break
            assert await said(line) == ["halo"]
            assert api.tell("waiting") == []
            assert ids
            assert all("drop_pending_updates" not in each for each in api.calls("deleteWebhook"))

    asyncio.run(story())


def settings(folder: Path, api: Running, **more: Any) -> Settings:
    """Settings of a hotline with a bot."""
    values = {
        "tanyadulu_data_dir": folder,
        "telegram_bot_token": TOKEN,
        "telegram_api_base_url": api.url,
        **more,
    }
    return Settings.model_validate(values)


def test_the_webhook_is_set_at_start_and_kept(
    api: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again after failures, and again when somebody else has changed it; with a secret of ours."""
    monkeypatch.setattr(telegram_polling, "CHECK_WEBHOOK_SECONDS", 0.1)

    async def story() -> None:
        async with telegram_line(tmp_path, api) as line:
            app, gateway = line.hotline.app, channel(line).gateway
            await line.tell("fail", kind="status", name="setWebhook", status=500, times=3)
            task = asyncio.create_task(keep_webhook(channel(line)))
            wanted = {"url": f"{app.settings.base_url}{PATH}", "secret": webhook_secret(app)}
            try:
                for _ in range(2):
                    for _ in range(100):
                        if api.tell("webhook") == wanted:
                            break
                        await asyncio.sleep(0.05)
                    assert api.tell("webhook") == wanted
                    await gateway.set_webhook("http://127.0.0.1:9/elsewhere", "x")
                assert not [
                    call for call in api.calls("setWebhook") if "drop_pending_updates" in call
                ]
                assert {call["max_connections"] for call in api.calls("setWebhook")} == {"40"}
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            assert gateway.skew is not None

    asyncio.run(story())


def test_without_a_public_address_the_box_is_alarmed(tmp_path: Path) -> None:
    """Telegram cannot push to a loopback address; nobody must believe that it does."""
    hotline = Hotline(
        tmp_path / "var", telegram_bot_token=TOKEN, telegram_api_base_url="https://api.telegram.org"
    )

    async def story() -> None:
        app = hotline.app
        gateway = TelegramGateway.from_settings(app.settings, hotline.clock)
        await keep_webhook(TelegramChannel(app, gateway))
        (alarm,) = await app.read(lambda uow: uow.alarms.standing())
        assert (alarm.kind, alarm.detail) == ("telegram_webhook", "PUBLIC_BASE_URL")

    try:
        asyncio.run(story())
    finally:
        hotline.close()


def test_the_secret_is_the_same_in_all_processes(api: Running, tmp_path: Path) -> None:
    """Made from the keys when none is configured, and one that Telegram takes."""
    secrets = []
    for _ in range(2):
        app = build(settings(tmp_path / "var", api))
        secrets.append(webhook_secret(app))
        asyncio.run(app.close())
    assert len(set(secrets)) == 1
    assert secrets[0].isalnum()
    assert len(secrets[0]) >= 32


def test_pauses_grow_and_obey(tmp_path: Path) -> None:
    """Each failure in a row waits longer; Telegram's own wait is never cut short."""
    hotline = Hotline(tmp_path / "var")

    async def story() -> None:
        trouble = Trouble(hotline.app, "telegram_polling")
        waits = [await trouble.again(ValueError()) for _ in range(9)]
        assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
        assert await trouble.again(TelegramDownError("flood", retry_after=90)) == 90

    try:
        asyncio.run(story())
    finally:
        hotline.close()


@pytest.mark.parametrize("where", ["take_in:before", "take_in:after", "fetch:before"])
def test_a_kill_between_commit_and_confirmation(api: Running, tmp_path: Path, where: str) -> None:
    """The real server dies there; it comes back, everything is answered, nothing twice."""
    folder = tmp_path / "var"
    environment = {
        "DIE_AT": where,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": api.url,
        "TELEGRAM_MODE": "polling",
        "TANYADULU_PRACTICE": "1",
        "RASA_URLS": "http://127.0.0.1:9",
    }
    program = server_program(folder, free_port(), environment, "tests.faults.dying_server")
    ani = people.Person(api, ANI)
    box = Box(folder, [program], 0)
    try:
        ani.writes("saya dikurung majikan dan mau dibunuh")
        await_that(box.deaths, lambda deaths: deaths >= 1, 60)
        mended = replace(program, environment={**program.environment, "DIE_AT": ""})
        box.children["server"].program = mended
        ani.writes("tolong")
        shown = await_that(
            lambda: api.tell("messages", chat_id=ANI),
            lambda messages: len(messages) >= 1 and not api.tell("waiting"),
            90,
        )
        assert len({each["text"] for each in shown}) == len(shown), "nothing twice"
        assert psutil.pid_exists(box.children["server"].pid or 0)
    finally:
        box.close()
    texts = json.dumps(shown)
    assert "LATIHAN" in texts
