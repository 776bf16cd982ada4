"""Training and the exported model: the same answer everywhere, every time."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.meanings import Likelihoods, MeaningModel, UnreadableModelError
from bot.language.training import FEWEST_EXAMPLES, Example, train
from bot.language.types import Urgency

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

EXAMPLES = [
    Example(text, intent, Urgency(urgency))
    for (intent, urgency), texts in {
        ("greet", "none"): "halo kak|selamat pagi|assalamualaikum|hai min|pagi bu|permisi kak",
        (
            "thank",
            "none",
        ): "makasih ya|terima kasih banyak|suwun mbak|nuhun pisan|makasih kak|thanks min",
        (
            "ask_placement_cost",
            "none",
        ): "berapa biaya ke taiwan|biaya ke jepang berapa ya|potong gaji berapa bulan|"
        "siapa bayar biaya medical|biaya resmi hongkong|ongkos ke korea berapa",
        (
            "report_danger",
            "emergency",
        ): "saya disekap di ruko|kami dikurung bos|adik dipukul majikan|"
        "saya dikunci di kamar|mereka pukul saya|tolong kami dijaga orang bersenjata",
    }.items()
    for text in texts.split("|")
]
ASKED = ["biaya ke polandia brp", "pagiii", "dikunci mulu tiap malem", "qwzx", "", "1", "😭😭"]


@pytest.fixture(scope="module")
def model() -> MeaningModel:
    """A small model."""
    return train(EXAMPLES)


def test_it_learns(model: MeaningModel) -> None:
    """Messages like the examples, but none of them, get their intent and urgency."""
    assert model.read("brp biaya ke singapura").intents[0][0] == "ask_placement_cost"
    danger = model.read("kawan saya dikunci di gudang")
    assert danger.intents[0][0] == "report_danger"
    assert max(danger.urgencies, key=lambda urgency: danger.urgencies[urgency]) == "emergency"
    assert danger.emergencies == (("report_danger", danger.urgencies[Urgency.EMERGENCY]),)


def test_two_meanings_are_refused() -> None:
    """There is nothing to tell apart, and scikit-learn would give one column for both."""
    with pytest.raises(ValueError, match="three meanings"):
        train(EXAMPLES[:12])


def test_a_rare_meaning_is_not_learnt_by_heart() -> None:
    """A handful of examples of one urgency shapes nothing."""
    few = [
        Example(f"pesan {name}", "thank", Urgency.URGENT) for name in "abcd"[: FEWEST_EXAMPLES - 1]
    ]
    assert ("thank", Urgency.URGENT) not in train([*EXAMPLES, *few]).labels


def test_the_likelihoods_are_sorted_and_sum_to_one(model: MeaningModel) -> None:
    """Probabilities, the likeliest first, one for each intent and each urgency."""
    likely = model.read("selamat malam")
    probabilities = [probability for _, probability in likely.intents]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert sum(likely.urgencies.values()) == pytest.approx(1, abs=1e-4)
    assert {intent for intent, _ in likely.intents} == set(model.intents)


def test_garbage_gets_less_confidence(model: MeaningModel) -> None:
    """What the model knows nothing of is less sure than what is like an example."""
    sure = model.read("biaya resmi ke taiwan berapa").intents[0][1]
    for text in ("qwzx vbnm", "", "....", "😭"):
        assert model.read(text).intents[0][1] < sure


def test_training_repeats_itself(model: MeaningModel, tmp_path: Path) -> None:
    """The same examples give the same file, byte for byte."""
    model.save(tmp_path / "one.npz")
    train(EXAMPLES).save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_saved_model_answers_as_before(model: MeaningModel, tmp_path: Path) -> None:
    """Saving and loading changes nothing."""
    path = tmp_path / "folder" / "model.npz"
    model.save(path)
    loaded = MeaningModel.load(path)
    assert [loaded.read(text) for text in ASKED] == [model.read(text) for text in ASKED]


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 broken", b"\x93NUMPY"])
def test_a_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    """One clear error, whatever is in the file."""
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(UnreadableModelError):
        MeaningModel.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The same error when there is no file."""
    with pytest.raises(UnreadableModelError):
        MeaningModel.load(tmp_path / "none.npz")


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_any_text_can_be_ranked(model: MeaningModel, text: str) -> None:
    """No text stops it."""
    assert len(model.read(text).intents) == len(model.intents)


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs the Rasa environment")
def test_both_interpreters_give_the_same_probabilities(model: MeaningModel, tmp_path: Path) -> None:
    """Trained here, ranked with Python 3.10 and its old numpy: equal to the last digit."""
    path = tmp_path / "model.npz"
    model.save(path)
    assert _read_with_rasa(f"MeaningModel.load(Path({str(path)!r}))") == read_by(model)


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs the Rasa environment")
def test_a_model_trained_with_rasa_reads_here(tmp_path: Path) -> None:
    """Trained with Python 3.10 and its old scikit-learn, read here."""
    path = tmp_path / "model.npz"
    plain = [(example.text, example.intent, example.urgency.value) for example in EXAMPLES]
    there = _read_with_rasa(
        f"saved(train([Example(t, i, Urgency(u)) for t, i, u in {plain!r}]), Path({str(path)!r}))"
    )
    assert there == read_by(MeaningModel.load(path))


def read_by(model: MeaningModel) -> list[list[list[object]]]:
    """What a model makes of the messages, as JSON gives it back."""
    return [
        [list(pair) for pair in (*likely.intents, *plain_urgencies(likely))]
        for likely in map(model.read, ASKED)
    ]


def plain_urgencies(likely: Likelihoods) -> list[tuple[str, float]]:
    """Urgencies by name."""
    return [(urgency.value, likelihood) for urgency, likelihood in likely.urgencies.items()]


def _read_with_rasa(model: str) -> list[list[list[object]]]:
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from bot.language.meanings import MeaningModel\n"
        "from bot.language.training import Example, train\n"
        "from bot.language.types import Urgency\n"
        "def saved(model, path):\n"
        "    model.save(path)\n"
        "    return model\n"
        f"model = {model}\n"
        f"read = [model.read(text) for text in {ASKED!r}]\n"
        "print(json.dumps([[*likely.intents, *((u.value, p) for u, p in likely.urgencies.items())]"
        " for likely in read]))"
    )
    done = subprocess.run(
        [RASA_PYTHON, "-c", code], capture_output=True, cwd=ROOT, check=True, text=True
    )
    found: list[list[list[object]]] = json.loads(done.stdout)
    return found
