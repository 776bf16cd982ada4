"""kill -9 at every step of fetching a file: never lost, never half shown, no piece twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.bootstrap import App, build
from bot.domain.media import piece_count
from bot.domain.messages import StoredFile
from bot.fetching import Fetching
from bot.settings import ROOT, Settings
from bot.store.tables import attachment_piece
from tests.faults.dying_fetcher import BODY, REFERENCE
from tests.hotline import FakeClock
from tests.media import FakeMedia

# The message, the claim, three pieces (the last one within `_take`, too), "stored", "forgotten".
STEPS = ("take_in:1", "step:1", "_keep_piece:1", "_keep_piece:2", "_keep_piece:3", "_take:1")
FORGETTING = ("step:2", "step:4", "_forget:1")
BOTH = ("_keep_piece:2", "_take:1")


def die(folder: Path, url: str, where: str, when: str) -> int:
    """Run a process that dies there; how it ended."""
    name, _, nth = where.partition(":")
    environment = {
        **os.environ,
        "TANYADULU_DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "DIE_AT": f"{name}:{when}:{nth}",
    }
    command = [sys.executable, "-m", "tests.faults.dying_fetcher"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=120
    )
    return ended.returncode


def only_file(app: App) -> StoredFile | None:
    """The file of the only conversation, when its message was stored at all."""
    known = app.database.read(lambda uow: uow.conversations.find_sender("web", "ani"))
    if known is None:
        return None
    found = app.database.read(lambda uow: uow.files.of_conversation(known))
    ((file,),) = found.values()
    return file


def is_whole(app: App, file: StoredFile) -> bool:
    """Whether exactly what was sent can be read back, and no piece more lies there."""
    with app.database.engine.connect() as connection:
        rows = connection.execute(select(func.count()).select_from(attachment_piece)).scalar_one()
    body = app.database.read(lambda uow: b"".join(uow.files.pieces(file.id)))
    return body == BODY and rows == piece_count(len(BODY))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("dialect", "where"),
    [
        *(("sqlite", where) for where in (*STEPS, *FORGETTING)),
        *(("postgres", where) for where in BOTH),
    ],
    indirect=["dialect"],
)
def test_a_worker_that_dies_loses_and_doubles_nothing(
    tmp_path: Path, url_of: Callable[[Path], str], where: str, when: str
) -> None:
    """Whatever moment it dies at, the next worker ends with the whole file, once."""
    url = url_of(tmp_path)
    assert die(tmp_path, url, where, when) == -signal.SIGKILL
    clock = FakeClock(datetime.now(UTC) + timedelta(minutes=2))
    media = FakeMedia({REFERENCE: BODY})
    values = {"tanyadulu_data_dir": tmp_path, "database_url": url}
    app = build(Settings.model_validate(values), clock=clock, media={"web": media})

    async def go_on() -> None:
        fetching = Fetching(app)
        while await fetching.step():
            await asyncio.gather(*fetching.running)

    file = only_file(app)
    if file is None:
        # It died before the message was stored: the provider got no 2xx and sends it again.
        assert (where, when) == ("take_in:1", "before")
    else:
        was_stored = file.stored
        if was_stored:
            assert is_whole(app, file)
        asyncio.run(go_on())
        file = only_file(app)
        assert file is not None
        assert file.stored
        assert is_whole(app, file)
        assert media.fetched == ([] if was_stored else [REFERENCE])
        was_forgotten = (where, when) == ("_forget:1", "after")
        assert media.forgotten == ([] if was_forgotten else [REFERENCE])
    asyncio.run(app.close())
