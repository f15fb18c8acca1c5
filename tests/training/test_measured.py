"""What is written of a trained network, and what is measured of it and of others."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from mood.models import calibration
from mood.training import calibrate, evaluate, subject
from mood.training.data import FaceSet
from mood.vision.session import OnnxSession

torch = pytest.importorskip("torch", reason="torch is not installed (extra: training)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: training)")

from onnx import helper  # noqa: E402

from mood.training import export  # noqa: E402
from mood.training.network import MiniNet  # noqa: E402
from tests import networks  # noqa: E402
from tests.training.test_training import archive  # noqa: E402

# Importing torch's compiler and exporter warns of things that are not ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def network() -> MiniNet:
    torch.manual_seed(1)
    network = MiniNet()
    network(torch.rand(32, 1, 48, 48) * 255)  # gives the normalisation something to remember
    return network.eval()


@pytest.fixture(scope="module")
def files(network, tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("onnx")
    plain, small = folder / "float32.onnx", folder / "int8.onnx"
    export.to_onnx(network, plain)
    faces = np.random.default_rng(2).integers(0, 256, (64, 48, 48), dtype=np.uint8)
    export.quantise(plain, small, faces)
    return plain, small


def test_the_file_says_what_the_network_says_of_faces_and_their_mirror_images(network, files):
    faces = np.random.default_rng(0).uniform(0, 255, (5, 1, 48, 48)).astype(np.float32)
    pixels = torch.from_numpy(faces)
    with torch.no_grad():
        wanted = (network(pixels) + network(pixels.flip(3))) / 2
    assert OnnxSession(files[0]).run(faces) == pytest.approx(wanted.numpy(), abs=1e-3)


def test_the_small_file_is_a_quarter_and_says_nearly_the_same(files):
    plain, small = files
    assert small.stat().st_size < 0.28 * plain.stat().st_size
    faces = np.random.default_rng(0).uniform(0, 255, (20, 1, 48, 48)).astype(np.float32)
    a, b = OnnxSession(plain).run(faces), OnnxSession(small).run(faces)
    assert np.abs(a - b).max() < 0.05 * np.abs(a).max()


def test_the_evaluation_prints_its_tables(files, tmp_path, capsys, monkeypatch):
    path = archive(tmp_path / "set.npz", count=120)
    arguments = ["evaluate", str(files[1]), "--data", str(path)]
    monkeypatch.setattr(sys, "argv", arguments)
    evaluate.main()
    text = capsys.readouterr().out
    for words in ("≥ 86.0 %", "expected calibration error", "JPEG quality 30", "| contempt | 0 |"):
        assert words in text
    monkeypatch.setattr(sys, "argv", [*arguments, "--fit"])
    evaluate.main()
    assert "chosen: " in capsys.readouterr().out


def above_or_below(path: Path) -> Path:
    """A network of FER+'s shape: happiness where it is bright above, sadness below."""
    weights = np.zeros((64, 64, 8), dtype=np.float32)
    weights[:32, :, 1] = weights[32:, :, 3] = 1 / (32 * 64 * 30)
    nodes = [
        helper.make_node("Reshape", ["x", "shape"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["y"]),
    ]
    constants = {"shape": np.array([1, 4096]), "weights": weights.reshape(4096, 8)}
    return networks.network(path, *nodes, constants=constants, side=64)


def test_who_has_ferplus_measures_it_and_has_it_used(tmp_path, capsys, monkeypatch):
    file, data = above_or_below(tmp_path / "ferplus.onnx"), archive(tmp_path / "set.npz", count=120)
    written = tmp_path / "calibration.json"
    arguments = ["evaluate", str(file), "--as", "ferplus", "--data", str(data)]
    monkeypatch.setattr(sys, "argv", [*arguments, "--fit", "--write", str(written)])
    evaluate.main()
    assert "small_faces=(" in capsys.readouterr().out
    measured = calibration.read(written)
    assert measured.network == "ferplus"
    assert measured.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert measured.temperature < 1  # it is always right, and was not sure of it
    assert len(measured.logit_bias) == 8
    assert measured.certainty_threshold == 0.5
    errors = []
    for path in ("", str(written)):
        monkeypatch.setenv("MOOD_CALIBRATION", path)
        monkeypatch.setattr(sys, "argv", arguments)
        evaluate.main()
        text = capsys.readouterr().out
        errors.append(float(re.search(r"error, 15 bins .* ([\d.]+) % \|", text)[1]))
    assert errors[1] < errors[0] / 4


def test_a_network_that_cannot_be_had_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("MOOD_CALIBRATION", str(tmp_path / "no.json"))
    monkeypatch.setattr(sys, "argv", ["evaluate", "mini"])
    with pytest.raises(SystemExit, match=r"There is no file no.json .* Correct MOOD_CALIBRATION."):
        evaluate.main()


def test_small_faces_get_the_temperature_under_which_they_are_likeliest():
    kinds = np.array([1, 3] * 100)
    images = np.zeros((200, 48, 48), dtype=np.uint8)

    class Worse(subject.Network):
        """As sure of small faces as of large ones, and more often wrong."""

        def logits(self, images):
            side = images.shape[1]
            wrong = np.arange(len(images)) % 40 < (1 if side > 20 else 12)
            said = np.where(wrong, 4 - kinds, kinds)[: len(images)]
            return 4.0 * np.eye(8)[said]

    network = Worse(evaluate.CATALOGUE["mini"], None, evaluate.CATALOGUE["mini"].origin.path)
    more, reach = calibrate._small_faces(network, images, kinds, np.zeros(8), 1.0)
    assert 1 + more * np.exp(-12 / reach) > 1.5
    assert 1 + more * np.exp(-48 / reach) < 1.1


def test_the_least_adjustment_that_brings_the_mean_recall_to_its_target_is_chosen(capsys):
    kinds = np.array([0] * 90 + [1] * 10)
    images = np.zeros((100, 48, 48), dtype=np.uint8)
    images[kinds == 0, :24] = images[kinds == 1, 24:] = 200
    faces = FaceSet(images, np.eye(8, dtype=np.float32)[kinds], kinds, np.zeros(100, bool))

    class Neutral(subject.Network):
        """Says neutral of both, less surely of the bright below."""

        def logits(self, images):
            half = images.shape[1] // 2
            below = images[:, half:].mean(axis=(1, 2)) > images[:, :half].mean(axis=(1, 2))
            logits = np.full((len(images), 8), -20.0)
            logits[:, 0], logits[:, 1] = np.where(below, 1.0, 2.0), 0.0
            return logits

    mini = evaluate.CATALOGUE["mini"]
    calibrate.fit(Neutral(mini, None, mini.origin.path), faces)
    text = capsys.readouterr().out
    assert "chosen: 0.5: " in text  # half of the difference of log 0.9 and log 0.1 is 1.1
    assert "logit_bias=(0.000, 1.099, " in text


def test_a_moved_box_shows_the_moved_picture():
    image = np.zeros((48, 48), dtype=np.uint8)
    image[20:28, 20:28] = 255
    right = subject.BOX_VIEWS["10 % to the right"](image)
    columns = np.nonzero(right.max(axis=0) > 128)[0]
    assert columns.mean() == pytest.approx(23.5 - 4.8, abs=0.6)
    larger = subject.BOX_VIEWS["10 % larger"](image)
    assert (larger > 128).sum() < (image > 128).sum()


def test_a_network_without_all_labels_can_be_measured():
    faces = FaceSet(
        np.zeros((2, 48, 48), np.uint8),
        np.eye(8, dtype=np.float32)[:2],
        np.array([0, 1]),
        np.zeros(2, bool),
    )
    order = [4, 5, 6, 1, 0, 3, 2]  # the OpenCV zoo's: no contempt
    assert calibrate.columns_of(faces.labels, order).tolist() == [4, 3]
