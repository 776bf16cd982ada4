"""The people who may use the console."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass

from rich.console import Console
from rich.table import Table

from bot.bootstrap import App
from bot.cli.common import CommandError, say
from bot.cli.opened import with_app
from bot.clock import SystemClock
from bot.domain.messages import Outbound, Purpose
from bot.domain.staff import Contact, Role, Staff
from bot.ports import SendError
from bot.services import accounts
from bot.services.accounts import AccountError
from bot.store.database import Job
from bot.store.rows import new_id
from bot.store.unit_of_work import SqlUnitOfWork

TRIES = 3


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


def contact(login: str, channel: str, address: str) -> None:
    """Add a way to wake somebody, once they have read back the code that was sent there.

    Raises `CommandError` when the channel is not set up, the code cannot be sent, or three
    answers were wrong: an address that nobody reads is worse than none.
    """
    code = f"{secrets.randbelow(1_000_000):06}"
    clock = SystemClock()

    async def send(app: App) -> Staff:
        member = await app.read(lambda uow: uow.staff.find(accounts.normalise_login(login)))
        if member is None or member.disabled:
            raise CommandError(f"nobody signs in as {login}")
        if channel not in app.office.page_channels:
            have = ", ".join(sorted(app.office.page_channels)) or "none: set SMTP_URL for email"
            raise CommandError(f"no channel {channel!r} is set up (there is {have})")
        text = f"Kode TanyaDulu: {code}. Bacakan ke orang yang sedang menambahkan kontak ini."
        page = Outbound(new_id(), Purpose.PAGE, channel, "", 1, text=text, address=address)
        try:
            await app.senders[channel].send(page)
        except SendError as error:
            raise CommandError(f"the code could not be sent: {error.reason}") from error
        return member

    member = _with_app(send)
    print(f"A code was sent to {address}.", flush=True)
    for _ in range(TRIES):
        if _ask("Code: ") == code:
            break
        say("That is not the code.")
    else:
        raise CommandError("the contact was not added")
    now = clock.now()
    _write(lambda uow: uow.staff.add_contact(member.id, channel, address, now))
    print(f"{member.login} can be paged by {channel}.")


def disable(login: str) -> None:
    """Nobody signs in under this name any more."""
    clock = SystemClock()
    _write(lambda uow: accounts.disable(uow, login, clock.now()))
    print(f"{login} cannot sign in any more; open sessions have ended.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password (at least 12 characters): ")
    if getpass("Again: ") != password:
        raise CommandError("the two passwords differ")
    return password


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return input(question).strip()


def _write[T](job: Job[T]) -> T:
    """Run a job on the database that settings name. Raises `CommandError` if it refuses."""
    return _with_app(lambda app: app.write(job))


def _with_app[T](use: Callable[[App], Awaitable[T]]) -> T:
    try:
        return with_app(use)
    except AccountError as error:
        raise CommandError(str(error)) from error
