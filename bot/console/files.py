"""Files that people sent, handed to signed-in staff piece by piece and stored nowhere on the way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.bootstrap import App
from bot.domain.media import (
    PIECE_BYTES,
    Presentation,
    presentation,
    safe_name,
    served_type,
)
from bot.domain.messages import StoredFile
from bot.domain.staff import Staff
from bot.store.unit_of_work import SqlUnitOfWork

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
# A file that is opened by itself is a page of nobody: it runs nothing, and asks for nothing.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class Part:
    """The bytes from `start` to before `stop`."""

    start: int
    stop: int


class Files:
    """One file, whole or the part of it that a player asks for."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def show(self, request: Request, _member: Staff) -> Response:
        """The file for whoever may open its case: every member, as the page of the case.

        A file that belongs to no case has no page on which staff could have seen it.
        """
        file_id = request.path_params["file_id"]
        file = await self._app.read(lambda uow: _visible(uow, file_id))
        if file is None or not file.stored:
            raise HTTPException(404)
        size = file.size or 0
        part = wanted_part(request, size)
        if part is None:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Disposition": disposition(file, save="save" in request.query_params),
            "Content-Length": str(part.stop - part.start),
            "Content-Security-Policy": POLICY,
            "Cross-Origin-Resource-Policy": "same-origin",
            # Not by media_type: Starlette would add a charset to texts.
            "Content-Type": served_type(file.media_type),
        }
        status = 200
        if (part.start, part.stop) != (0, size):
            status = 206
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
        return StreamingResponse(self._pieces(file.id, part), status, headers)

    async def _pieces(self, file_id: str, part: Part) -> AsyncIterator[bytes]:
        """At most one piece in memory, and no transaction that lasts as long as a slow line."""
        start = part.start
        while start < part.stop:
            stop = min(part.stop, start + PIECE_BYTES - start % PIECE_BYTES)
            yield await self._read(file_id, start, stop)
            start = stop

    async def _read(self, file_id: str, start: int, stop: int) -> bytes:
        return await self._app.read(lambda uow: b"".join(uow.files.pieces(file_id, start, stop)))


def _visible(uow: SqlUnitOfWork, file_id: str) -> StoredFile | None:
    found = uow.files.find(file_id)
    if found is None or not uow.cases.exists_for(found.conversation_id):
        return None
    return found.file


def wanted_part(request: Request, size: int) -> Part | None:
    """What a request wants of a file: all of it, or one range; None when there is no such part.

    Several ranges at once, and ranges of a version that we cannot check, get the whole file.
    """
    whole = Part(0, size)
    header = request.headers.get("range")
    found = None if header is None else RANGE.fullmatch(header.strip())
    if found is None or "if-range" in request.headers or found[0] == "bytes=-":
        return whole
    first, last = found.groups()
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        start, stop = int(first), size if not last else min(int(last) + 1, size)
        if last and int(last) < start:
            return whole
    return Part(start, stop) if start < stop else None


def disposition(file: StoredFile, *, save: bool) -> str:
    """Shown in the page only when nothing in it can run; under a name that opens nothing."""
    shown = presentation(file.media_type) is Presentation.INLINE and not save
    name = safe_name(file.name, file.kind, file.media_type, file.id)
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
