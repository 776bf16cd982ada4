"""The figures of an evaluation for people, in a hundred columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.evaluation import Evaluation
from bot.cli.evaluation_figures import Figure

WIDTH = 100


def show(found: Evaluation) -> None:
    """Print all tables. `±` is one standard error."""
    console = Console(width=WIDTH)
    for table in _tables(found):
        console.print(table)


def _tables(found: Evaluation) -> Iterable[Table]:
    intents, urgency = found.intents, found.urgency
    yield table(
        f"{found.messages} messages",
        ("figure", "share", "n"),
        (
            ("intents, macro-F1", *_cells(intents.macro_f1)),
            ("intents, accuracy", *_cells(intents.accuracy)),
            ("emergencies recognised", *_cells(urgency.emergency_recall)),
            ("  missed, but the person is asked", *_cells(urgency.missed_but_asked)),
            ("oblique emergencies recognised", *_cells(urgency.oblique_recall)),
            ("false alarms among urgency none", *_cells(urgency.false_alarms)),
            ("  no alarm, but the person is asked", *_cells(urgency.none_asked)),
            ("false alarms among hard negatives", *_cells(urgency.negative_false_alarms)),
        ),
    )
    yield table(
        "Urgency: as labelled (rows), as understood (columns)",
        ("", *urgency.confusion_matrix.labels),
        (
            (label, *map(str, row))
            for label, row in zip(
                urgency.confusion_matrix.labels, urgency.confusion_matrix.counts, strict=True
            )
        ),
    )
    yield table(
        "Reports",
        ("intent", "recall", "n"),
        ((intent, *_cells(recall)) for intent, recall in intents.report_recall.items()),
    )
    yield table(
        "Intents",
        ("intent", "precision", "recall", "F1", "n"),
        (
            (intent, plain(of.precision), plain(of.recall), f"{of.f1:.3f}", str(of.n))
            for intent, of in intents.by_intent.items()
        ),
    )
    yield table(
        "Most frequent confusions",
        ("intent", "taken for", "times", "of"),
        (
            (each.intent, each.taken_for, str(each.count), str(each.n))
            for each in intents.confusions
        ),
    )
    yield table(
        "Voices",
        ("voice", "accuracy", "macro-F1", "emergencies recognised", "n"),
        (
            (voice, plain(of.accuracy), plain(of.macro_f1), _of(of.emergency_recall), str(of.n))
            for voice, of in found.voices.items()
        ),
    )
    yield table(
        f"Confidence (expected calibration error {found.calibration.expected_error:.3f})",
        ("from", "to", "mean confidence", "right", "n"),
        (
            (
                f"{each.low:.1f}",
                f"{each.high:.1f}",
                f"{each.confidence:.3f}",
                *_cells(each.accuracy),
            )
            for each in found.calibration.bins
            if each.confidence is not None
        ),
    )


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column is words and whose others are numbers."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        min_width=len(title),
    )
    for at, column in enumerate(columns):
        words = at == 0 or column == "taken for"
        table.add_column(column, justify="left" if words else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))  # the name of a voice is no markup
    return table


def plain(figure: Figure) -> str:
    """A figure with its standard error, as people read it."""
    if figure.value is None:
        return "-"
    return f"{figure.value:.3f} ± {figure.standard_error:.3f}"


def _cells(figure: Figure) -> tuple[str, str]:
    return plain(figure), str(figure.n)


def _of(figure: Figure) -> str:
    return f"{plain(figure)} of {figure.n}" if figure.n else "-"
