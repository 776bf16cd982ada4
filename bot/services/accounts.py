"""Who may sign in: staff accounts and their passwords."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.domain.staff import Role, Staff
from bot.services import caring
from bot.store.unit_of_work import SqlUnitOfWork

SHORTEST_PASSWORD = 12
# Longer ones only cost time to hash.
LONGEST_PASSWORD = 1024
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")


class AccountError(ValueError):
    """An account cannot be made or changed as asked; the text is shown to whoever asked."""


def normalise_login(login: str) -> str:
    """A login name as it is stored: no outer spaces, small letters, one form per letter.

    Phones capitalise the first letter and add a space behind a completed word.
    """
    return unicodedata.normalize("NFKC", login).strip().casefold()


def add_staff(uow: SqlUnitOfWork, login: str, role: Role, password: str, now: datetime) -> Staff:
    """A new member; AccountError for a name that is taken or odd, or a short password."""
    name = normalise_login(login)
    if not LOGIN.fullmatch(name):
        raise AccountError("Nama masuk: 2-60 huruf kecil, angka, titik, @, garis.")
    if uow.staff.find(name) is not None:
        raise AccountError("Nama masuk itu sudah dipakai.")
    return uow.staff.add(name, role, hash_password(password), now)


def verify(uow: SqlUnitOfWork, login: str, password: str) -> Staff | None:
    """Whose name and password these are; None when they fit nobody.

    An unknown name, a disabled account and a wrong password take the same time: a hash is
    checked in each case. Takes some 50 ms and 64 MiB: never call it on an event loop.
    """
    member = uow.staff.find(normalise_login(login))
    stored = _hash_of_nobody() if member is None else member.password_hash
    fits = _fits(stored, password)
    may_enter = member is not None and not member.disabled and not member.robot
    return member if fits and may_enter else None


def set_password(uow: SqlUnitOfWork, login: str, password: str) -> None:
    """A new password; all open sessions of the member end. AccountError for an unknown name."""
    uow.staff.set_password(_existing(uow, login).id, hash_password(password))


def disable(uow: SqlUnitOfWork, login: str, now: datetime) -> None:
    """Nobody signs in under this name any more, and nobody counts on them.

    Their phones fall silent, what they held and had still to do is paged again, and an alarm
    names each open case of theirs.
    AccountError for an unknown name.
    """
    member = _existing(uow, login)
    uow.staff.disable(member.id)
    uow.rota.end_shifts_of(member.id, now)
    caring.let_go(uow, member.id, now)
    for reference in uow.cases.owned_by(member.id):
        uow.alarms.raise_once("holder_left", reference, now)


def hash_password(password: str) -> str:
    """The argon2id hash of a password; AccountError when it is too short or far too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(f"Kata sandi paling sedikit {SHORTEST_PASSWORD} huruf.")
    return PasswordHasher().hash(password)


def _existing(uow: SqlUnitOfWork, login: str) -> Staff:
    member = uow.staff.find(normalise_login(login))
    if member is None:
        raise AccountError("Nama masuk itu tidak ada.")
    return member


def _fits(stored: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored, password[:LONGEST_PASSWORD])
    except VerificationError:
        return False


@cache
def _hash_of_nobody() -> str:
    """A hash that no password was ever chosen for; made once, its text is not kept."""
    return PasswordHasher().hash("nobody has this password")
