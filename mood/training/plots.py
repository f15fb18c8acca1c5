"""The pictures of the model card; needs matplotlib."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import numpy.typing as npt

from mood.training import metrics
from mood.types import Expression

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure


def write_plots(
    folder: Path,
    probabilities: npt.NDArray[np.float64],
    labels: npt.NDArray[np.int64],
    logs: Sequence[Path],
) -> None:
    """Writes ``confusion.png``, ``coverage.png`` and, given logs, ``training.png``.

    Args:
        folder: Where to.
        probabilities: (N, 8) that the network gave, in the order of `Expression`.
        labels: (N,) the majority's.
        logs: CSV files of training runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _confusion(folder / "confusion.png", metrics.confusion(probabilities, labels))
    thresholds = np.arange(0.125, 0.99, 0.005)
    curve = metrics.coverage_curve(probabilities, labels, thresholds)
    figure, axes = plt.subplots(figsize=(4.5, 3.2), layout="constrained")
    axes.plot(100 * curve[:, 1], 100 * curve[:, 2])
    axes.set(xlabel="faces called certain, %", ylabel="accuracy on them, %")
    axes.grid(alpha=0.3)
    _save(figure, folder / "coverage.png")
    if logs:
        _training(folder / "training.png", logs)


def _confusion(path: Path, table: np.ndarray) -> None:
    shares = 100 * table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(5.2, 4.6), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    names = [str(expression) for expression in Expression]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="verdict", ylabel="label", title="% of each label, FER+ test split")
    for row, column in np.ndindex(*shares.shape):
        colour = "white" if shares[row, column] > 55 else "black"
        text = f"{shares[row, column]:.0f}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    _save(figure, path)


def _training(path: Path, logs: Sequence[Path]) -> None:
    """Validation accuracy (lines) and training loss (dashed) of each run, named by its file."""
    figure, axes = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
    loss = axes.twinx()
    for number, log in enumerate(logs):
        with log.open() as stream:
            rows = list(csv.DictReader(stream))
        epochs = [int(row["epoch"]) for row in rows]
        accuracy = [100 * float(row["accuracy"]) for row in rows]
        axes.plot(epochs, accuracy, f"C{number}", label=log.stem)
        loss.plot(epochs, [float(row["loss"]) for row in rows], f"C{number}--", linewidth=1)
    axes.set(xlabel="epoch", ylabel="validation accuracy, %", ylim=(70, 90))
    axes.grid(alpha=0.3)
    loss.set(ylabel="training loss (dashed)", ylim=(0.3, 1.9))
    axes.legend(loc="center right")
    _save(figure, path)


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
