"""What comes to the doors and what leaves is seen; what is refused proves nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from bot.beating import DoorMarks
from bot.server import create_app
from tests.hotline import Hotline, story

ANI = "whatsapp:+6285100000001"


async def beats(hotline: Hotline) -> list[str]:
    """The doors and calls that were ever seen, after a quarter of a minute."""
    await hotline.forward(seconds=15)
    names = [each.name for each in await hotline.app.read(lambda uow: uow.beats.all())]
    return [name for name in names if name.startswith(("door ", "call "))]


async def door(
    scope: MutableMapping[str, Any],
    _receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """Lets in what comes to an address that ends in `status`."""
    status = 200 if scope["path"].endswith("status") else 403
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@story
async def test_a_taken_webhook_is_a_mark_and_a_refused_one_is_none(hotline: Hotline) -> None:
    """Only what a provider has proved says that its callbacks arrive."""
    marked = DoorMarks(door, hotline.app.pulse, hotline.app.clock)
    transport = httpx.ASGITransport(app=marked)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for path in ("/webhooks/whatsapp", "/webhooks/whatsapp/status", "/api/status"):
            await client.post(path)
    assert await beats(hotline) == ["door whatsapp/status"]


@story
async def test_the_server_marks_no_webhook_that_it_refuses(hotline: Hotline) -> None:
    """An unsigned callback is answered with an error and leaves no mark."""
    transport = httpx.ASGITransport(app=create_app(hotline.app, with_worker=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        refused = await client.post("/webhooks/whatsapp/status", data={"MessageSid": "SM1"})
    assert refused.status_code >= 400
    assert await beats(hotline) == []


@story
async def test_a_call_that_a_provider_took_is_a_mark(hotline: Hotline) -> None:
    """Of each channel by its name; the address of nobody."""
    await hotline.says(ANI, "halo", channel="whatsapp")
    assert await beats(hotline) == ["call whatsapp"]
