"""How good and how honest a classifier is: pure functions on arrays.

Throughout, `probabilities` is (N, K) float with rows that sum to 1, `labels` is (N,) integers
below K.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_BINS = 15  # of confidence


def confusion(probabilities: Floats, labels: Labels) -> npt.NDArray[np.int64]:
    """(K, K) counts: a row for each label, a column for each verdict."""
    classes = probabilities.shape[1]
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (labels, probabilities.argmax(axis=1)), 1)
    return table


def recalls(table: npt.NDArray[np.int64]) -> Floats:
    """(K,) share of each label that was recognised; nan for labels that do not occur."""
    return _share(np.diag(table), table.sum(axis=1))


def mean_recall(probabilities: Floats, labels: Labels) -> float:
    """Mean of `recalls` over the labels that occur, for (N, K) scores and (N,) labels."""
    return float(np.nanmean(recalls(confusion(probabilities, labels))))


def precisions(table: npt.NDArray[np.int64]) -> Floats:
    """(K,) share of each verdict that was right; nan for verdicts that were never given."""
    return _share(np.diag(table), table.sum(axis=0))


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def accuracy(probabilities: Floats, labels: Labels) -> float:
    """Share of verdicts that are right, 0 to 1."""
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def standard_error(shares: Floats, counts: npt.NDArray[np.int64]) -> float:
    """Of the mean of shares (K,), each 0 to 1 and found on its own `counts` (K,) of faces.

    That of a binomial for each; shares that are nan, or of no faces, are left out.
    """
    known = ~np.isnan(shares) & (counts > 0)
    variance = shares[known] * (1 - shares[known]) / counts[known]
    return float(np.sqrt(variance.sum()) / max(1, known.sum()))


def calibration_error(probabilities: Floats, labels: Labels) -> float:
    """Expected calibration error, 0 to 1: how far confidence and accuracy lie apart.

    Fifteen equal-width bins of the top probability, weighted by their size (Guo et al., ICML 2017).
    """
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    which = np.minimum((top * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for index in range(_BINS):
        inside = which == index
        if inside.any():
            error += float(inside.mean() * abs(right[inside].mean() - top[inside].mean()))
    return error


def coverage_curve(
    probabilities: Floats, labels: Labels, thresholds: npt.NDArray[np.float64]
) -> Floats:
    """(T, 3): each threshold, the share of faces at or above it, and the accuracy on those."""
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    rows = []
    for threshold in thresholds:
        kept = top >= threshold
        rows.append([threshold, kept.mean(), right[kept].mean() if kept.any() else np.nan])
    return np.array(rows, dtype=np.float64)


def softmax(logits: Floats) -> Floats:
    """Rows of logits (N, K) as probabilities."""
    values = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(values / values.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """The temperature from 0.3 to 4 under which the labels are likeliest (Guo et al., 2017)."""
    candidates = np.geomspace(0.3, 4.0, 400)
    losses = [
        -np.mean(np.log(softmax(logits / t)[np.arange(len(labels)), labels] + 1e-12))
        for t in candidates
    ]
    return float(candidates[int(np.argmin(losses))])
