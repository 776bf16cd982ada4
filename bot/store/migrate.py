"""Bring a database to the shape that this version needs."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.store.postgres import allow_long_work

MIGRATIONS = Path(__file__).with_name("migrations")


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
    with engine.connect().execution_options(begin="IMMEDIATE") as connection:
        if engine.dialect.name == "postgresql":
            allow_long_work(connection)
        with connection.begin():
            command.upgrade(config(connection), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the shape of this version."""
    with engine.connect() as connection:
        have = MigrationContext.configure(connection).get_current_revision()
        want = ScriptDirectory.from_config(config(connection)).get_current_head()
        return have == want
