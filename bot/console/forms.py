"""Forms as the console reads them, and the memory that keeps a double tap from acting twice."""

from __future__ import annotations

from collections import OrderedDict
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

FORM_TYPE = "application/x-www-form-urlencoded"
LARGEST_BODY = 64 * 1024
MOST_FIELDS = 20
MOST_KEPT = 5_000


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; HTTPException for what no form of the console sends."""
    body = await _read_body(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != FORM_TYPE:
        raise HTTPException(415)
    try:
        text = body.decode("utf-8", errors="replace")
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400) from error
    # Browsers send line ends as CR LF; nothing else wants NUL.
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in fields.items()}


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(body)


class Spent:
    """Ids of forms that were acted on; in memory, so it lasts as long as this process.

    Each rendered form carries a random id. A slow line makes people tap twice, and browsers
    repeat a post after "back": the second one with the same id does nothing.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[tuple[str, str], None] = OrderedDict()

    def spend(self, staff_id: str, form_id: str) -> bool:
        """Take an id before acting; False when it was taken before. Forms without one act."""
        if not form_id:
            return True
        key = (staff_id, form_id)
        if key in self._ids:
            return False
        self._ids[key] = None
        while len(self._ids) > MOST_KEPT:
            self._ids.popitem(last=False)
        return True

    def give_back(self, staff_id: str, form_id: str) -> None:
        """The act was refused or failed: the same form may be tried again."""
        self._ids.pop((staff_id, form_id), None)
