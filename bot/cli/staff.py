"""The people who may use the console."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from getpass import getpass

from rich.console import Console
from rich.table import Table

from bot import confirming
from bot.bootstrap import App
from bot.cli.common import CommandError, say
from bot.cli.opened import with_app
from bot.clock import SystemClock
from bot.domain.staff import Contact, Role, Staff
from bot.domain.staff_contacts import TELEGRAM_STAFF
from bot.services import accounts, contacts
from bot.services.accounts import AccountError
from bot.services.contacts import ContactError, Unproved
from bot.store.database import Job
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
    for member, known in _write(everyone):
        verified = sum(contact.verified_at is not None for contact in known)
        state = "disabled" if member.disabled else "active"
        ways = f"{verified} of {len(known)} verified" if known else "none"
        table.add_row(member.login, member.label, member.role, state, ways)
    Console().print(table)


def contact(login: str, channel: str, address: str) -> None:
    """Add a way to wake somebody, once they have told back the code that was sent there.

    A Telegram chat is linked the other way round: they send the code to the bot. Raises
    `CommandError` when the channel is not set up, the address cannot be right, the code cannot
    be sent, or three answers were wrong: an address that nobody reads is worse than none.
    """

    async def begin(app: App) -> tuple[Staff, Unproved]:
        member = await app.read(lambda uow: uow.staff.find(accounts.normalise_login(login)))
        if member is None or member.disabled:
            raise CommandError(f"nobody signs in as {login}")
        if channel not in app.office.contact_channels:
            have = ", ".join(sorted(app.office.contact_channels)) or "none: set SMTP_URL for email"
            raise CommandError(f"no channel {channel!r} is set up (there is {have})")
        return member, await confirming.add(app, member, channel, address)

    member, waiting = _with_app(begin)
    if channel == TELEGRAM_STAFF:
        print(f"Send this to the bot within 15 minutes, from their Telegram: /start {waiting.code}")
        return
    print(f"A code was sent to {waiting.address}.", flush=True)
    for _ in range(TRIES):
        if _is_code(member, waiting, _ask("Code: ")):
            break
        say("That is not the code.")
    else:
        _write(lambda uow: contacts.remove(uow, member, waiting.contact_id))
        raise CommandError("the contact was not added")
    print(f"{member.login} can be paged by {channel}.")


def _is_code(member: Staff, waiting: Unproved, typed: str) -> bool:
    now = SystemClock().now()
    return _write(lambda uow: contacts.confirm(uow, member, waiting.contact_id, typed, now))


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
    except (AccountError, ContactError) as error:
        raise CommandError(str(error)) from error
