"""What a network of the user's own says of itself is believed, and what it cannot do is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from mood import cli
from mood.analyzer import MoodAnalyzer
from mood.errors import ModelLoadError
from mood.settings import Settings
from mood.types import Analysis
from tests.own_networks import IMAGENET, RGB, write

MANY = Path(__file__).parents[2] / "examples" / "mariachi.jpg"
NUMBER = [RGB | {"mean": [127.5] * 3}, RGB | {"std": [127.5] * 3}]
BGR = RGB | {"colour": "bgr"}


def settings(path: Path) -> Settings:
    return Settings(model=str(path), detector="libfacedetection")


def analyze(path: Path) -> Analysis:
    return MoodAnalyzer(settings(path)).analyze(MANY)


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """What the plain one says of each face."""
    return shares(analyze(write(tmp_path_factory.mktemp("right"))))


def shares(analysis: Analysis) -> np.ndarray:
    return np.array([list(face.probabilities.values()) for face in analysis.faces])


@pytest.mark.parametrize(
    "made",
    [
        {"shape": (1, 3, 48, 48)},
        {"shape": (3, 3, 48, 48)},
        {"shape": (64, 3, 48, 48)},
        {"shape": ("n", 3, "h", "w")},
        {"shape": ("n", "c", "h", "w")},
        {"shape": ("n", 48, 48, 3), "channels_last": True},
        {"shape": (1, 48, 48, 3), "channels_last": True},
        {"shape": ("n", "h", "w", 3), "channels_last": True},
        {"shape": ("n", "h", "w", "c"), "channels_last": True},
        {"kind": TensorProto.FLOAT16},
        {"kind": TensorProto.DOUBLE},
        {"kind": TensorProto.FLOAT16, "shape": (2, "h", "w", "c"), "channels_last": True},
        {"description": NUMBER[0]},
        {"description": NUMBER[1]},
        {"description": RGB | IMAGENET, **IMAGENET},
        {"description": RGB | {"mean": IMAGENET["mean"]}, "mean": IMAGENET["mean"]},
        {"description": RGB | {"fixed_batch": 2}},
        {"description": RGB | {"fixed_batch": 1}, "shape": (1, 3, 48, 48)},
        {"more": ("means", "words")},
    ],
    ids=str,
)
def test_the_same_network_in_another_form_says_the_same(tmp_path, right, made):
    found = shares(analyze(write(tmp_path, **made)))
    assert found == pytest.approx(right, abs=0.02 if "kind" in made else 1e-3)
    assert len({tuple(row) for row in found.round(2)}) > 2, "faces are told apart"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"shift": np.nan}, "NaN"),
        ({"shift": np.inf}, "NaN"),
        ({"outputs": 7}, "8 labels"),
        ({"outputs": 9}, "8 labels"),
        ({"answer": "means"}, "8 labels"),
        ({"answer": "one"}, r"answers with shape \(\)"),
        ({"answer": "classes"}, r"answers with shape \(8,\)"),
        ({"answer": "words"}, "cannot be run"),
        ({"shape": (65, 3, 48, 48)}, "65 faces at once"),
        ({"shape": ("n", 3, 64, 64)}, "wants input of shape"),
        ({"shape": ("n", 1, 48, 48)}, "wants input of shape|cannot be run"),
        ({"shape": ("n", 3, 48)}, "wants input of shape|cannot be run"),
        ({"shape": (1, 3, 48, 48), "description": RGB | {"fixed_batch": 4}}, "fixed_batch 4"),
        ({"description": BGR | {"input_hw": [64, 64]}}, "Correct the description"),
        ({"shape": ("n", "h", "w", "c"), "description": RGB | {"colour": "grey"}}, "cannot be run"),
    ],
    ids=str,
)
def test_a_network_that_cannot_be_used_is_a_sentence(tmp_path, made, words):
    path = write(tmp_path, **made)
    with pytest.raises(ModelLoadError, match=words) as refused:
        analyze(path)
    assert str(refused.value).isprintable(), "one line"
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize("kind", [TensorProto.INT64, TensorProto.UINT8, TensorProto.STRING])
def test_an_input_that_is_no_real_numbers_is_named(tmp_path, kind):
    from onnx import helper

    graph = helper.make_graph(
        [helper.make_node("Identity", ["face"], ["same"])],
        "same",
        [helper.make_tensor_value_info("face", kind, ["n", 3, 48, 48])],
        [helper.make_tensor_value_info("same", kind, None)],
    )
    path = write(tmp_path)
    path.write_bytes(
        helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
        ).SerializeToString()
    )
    with pytest.raises(ModelLoadError, match=r"wants tensor\((int64|uint8|string)\)"):
        analyze(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("labels", value) for value in (None, "happy, sad", [], {}, 7, [["happy"], "sad"])),
        *(("labels", value) for value in (["happy", None], ["happy", 3], ["happy", "x" * 9999])),
        *(("temperature", value) for value in (0, -1, "1", None, [], float("nan"), 1e-300, True)),
        *(("temperature", value) for value in (float("inf"), 10**400)),
        *(("logit_bias", value) for value in ([1.0] * 3, 1.0, [None] * 8, [[1.0] * 8], "x" * 8)),
        ("logit_bias", [float("-inf")] * 8),
        *(
            ("mean", value)
            for value in ([], [1, 2], [1, 2, 3, 4], [1, 2, "3"], "x", None, [[1] * 3])
        ),
        *(("mean", value) for value in (float("nan"), 1e39)),
        *(("std", value) for value in (0, [1, 0, 1], -1, [], float("nan"), 1e-45, {})),
        *(("input_hw", value) for value in ([0, 0], [48.5, 48], [48, 10**9], 48, "48", [True, 48])),
        *(("colour", value) for value in ("RGB", None, ["rgb"], {})),
        *(("crop_scale", value) for value in (0, -1, 1e9, "1", float("nan"))),
        *(("crop_shift_y", value) for value in (1e9, "0", None)),
        *(("level_from_deg", value) for value in (-1, "15", [])),
        *(("template", value) for value in ([], [[1, 2]] * 5, [[1, 2, 3]] * 5, "x", [1] * 5)),
        *(("fixed_batch", value) for value in (0, -1, 1.5, "1", True, 10**9)),
        *(("certainty_threshold", value) for value in (-0.1, 1.1, float("nan"), "0.5")),
        *(("title", value) for value in (None, 3, [], "x" * 9999)),
        *(("licence", value) for value in (None, {})),
        *(("sha256", value) for value in ("", "x" * 64, 3)),
        *(("size_bytes", value) for value in ("9", -1, 1.5, True)),
    ],
)
def test_a_field_that_cannot_be_used_is_named(tmp_path, key, value):
    with pytest.raises(ModelLoadError, match=rf"^own\.json: {key} must .*Correct it\.$") as refused:
        analyze(write(tmp_path, RGB | {key: value}))
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5000, "\x00", "{'labels': 1}", "\ufffe"])
def test_a_description_that_is_no_json_is_named(tmp_path, text):
    with pytest.raises(ModelLoadError, match=r"own\.json (is not JSON|must hold one)"):
        analyze(write(tmp_path, text))


@pytest.mark.parametrize("key", ["fixed_batch", "sha256", "size_bytes", "template"])
def test_null_leaves_a_field_out(tmp_path, right, key):
    assert shares(analyze(write(tmp_path, RGB | {key: None}))) == pytest.approx(right)


def test_a_description_may_begin_with_the_mark_of_windows(tmp_path, right):
    path = write(tmp_path)
    path.with_suffix(".json").write_text(json.dumps(RGB), encoding="utf-8-sig")
    assert shares(analyze(path)) == pytest.approx(right)


BROKEN = [
    ({"shift": np.nan}, "answers with what is no number"),
    ({"description": RGB | {"temperature": 0}}, "own.json: temperature must"),
    ({"description": RGB | {"logit_bias": [1, 2]}}, "own.json: logit_bias must"),
]


@pytest.mark.parametrize(("made", "words"), BROKEN, ids=str)
def test_the_shell_says_it_in_one_line(tmp_path, monkeypatch, capsys, made, words):
    monkeypatch.setenv("MOOD_MODEL", str(write(tmp_path, **made)))
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    assert cli.main([str(MANY)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert words in output.err
