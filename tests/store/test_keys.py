"""Keys live apart, texts open only where they were sealed, and erasing a key erases the text."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from bot.keyfile import new_key
from bot.store.keys import KeyMissingError, Vault, read_master_key


def test_a_sealed_text_opens_again(tmp_path: Path) -> None:
    """Also after a restart, from the file."""
    master = new_key()
    sealed = Vault(tmp_path / "keys.db", [master]).seal("person:1", "halo ✨", "row 1")
    assert Vault(tmp_path / "keys.db", [master]).open("person:1", sealed, "row 1") == "halo ✨"


def test_a_text_moved_to_another_row_does_not_open(tmp_path: Path) -> None:
    """Whoever can write to the database cannot swap what two people said."""
    vault = Vault(tmp_path / "keys.db", [new_key()])
    sealed = vault.seal("person:1", "halo", "row 1")
    with pytest.raises(KeyMissingError):
        vault.open("person:1", sealed, "row 2")


def test_without_its_key_a_text_is_gone(tmp_path: Path) -> None:
    """Erasing the row of a key is enough to erase all that it sealed."""
    master = new_key()
    vault = Vault(tmp_path / "keys.db", [master])
    sealed = vault.seal("person:1", "halo", "row 1")
    vault.close()
    with sqlite3.connect(tmp_path / "keys.db") as file:
        file.execute("DELETE FROM data_key WHERE name = 'person:1'")
    file.close()
    with pytest.raises(KeyMissingError):
        Vault(tmp_path / "keys.db", [master]).open("person:1", sealed, "row 1")


def test_an_erased_key_stays_erased(tmp_path: Path) -> None:
    """What it sealed is gone at once, and nothing new is ever sealed under its name."""
    master = new_key()
    vault = Vault(tmp_path / "keys.db", [master])
    sealed = vault.seal("person:1", "halo", "row 1")
    vault.erase("person:1")
    for each in (vault, Vault(tmp_path / "keys.db", [master])):
        with pytest.raises(KeyMissingError, match="erased"):
            each.open("person:1", sealed, "row 1")
        with pytest.raises(KeyMissingError, match="erased"):
            each.seal("person:1", "halo lagi", "row 2")


def test_a_wrong_master_key_opens_nothing(tmp_path: Path) -> None:
    """The key store alone is useless."""
    Vault(tmp_path / "keys.db", [new_key()])
    with pytest.raises(KeyMissingError):
        Vault(tmp_path / "keys.db", [new_key()])


def test_an_older_master_key_still_opens(tmp_path: Path) -> None:
    """During a rotation the newest key is listed first and the old one after it."""
    old, new = new_key(), new_key()
    sealed = Vault(tmp_path / "keys.db", [old]).seal("person:1", "halo", "row 1")
    both = Vault(tmp_path / "keys.db", [new, old])
    assert both.open("person:1", sealed, "row 1") == "halo"
    both.seal("person:2", "hai", "row 2")


def test_look_ups_are_equal_for_equal_values_only(tmp_path: Path) -> None:
    """The same value is found again; its kind is part of it."""
    vault = Vault(tmp_path / "keys.db", [new_key()])
    assert vault.lookup("web", "a") == vault.lookup("web", "a")
    assert vault.lookup("web", "a") != vault.lookup("sms", "a")
    assert vault.lookup("web", "a") != vault.lookup("web", "b")


@pytest.mark.parametrize("text", ["", "short", "%%%", new_key()[:-8]])
def test_a_bad_master_key_is_refused(text: str) -> None:
    """With a clear error, not by weak encryption."""
    with pytest.raises(ValueError, match="32 bytes"):
        read_master_key(text)


def test_the_key_file_belongs_to_its_owner_only(tmp_path: Path) -> None:
    """Nobody else on the machine reads it."""
    Vault(tmp_path / "keys.db", [new_key()])
    assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0
