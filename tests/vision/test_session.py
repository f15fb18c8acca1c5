from __future__ import annotations

import os

import numpy as np
import pytest

from mood.errors import ModelLoadError
from mood.models.specs import EMBEDDED_DIR
from mood.vision.session import OnnxSession
from tests import fresh, networks

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
    fresh.python(code, environment)
    assert [path.name for path in tmp_path.rglob("*")] == []


PICTURE = np.zeros((1, 1, 48, 48), dtype=np.float32)


def test_a_network_that_never_ends_is_stopped_and_the_next_one_answers(tmp_path):
    path = networks.endless(tmp_path / "endless.onnx")
    with pytest.raises(ModelLoadError, match=r"endless\.onnx was stopped after 1 s"):
        OnnxSession(path, run_limit_s=1.0).run(PICTURE)
    assert OnnxSession(MINI).run(PICTURE).shape == (1, 8)


@pytest.mark.parametrize(
    ("write", "words"), [(networks.not_a_number, "NaN"), (networks.failing, "cannot be run")]
)
def test_a_network_that_fails_is_a_sentence_without_a_path(tmp_path, write, words):
    path = write(tmp_path / "odd.onnx")
    with pytest.raises(ModelLoadError, match=words) as refused:
        OnnxSession(path).run(PICTURE)
    assert "odd.onnx" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
