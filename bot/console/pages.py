"""Renders pages made of parts, and sends a part again only when it changed."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.wakes import Wakes

FOLDER = Path(__file__).parent
TOPIC = "console"
# Phones and proxies give up on a silent request after half a minute.
HELD_SECONDS = 20.0
# Another process may have committed; its wakes do not reach this one.
LOOK_AGAIN_SECONDS = 2.0
# Many commits in a row are shown together: reading a long list takes a tenth of a second.
GATHER_SECONDS = 0.2
# Stands in a rendered part for the random id of its form, so that the id is no change.
FORM_ID = "\ufdd0form-id\ufdd0"

type Read = Callable[[], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Part:
    """A piece of a page; `version` changes when its HTML does."""

    html: Markup
    version: str


class Pages:
    """The templates: autoescaped, and an unknown name in one is an error, not a blank."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(
        self,
        template: str,
        context: Mapping[str, Any],
        parts: Sequence[str] = (),
        status: int = 200,
    ) -> Response:
        """A whole page."""
        made = self._parts(parts, context)

        def part(name: str, kind: str = "") -> Markup:
            frame = Markup('<div data-part="{}" data-version="{}" class="{}">{}</div>')
            return frame.format(name, made[name].version, kind, made[name].html)

        page = self._templates.get_template(template).render(**context, part=part)
        return HTMLResponse(page, status)

    async def follow(
        self, request: Request, wakes: Wakes, template: str, parts: Sequence[str], read: Read
    ) -> Response:
        """The page, or for a page that is open already the parts that have changed since.

        The script of an open page sends the versions that it has in `X-Have`. Its request is
        held until a part changes; 204 when none did for a while.
        """
        have = _versions(request.headers.get("x-have"))
        if have is None:
            return self.show(template, await read(), parts)
        followed = [name for name in parts if name in have]
        loop = asyncio.get_running_loop()
        end = loop.time() + HELD_SECONDS
        while loop.time() < end and not await request.is_disconnected():
            since = wakes.count(TOPIC)
            made = self._parts(followed, await read())
            changed = {
                name: {"html": part.html, "version": part.version}
                for name, part in made.items()
                if have[name] != part.version
            }
            if changed:
                return JSONResponse({"parts": changed})
            await wakes.wait(TOPIC, LOOK_AGAIN_SECONDS, since)
            await asyncio.sleep(GATHER_SECONDS)
        return Response(status_code=204)

    def _parts(self, names: Sequence[str], context: Mapping[str, Any]) -> dict[str, Part]:
        return {name: self._part(name, context) for name in names}

    def _part(self, name: str, context: Mapping[str, Any]) -> Part:
        template = self._templates.get_template(f"parts/{name}.html")
        html = template.render(**context, form_id=FORM_ID)
        version = hashlib.sha256(html.encode()).hexdigest()[:16]
        # The template has escaped everything that came from people.
        return Part(Markup(html.replace(FORM_ID, secrets.token_hex(16))), version)  # noqa: S704


def _versions(header: str | None) -> dict[str, str] | None:
    """What an open page has: `list:0f3a duty:77c1`; None for a first request."""
    if header is None:
        return None
    return {name: version for name, _, version in (item.partition(":") for item in header.split())}
