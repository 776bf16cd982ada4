"""Run the action server: loopback only, one process.

rasa-sdk's own start opens a second process under a manager and listens on all addresses; a
killed manager leaves its worker behind with the port.
"""

from __future__ import annotations

import argparse
import logging

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor


def main() -> None:
    """Serve the actions of this package."""
    parser = argparse.ArgumentParser(prog="python -m actions", description="Serve the actions.")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor, cors_origins=[])
    app.run(
        host="127.0.0.1",
        port=asked.port,
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
