"""Train the model with Rasa when it is missing or older than what it is made from."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.cli.common import CommandError, install, progress
from bot.cli.environments import ENVIRONMENTS
from bot.cli.processes import bare_environment, die_with_parent, last_lines
from bot.settings import ROOT

MODELS = ROOT / "models"
NAME = "tanyadulu"
ARCHIVE = MODELS / f"{NAME}.tar.gz"
UNDERSTANDING = MODELS / "understanding.npz"
SAYINGS = MODELS / "sayings.npz"
STAMP = MODELS / "trained.sha256"

SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu/*.yml",
    "data/offers/*.yml",
    "data/offers/whole/*.jsonl",
    "data/rules/*.yml",
    "data/stories/*.yml",
    "data/responses/*.yml",
    "bot/language/**/*.py",
    "bot/language/**/*.yml",
    "bot/rasa/*.py",
    "requirements/rasa.txt",
)
"""What a model is made from. The directory of numbers (data/directory) is not part of it."""


def rasa_environment(**more: str) -> dict[str, str]:
    """What Rasa needs in its environment, quietly, with telemetry off and without secrets."""
    return bare_environment(
        RASA_TELEMETRY_ENABLED="false",
        TF_CPP_MIN_LOG_LEVEL="3",
        CUDA_VISIBLE_DEVICES="",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        PYTHONWARNINGS="ignore",
        **more,
    )


def sources_hash() -> str:
    """A hash over the names and contents of everything that shapes the model."""
    digest = hashlib.sha256()
    for path in _sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(ROOT.glob(pattern))


def is_stale() -> bool:
    """Whether the model is missing or was made from something else."""
    if not all(path.exists() for path in (ARCHIVE, UNDERSTANDING, SAYINGS, STAMP)):
        return True
    return STAMP.read_text() != sources_hash()


def ensure_model() -> None:
    """Train if the model is stale. Raises `CommandError`."""
    if is_stale():
        train()


def train() -> None:
    """Train and put the new model in place of the old one. Raises `CommandError`.

    Until the new model is complete the old one stays as it was.
    """
    install("rasa", "Installing Rasa")
    made_from = sources_hash()
    MODELS.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=".training-", dir=MODELS) as folder,
        progress("Training the model") as say,
    ):
        new = Path(folder)
        with _learning_sayings(new / SAYINGS.name):
            _run_rasa(new, say)
        _unpack(new / ARCHIVE.name, new / UNDERSTANDING.name)
        STAMP.unlink(missing_ok=True)
        for path in (ARCHIVE, UNDERSTANDING, SAYINGS):
            (new / path.name).replace(path)
        STAMP.write_text(made_from)
    for other in MODELS.glob("*.tar.gz"):
        if other != ARCHIVE:  # Rasa would load the newest file of a folder
            other.unlink()


@contextmanager
def _learning_sayings(model: Path) -> Iterator[None]:
    """Learn what offers say beside whatever is done meanwhile; it takes the other core."""
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "bot.language.sayings_training"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, str(ROOT / "data" / "offers"), str(model)],
        cwd=ROOT,
        env=rasa_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 - this process has one thread
    ) as process:
        try:
            yield
            _, said = process.communicate()
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0 or not model.exists():
        raise CommandError(f"the training of sayings failed: {said.strip()[-300:]}")


def _run_rasa(out: Path, say: Callable[[str], None]) -> None:
    command = [str(ENVIRONMENTS["rasa"].python), "-m", "rasa", "train"]
    # Rasa's cache knows the training data but not bot/language: it would bring back a model
    # that the code of today cannot read.
    # What is validated by "rasa data validate" in the tests need not be read a second time here.
    command += ["--skip-validation", "--force", "--fixed-model-name", NAME, "--out", str(out)]
    log = MODELS / "train.log"
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(  # noqa: S603 - our own program
            command,
            cwd=ROOT,
            env=rasa_environment(RASA_MAX_CACHE_SIZE="0"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - this process has one thread
        ) as process,
    ):
        try:
            assert process.stdout is not None  # noqa: S101 - asked for above
            for line in process.stdout:
                file.write(line)
                if "Starting to train" in line or "Finished training" in line:
                    say(line.partition(" - ")[2].strip() or line.strip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0 or not (out / ARCHIVE.name).exists():
        words = " | ".join(filter(None, last_lines(log, 4).splitlines()))
        raise CommandError(f"the training failed (all of it in {log.relative_to(ROOT)}): {words}")


def _unpack(archive: Path, target: Path) -> None:
    """Take the understanding out of the archive, for everything that runs without Rasa."""
    with tarfile.open(archive) as files:
        for member in files:
            source = files.extractfile(member) if member.name.endswith(target.name) else None
            if source is not None:
                with source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
                return
    raise CommandError(f"the trained model holds no {target.name}; look at config.yml")


def run(*, force: bool) -> None:
    """The command."""
    if force or is_stale():
        train()
    else:
        print("The model is up to date.")
