"""Data keys in a store of their own, and the sealing of texts with them.

Every person, every case and the organisation has a data key (AES-256-GCM). Data keys are
wrapped by a master key and live apart from the data, in `keys.db` or in a schema of their own
on PostgreSQL: whoever has only the data, or only an old backup of it, can read no text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    NullPool,
    String,
    Table,
    bindparam,
    create_engine,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import insert  # SQLite understands the same words
from sqlalchemy.schema import CreateSchema

from bot.store.postgres import is_postgres, open_postgres

NONCE = 12
ERASED = b""
"""What stands in place of an erased key: the name stays, so that no backup brings it back."""
LOOKUP_KEY = "lookup"
OFFER_KEY = "offers"
"""Name of the key of the hashes by which an offer is recognised; used for nothing else."""

metadata = MetaData()
data_keys = Table(
    "data_key",
    metadata,
    Column("name", String, primary_key=True),
    Column("master", String, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
_BY_NAME = select(data_keys).where(data_keys.c.name == bindparam("wanted"))
# Where that table is on PostgreSQL.
_PLACE = {"schema_translate_map": {None: "keys"}}


def open_keys(url: str, file: Path) -> Engine:
    """Where the keys of a database are: a file of their own, or their schema on PostgreSQL."""
    return _open_schema(url) if is_postgres(url) else open_key_file(file)


def open_key_file(path: Path) -> Engine:
    """The key store in a file that only its owner can read, made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30}, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        metadata.create_all(connection)
    path.chmod(0o600)
    return engine


def _open_schema(url: str) -> Engine:
    engine = open_postgres(url).execution_options(**_PLACE)
    if not inspect(engine).has_table(data_keys.name, "keys"):
        # Under the writers' lock: of two processes that start together one makes it.
        with (
            engine.connect().execution_options(begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            connection.execute(CreateSchema("keys", if_not_exists=True))
            metadata.create_all(connection)
    return engine


class KeyMissingError(Exception):
    """A text cannot be read: its key was erased, or the master key is not among those given."""


def read_master_key(text: str) -> bytes:
    """The 32 bytes of a master key as it stands in MASTER_KEYS; ValueError when it is none."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (ValueError, binascii.Error) as error:
        raise ValueError("a master key is 32 bytes in URL-safe base64") from error
    if len(key) != 32:
        raise ValueError("a master key is 32 bytes in URL-safe base64")
    return key


def _encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())


class NewKeys:
    """Data keys made during one transaction of the writer; stored with its commit, or never."""

    def __init__(self, vault: Vault) -> None:
        self.made: dict[str, bytes] = {}
        self._vault = vault

    def store(self, connection: Connection) -> None:
        """Store them before, or together with, what was sealed with them."""
        if self.made:
            self._vault.store(self.made, connection)


class Vault:
    """Seals and opens texts; the newest master key wraps, all given ones unwrap."""

    def __init__(self, store: Engine | Path, master_keys: Sequence[str]) -> None:
        keys = [read_master_key(text) for text in master_keys]
        self._masters = {hashlib.sha256(key).hexdigest()[:16]: key for key in keys}
        self._newest = next(iter(self._masters))
        self._cache: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._new: NewKeys | None = None
        self._new_of: int | None = None
        self._engine = store if isinstance(store, Engine) else open_key_file(store)
        self._beside_data = self._engine.dialect.name == "postgresql"
        try:
            self._lookup = self._key(LOOKUP_KEY, create=True)
        except BaseException:
            self._engine.dispose()
            raise

    @classmethod
    def at(cls, url: str, file: Path, master_keys: Sequence[str]) -> Vault:
        """The keys of a database: in a file of their own, or in their schema on PostgreSQL."""
        return cls(open_keys(url, file), master_keys)

    @contextmanager
    def new_keys(self) -> Iterator[NewKeys]:
        """Collect the keys that this thread makes; others see them once the block has ended well.

        Nobody else may make the same keys meanwhile: the caller is the one who writes.
        """
        new = NewKeys(self)
        self._new, self._new_of = new, threading.get_ident()
        try:
            yield new
        finally:
            self._new = self._new_of = None
        with self._lock:
            self._cache |= new.made

    def make(self, name: str) -> None:
        """Make the key of somebody whose random id was made just now: nobody can have one yet."""
        if self._new is not None and self._new_of == threading.get_ident():
            self._new.made[name] = AESGCM.generate_key(256)

    def _key(self, name: str, *, create: bool = False) -> bytes:
        new = self._new if self._new_of == threading.get_ident() else None
        with self._lock:
            if name in self._cache:
                return self._cache[name]
            if new is not None and name in new.made:
                return new.made[name]
            key = self._read(name)
            if key is None:
                if not create:
                    raise KeyMissingError("no data key of this name")
                if new is not None:
                    new.made[name] = AESGCM.generate_key(256)
                    return new.made[name]
                key = self._create(name)
            if len(self._cache) > 10_000:
                self._cache.clear()
            self._cache[name] = key
            return key

    def _read(self, name: str) -> bytes | None:
        with self._engine.connect() as connection:
            row = connection.execute(_BY_NAME, {"wanted": name}).first()
        if row is None:
            return None
        if row.wrapped == ERASED:
            raise KeyMissingError("this data key was erased")
        master = self._masters.get(row.master)
        if master is None:
            raise KeyMissingError("the master key that wraps this data key is not in MASTER_KEYS")
        try:
            return _decrypt(master, row.wrapped, name)
        except InvalidTag as error:
            raise KeyMissingError("the data key is damaged") from error

    def _create(self, name: str) -> bytes:
        """Durable before anything sealed with it can be committed; another process may be first."""
        with self._engine.begin() as connection:
            self._insert({name: AESGCM.generate_key(256)}, connection)
        stored = self._read(name)
        assert stored is not None  # noqa: S101  # written or found just above
        return stored

    def store(self, keys: Mapping[str, bytes], connection: Connection) -> None:
        """Store new keys: on PostgreSQL in the transaction of the data, else just before it."""
        if self._beside_data:
            stored = self._insert(keys, connection)
        else:
            with self._engine.begin() as own:
                stored = self._insert(keys, own)
        if stored != len(keys):
            raise KeyMissingError("a data key of the same name was made elsewhere just now")

    def _insert(self, keys: Mapping[str, bytes], connection: Connection) -> int:
        master = self._masters[self._newest]
        rows = [
            {"name": name, "master": self._newest, "wrapped": _encrypt(master, key, name)}
            for name, key in keys.items()
        ]
        insertion = insert(data_keys).values(rows).on_conflict_do_nothing()
        stored = connection.execute(
            insertion.returning(data_keys.c.name),
            execution_options=_PLACE if self._beside_data else {},
        )
        return len(stored.all())

    def seal(self, key_name: str, text: str, context: str) -> bytes:
        """Encrypt under a data key (made when new), bound to where it is stored."""
        return self.seal_bytes(key_name, text.encode(), context)

    def seal_bytes(self, key_name: str, content: bytes, context: str) -> bytes:
        """The same for what is no text: a piece of a file."""
        return _encrypt(self._key(key_name, create=True), content, context)

    def open(self, key_name: str, sealed: bytes, context: str) -> str:
        """Decrypt; KeyMissingError when the key is gone or the bytes belong elsewhere."""
        return self.open_bytes(key_name, sealed, context).decode()

    def open_bytes(self, key_name: str, sealed: bytes, context: str) -> bytes:
        """The same for what is no text."""
        try:
            return _decrypt(self._key(key_name), sealed, context)
        except InvalidTag as error:
            raise KeyMissingError("sealed elsewhere or damaged") from error

    def erase(self, key_name: str) -> None:
        """Make unreadable for good what was sealed with a data key, in backups as well."""
        with self._lock, self._engine.begin() as connection:
            gone = {"master": "", "wrapped": ERASED}
            row = insert(data_keys).values(name=key_name, **gone)
            connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=gone))
            self._cache.pop(key_name, None)

    def lookup(self, kind: str, value: str) -> str:
        """A keyed hash: equal values can be found again, none can be read back."""
        return hmac.new(self._lookup, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def offer_key(self) -> bytes:
        """The key of the hashes by which offers and what stands in them are found again."""
        return self._key(OFFER_KEY, create=True)

    def close(self) -> None:
        """Let go of the file or the connections."""
        self._engine.dispose()
