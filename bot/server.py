"""The ASGI application: web chat, console and health, with the worker beside them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from functools import partial

import structlog
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import beating
from bot.beating import DoorMarks
from bot.bootstrap import App
from bot.console.links import routes as link_routes
from bot.console.routes import routes as console_routes
from bot.domain.channels import TELEGRAM, WHATSAPP
from bot.metrics import registry
from bot.services.quarantine import Intake, ReadAgain
from bot.worker import Worker
from channels import (
    background,
    page_calls,
    sms,
    telegram,
    telegram_staff,
    voice,
    web,
    whatsapp,
)
from channels.inbound import take_in
from channels.requests import TOO_LARGE, TOO_SLOW, BadRequestError

log = structlog.get_logger()


def create_app(app: App, *, with_worker: bool = True) -> Starlette:
    """The server of one process; more of them may share a database."""

    @contextlib.asynccontextmanager
    async def lifespan(_server: Starlette) -> AsyncIterator[None]:
        app.attach()
        try:
            async with _loops(app, with_worker=with_worker):
                yield
        finally:
            await app.close()

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        problems = []
        try:
            await app.read(lambda uow: uow.alarms.standing())
        except Exception as error:  # noqa: BLE001  # whatever it is, we are not ready
            log.error("database_down", error=type(error).__name__)
            problems.append("database")
        if not app.database.takes_writes:
            problems.append("writer")
        if not await app.assistant.is_up():
            problems.append("assistant")
        if problems:
            return JSONResponse({"error": "not ready", "parts": problems}, status_code=503)
        return PlainTextResponse("ready\n")

    measured = registry(app)

    async def metrics(request: Request) -> Response:
        # Only OpenMetrics shows the trace of a case beside the time that it took.
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        text = await asyncio.to_thread(encode, measured)
        return Response(text, media_type=content_type)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *console_routes(app, _intake(app)),
            *link_routes(app),
            *web.routes(app),
            *telegram.routes(app),
            *whatsapp.routes(app),
            *voice.routes(app),
            *page_calls.routes(app),
            *sms.routes(app),
            *telegram_staff.routes(app),
        ],
        exception_handlers={
            BadRequestError: _bad_request,
            HTTPException: _http_error,
            Exception: _fault,
        },
        middleware=[Middleware(DoorMarks, pulse=app.pulse, clock=app.clock)],
        lifespan=lifespan,
    )


@contextlib.asynccontextmanager
async def _loops(app: App, *, with_worker: bool) -> AsyncIterator[None]:
    """The worker, and what channels do on their own, for as long as the server runs.

    A server without them still writes down what came to its doors.
    """
    loops = (Worker(app).run(), background.run(app)) if with_worker else (beating.run(app),)
    running = [asyncio.create_task(loop) for loop in loops]
    for task in running:
        task.add_done_callback(_end_too)
    try:
        yield
    finally:
        for task in running:
            task.remove_done_callback(_end_too)
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _end_too(task: asyncio.Task[None]) -> None:
    """A server that takes messages which nobody answers is worse than none: it is started again."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("worker_ended", error=type(error).__name__)
        signal.raise_signal(signal.SIGTERM)


def _intake(app: App) -> Intake:
    """How the console lets in what was refused at a webhook."""
    readers: dict[str, ReadAgain] = {WHATSAPP: whatsapp.read_again}
    gateway = telegram.gateway_of(app)
    if gateway is not None:
        readers[TELEGRAM] = partial(telegram.read_again, bot_id=gateway.bot_id)
    return Intake(partial(take_in, app), readers)


async def _bad_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequestError)  # noqa: S101  # Starlette calls by class
    # The rest of such a body may still come, or never.
    unread = error.status in (TOO_LARGE, TOO_SLOW)
    headers = {"connection": "close"} if unread else None
    return JSONResponse({"error": error.error}, status_code=error.status, headers=headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # Starlette calls by class
    return JSONResponse({"error": error.detail.lower()}, error.status_code, error.headers)


async def _fault(request: Request, error: Exception) -> Response:
    """Nothing was stored; the caller may try again. The path may hold a secret: not logged."""
    log.error("request_failed", method=request.method, error=type(error).__name__)
    return JSONResponse({"error": "try again"}, status_code=503)
