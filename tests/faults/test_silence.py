"""What is left of a full journey in logs and files: no word of anybody."""

from __future__ import annotations

import sqlite3

import pytest

from tests.faults.box import Box

pytestmark = pytest.mark.stack
SENDER = "pengirim-rahasia-0812345678901"
WORDS = (
    "Tarminah",
    "0812345678901",
    "pengirim-rahasia",
    "dikunci",
    "poipet",
    "visa turis",
    "hilang kontak",
    "majikannya",
)
JOURNEY = (
    "halo nama saya Tarminah nomor 0812345678901",
    "ditawari kerja admin di kamboja pakai visa turis bayar 5 juta dulu",
    "2",
    "lewati",
    "menu",
    "kakak saya hilang kontak di malaysia, majikannya galak",
    "2",
    "Tarminah",
    "johor",
    "stop",
    "tolong saya dikunci di kamar, nomor saya 0812345678901",
    "1",
    "di poipet",
)


def test_logs_and_files_hold_no_word_of_a_person(box: Box) -> None:
    """Not in the logs of any process, not in the database, not in the key store."""
    box.await_ready()
    for number, text in enumerate(JOURNEY):
        box.say(SENDER, text, f"c{number}")
        box.await_answers(SENDER)
    with sqlite3.connect(box.folder / "tanyadulu.db") as file:
        file.execute("PRAGMA wal_checkpoint(FULL)")
    file.close()
    files = [path for path in box.folder.rglob("*") if path.is_file()]
    logs = [path for path in files if path.suffix == ".log"]
    assert {path.stem for path in logs} == {"rasa", "actions", "server", "worker"}
    assert any(path.stat().st_size for path in logs)
    for path in files:
        content = path.read_bytes().lower()
        for word in WORDS:
            assert word.lower().encode() not in content, f"{word} in {path.name}"
