"""The people who may use the console."""

from __future__ import annotations

import asyncio
import sys
from getpass import getpass

from rich.console import Console
from rich.table import Table

from bot.bootstrap import build
from bot.cli.common import CommandError, load_settings, prepare_data_dir
from bot.clock import SystemClock
from bot.domain.staff import Contact, Role, Staff
from bot.language.understanding import Understander
from bot.services import accounts
from bot.services.accounts import AccountError
from bot.store.database import Job
from bot.store.keys import KeyMissingError
from bot.store.unit_of_work import SqlUnitOfWork


def add(login: str, role: str) -> None:
    """Add somebody, with a password from the terminal or from the first line of stdin."""
    if role not in set(Role):
        raise CommandError(f"no role {role!r}: choose {', '.join(Role)}")
    password = _password()
    clock = SystemClock()
    member = _write(lambda uow: accounts.add_staff(uow, login, Role(role), password, clock.now()))
    print(f"Added {member.login} ({member.role}), shown to people as {member.label}.")


def show() -> None:
    """Everybody, with role, state and the ways to wake them."""

    def everyone(uow: SqlUnitOfWork) -> list[tuple[Staff, tuple[Contact, ...]]]:
        return [(member, uow.staff.contacts(member.id)) for member in uow.staff.everyone()]

    table = Table("Login", "Shown as", "Role", "State", "Contacts")
    for member, contacts in _write(everyone):
        verified = sum(contact.verified_at is not None for contact in contacts)
        state = "disabled" if member.disabled else "active"
        ways = f"{verified} of {len(contacts)} verified" if contacts else "none"
        table.add_row(member.login, member.label, member.role, state, ways)
    Console().print(table)


def disable(login: str) -> None:
    """Nobody signs in under this name any more."""
    _write(lambda uow: accounts.disable(uow, login))
    print(f"{login} cannot sign in any more; open sessions have ended.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password (at least 12 characters): ")
    if getpass("Again: ") != password:
        raise CommandError("the two passwords differ")
    return password


def _write[T](job: Job[T]) -> T:
    """Run a job on the database that settings name. Raises `CommandError` if it refuses."""
    settings = load_settings()
    prepare_data_dir(settings)
    try:
        app = build(settings, reader=Understander(None))  # nothing is read here
    except KeyMissingError as error:
        raise CommandError(f"the database cannot be read: {error}") from error
    try:
        return app.database.write(job).result()
    except AccountError as error:
        raise CommandError(str(error)) from error
    finally:
        asyncio.run(app.close())
