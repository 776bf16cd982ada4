"""Refuses posts that another site makes in the name of a signed-in member.

Browsers say where a request comes from in `Sec-Fetch-Site`; those that do not send it
(and those on an address that they do not trust) send `Origin` with every post. No tokens
in forms are needed (the idea: words.filippo.io/csrf).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

READS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})


def is_own(headers: Headers, base_url: str, scheme: str) -> bool:
    """Whether a request that changes something comes from a page of ours.

    `none` is a person acting on the browser itself. A request that says neither where it
    comes from nor its origin is refused.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITE
    origin = headers.get("origin")
    if origin is None:
        return False
    host = headers.get("host")
    return origin in (_origin(base_url), f"{scheme}://{host}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class OwnPostsOnly:
    """ASGI middleware: 403 for every request that changes something and is not our own."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let reads and own posts pass."""
        changes = scope["type"] == "http" and scope["method"] not in READS
        if changes and not is_own(Headers(scope=scope), self._base_url, scope["scheme"]):
            raise HTTPException(403)
        await self._app(scope, receive, send)
