"""The addresses of the console and what guards them."""

from __future__ import annotations

import traceback

import structlog
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.bootstrap import App
from bot.console.casework import Casework
from bot.console.contacts import Contacts
from bot.console.csrf import OwnPostsOnly
from bot.console.files import Files
from bot.console.headers import SafeHeaders
from bot.console.lists import Lists
from bot.console.loads import LoadPage
from bot.console.pages import FOLDER, Pages
from bot.console.quarantine import QuarantinePage
from bot.console.recruiters import Recruiters
from bot.console.rota import RotaPage
from bot.console.sessions import Sessions
from bot.console.status import StatusPage
from bot.services.quarantine import Intake

log = structlog.get_logger()
FAULTS = {
    400: "Isian ini tidak terbaca. Kembali dan coba lagi.",
    403: "Ini tidak bisa dilakukan dari sini. Buka konsol dari awal, lalu coba lagi.",
    404: "Halaman atau kasus ini tidak ada.",
    405: "Halaman ini tidak bisa dibuka langsung.",
    413: "Teksnya terlalu panjang.",
    415: "Isian ini tidak terbaca.",
    500: "Ada yang salah di pihak kami. Tidak ada yang tersimpan setengah; coba lagi.",
}


def routes(app: App, intake: Intake) -> list[BaseRoute]:
    """Everything under /console/."""
    pages = Pages()
    sessions = Sessions(app, pages)
    lists = Lists(app, pages)
    casework = Casework(app, pages)
    quarantine = QuarantinePage(app, pages, intake)
    recruiters = Recruiters(app, pages)
    load = LoadPage(app, pages)
    rota = RotaPage(app, pages)
    contacts = Contacts(app, pages)
    files = Files(app)
    status = StatusPage(app, pages)
    inside = sessions.signed_in
    faults = _Faults(pages)
    return [
        Mount(
            "/console",
            routes=[
                Route("/", inside(lists.show)),
                Route("/sign-in", sessions.show, methods=["GET"]),
                Route("/sign-in", sessions.sign_in, methods=["POST"]),
                Route("/sign-out", sessions.sign_out, methods=["POST"]),
                Route("/duty/begin", inside(lists.begin_duty), methods=["POST"]),
                Route("/duty/end", inside(lists.end_duty), methods=["POST"]),
                Route("/alarms/settle", inside(lists.settle), methods=["POST"]),
                Route("/notices/{notice_id}/seen", inside(lists.notice_seen), methods=["POST"]),
                Route("/cases/{reference}", inside(casework.show)),
                Route("/cases/{reference}/{act}", inside(casework.act), methods=["POST"]),
                Route("/load", inside(load.show)),
                Route("/files/{file_id}", inside(files.show, is_page=False)),
                Route("/recruiters", inside(recruiters.show)),
                Route("/recruiters/find", inside(recruiters.find), methods=["POST"]),
                Route("/recruiters/{reference}", inside(recruiters.show_one)),
                Route("/recruiters/{reference}/{act}", inside(recruiters.act), methods=["POST"]),
                Route("/status", inside(status.show)),
                Route("/rota", inside(rota.show)),
                Route("/rota/{act}", inside(rota.act), methods=["POST"]),
                Route("/contacts", inside(contacts.show)),
                Route("/contacts/{act}", inside(contacts.act), methods=["POST"]),
                Route("/contacts/{contact_id}/{act}", inside(contacts.act), methods=["POST"]),
                Route("/quarantine", inside(quarantine.show)),
                Route("/quarantine/{row_id}/{act}", inside(quarantine.act), methods=["POST"]),
                Mount("/static", StaticFiles(directory=FOLDER / "static")),
            ],
            middleware=[
                Middleware(SafeHeaders),
                Middleware(
                    ExceptionMiddleware,
                    handlers={HTTPException: faults.expected, Exception: faults.unexpected},
                ),
                Middleware(OwnPostsOnly, base_url=app.settings.base_url),
            ],
        )
    ]


class _Faults:
    """Pages for what went wrong."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def expected(self, _request: Request, error: Exception) -> Response:
        """Answer with a page for the status."""
        assert isinstance(error, HTTPException)  # noqa: S101  # Starlette calls by class
        return self._page(error.status_code)

    async def unexpected(self, request: Request, error: Exception) -> Response:
        """A fault of ours: logged without its message, which may hold words of a person."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "console_failed",
            method=request.method,
            error=type(error).__name__,
            where=f"{last.name}:{last.lineno}",
        )
        return self._page(500)

    def _page(self, status: int) -> Response:
        text = FAULTS.get(status, FAULTS[500])
        return self._pages.show("fault.html", {"status": status, "text": text}, status=status)
