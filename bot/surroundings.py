"""What is seen of the machine by whoever looks once, without a watchman's memory."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.bootstrap import App
from bot.domain.audit_facts import Surroundings


def free_bytes(folder: Path) -> int | None:
    """Room for data; None when nobody can tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def in_passing(app: App) -> Surroundings:
    """For the console and the doctor: they also look at the watchman itself."""
    return Surroundings(
        free=free_bytes(app.settings.data_dir),
        has_heartbeat=bool(app.settings.heartbeat_url),
        canary_every=app.settings.canary_every,
    )
