"""The migrations, on both databases: from nothing, from the first release, by several at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, func, inspect, select, text

from bot.store.migrate import config, is_current, upgrade
from bot.store.tables import metadata

AT = "2026-11-21 13:00:00.000000"
FIRST_RELEASE = """
INSERT INTO person (id, created_at) VALUES ('p1', '<at>');
INSERT INTO identity VALUES ('i1', 'p1', 'web', 'h1');
INSERT INTO conversation (id, person_id, channel, handled_by, generation, talk, next_seq, created_at)
  VALUES ('c1', 'p1', 'web', 'bot', 0, 'assistant', 3, '<at>');
INSERT INTO turn (id, conversation_id, number, state, opened_at, closes_at, attempts, next_try_at)
  VALUES ('t1', 'c1', 1, 'done', '<at>', '<at>', 1, '<at>');
INSERT INTO inbound
  (id, conversation_id, turn_id, channel, external_hash, seq, kind, body_sealed, urgency, received_at)
  VALUES ('m1', 'c1', 't1', 'web', 'x1', 1, 'text', 'sealed', 'normal', '<at>');
INSERT INTO outbound (id, position, purpose, author, channel, conversation_id, turn_id, generation,
  seq, state, body_sealed, attempts, next_try_at, created_at, sent_at)
  VALUES ('o1', 0, 'reply', 'bot', 'web', 'c1', 't1', 0, 2, 'sent', 'sealed', 1, '<at>', '<at>', '<at>');
INSERT INTO case_file (id, reference, person_id, conversation_id, kind, urgency, urgency_rank, state,
  practice, opened_at, updated_at, fields_sealed)
  VALUES ('k1', 'TD-1', 'p1', 'c1', 'emergency', 'high', 3, 'open', true, '<at>', '<at>', 'sealed');
INSERT INTO case_log (case_id, at, kind, actor, text_sealed)
  VALUES ('k1', '<at>', 'opened', 'bot', 'sealed');
INSERT INTO alarm (at, kind, detail) VALUES ('<at>', 'assistant_down', '');
""".replace("<at>", AT)
"""A little of everything, as the first release stored it."""


def _run(engine: Engine, step: Callable[..., Any], *arguments: Any) -> Any:
    with engine.connect() as connection, connection.begin():
        return step(config(connection), *arguments)


def test_they_make_the_tables_of_this_version(engine: Engine, url_of: object) -> None:
    """From nothing; a second run changes nothing; no drift; all of it can be taken away."""
    assert not is_current(engine)
    upgrade(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection), metadata)
    assert drift == []
    _run(engine, command.downgrade, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    upgrade(engine)
    assert is_current(engine)


def test_data_of_the_first_release_is_kept(engine: Engine, url_of: object) -> None:
    """Every row is still there, new columns have their values, and the log still only grows."""
    upgrade(engine, "0001")
    with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
        for statement in filter(str.strip, FIRST_RELEASE.split(";")):
            connection.execute(text(statement))
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        for name in ("person", "identity", "conversation", "turn", "inbound", "outbound"):
            assert connection.scalar(select(func.count()).select_from(metadata.tables[name])) == 1
        wrote = connection.scalar(select(metadata.tables["conversation"].c.wrote_at))
        assert wrote is not None
        assert wrote.isoformat() == "2026-11-21T13:00:00+00:00"
        assert connection.scalar(select(metadata.tables["identity"].c.strong)) is True
        connection.rollback()
        for change in ("UPDATE case_log SET actor = 'x'", "DELETE FROM case_log"):
            with pytest.raises(Exception, match="only grow"):
                connection.execute(text(change))
            connection.rollback()


def test_those_that_start_together_migrate_once(engine: Engine, url_of: object) -> None:
    """Several servers of one box, or of several, start at the same moment."""
    url = engine.url.render_as_string(hide_password=False)
    code = (
        "import sys; from bot.store.database import open_engine; "
        "from bot.store.migrate import upgrade; "
        "sys.stdin.readline(); engine = open_engine(sys.argv[1]); upgrade(engine)"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", code, url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(4)
    ]
    ended: list[tuple[int, bytes]] = []

    def start(process: subprocess.Popen[bytes]) -> None:
        _, said = process.communicate(b"\n", timeout=120)
        ended.append((process.returncode, said))

    threads = [threading.Thread(target=start, args=(process,)) for process in starting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [(0, b"")] * len(starting)
    assert is_current(engine)
