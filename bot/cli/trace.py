"""One case from its first message to its closing, out of tables and logs, without any words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.bootstrap import App
from bot.cli.common import WrongUseError, say
from bot.cli.opened import with_app
from bot.domain.traces import Traced
from bot.store.unit_of_work import SqlUnitOfWork

LOGS = "*.log*"


def run(name: str) -> None:
    """Print it; the trace id goes to standard error, so that lines stay lines."""
    trace_id, found = with_app(lambda app: _read(app, name.strip()))
    say(f"Trace {trace_id}, times in UTC.")
    for each in found:
        print(each.line)


async def _read(app: App, name: str) -> tuple[str, list[Traced]]:
    def read(uow: SqlUnitOfWork) -> tuple[str, list[Traced]] | None:
        known = uow.traces.find(name)
        return None if known is None else (known[1], uow.traces.of_case(known[0]))

    found = await app.read(read)
    if found is None:
        raise WrongUseError(f"there is no case {name}")
    trace_id, entries = found
    logged = read_logs(app.settings.data_dir / "logs", trace_id)
    return trace_id, sorted([*entries, *logged], key=lambda each: each.at)


def read_logs(folder: Path, trace_id: str) -> Iterator[Traced]:
    """The lines of the logs that carry a trace id; files that cannot be read are named and left."""
    for path in sorted(folder.glob(LOGS)):
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    # Most lines are about something else: looking for the id is cheaper than JSON.
                    if trace_id in line and (found := _logged(line, trace_id, path.stem)):
                        yield found
        except OSError as error:
            say(f"{path} cannot be read: {(error.strerror or '').lower()}")


def _logged(line: str, trace_id: str, source: str) -> Traced | None:
    try:
        told = json.loads(line)
        if told.pop("trace") != trace_id:
            return None
        at = datetime.fromisoformat(told.pop("timestamp"))
        what = str(told.pop("event"))
    except (ValueError, KeyError, AttributeError):
        return None
    return Traced(at, f"log {source}", what, {name: str(value) for name, value in told.items()})
