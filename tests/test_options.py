from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from mood.errors import OptionsError
from mood.options import Options
from mood.types import Expression


def test_the_defaults_leave_everything_to_the_settings():
    assert Options.of({}) == Options()
    said = dataclasses.asdict(Options())
    assert said.pop("show_unreadable") is True
    assert not any(said.values())


def test_a_request_is_understood_and_what_it_says_besides_is_ignored():
    options = Options.of(
        {
            "model": "mini",
            "certainty": 1,
            "smallest_face": 24,
            "expressions": ["happiness", "anger"],
            "image": "data:",
            "detector": None,
            "show_unreadable": False,
        }
    )
    considered = (Expression.HAPPINESS, Expression.ANGER)
    assert options == Options("mini", "", 1, 24, considered, show_unreadable=False)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("certainty", 1.01, "certainty is 1.01. It must lie between 0 and 1."),
        ("certainty", float("nan"), "certainty is nan. It must lie between 0 and 1."),
        ("certainty", "much", "certainty is 'much'. It must be a number from 0 to 1."),
        ("certainty", True, "certainty is True. It must be a number from 0 to 1."),
        ("smallest_face", -1, "smallest_face is -1. It must lie between 0 and 10000."),
        ("smallest_face", 2.5, "smallest_face is 2.5. It must be a whole number of pixels."),
        ("model", 7, "model is 7. It must be the name of an expression network."),
        ("detector", ["a"], "detector is ['a']. It must be the name of a face detector."),
        ("show_unreadable", 0, "show_unreadable is 0. It must be true or false."),
        ("expressions", "anger", "expressions must be a list of expressions."),
        ("expressions", ["joy", "anger"], "expressions may hold: neutral, happiness"),
        ("expressions", ["anger"], "expressions must name at least two, each once, or none"),
        ("expressions", ["anger", "anger"], "expressions must name at least two, each once"),
    ],
)
def test_what_is_out_of_range_is_named_with_what_is_allowed(field, value, words):
    with pytest.raises(OptionsError) as refused:
        Options.of({field: value})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("certainty", "0.5", "certainty is '0.5'. It must be a number from 0 to 1."),
        ("certainty", None, "certainty is None. It must be a number from 0 to 1."),
        ("smallest_face", "a", "smallest_face is 'a'. It must be a whole number of pixels."),
        ("expressions", 5, "expressions must be a list of expressions."),
        ("expressions", ["joy", "anger"], "'joy' is none. expressions may hold: neutral"),
        ("expressions", [[], {}], "[] is none. expressions may hold: neutral"),
        ("model", 5, "model is 5. It must be the name of an expression network."),
        ("quick", "no", "quick is 'no'. It must be true or false."),
    ],
)
def test_whoever_makes_options_hears_the_same(field, value, words):
    with pytest.raises(OptionsError) as refused:
        Options(**{field: value})
    assert str(refused.value).startswith(words)


def test_numbers_of_numpy_are_numbers_and_lists_are_taken():
    options = Options(
        certainty=np.float32(0.5), smallest_face=np.int64(40), expressions=["fear", "anger"]
    )
    assert options == Options("", "", 0.5, 40, (Expression.FEAR, Expression.ANGER))
    assert all(isinstance(each, Expression) for each in options.expressions)
    hash(options)


def test_a_long_value_is_not_echoed_whole():
    with pytest.raises(OptionsError) as refused:
        Options.of({"certainty": "x" * 100_000})
    assert len(str(refused.value)) < 200
