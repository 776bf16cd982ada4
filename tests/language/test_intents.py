"""Training and the exported model: the same answer everywhere, every time."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.intents import IntentModel, UnreadableModelError
from bot.language.training import train

ROOT = Path(__file__).parents[2]
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"

EXAMPLES = [
    (text, intent)
    for intent, texts in {
        "greet": "halo kak|selamat pagi|assalamualaikum|hai min|pagi bu|permisi kak",
        "thank": "makasih ya|terima kasih banyak|suwun mbak|nuhun pisan|makasih kak|thanks min",
        "ask_placement_cost": "berapa biaya ke taiwan|biaya ke jepang berapa ya|potong gaji berapa bulan|"
        "siapa bayar biaya medical|biaya resmi hongkong|ongkos ke korea berapa",
        "report_danger": "saya disekap di ruko|kami dikurung bos|adik dipukul majikan|"
        "saya dikunci di kamar|mereka pukul saya|tolong kami dijaga orang bersenjata",
    }.items()
    for text in texts.split("|")
]
ASKED = ["biaya ke polandia brp", "pagiii", "dikunci mulu tiap malem", "qwzx", "", "1", "😭😭"]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    """A small model."""
    return train(EXAMPLES)


def test_it_learns(model: IntentModel) -> None:
    """Messages like the examples, but none of them, get their intent."""
    assert model.rank("brp biaya ke singapura")[0][0] == "ask_placement_cost"
    assert model.rank("kawan saya dikunci di gudang")[0][0] == "report_danger"


def test_two_intents_are_enough() -> None:
    """scikit-learn's special case for two labels gives probabilities all the same."""
    model = train(EXAMPLES[:12])
    ranked = model.rank("makasih banyak kak")
    assert ranked[0][0] == "thank"
    assert sum(probability for _, probability in ranked) == pytest.approx(1, abs=1e-4)


def test_one_intent_is_refused() -> None:
    """There is nothing to tell apart."""
    with pytest.raises(ValueError, match="two intents"):
        train(EXAMPLES[:3])


def test_the_ranking_is_sorted_and_sums_to_one(model: IntentModel) -> None:
    """Probabilities, the likeliest first, one for each label."""
    ranked = model.rank("selamat malam")
    probabilities = [probability for _, probability in ranked]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert {label for label, _ in ranked} == set(model.labels)


def test_garbage_gets_little_confidence(model: IntentModel) -> None:
    """What the model knows nothing of is spread over all intents."""
    for text in ("qwzx vbnm", "", "....", "😭"):
        assert model.rank(text)[0][1] < 0.45


def test_training_repeats_itself(model: IntentModel, tmp_path: Path) -> None:
    """The same examples give the same file, byte for byte."""
    model.save(tmp_path / "one.npz")
    train(EXAMPLES).save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_saved_model_answers_as_before(model: IntentModel, tmp_path: Path) -> None:
    """Saving and loading changes nothing."""
    path = tmp_path / "folder" / "model.npz"
    model.save(path)
    loaded = IntentModel.load(path)
    assert [loaded.rank(text) for text in ASKED] == [model.rank(text) for text in ASKED]


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 broken", b"\x93NUMPY"])
def test_a_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    """One clear error, whatever is in the file."""
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(UnreadableModelError):
        IntentModel.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The same error when there is no file."""
    with pytest.raises(UnreadableModelError):
        IntentModel.load(tmp_path / "none.npz")


@settings(max_examples=100, deadline=None)
@given(text=st.text())
def test_any_text_can_be_ranked(model: IntentModel, text: str) -> None:
    """No text stops it."""
    assert len(model.rank(text)) == len(model.labels)


def test_a_short_message_takes_below_two_milliseconds(model: IntentModel) -> None:
    """Fast enough to run before every answer."""
    text = "kak mau tanya biaya ke taiwan yang resmi berapa ya"
    model.rank(text)
    start = time.perf_counter()
    for _ in range(50):
        model.rank(text)
    assert (time.perf_counter() - start) / 50 < 0.002


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs the Rasa environment")
def test_both_interpreters_give_the_same_probabilities(model: IntentModel, tmp_path: Path) -> None:
    """Trained here, ranked with Python 3.10 and its old numpy: equal to the last digit."""
    path = tmp_path / "model.npz"
    model.save(path)
    assert _ranked_with_rasa(f"IntentModel.load(Path({str(path)!r}))") == [
        [list(pair) for pair in model.rank(text)] for text in ASKED
    ]


@pytest.mark.skipif(not RASA_PYTHON.exists(), reason="needs the Rasa environment")
def test_a_model_trained_with_rasa_reads_here(tmp_path: Path) -> None:
    """Trained with Python 3.10 and its old scikit-learn, ranked here."""
    path = tmp_path / "model.npz"
    there = _ranked_with_rasa(f"saved(train({EXAMPLES!r}), Path({str(path)!r}))")
    loaded = IntentModel.load(path)
    assert there == [[list(pair) for pair in loaded.rank(text)] for text in ASKED]


def _ranked_with_rasa(model: str) -> list[list[list[object]]]:
    code = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from bot.language.intents import IntentModel\n"
        "from bot.language.training import train\n"
        "def saved(model, path):\n"
        "    model.save(path)\n"
        "    return model\n"
        f"model = {model}\n"
        f"print(json.dumps([model.rank(text) for text in {ASKED!r}]))"
    )
    done = subprocess.run(
        [RASA_PYTHON, "-c", code], capture_output=True, cwd=ROOT, check=True, text=True
    )
    ranked: list[list[list[object]]] = json.loads(done.stdout)
    return ranked
