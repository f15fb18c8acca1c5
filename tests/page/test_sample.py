"""What an empty page shows as read already is what the program says of it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from mood.page import assets
from tests.sample import SAMPLE, SMALL, read_sample, small_pictures


def test_the_answer_that_lies_beside_the_page_is_the_programs_own():
    shown, answered = json.loads(SAMPLE.read_text("utf-8")), read_sample()
    faces = shown.pop("faces"), answered.pop("faces")
    assert shown == answered, "write it anew: python -m tests.sample"
    for face, same in zip(*faces, strict=True):
        assert face.pop("bbox_xyxy") == pytest.approx(same.pop("bbox_xyxy"), abs=2)
        assert face.pop("probability") == pytest.approx(same.pop("probability"), abs=0.02)
        assert face == same


def test_it_is_of_the_first_example_and_shows_more_than_one_expression():
    shown = json.loads(SAMPLE.read_text("utf-8"))
    assert shown["name"] == assets.examples()[0]
    expressions = [face["expression"] for face in shown["faces"]]
    assert len(set(expressions)) == len(expressions) >= 3
    assert None not in expressions


def test_the_small_pictures_are_those_of_the_examples():
    made = small_pictures()
    assert {path.stem for path in SMALL.iterdir()} == {*assets.examples(), "sample"} == {*made}
    for name, picture in made.items():
        with Image.open(SMALL / f"{name}.webp") as shown:
            assert shown.size == picture.size
            apart = np.subtract(shown.convert("RGB"), picture, dtype=np.float32)
        assert np.abs(apart).mean() < 8, f"{name}: write it anew: python -m tests.sample"
