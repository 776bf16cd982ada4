"""Accounts: who may sign in."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest

from bot.domain.staff import Role
from bot.services import accounts
from bot.services.accounts import AccountError
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START, Hotline

PASSWORD = "panjang sekali kata sandinya"


def add(hotline: Hotline, login: str = "sari", password: str = PASSWORD) -> None:
    """A new case worker."""
    now = hotline.clock.now()
    hotline.app.database.write(
        lambda uow: accounts.add_staff(uow, login, Role.CASEWORKER, password, now)
    ).result()


def fits(hotline: Hotline, login: str, password: str) -> bool:
    """Whether somebody could sign in with these."""
    return hotline.app.database.read(lambda uow: accounts.verify(uow, login, password)) is not None


def test_a_member_signs_in_with_the_chosen_password(hotline: Hotline) -> None:
    """The right password fits, another does not, and the stored hash is argon2id."""
    add(hotline)
    assert fits(hotline, "sari", PASSWORD)
    assert not fits(hotline, "sari", PASSWORD + "!")
    member = hotline.app.database.read(lambda uow: uow.staff.find("sari"))
    assert member is not None
    assert member.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("typed", ["Sari", " sari ", "SARI", "\uff53\uff41\uff52\uff49"])
def test_phones_change_how_a_login_is_typed(hotline: Hotline, typed: str) -> None:
    """Capitals, spaces and wide letters of a phone's keyboard do not keep anybody out."""
    add(hotline)
    assert fits(hotline, typed, PASSWORD)


@pytest.mark.parametrize("login", ["", "s", "sa ri", "<b>sari</b>", "s" * 61, "\0sari"])
def test_odd_logins_are_refused(hotline: Hotline, login: str) -> None:
    """A login is short and plain."""
    with pytest.raises(AccountError, match="Nama masuk"):
        add(hotline, login)


def test_a_login_is_taken_once(hotline: Hotline) -> None:
    """A second member of the same name is refused, however it is typed."""
    add(hotline)
    with pytest.raises(AccountError, match="sudah dipakai"):
        add(hotline, "SARI")


@pytest.mark.parametrize("password", ["", "hanya11huru", "x" * 1025])
def test_passwords_have_a_length(hotline: Hotline, password: str) -> None:
    """Too short is unsafe, far too long only costs time."""
    with pytest.raises(AccountError, match="paling sedikit 12"):
        add(hotline, password=password)


def test_a_new_password_ends_the_old_sessions(hotline: Hotline) -> None:
    """Whoever knew the old password is out, sessions included."""
    add(hotline)
    now = hotline.clock.now()
    database = hotline.app.database
    member = database.read(lambda uow: uow.staff.find("sari"))
    assert member is not None
    until = now.replace(year=now.year + 1)
    database.write(lambda uow: uow.staff.open_session("token", member.id, now, until)).result()
    database.write(lambda uow: accounts.set_password(uow, "Sari", "kata sandi yang lain")).result()
    assert not fits(hotline, "sari", PASSWORD)
    assert fits(hotline, "sari", "kata sandi yang lain")
    assert database.read(lambda uow: uow.staff.session("token", now)) is None


def test_a_disabled_member_stays_out(hotline: Hotline) -> None:
    """The right password of a disabled account fits nobody."""
    add(hotline)
    hotline.app.database.write(lambda uow: accounts.disable(uow, "sari", START)).result()
    assert not fits(hotline, "sari", PASSWORD)


@pytest.mark.parametrize(
    "change",
    [
        lambda uow, login: accounts.disable(uow, login, START),
        lambda uow, login: accounts.set_password(uow, login, PASSWORD),
    ],
    ids=["disable", "set_password"],
)
def test_an_unknown_name_cannot_be_changed(
    hotline: Hotline, change: Callable[[SqlUnitOfWork, str], None]
) -> None:
    """A mistyped name is told, not ignored."""
    future = hotline.app.database.write(lambda uow: change(uow, "sri"))
    with pytest.raises(AccountError, match="tidak ada"):
        future.result()


def test_an_unknown_name_takes_as_long_as_a_wrong_password(hotline: Hotline) -> None:
    """The time of an answer does not tell which names exist: a hash is checked in each case."""
    add(hotline)
    fits(hotline, "nobody", "warms up the hash of nobody")

    def fastest(login: str) -> float:
        """The least disturbed of five tries, in seconds."""
        times = []
        for _ in range(5):
            start = perf_counter()
            fits(hotline, login, "salah salah salah")
            times.append(perf_counter() - start)
        return min(times)

    known, unknown = fastest("sari"), fastest("nobody")
    assert 0.4 < unknown / known < 2.5
