"""Signing in and out, and who a request comes from."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import ceil
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.bootstrap import App
from bot.console.forms import read_form
from bot.console.pages import Pages
from bot.console.throttle import Throttle
from bot.domain.staff import Staff
from bot.services import accounts

HOME = "/console/"
SIGN_IN = "/console/sign-in"
COOKIE = "tanyadulu_staff"
LASTS = timedelta(hours=12)
# Pages of the console that a page to staff may lead to.
AFTER_SIGN_IN = re.compile(r"/console/cases/TD-[A-Z0-9]{6}")
# Each check of a password takes 64 MiB.
CHECKS_AT_ONCE = 2

type Handler = Callable[[Request, Staff], Awaitable[Response]]


class Sessions:
    """Sessions live in the database; the browser holds a random token and nothing else."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._throttle = Throttle()
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)

    def signed_in(
        self, handler: Handler, *, is_page: bool = True
    ) -> Callable[[Request], Awaitable[Response]]:
        """Wrap a handler so that only members get to it; others get to sign in first.

        What is no page is fetched by browsers on their own: nobody need be looking.
        """

        async def guarded(request: Request) -> Response:
            member = await self._member(request, is_page=is_page)
            if member is not None:
                return await handler(request, member)
            if "x-have" in request.headers or "x-script" in request.headers:
                return Response(status_code=401)
            target = f"{SIGN_IN}?{urlencode({'next': _next(request.url.path)})}"
            if request.headers.get("sec-fetch-site") == "cross-site":
                # A link in web mail: browsers hold the strict cookie back until we ask ourselves.
                return self._pages.show("onward.html", {"target": target})
            return RedirectResponse(target, 303)

        return guarded

    async def _member(self, request: Request, *, is_page: bool = True) -> Staff | None:
        """Whose session it is. A page that somebody can see or hear counts as an open console."""
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        now = self._app.clock.now()
        member = await self._app.read(lambda uow: uow.staff.session(token, now))
        seen = is_page and request.headers.get("x-seen", "1") == "1"
        if member is not None and seen:
            await self._app.write(lambda uow: uow.staff.touch_session(token, now))
        return member

    async def show(self, request: Request) -> Response:
        """The page to sign in on; members who have a session go on at once."""
        target = _next(request.query_params.get("next", ""))
        if await self._member(request) is not None:
            return RedirectResponse(target, 303)
        return self._page("", "", target)

    async def sign_in(self, request: Request) -> Response:
        """Begin a session. Unknown name and wrong password look and last the same."""
        form = await read_form(request)
        login = accounts.normalise_login(form.get("login", ""))[:60]
        target = _next(form.get("next", ""))
        address = request.client.host if request.client else ""
        async with self._checks:
            wait = self._throttle.wait(login, address, self._app.clock.now())
            if wait:
                seconds = ceil(wait.total_seconds())
                problem = f"Terlalu banyak percobaan. Coba lagi dalam {_duration(seconds)}."
                page = self._page(problem, login, target, 429)
                page.headers["Retry-After"] = str(seconds)
                return page
            password = form.get("password", "")
            member = await self._app.read(lambda uow: accounts.verify(uow, login, password))
            if member is None:
                self._throttle.failed(login, address, self._app.clock.now())
                return self._page("Nama atau kata sandinya belum cocok.", login, target, 403)
        self._throttle.succeeded(login)
        await self._end(request)
        response = RedirectResponse(target, 303)
        response.set_cookie(
            COOKIE,
            await self._begin(member),
            max_age=int(LASTS.total_seconds()),
            path="/console",
            secure=self._app.settings.base_url.startswith("https://"),
            httponly=True,
            samesite="strict",
        )
        return response

    async def _begin(self, member: Staff) -> str:
        token = secrets.token_urlsafe(32)
        now = self._app.clock.now()
        await self._app.write(
            lambda uow: uow.staff.open_session(token, member.id, now, now + LASTS)
        )
        return token

    async def sign_out(self, request: Request) -> Response:
        """End the session here and in the database."""
        await self._end(request)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, path="/console", httponly=True, samesite="strict")
        return response

    async def _end(self, request: Request) -> None:
        token = request.cookies.get(COOKIE)
        if token:
            await self._app.write(lambda uow: uow.staff.close_session(token))

    def _page(self, problem: str, login: str, target: str, status: int = 200) -> Response:
        context = {"problem": problem, "login": login, "next": target}
        return self._pages.show("sign_in.html", context, status=status)


def _next(path: str) -> str:
    """Where to go after signing in: a case, or the list."""
    case = AFTER_SIGN_IN.match(path)
    return HOME if case is None else case[0]


def _duration(seconds: int) -> str:
    return f"{seconds} detik" if seconds < 90 else f"{ceil(seconds / 60)} menit"
