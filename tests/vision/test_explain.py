"""What a network looks at is what the map shows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import MINI
from mood.settings import Settings
from mood.types import Expression, FloatArray
from mood.vision.crops import seen
from mood.vision.explain import COARSE_GRID, GRID, occlusion
from mood.vision.expression import ExpressionClassifier
from tests.e2e.conftest import EXAMPLES

HAPPINESS = list(Expression).index(Expression.HAPPINESS)


@dataclasses.dataclass
class Onlooker:
    """A network that is happy where it sees light in one part of the face."""

    rows: slice
    columns: slice
    input_shape: tuple[int | None, ...] = (None, 1, 48, 48)
    calls: int = 0

    def run(self, batch: FloatArray) -> FloatArray:
        self.calls += 1
        logits = np.zeros((len(batch), len(Expression)), dtype=np.float32)
        part = batch[:, 0, self.rows, self.columns]
        logits[:, HAPPINESS] = part.mean(axis=(1, 2)) / 32
        return logits


def lit(rows: slice, columns: slice) -> np.ndarray:
    crop = np.zeros((48, 48, 3), dtype=np.uint8)
    crop[rows, columns] = 255
    return crop


@pytest.mark.parametrize(
    ("rows", "columns", "cell"),
    [
        (slice(36, 48), slice(18, 30), (GRID - 1, 2)),
        (slice(0, 12), slice(0, 12), (0, 0)),
        (slice(0, 12), slice(36, 48), (0, GRID - 1)),
    ],
)
def test_the_map_is_warmest_where_the_network_looks(rows, columns, cell):
    classifier = ExpressionClassifier(MINI, Onlooker(rows, columns))
    heat = occlusion(classifier, lit(rows, columns), Expression.HAPPINESS)
    assert heat.shape == (GRID, GRID)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert row == cell[0]
    assert abs(column - cell[1]) <= 1
    assert heat.max() > 0.3
    assert heat[GRID - 1 - cell[0], GRID - 1 - cell[1]] == pytest.approx(0, abs=1e-4)


def test_a_network_that_takes_one_face_at_a_time_is_asked_less_often():
    part = slice(36, 48), slice(18, 30)
    network = Onlooker(*part)
    classifier = ExpressionClassifier(dataclasses.replace(MINI, fixed_batch=1), network)
    heat = occlusion(classifier, lit(*part), Expression.HAPPINESS)
    assert network.calls == COARSE_GRID**2 + 1
    assert heat.max(axis=1).argmax() == COARSE_GRID - 1


def test_what_speaks_against_an_expression_is_negative():
    part = slice(36, 48), slice(18, 30)
    classifier = ExpressionClassifier(MINI, Onlooker(*part))
    heat = occlusion(classifier, lit(*part), Expression.ANGER)
    assert heat.min() < -0.05
    assert heat.max() == pytest.approx(0, abs=1e-4)


def test_an_even_face_gives_an_even_map():
    classifier = ExpressionClassifier(MINI, Onlooker(slice(0, 48), slice(0, 48)))
    crop = np.full((48, 48, 3), 128, dtype=np.uint8)
    assert np.abs(occlusion(classifier, crop, Expression.HAPPINESS)).max() == pytest.approx(0)


def test_a_smile_is_in_the_mouth():
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    picture = analyzer.read(EXAMPLES / "astronaut.jpg")
    (found,) = analyzer.analyze_picture(picture).faces
    classifier = analyzer.load().classifier
    crop = seen(picture.pixels, found.face, classifier.spec.preprocessing)
    heat = occlusion(classifier, crop, found.top)
    assert heat.max(axis=1).argmax() >= GRID / 2, "in the lower half"


def test_what_the_network_saw_gives_the_verdict_again():
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    picture = analyzer.read(EXAMPLES / "grace_hopper.jpg")
    (found,) = analyzer.analyze_picture(picture).faces
    classifier = analyzer.load().classifier
    crop = seen(picture.pixels, found.face, classifier.spec.preprocessing)
    again = classifier.probabilities([crop])[0]
    assert again == pytest.approx(list(found.probabilities.values()), abs=1e-5)
