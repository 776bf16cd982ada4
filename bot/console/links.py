"""The link of a page: one tap by whoever it was sent to, without signing in, without a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from bot.bootstrap import App
from bot.console import words
from bot.console.headers import SafeHeaders
from bot.console.pages import Pages
from bot.console.throttle import Throttle
from bot.domain.pages import Page, PageState
from bot.services import acknowledging, page_answers
from bot.services.acknowledging import Answer
from bot.store.unit_of_work import SqlUnitOfWork

PLACE = "/p"
PRIVATE = {
    # The token is in the address: it is told to no other place, and no machine keeps it.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
NO_LINK = "Tautan ini sudah lewat atau tidak dikenal. Masuk ke konsol untuk melihat yang menunggu."
GONE = (Answer.EXPIRED, Answer.UNKNOWN)


@dataclass(frozen=True)
class LinkView:
    """What may be shown to whoever has the link: how urgent, which case, since when."""

    reference: str
    urgency: str
    urgency_code: str
    age: str
    practice: bool


class Links:
    """GET shows, POST takes: previews and mail scanners open links, but they post nothing."""

    def __init__(self, app: App, pages: Pages) -> None:
        self._app = app
        self._pages = pages
        self._throttle = Throttle()

    async def show(self, request: Request) -> Response:
        """The page with its one button, or that there is nothing to take any more."""
        if (limited := self._limit(request)) is not None:
            return limited
        token, now = request.path_params["token"], self._app.clock.now()
        page, view = await self._app.read(lambda uow: _look(uow, token, now))
        if page is None or view is None:
            return self._unknown(request)
        if now >= page.expires_at or page.state not in (PageState.RINGING, PageState.SPENT):
            told = "Panggilan ini sudah selesai. Masuk ke konsol untuk melihat keadaannya."
            return self._page(view, told)
        return self._page(view, place=request.url.path)

    async def take(self, request: Request) -> Response:
        """Acknowledge, and say what came of it; a repeat says the same."""
        if (limited := self._limit(request)) is not None:
            return limited
        token, now, office = request.path_params["token"], self._app.clock.now(), self._app.office
        page, view = await self._app.read(lambda uow: _look(uow, token, now))
        if page is None or view is None:
            return self._unknown(request)
        done = await self._app.write(
            lambda uow: acknowledging.acknowledge_token(uow, token, office, now)
        )
        status = 410 if done.answer in GONE else 200
        is_mine = done.answer in (Answer.TAKEN, Answer.YOURS, Answer.WAITING_SECOND)
        return self._page(view, page_answers.words_of(done), good=is_mine, status=status)

    def _limit(self, request: Request) -> Response | None:
        """An answer to whoever tries one wrong link after the other."""
        address = _address(request)
        wait = self._throttle.wait(f"{PLACE} {address}", address, self._app.clock.now())
        if not wait:
            return None
        response = self._page(None, "Terlalu banyak percobaan. Coba lagi sebentar.", status=429)
        response.headers["Retry-After"] = str(ceil(wait.total_seconds()))
        return response

    def _unknown(self, request: Request) -> Response:
        address = _address(request)
        self._throttle.failed(f"{PLACE} {address}", address, self._app.clock.now())
        return self._page(None, NO_LINK, status=404)

    def _page(
        self,
        view: LinkView | None,
        told: str = "",
        *,
        good: bool = False,
        status: int = 200,
        place: str = "",
    ) -> Response:
        context = {"view": view, "told": told, "good": good, "place": place}
        response = self._pages.show("page_link.html", context, status=status)
        response.headers.update(PRIVATE)
        return response


def _look(uow: SqlUnitOfWork, token: str, now: datetime) -> tuple[Page | None, LinkView | None]:
    page = uow.pages.by_token(token)
    if page is None or page.staff_id is None or uow.staff.get(page.staff_id).disabled:
        return None, None
    case = uow.cases.get(page.case_id)
    view = LinkView(
        reference=case.reference,
        urgency=words.URGENCIES[case.urgency],
        urgency_code=case.urgency.value,
        age=words.age(case.opened_at, now),
        practice=case.practice,
    )
    return page, view


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def routes(app: App) -> list[BaseRoute]:
    """Everything under /p/."""
    links = Links(app, Pages())
    return [
        Mount(
            PLACE,
            routes=[
                Route("/{token}", links.show, methods=["GET"]),
                Route("/{token}", links.take, methods=["POST"]),
            ],
            middleware=[Middleware(SafeHeaders)],
        )
    ]
