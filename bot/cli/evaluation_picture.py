"""The figures of an evaluation as one picture: confusions, confidence, voices."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from bot.cli.evaluation import Calibration, Evaluation
from bot.cli.evaluation_figures import Figure, Matrix

if TYPE_CHECKING:  # drawing is rare, and matplotlib slow to import
    from matplotlib.axes import Axes

SIZE = (19.0, 11.0)
DOTS_PER_INCH = 110
_INK = "tab:blue"
_ALARM = "tab:red"


def draw(found: Evaluation) -> bytes:
    """A PNG with three panels."""
    # A figure of its own and no pyplot: nothing global, no window, whatever the machine has set.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure as Sheet  # noqa: PLC0415

    sheet = Sheet(figsize=SIZE, dpi=DOTS_PER_INCH, layout="constrained")
    panels = sheet.subplot_mosaic([["matrix", "curve"], ["matrix", "voices"]], width_ratios=(7, 4))
    _matrix(panels["matrix"], found.intents.confusion_matrix)
    _reliability(panels["curve"], found.calibration)
    _voices(panels["voices"], found)
    FigureCanvasAgg(sheet)
    written = BytesIO()
    sheet.savefig(written, format="png")
    return written.getvalue()


def _matrix(panel: Axes, table: Matrix) -> None:
    counts = np.array(table.counts, dtype=np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*counts.nonzero(), strict=True):
        panel.text(
            column,
            row,
            f"{shares[row, column]:.2f}".removeprefix("0"),
            ha="center",
            va="center",
            fontsize=6,
            color="white" if shares[row, column] > 0.6 else "black",
        )
    places = range(len(table.labels))
    panel.set_xticks(places, table.labels, rotation=90, fontsize=8)
    panel.set_yticks(places, table.labels, fontsize=8)
    panel.set(
        title="Intents: share of each row", xlabel="as understood", ylabel="as labelled by people"
    )


def _reliability(panel: Axes, calibration: Calibration) -> None:
    filled = [each for each in calibration.bins if each.confidence is not None]
    panel.plot((0, 1), (0, 1), linestyle="--", color="grey", label="as it should be")
    panel.errorbar(
        [each.confidence or 0 for each in filled],
        [each.accuracy.value or 0 for each in filled],
        yerr=[each.accuracy.standard_error or 0 for each in filled],
        marker="o",
        color=_INK,
        capsize=3,
        label="as it is, with one standard error",
    )
    for each in filled:
        at = (each.confidence or 0, each.accuracy.value or 0)
        panel.annotate(f"n {each.n}", at, (5, -11), textcoords="offset points", fontsize=8)
    panel.set(
        title=f"Confidence (expected calibration error {calibration.expected_error:.3f})",
        xlabel="confidence",
        ylabel="share of right intents",
        xlim=(0, 1.06),
        ylim=(-0.05, 1.05),
    )
    panel.legend(loc="upper left")


def _voices(panel: Axes, found: Evaluation) -> None:
    names = list(found.voices)
    _dots(panel, "intents", [of.accuracy for of in found.voices.values()], -0.15, _INK)
    _dots(panel, "emergencies", [of.emergency_recall for of in found.voices.values()], 0.15, _ALARM)
    panel.set_yticks(
        range(len(names)),
        [f"{name} (n {found.voices[name].n})" for name in names],
        fontsize=8,
        parse_math=False,  # a name is no formula, whatever stands in it
    )
    panel.set(
        title="Recall per voice, with one standard error" if names else "No voice is named",
        xlim=(0, 1.02),
        ylim=(max(len(names), 1) - 0.5, -0.5),
    )
    panel.grid(axis="x", alpha=0.4)
    panel.legend(loc="lower left")


def _dots(panel: Axes, label: str, figures: list[Figure], shift: float, colour: str) -> None:
    """One dot for each figure that has a value, in its row."""
    there = [(at + shift, figure) for at, figure in enumerate(figures) if figure.n]
    panel.errorbar(
        [figure.value or 0 for _, figure in there],
        [at for at, _ in there],
        xerr=[figure.standard_error or 0 for _, figure in there],
        linestyle="",
        marker="o",
        color=colour,
        capsize=3,
        label=label,
    )
