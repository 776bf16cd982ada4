"""Labelled offers beside what the check finds in them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli.common import WrongUseError
from bot.cli.evaluate import judge_offers, run
from bot.cli.offer_baseline import BARS, barred, below
from bot.cli.offer_evaluation import JudgedOffer, evaluate_offers
from bot.cli.offer_lines import Label, LabelledOffer, holds_offers, read_offers
from bot.language.types import Evidence, OfferCheck, Verdict

SCAM: dict[str, object] = {
    "id": "a",
    "text": "bayar 5 juta dulu, visa turis",
    "label": "scam",
    "flags": ["upfront_fee", "non_work_visa", "urgency_pressure"],
    "signals": [],
}
LEGIT: dict[str, object] = {
    "id": "b",
    "text": "visa kerja",
    "label": "legit",
    "flags": [],
    "signals": ["pos_work_visa"],
}


def written(tmp_path: Path, *offers: Mapping[str, object]) -> Path:
    """A file of these offers."""
    path = tmp_path / "offers.jsonl"
    path.write_text("\n".join(map(json.dumps, offers)), "utf-8")
    return path


def judged(label: Label, said: str, found: str, verdict: Verdict) -> JudgedOffer:
    """An offer with these flags as people see them and as the check does."""
    text = "kata kata"
    flags = tuple(Evidence(code, "kata", 0, 4) for code in found.split())
    offer = LabelledOffer(1, text, label, frozenset(said.split()), frozenset())
    return JudgedOffer(offer, OfferCheck(verdict, flags))


def test_figures_count_every_mention_alike() -> None:
    """Two of three flags found and one too many: precision and recall are two thirds."""
    found = evaluate_offers(
        [
            judged(Label.SCAM, "upfront_fee non_work_visa", "upfront_fee", Verdict.SERIOUS),
            judged(Label.SCAM, "isolation_control", "isolation_control denda", Verdict.CAUTION),
            judged(Label.LEGIT, "", "", Verdict.NO_RED_FLAG_SEEN),
        ]
    )
    assert found.flags.precision.value == found.flags.recall.value == pytest.approx(2 / 3, abs=1e-6)
    assert found.scams_alarmed.value == 0.5
    assert found.legit_calm.value == 1.0
    assert found.verdicts["scam"] == {"caution": 1, "serious": 1}
    assert [(miss.missed, miss.too_many, miss.wrong_verdict) for miss in found.misses] == [
        (("non_work_visa",), (), False),
        ((), ("denda",), True),
    ]


def test_evidence_must_be_a_quotation() -> None:
    """Words that do not stand where they are said to stand are found out."""
    offer = LabelledOffer(1, "kata kata", Label.SCAM, frozenset({"upfront_fee"}), frozenset())
    wrong = Evidence("upfront_fee", "lain", 0, 4)
    found = evaluate_offers([JudgedOffer(offer, OfferCheck(Verdict.SERIOUS, (wrong,)))])
    assert found.evidence_quoted.value == 0.0


def test_each_bar_can_be_missed() -> None:
    """A check that finds nothing reaches none of the bars but that of evidence."""
    found = evaluate_offers([judged(Label.SCAM, "upfront_fee", "", Verdict.NOT_ENOUGH_KNOWN)])
    assert barred(found).keys() == BARS.keys()
    missed = {sentence.partition(":")[0] for sentence in below(found)}
    assert missed == BARS.keys() - {"evidence_quoted"}


def test_lines_are_read_and_told_from_messages(tmp_path: Path) -> None:
    """A file of offers is known by its first line; a code may stand in either list."""
    path = written(tmp_path, SCAM, LEGIT)
    assert holds_offers(path)
    assert [offer.label for offer in read_offers([path])] == [Label.SCAM, Label.LEGIT]
    message = {"id": 1, "text": "halo", "intent": "greet", "urgency": "none"}
    assert not holds_offers(written(tmp_path, message))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"flags": ["nonsense"]}, "does not know"),
        ({"flags": []}, "a scam has a flag"),
        ({"label": "legit"}, "has no flags"),
        ({"text": 5}, "text"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, changed: dict[str, object], reason: str) -> None:
    """File, line and reason are told."""
    with pytest.raises(WrongUseError, match=f"line 1: .*{reason}"):
        read_offers([written(tmp_path, SCAM | changed)])


def test_evaluate_prints_tables_and_misses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Figures per code, verdicts by label, and misses by id without the words of the offer."""
    run([written(tmp_path, SCAM, LEGIT)], as_json=False, save=None, picture=None, accept=False)
    shown = capsys.readouterr().out
    assert "upfront_fee" in shown
    assert "a: scam is critical  -urgency_pressure" in shown
    assert "visa turis" not in shown


def test_evaluate_writes_figures_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` and `--save` hold the same object."""
    saved = tmp_path / "figures.json"
    run([written(tmp_path, SCAM)], as_json=True, save=saved, picture=None, accept=False)
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(saved.read_text("utf-8"))
    assert found["by_code"]["urgency_pressure"]["recall"]["value"] == 0.0


@pytest.mark.parametrize("accept", [True, False])
def test_evaluate_refuses_what_it_cannot_do(tmp_path: Path, *, accept: bool) -> None:
    """No picture of offers, and a baseline only from the files kept for it."""
    picture = None if accept else tmp_path / "picture.png"
    with pytest.raises(WrongUseError):
        run([written(tmp_path, SCAM)], as_json=False, save=None, picture=picture, accept=accept)


def test_judging_uses_the_check_itself(tmp_path: Path) -> None:
    """What is measured is what people get."""
    (one,) = judge_offers(read_offers([written(tmp_path, SCAM)]))
    assert {"upfront_fee", "non_work_visa"} <= one.flags
    assert one.is_alarm
