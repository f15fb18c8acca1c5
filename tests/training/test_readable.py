"""The training of `readable` still works, on a handful of pictures made here."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mood.models.catalogue import READABLE
from mood.vision.quality import QualityJudge
from mood.vision.session import OnnxSession
from mood.vision.weighing import WEIGHING
from tests.training.test_training import archive

torch = pytest.importorskip("torch", reason="torch is not installed (extra: training)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: training)")

from mood.training import readable, unreadable  # noqa: E402
from mood.training.readable_data import load_faces  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The two files, with a few pictures each."""
    folder = tmp_path_factory.mktemp("data")
    archive(folder / "ferplus.npz", count=120)
    rng = np.random.default_rng(1)
    points = np.array([[20, 25], [44, 25], [32, 36], [24, 46], [40, 46]], dtype=np.float32)
    turned = points + np.array([[0, 0], [0, 0], [14, 0], [0, 0], [0, 0]], dtype=np.float32)
    np.savez(
        folder / "press-photos.npz",
        images=rng.integers(0, 255, (12, 64, 64), dtype=np.uint8),
        landmarks=np.stack([turned] + [points] * 11),
        box_xyxy=np.tile(np.float32([12, 10, 52, 56]), (12, 1)),
        annotator=np.array(["jhamski", *["somebody"] * 11])[::-1],
    )
    return folder


def test_badly_labelled_and_turned_press_faces_and_what_is_no_face_are_left_out(folder):
    faces = load_faces(folder)
    assert faces.press.shape == (10, 1, 48, 48)
    assert faces.fer.shape == (39, 1, 48, 48)  # of 40
    assert faces.nothing.shape == (1, 1, 48, 48)


def test_every_way_to_spoil_a_face_keeps_its_size_and_its_range():
    faces = torch.rand(64, 1, 48, 48) * 255
    spoilt = unreadable.spoil(faces, faces.flip(0))
    assert spoilt.shape == faces.shape
    assert 0 <= float(spoilt.min()) <= float(spoilt.max()) <= 255
    assert all(not torch.equal(a, b) for a, b in zip(faces, spoilt, strict=True))


def test_what_is_spoilt_has_lost_its_detail_or_its_light():
    faces = torch.rand(32, 1, 48, 48) * 255
    detail = faces.diff(dim=3).abs().mean()
    assert unreadable.tiny(faces).diff(dim=3).abs().mean() < detail / 4
    assert unreadable.blurred(faces).std(dim=3).mean() < faces.std(dim=3).mean()
    assert unreadable.dark(faces).std(dim=(2, 3)).max() < 8
    assert (unreadable.burnt(faces) == 255).float().mean() > 0.8


def test_training_writes_a_network_that_can_be_run(folder, tmp_path, monkeypatch):
    out = tmp_path / "runs" / "readable.onnx"
    arguments = ["--data", str(folder), "--out", str(out), "--steps", "0.001", "--threads", "1"]
    monkeypatch.setattr(sys, "argv", ["readable", *arguments])
    readable.main()
    judge = QualityJudge(READABLE, OnnxSession(out), WEIGHING)
    crops = list(np.random.default_rng(0).integers(0, 255, (3, 48, 48), dtype=np.uint8))
    assert np.isfinite(judge.logits(crops)).all()


def test_the_same_seed_gives_the_same_network(folder):
    faces = load_faces(folder)
    a, b = (readable.Trainer(faces, 3).run(readable.Stage(2, 1e-3)) for _ in range(2))
    assert all(torch.allclose(a[name], b[name], atol=1e-4) for name in a)
