"""Keys live apart, texts open only where they were sealed, and erasing a key erases the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.domain.conversation import Conversation
from bot.keyfile import new_key
from bot.store.keys import KeyMissingError, Vault, data_keys, open_keys, read_master_key
from bot.store.unit_of_work import SqlUnitOfWork
from tests.hotline import START
from tests.store.conftest import OpenVault
from tests.store.ear import OpenOne


def test_a_sealed_text_opens_again(vault_with: OpenVault) -> None:
    """Also after a restart, from the file."""
    master = new_key()
    sealed = vault_with(master).seal("person:1", "halo ✨", "row 1")
    assert vault_with(master).open("person:1", sealed, "row 1") == "halo ✨"


def test_a_text_moved_to_another_row_does_not_open(vault_with: OpenVault) -> None:
    """Whoever can write to the database cannot swap what two people said."""
    vault = vault_with(new_key())
    sealed = vault.seal("person:1", "halo", "row 1")
    with pytest.raises(KeyMissingError):
        vault.open("person:1", sealed, "row 2")


def test_without_its_key_a_text_is_gone(
    vault_with: OpenVault, database_url: str, tmp_path: Path
) -> None:
    """Erasing the row of a key is enough to erase all that it sealed."""
    master = new_key()
    vault = vault_with(master)
    sealed = vault.seal("person:1", "halo", "row 1")
    vault.close()
    engine = open_keys(database_url, tmp_path / "keys.db")
    with engine.begin() as connection:
        connection.execute(delete(data_keys).where(data_keys.c.name == "person:1"))
    engine.dispose()
    with pytest.raises(KeyMissingError):
        vault_with(master).open("person:1", sealed, "row 1")


def test_an_erased_key_stays_erased(vault_with: OpenVault) -> None:
    """What it sealed is gone at once, and nothing new is ever sealed under its name."""
    master = new_key()
    vault = vault_with(master)
    sealed = vault.seal("person:1", "halo", "row 1")
    vault.erase("person:1")
    for each in (vault, vault_with(master)):
        with pytest.raises(KeyMissingError, match="erased"):
            each.open("person:1", sealed, "row 1")
        with pytest.raises(KeyMissingError, match="erased"):
            each.seal("person:1", "halo lagi", "row 2")


def test_a_wrong_master_key_opens_nothing(vault_with: OpenVault) -> None:
    """The key store alone is useless."""
    vault_with(new_key())
    with pytest.raises(KeyMissingError):
        vault_with(new_key())


def test_an_older_master_key_still_opens(vault_with: OpenVault) -> None:
    """During a rotation the newest key is listed first and the old one after it."""
    old, new = new_key(), new_key()
    sealed = vault_with(old).seal("person:1", "halo", "row 1")
    both = vault_with(new, old)
    assert both.open("person:1", sealed, "row 1") == "halo"
    both.seal("person:2", "hai", "row 2")


def test_look_ups_are_equal_for_equal_values_only(vault_with: OpenVault) -> None:
    """The same value is found again; its kind is part of it."""
    vault = vault_with(new_key())
    assert vault.lookup("web", "a") == vault.lookup("web", "a")
    assert vault.lookup("web", "a") != vault.lookup("sms", "a")
    assert vault.lookup("web", "a") != vault.lookup("web", "b")


@pytest.mark.parametrize("text", ["", "short", "%%%", "A" * 36])
def test_a_bad_master_key_is_refused(text: str) -> None:
    """With a clear error, not by weak encryption."""
    with pytest.raises(ValueError, match="32 bytes"):
        read_master_key(text)


def test_the_key_file_belongs_to_its_owner_only(tmp_path: Path) -> None:
    """Nobody else on the machine reads it."""
    Vault(tmp_path / "keys.db", [new_key()])
    assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0


def test_keys_made_in_a_commit_are_stored_with_it(opened: OpenOne) -> None:
    """Another process opens what was sealed as soon as it can see it."""
    one, other = opened(), opened()

    def begin(uow: SqlUnitOfWork) -> Conversation:
        known = uow.conversations.for_sender("web", "ani", START)
        uow.conversations.set_tracker(known, [{"n": 1}])
        return known

    known = one.write(begin).result(10)
    assert other.read(lambda uow: uow.conversations.tracker(known)) == [{"n": 1}]


def test_a_key_made_elsewhere_meanwhile_is_not_replaced(opened: OpenOne) -> None:
    """The commit fails as a whole, and what was sealed first can still be read."""
    one, other = opened(), opened()

    def begin(uow: SqlUnitOfWork) -> None:
        one.vault.seal("person:1", "dua", "row 1")
        seals.append(other.vault.seal("person:1", "satu", "row 1"))

    seals: list[bytes] = []
    with pytest.raises(KeyMissingError, match="elsewhere"):
        one.write(begin).result(10)
    assert one.vault.open("person:1", seals[0], "row 1") == "satu"


def test_a_key_is_forgotten_with_the_transaction_that_made_it(vault_with: OpenVault) -> None:
    """What is sealed later has a key that is stored."""
    master = new_key()
    vault = vault_with(master)

    def fail() -> None:
        with vault.new_keys():
            vault.seal("person:1", "halo", "row 1")
            raise RuntimeError("the commit failed")

    with pytest.raises(RuntimeError, match="commit"):
        fail()
    sealed = vault.seal("person:1", "halo", "row 1")
    assert vault_with(master).open("person:1", sealed, "row 1") == "halo"
