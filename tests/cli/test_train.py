"""When the model is trained, and what stays when training fails."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.cli import train
from bot.cli.common import CommandError

SHAPES = ("config.yml", "data/nlu/offer.yml", "data/offers/money.yml", "bot/language/spelling.py")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a little of everything that shapes a model."""
    for name in SHAPES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    models = tmp_path / "models"
    for name, path in (
        ("ROOT", tmp_path),
        ("MODELS", models),
        ("ARCHIVE", models / "tanyadulu.tar.gz"),
        ("UNDERSTANDING", models / "understanding.npz"),
        ("SAYINGS", models / "sayings.npz"),
        ("STAMP", models / "trained.sha256"),
    ):
        monkeypatch.setattr(train, name, path)
    monkeypatch.setattr(train, "install", lambda *_: None)
    return tmp_path


def trains(monkeypatch: pytest.MonkeyPatch, understanding: bytes) -> None:
    """Rasa writes an archive with this understanding in it, and sayings are learnt beside it."""

    @contextmanager
    def learning(model: Path) -> Iterator[None]:
        model.write_bytes(b"sayings")
        yield

    def run(out: Path, _say: Callable[[str], None]) -> None:
        with tarfile.open(out / "tanyadulu.tar.gz", "w:gz") as archive:
            member = tarfile.TarInfo("components/train_0/understanding.npz")
            member.size = len(understanding)
            archive.addfile(member, io.BytesIO(understanding))

    monkeypatch.setattr(train, "_run_rasa", run)
    monkeypatch.setattr(train, "_learning_sayings", learning)


def test_a_missing_model_is_trained_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After training the model is current, unpacked, and the only one in its folder."""
    assert train.is_stale()
    (clone / "models").mkdir()
    (clone / "models" / "20260101-older.tar.gz").write_text("older")
    trains(monkeypatch, b"weights")
    train.ensure_model()
    assert not train.is_stale()
    assert (clone / "models" / "understanding.npz").read_bytes() == b"weights"
    assert [path.name for path in (clone / "models").glob("*.tar.gz")] == ["tanyadulu.tar.gz"]
    assert list((clone / "models").glob(".training-*")) == []


@pytest.mark.parametrize("name", SHAPES)
def test_whatever_shapes_the_model_makes_it_stale(
    clone: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A changed file, a new one and a removed one are noticed."""
    trains(monkeypatch, b"weights")
    train.ensure_model()
    (clone / name).write_text("changed")
    assert train.is_stale()
    train.ensure_model()
    new = (clone / name).with_stem("new")
    if name != "config.yml":
        new.write_text("")
        assert train.is_stale()
        train.ensure_model()
    (clone / name).unlink()
    assert train.is_stale()


def test_the_directory_of_numbers_does_not_shape_the_model(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Correcting a phone number costs no training."""
    trains(monkeypatch, b"weights")
    train.ensure_model()
    (clone / "data" / "directory").mkdir()
    (clone / "data" / "directory" / "contacts.yml").write_text("[]")
    assert not train.is_stale()


def test_a_failed_training_leaves_the_old_model(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model that works stays until a better one is complete."""
    trains(monkeypatch, b"old")
    train.ensure_model()

    def fails(_out: Path, _say: Callable[[str], None]) -> None:
        raise CommandError("the training failed")

    monkeypatch.setattr(train, "_run_rasa", fails)
    (clone / "config.yml").write_text("broken")
    with pytest.raises(CommandError):
        train.ensure_model()
    assert (clone / "models" / "understanding.npz").read_bytes() == b"old"
    assert train.is_stale()


def test_rasa_is_told_nothing_that_it_need_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telemetry is off, and no setting gets into Rasa's environment."""
    monkeypatch.setenv("MASTER_KEYS", "secret")
    environment = train.rasa_environment()
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert "secret" not in environment.values()
