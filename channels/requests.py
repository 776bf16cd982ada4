"""The bodies of requests, read whole, in time and within limits, whatever the channel."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from bot.bootstrap import App
from channels.inbound import refuse

LARGEST_BODY = 64 * 1024
TOO_LARGE, TOO_SLOW = 413, 408
# Whoever lets a message drip holds a connection; there are only so many of them.
BODY_SECONDS = 15.0


class BadRequestError(Exception):
    """What the caller sent cannot be taken; becomes a short JSON answer."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


async def read_body(request: Request) -> bytes:
    """A body of at most LARGEST_BODY bytes that comes in time; BadRequestError else."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise BadRequestError(TOO_LARGE, "the message is too long")
    except TimeoutError:
        raise BadRequestError(TOO_SLOW, "the message did not come") from None
    return bytes(body)


async def read_webhook(app: App, request: Request, channel: str) -> bytes:
    """As `read_body`; that something too large came is noted, without its body."""
    try:
        return await read_body(request)
    except BadRequestError as error:
        if error.status == TOO_LARGE:
            await refuse(app, channel, "too_large", b"")
        raise
