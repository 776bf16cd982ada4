"""Bring a database to the shape that this version needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.store.postgres import allow_long_work

MIGRATIONS = Path(__file__).with_name("migrations")


class MigrationError(Exception):
    """A migration would have left the database broken; nothing was changed."""


def config(connection: Connection) -> Config:
    """Alembic's settings for one connection."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing; nothing when the database is current.

    All in one transaction that no other writer shares: of several processes that start
    together one migrates, and the others find it done.
    """
    if revision == "head" and is_current(engine):
        return
    with migrating(engine) as settings:
        command.upgrade(settings, revision)


@contextmanager
def migrating(engine: Engine) -> Iterator[Config]:
    """One transaction for migrations, and Alembic's settings for it.

    SQLite changes a table by putting another in its place: while that is done nothing may
    watch over the rows that point to it. Afterwards all of them are checked, as SQLite's manual
    has it ("Making Other Kinds Of Table Schema Changes").
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(begin="IMMEDIATE") as connection:
        if is_sqlite:
            _watch_links(connection, "OFF")
        else:
            allow_long_work(connection)
        try:
            with connection.begin():
                yield config(connection)
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise MigrationError("rows point to what is not there")
        finally:
            if is_sqlite:
                _watch_links(connection, "ON")


def _watch_links(connection: Connection, switch: str) -> None:
    """Inside a transaction SQLite would ignore it, and one begins with SQLAlchemy's first word."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={switch}")
    cursor.close()


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the shape of this version."""
    with engine.connect() as connection:
        have = MigrationContext.configure(connection).get_current_revision()
        want = ScriptDirectory.from_config(config(connection)).get_current_head()
        return have == want
