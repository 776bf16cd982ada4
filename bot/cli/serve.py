"""The server process that `up` starts: web chat, console and worker."""

from __future__ import annotations

import uvicorn

from bot import logs
from bot.bootstrap import build
from bot.cli.common import load_settings, prepare_data_dir
from bot.server import create_app

GRACE_SECONDS = 3
"""A long poll is cut off after this when the server stops; everything said is stored."""


def run(*, with_worker: bool) -> None:
    """Serve until a signal comes."""
    settings = load_settings()
    prepare_data_dir(settings)
    logs.configure()
    uvicorn.run(
        create_app(build(settings), with_worker=with_worker),
        host=settings.tanyadulu_host,
        port=settings.tanyadulu_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=list(settings.tanyadulu_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
