"""A lean HTTP client on loopback: what measures must cost less than what is measured."""

from __future__ import annotations

import asyncio
import json
from typing import Any

_LONGEST_HEADER = 64 * 1024


class CallError(Exception):
    """The server closed the connection or said something that is no HTTP."""


class Connection:
    """One keep-alive connection; a call at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of the answer (None when it is no JSON). Raises `CallError`."""
        sent = b"" if body is None else json.dumps(body).encode()
        return await self.raw(method, path, sent, "application/json")

    async def raw(
        self, method: str, path: str, body: bytes, kind: str, more: str = ""
    ) -> tuple[int, Any]:
        """The same with a body as it stands; `more` are further header lines."""
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()  # idle for too long: the server has hung up
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._port, limit=_LONGEST_HEADER
            )
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{more}"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        try:
            status, length, stays = _read_head(await reader.readuntil(b"\r\n\r\n"))
            content = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, OSError) as error:
            await self.close()
            raise CallError(type(error).__name__) from error
        if not stays:
            await self.close()
        try:
            return status, json.loads(content)
        except ValueError:
            return status, None

    async def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _read_head(head: bytes) -> tuple[int, int, bool]:
    """Status, length of the body, and whether the connection stays open."""
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    status = int(first.split()[1])
    if "content-length" not in fields and status != 204:
        raise CallError("an answer without a length")
    stays = fields.get("connection", "").lower() != "close"
    return status, int(fields.get("content-length", "0")), stays
