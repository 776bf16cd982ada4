"""What all repositories share: sealed columns and ids."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, or_

from bot.domain.delivery import FAR_AWAY
from bot.domain.messages import Button
from bot.store.keys import Vault

ORGANISATION_KEY = "organisation"
"""Name of the key for what belongs to no person: refused requests."""


def new_id() -> str:
    """A random id of 32 hexadecimal digits."""
    return uuid.uuid4().hex


def is_due(moment: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether a moment has come, or lies so far ahead that the clock must have been set back."""
    return or_(moment <= now, moment > now + FAR_AWAY)


def is_over(lease_until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    """Whether a lease ran out, or was taken before the clock was set back."""
    return or_(lease_until < now, lease_until > now + FAR_AWAY)


class SealedRows:
    """A repository whose texts are sealed with a key per person, case or staff member."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def _seal(self, key_name: str, value: Any, place: str) -> bytes:
        return self._vault.seal(key_name, json.dumps(value, ensure_ascii=False), place)

    def _open(self, key_name: str, sealed: bytes, place: str) -> Any:
        return json.loads(self._vault.open(key_name, sealed, place))


def person_key(person_id: str) -> str:
    """Name of the key for all that a person wrote or was told."""
    return f"person:{person_id}"


def case_key(case_id: str) -> str:
    """Name of the key for the fields and the log of a case."""
    return f"case:{case_id}"


def staff_key(staff_id: str) -> str:
    """Name of the key for the addresses of a staff member."""
    return f"staff:{staff_id}"


def address_hash(vault: Vault, channel: str, address: str) -> str:
    """By what a contact is found when an answer comes from its address."""
    return vault.lookup("staff_contact", f"{channel} {address}")


def read_buttons(data: Sequence[Sequence[str]]) -> tuple[Button, ...]:
    """Choices as they were stored."""
    return tuple(Button(title, payload) for title, payload in data)


def plain_buttons(buttons: Sequence[Button]) -> list[list[str]]:
    """Choices as they are stored."""
    return [[button.title, button.payload] for button in buttons]
