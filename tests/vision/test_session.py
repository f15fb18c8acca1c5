from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from mood.errors import ModelLoadError
from mood.models.specs import EMBEDDED_DIR
from mood.vision.session import OnnxSession

MINI = EMBEDDED_DIR / "mini.onnx"


@pytest.mark.parametrize("count", [1, 5])
def test_the_embedded_network_takes_any_number_of_faces(count):
    session = OnnxSession(MINI)
    assert session.input_shape == (None, 1, 48, 48)
    output = session.run(np.zeros((count, 1, 48, 48), dtype=np.float32))
    assert output.shape == (count, 8)
    assert output.dtype == np.float32


def test_the_network_does_not_mind_how_bright_a_picture_is():
    session = OnnxSession(MINI)
    picture = np.random.default_rng(0).uniform(60, 200, (1, 1, 48, 48)).astype(np.float32)
    bright, dark = session.run(picture), session.run(picture - 50)
    assert dark == pytest.approx(bright, abs=0.02)


def test_a_mirror_image_gets_the_same_answer():
    session = OnnxSession(MINI)
    faces = np.random.default_rng(0).uniform(0, 255, (2, 1, 48, 48)).astype(np.float32)
    assert session.run(faces[..., ::-1].copy()) == pytest.approx(session.run(faces), abs=1e-4)


@pytest.mark.parametrize("content", [b"", b"no network at all"])
def test_a_file_that_is_no_network_is_refused_by_name(tmp_path, content):
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelLoadError, match=r"broken\.onnx"):
        OnnxSession(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelLoadError):
        OnnxSession(tmp_path / "none.onnx")


def test_inference_sends_no_telemetry(tmp_path):
    """ONNX Runtime's sender keeps a folder in the home of the user; it must not appear."""
    code = (
        "import numpy as np; from pathlib import Path; "
        "from mood.vision.session import OnnxSession; "
        f"OnnxSession(Path({str(MINI)!r})).run(np.zeros((1, 1, 48, 48), dtype=np.float32))"
    )
    environment = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert [path.name for path in tmp_path.rglob("*")] == []


def network(
    path: Path, *nodes: onnx.NodeProto, constants: dict[str, np.ndarray] | None = None
) -> Path:
    """A file with a network from x (1, 1, 48, 48) to y (1, 8)."""
    tensors = [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("x", [1, 1, 48, 48]), ("y", None))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def endless() -> onnx.NodeProto:
    """A loop that goes on for ever."""
    values = {
        name: helper.make_tensor_value_info(name, kind, shape)
        for name, kind, shape in (
            ("i", TensorProto.INT64, []),
            ("on", TensorProto.BOOL, []),
            ("v", TensorProto.FLOAT, None),
            ("on2", TensorProto.BOOL, []),
            ("v2", TensorProto.FLOAT, None),
        )
    }
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on2"]),
            helper.make_node("Tanh", ["v"], ["v2"]),
        ],
        "body",
        [values["i"], values["on"], values["v"]],
        [values["on2"], values["v2"]],
    )
    return helper.make_node("Loop", ["", "true", "x"], ["y"], body=body)


PICTURE = np.zeros((1, 1, 48, 48), dtype=np.float32)


def test_a_network_that_never_ends_is_stopped_and_the_next_one_answers(tmp_path):
    path = network(tmp_path / "endless.onnx", endless(), constants={"true": np.array(True)})
    with pytest.raises(ModelLoadError, match=r"endless\.onnx was stopped after 1 s"):
        OnnxSession(path, run_limit_s=1.0).run(PICTURE)
    assert OnnxSession(MINI).run(PICTURE).shape == (1, 8)


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        (
            [helper.make_node("Log", ["x"], ["l"]), helper.make_node("Mul", ["l", "x"], ["y"])],
            "NaN",
        ),
        ([helper.make_node("Reshape", ["x", "shape"], ["y"])], "cannot be run"),
    ],
)
def test_a_network_that_fails_is_a_sentence_without_a_path(tmp_path, nodes, words):
    path = network(tmp_path / "odd.onnx", *nodes, constants={"shape": np.array([7, 7])})
    with pytest.raises(ModelLoadError, match=words) as refused:
        OnnxSession(path).run(PICTURE)
    assert "odd.onnx" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
