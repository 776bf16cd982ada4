"""The figures of checked offers for people, in a hundred columns."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from bot.cli.evaluation_figures import Figure
from bot.cli.evaluation_tables import WIDTH, plain, table
from bot.cli.offer_evaluation import Miss, OfCode, OfferEvaluation
from bot.language.types import Verdict


def show_offers(found: OfferEvaluation) -> None:
    """Print all tables. `±` is one standard error."""
    console = Console(width=WIDTH)
    for each in _tables(found):
        console.print(each)
    console.print("Misses by id: - what people saw and the check did not, + the other way round")
    for miss in found.misses:
        console.print(_line(miss), markup=False, highlight=False, soft_wrap=True)


def _tables(found: OfferEvaluation) -> Iterable[Table]:
    yield table(
        f"{found.offers} offers",
        ("figure", "share", "n"),
        (
            ("scams that are serious or critical", *_cells(found.scams_alarmed)),
            ("honest offers that are caution at most", *_cells(found.legit_calm)),
            ("offers whose evidence is all quoted", *_cells(found.evidence_quoted)),
        ),
    )
    yield table(
        "Flags and signals",
        ("code", "precision", "recall", "F1", "n"),
        (
            _row("all flags", found.flags),
            _row("all signals", found.signals),
            *(_row(code, of) for code, of in found.by_code.items()),
        ),
    )
    verdicts = [verdict.value for verdict in Verdict]
    yield table(
        "Verdicts by label",
        ("", *verdicts),
        (
            (label, *(str(counts.get(verdict, 0)) for verdict in verdicts))
            for label, counts in found.verdicts.items()
        ),
    )


def _row(name: str, of: OfCode) -> tuple[str, ...]:
    return name, plain(of.precision), plain(of.recall), f"{of.f1:.3f}", str(of.n)


def _cells(figure: Figure) -> tuple[str, str]:
    return plain(figure), str(figure.n)


def _line(miss: Miss) -> str:
    signs = (*(f"-{code}" for code in miss.missed), *(f"+{code}" for code in miss.too_many))
    verdict = f"{miss.label} is {miss.verdict}{' (WRONG)' if miss.wrong_verdict else ''}"
    return f"  {miss.id}: {verdict}  {' '.join(signs)}"
