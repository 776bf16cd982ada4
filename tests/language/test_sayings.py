"""What clauses say: learnt from a few sentences, read alike everywhere, refused when damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.language.clauses import clauses
from bot.language.meanings import UnreadableModelError
from bot.language.reading import read
from bot.language.sayings import SayingModel
from bot.language.sayings_training import read_sentences, train

OFFERS = """
upfront_fee:
  says: |
    bayar dulu lima juta ke pak haji
    setor uang muka sebelum berangkat
    dimintai dana awal sepuluh juta
    uang tanda jadi satu juta dulu
  not: |
    tidak bayar apa apa sebelum berangkat
    harus setor uang muka ga kak?
    jangan mau setor uang dulu
passport_withheld:
  says: |
    paspor dipegang bos di kantor
    paspor disimpan agen sampai kontrak selesai
    paspormu tak simpen dulu
  not: |
    paspor dipegang sendiri
    paspor tidak ditahan siapa pun
"""
WHOLE = (
    '{"id":"a","text":"Kebun sawit. Kudu ngasih panjar dua juta.","flags":["upfront_fee"],"signals":[]}\n'
    '{"id":"b","text":"Pabrik di Taiwan, kontrak dibaca dulu.","flags":[],"signals":[]}\n'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sentences and whole offers."""
    (tmp_path / "whole").mkdir()
    (tmp_path / "few.yml").write_text(OFFERS, "utf-8")
    (tmp_path / "whole" / "two.jsonl").write_text(WHOLE, "utf-8")
    return tmp_path


def margin(model: SayingModel, text: str, code: str) -> float:
    """How surely the surest clause of a text says it."""
    heard = model.hear(read(text))
    assert heard is not None
    return heard.surest(code)[1]


def test_what_is_said_is_told_from_what_only_sounds_like_it(folder: Path) -> None:
    """In other words than those that it learnt from."""
    model = train(list(read_sentences(folder)))
    assert model.codes == ("passport_withheld", "upfront_fee")
    said = margin(model, "dimintai setor uang muka dua juta", "upfront_fee")
    assert said > margin(model, "tidak setor uang muka", "upfront_fee")
    assert said > margin(model, "paspor disimpan bos", "upfront_fee")
    assert margin(model, "paspor disimpan bos", "passport_withheld") > 0


def test_a_whole_offer_teaches_with_the_clause_that_says_it(folder: Path) -> None:
    """Nobody marked which of its clauses it is."""
    model = train(list(read_sentences(folder)))
    text = "Kebun sawit. Kudu ngasih panjar dua juta."
    heard = model.hear(read(text))
    assert heard is not None
    part, _ = heard.surest("upfront_fee")
    assert "panjar" in [word.stem for word in read(text).words[part.start : part.end]]


def test_equal_sentences_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    """Training is deterministic, and what was written is read again unchanged."""
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    train(list(read_sentences(folder))).save(first)
    train(list(read_sentences(folder))).save(second)
    assert first.read_bytes() == second.read_bytes()
    text = "setor uang muka dulu"
    loaded, trained = SayingModel.load(first), train(list(read_sentences(folder)))
    assert margin(loaded, text, "upfront_fee") == margin(trained, text, "upfront_fee")


def test_a_damaged_model_is_refused(folder: Path, tmp_path: Path) -> None:
    """Half a file, another file, no file."""
    path = tmp_path / "model.npz"
    train(list(read_sentences(folder))).save(path)
    path.write_bytes(path.read_bytes()[:200])
    for wrong in (path, folder / "few.yml", tmp_path / "none.npz"):
        with pytest.raises(UnreadableModelError):
            SayingModel.load(wrong)


@pytest.mark.parametrize("text", ["", "???", "\x00", "a" * 5000, "kata " * 3000])
def test_no_text_is_too_strange(folder: Path, text: str) -> None:
    """Nothing, marks, one endless word, one endless sentence."""
    model = train(list(read_sentences(folder)))
    heard = model.hear(read(text))
    assert heard is None or heard.margins.shape[1] == len(model.codes)


def test_a_clause_says_the_same_alone_and_among_others(folder: Path) -> None:
    """All clauses of a text are read at once; none reaches into the next, no "not" either."""
    model = train(list(read_sentences(folder)))
    together = model.hear(read("Tidak. Setor uang muka dulu. Paspor disimpan bos?"))
    assert together is not None
    for place, text in enumerate(("Tidak.", "Setor uang muka dulu.", "Paspor disimpan bos?")):
        alone = model.hear(read(text))
        assert alone is not None
        assert together.margins[place].tolist() == alone.margins[0].tolist()


def longest(text: str) -> int:
    """Words of the longest clause."""
    return max(part.end - part.start for part in clauses(read(text)))


def words_of(text: str) -> Sequence[int]:
    """All words that the clauses hold, in order."""
    return [at for part in clauses(read(text)) for at in range(part.start, part.end)]


def test_clauses_hold_every_word_once_and_are_short() -> None:
    """Long sentences are cut where they pause, and somewhere where they never do."""
    text = "gaji besar, " * 40 + "kerja " * 90 + "ya? Berangkat besok."
    assert words_of(text) == list(range(len(read(text).words)))
    assert longest(text) <= 22
