"""The real watchman on a machine whose clock can be set: `python -m tests.faults.moved_watch`.

CLOCK_FILE holds by how many seconds it is off.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

from bot import logs
from bot.bootstrap import build
from bot.clock import SystemClock
from bot.settings import Settings
from bot.watching import Watchman


class MovedClock(SystemClock):
    """The machine's clock, off by what stands in a file."""

    def now(self) -> datetime:
        """The moment that this machine believes in."""
        off = Path(os.environ["CLOCK_FILE"]).read_text("ascii")
        return super().now() + timedelta(seconds=float(off))


def main() -> None:
    """Watch until killed."""
    logs.configure()
    app = build(Settings.model_validate({}), clock=MovedClock())
    asyncio.run(Watchman(app).run())


if __name__ == "__main__":
    main()
