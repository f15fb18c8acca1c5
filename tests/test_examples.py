"""The photos that a first visitor tries show what they are there for, and may be passed on."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from mood.analyzer import MoodAnalyzer
from mood.page import assets
from mood.page.texts import LANGUAGES, texts
from mood.settings import Settings

EXAMPLES = Path(__file__).parents[1] / "examples"
SHOWN = {
    "three_people": ["surprise", "anger", "happiness"],
    "astronaut": ["happiness"],
    "opera": ["anger"],
    "mariachi": ["happiness", "neutral", "happiness"],
    "grace_hopper": ["neutral"],
    "mona_lisa": ["neutral"],
    "musicians": ["neutral", "neutral"],
}
"""What is certain in each by the embedded networks; those that show most stand first."""


@pytest.fixture(scope="module")
def analyzer() -> MoodAnalyzer:
    return MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))


def test_those_that_show_most_stand_first():
    assert assets.examples() == list(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_shows_what_it_is_there_for(analyzer, name):
    faces = analyzer.analyze(EXAMPLES / f"{name}.jpg").faces
    certain = Counter(face.expression for face in faces if face.expression)
    assert certain >= Counter(SHOWN[name])


def test_the_first_example_spans_the_range(analyzer):
    faces = analyzer.analyze(EXAMPLES / f"{next(iter(SHOWN))}.jpg").faces
    assert len({face.expression for face in faces}) == len(faces) == 3
    assert min(face.top_probability for face in faces) > 0.7, "none of them by a hair"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_example_has_a_name(language):
    assert {f"example_{name}" for name in SHOWN} <= set(texts(language))


def test_each_picture_says_where_it_comes_from_and_under_which_licence():
    text = (EXAMPLES / "PROVENANCE.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)\.jpg` \| (.*) \|$", text, re.MULTILINE))
    assert set(rows) == set(SHOWN)
    assert all(re.search(r"public domain|CC0|CC BY", row) for row in rows.values())
    assert "CC BY-SA 3.0" in rows["three_people"]
    assert "Massachusetts Institute of Technology" in rows["three_people"]
