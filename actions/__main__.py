"""Run the action server: loopback unless told otherwise, one process.

rasa-sdk's own start opens a second process under a manager and listens on all addresses; a
killed manager leaves its worker behind with the port.
"""

from __future__ import annotations

import argparse
import logging

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.base import wording
from bot.language.danger import screen
from bot.language.offers import check_offer


def main() -> None:
    """Serve the actions of this package."""
    parser = argparse.ArgumentParser(prog="python -m actions", description="Serve the actions.")
    parser.add_argument("--port", type=int, required=True, help="port to listen on")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; another only in a closed network"
    )
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    executor = ActionExecutor()
    executor.register_package("actions")
    warm_up()
    app = create_app(executor, cors_origins=[])
    app.run(
        host=asked.host,
        port=asked.port,
        single_process=True,
        access_log=False,
        motd=False,
    )


def warm_up() -> None:
    """Build patterns and texts before the port opens; the first message would wait for them.

    Compiling takes seconds on a busy machine, more than a turn may last.
    """
    wording()
    for build in (screen, check_offer):
        build("kerja di luar negeri")


if __name__ == "__main__":
    main()
