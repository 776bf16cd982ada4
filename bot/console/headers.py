"""What browsers may do with a page of the console: nothing that it does not need."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    # Not `no-referrer`: browsers then post with `Origin: null`, and those that send no
    # Sec-Fetch-Site (older iPhones, plain http) could not be told from strangers.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class SafeHeaders:
    """ASGI middleware: the headers of every answer, those of failures included.

    Pages are stored nowhere: a shared phone must not show them after signing out. Only the
    console's own files are kept by the browser, and asked for again each time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_file = scope["path"].startswith("/console/static/")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    # What is handed on from people comes with a stricter policy of its own.
                    headers.setdefault(name, value)
                headers["Cache-Control"] = "no-cache" if is_file else "no-store"
            await send(message)

        await self._app(scope, receive, send_safely)
