"""What makes a network's probabilities honest, chosen on validation faces."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import numpy.typing as npt

from mood.models.calibration import Calibration
from mood.training import metrics
from mood.training.data import FaceSet
from mood.training.subject import BOX_VIEWS, LIGHT_VIEWS, Grey, Network, View
from mood.types import Expression
from mood.vision.crops import resize
from mood.vision.expression import temperatures

ORDER = list(Expression)
MEAN_RECALL = 0.7  # the target
SIDES = (16, 24, 32, 48)
"""Pixels of a face's square at which calibration is promised."""

_FITTED_SIDES = (12, 16, 20, 24, 32, 40, 48)
_CERTAIN_RIGHT = 0.85  # of the faces that are called certain
_THRESHOLDS = np.arange(0.5, 0.96, 0.05)
"""From the least at which an expression is likelier than all others together."""

Floats = npt.NDArray[np.float64]


def fit(network: Network, validation: FaceSet) -> Calibration | None:
    """What each strength of the prior's adjustment does on validation, and which is chosen.

    Each face counts as it is and through all of `BOX_VIEWS` and `LIGHT_VIEWS`: users' faces are cut
    and lit no better. The strength chosen is the least that brings the mean recall to its target;
    with it go the temperature, what small faces need, and the threshold of certainty. All is
    printed, and returned; None where no strength reaches the target.
    """
    columns = [ORDER.index(label) for label in network.spec.labels]
    validation = validation.where(np.isin(validation.labels, columns))
    views: list[View] = [np.asarray, *BOX_VIEWS.values(), *LIGHT_VIEWS.values()]
    logits = np.concatenate([network.logits(through(view, validation.images)) for view in views])
    own = columns_of(validation.labels, columns)
    labels = np.tile(own, len(views))
    prior = np.maximum(validation.distributions.mean(axis=0)[columns], 1e-4).astype(np.float64)
    chosen: tuple[float, Floats, float] | None = None
    print("| strength | temperature | accuracy | mean recall | ECE |")
    print("|---|---|---|---|---|")
    for strength in np.arange(0, 1.01, 0.1):
        bias = strength * (np.log(prior[0]) - np.log(prior))
        temperature = metrics.fit_temperature(logits + bias, labels)
        probabilities = metrics.softmax((logits + bias) / temperature)
        recall = metrics.mean_recall(probabilities, labels)
        print(
            f"| {strength:.1f} | {temperature:.3f} | {metrics.accuracy(probabilities, labels):.4f} "
            f"| {recall:.4f} | {metrics.calibration_error(probabilities, labels):.4f} |"
        )
        if recall >= MEAN_RECALL and chosen is None:
            chosen = float(strength), bias, temperature
    if chosen is None:
        print("\nchosen: none, no strength reaches the mean recall")
        return None
    strength, bias, temperature = chosen
    plain = logits[: len(own)] + bias  # the faces as they are
    more, reach = _small_faces(network, validation.images, own, bias, temperature)
    certain = _threshold(metrics.softmax(plain / temperature), own)
    numbers = ", ".join(f"{value:.3f}" for value in bias)
    print(
        f"\nchosen: {strength:.1f}: temperature={temperature:.3f}, logit_bias=({numbers}), "
        f"small_faces=({more:.2f}, {reach:.1f}), certainty_threshold={certain:.2f}"
    )
    return Calibration(
        network=network.spec.name,
        sha256=hashlib.sha256(network.path.read_bytes()).hexdigest(),
        temperature=round(temperature, 3),
        logit_bias=tuple(round(float(value), 3) for value in bias),
        certainty_threshold=certain,
        small_faces=(more, reach),
    )


def _small_faces(
    network: Network,
    images: Grey,
    labels: npt.NDArray[np.int64],
    bias: Floats,
    temperature: float,
) -> tuple[float, float]:
    """The `ExpressionSpec.small_faces` under which the labels of shrunk faces are likeliest."""
    shrunk = [network.logits(at_side(images, side)) + bias for side in _FITTED_SIDES]

    def loss(pair: tuple[float, float]) -> float:
        spec = dataclasses.replace(network.spec, temperature=temperature, small_faces=pair)
        total = 0.0
        for side, logits in zip(_FITTED_SIDES, shrunk, strict=True):
            rows = metrics.softmax(logits / temperatures(spec, [side]))
            total -= float(np.mean(np.log(rows[np.arange(len(labels)), labels] + 1e-12)))
        return total

    pairs = [
        (round(float(more), 2), float(reach))
        for reach in np.arange(4, 25, 2)
        for more in np.arange(0, 3.01, 0.05)
    ]
    return min(pairs, key=loss)


def _threshold(probabilities: Floats, labels: npt.NDArray[np.int64]) -> float:
    """The least from a half on from which faces are right often enough."""
    curve = metrics.coverage_curve(probabilities, labels, _THRESHOLDS)
    enough = [threshold for threshold, _, right in curve if right >= _CERTAIN_RIGHT]
    return round(float(enough[0] if enough else _THRESHOLDS[-1]), 2)


def columns_of(labels: npt.NDArray[np.int64], columns: list[int]) -> npt.NDArray[np.int64]:
    """Labels as columns of the network's own output, which must have one for each of them."""
    inverse = np.full(len(ORDER), -1)
    inverse[columns] = np.arange(len(columns))
    return np.asarray(inverse[labels], dtype=np.int64)


def through(view: View, images: Grey) -> Grey:
    """All of `images` (N, 48, 48) as `view` shows them."""
    return np.stack([view(image) for image in images])


def at_side(images: Grey, side: int) -> Grey:
    """Faces (N, 48, 48) with as many pixels as a smaller one has, (N, side, side)."""
    return np.stack([resize(image, (side, side)) for image in images])


def by_side(network: Network, faces: FaceSet) -> list[tuple[int, float, float, float, float]]:
    """How honest the network is with small faces.

    For each of `SIDES`: it, the temperature there, accuracy, mean recall and calibration error.
    """
    rows = []
    for side in SIDES:
        probabilities = network.probabilities(at_side(faces.images, side), side)
        rows.append(
            (
                side,
                float(np.squeeze(temperatures(network.spec, [side]))),
                metrics.accuracy(probabilities, faces.labels),
                metrics.mean_recall(probabilities, faces.labels),
                metrics.calibration_error(probabilities, faces.labels),
            )
        )
    return rows
