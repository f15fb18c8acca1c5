"""The embedded network can be restored from its file and taught other faces; pictures made here."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mood.models.specs import EMBEDDED_DIR
from mood.training.data import load
from mood.training.press import load_press
from mood.types import Expression
from mood.vision.session import OnnxSession

torch = pytest.importorskip("torch", reason="torch is not installed (extra: training)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: training)")

from mood.training import refine, restore  # noqa: E402
from mood.training.network import BothWays, MiniNet  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

MINI = EMBEDDED_DIR / "mini.onnx"
EXPRESSIONS = list(Expression)


@pytest.fixture(scope="module")
def pictures() -> torch.Tensor:
    """(24, 1, 48, 48) soft blots."""
    coarse = torch.rand(24, 1, 6, 6, generator=torch.Generator().manual_seed(0)) * 255
    return torch.nn.functional.interpolate(coarse, (48, 48), mode="bicubic").clamp(0, 255)


@pytest.fixture(scope="module")
def sets(tmp_path_factory) -> tuple[Path, Path]:
    """Sets of the shape of FER+ and of the press photos: neutral, happy and angry noise."""
    folder = tmp_path_factory.mktemp("sets")
    rng = np.random.default_rng(0)
    labels = np.arange(120) % 3
    votes = np.zeros((120, 10), dtype=np.uint8)
    votes[np.arange(120), np.array([0, 1, 4])[labels]] = 9
    images = rng.integers(0, 256, (120, 48, 48), dtype=np.uint8)
    np.savez(
        folder / "ferplus.npz",
        images=images,
        votes=votes,
        split=np.repeat([0, 0, 1, 2], 30),
        duplicate_of_earlier_split=np.zeros(120, bool),
    )
    np.savez(
        folder / "press.npz",
        images=rng.integers(0, 256, (90, 64, 64), dtype=np.uint8),
        label=np.array([0, 1, 2])[np.arange(90) % 3],
        box_xyxy=np.tile(np.array([14, 14, 50, 50], dtype=np.float32), (90, 1)),
        person=np.arange(90) // 2,
        annotator=np.full(90, "somebody"),
    )
    return folder / "ferplus.npz", folder / "press.npz"


def test_the_embedded_file_becomes_a_network_that_says_nearly_the_same(pictures):
    network = restore.restored(MINI)
    with torch.no_grad():
        said = BothWays(network)(pictures).numpy()
    known = OnnxSession(MINI).run(pictures.numpy())
    assert np.abs(said - known).mean() < 0.05 * np.abs(known).mean()
    assert (said.argmax(axis=1) == known.argmax(axis=1)).mean() > 0.9


def test_training_can_start_from_it_without_a_jump(pictures):
    network = restore.restored(MINI)
    with torch.no_grad():
        before = network(pictures)
        after = restore.normalised(network, pictures)(pictures)
        assert torch.allclose(before, after, atol=1e-3)
        assert network.stem[0].weight.flatten(1).norm(dim=1).allclose(torch.ones(16))
        network.dropout.p = 0.0
        batch = network.train()(pictures)  # by the statistics of the batch itself
    assert torch.allclose(before, batch, atol=0.2)


def test_a_face_gets_the_mouth_of_another_or_none_and_keeps_its_brows(pictures):
    torch.manual_seed(0)
    faces, donors = pictures[:12], pictures[12:]
    mixed = refine.with_mouths(faces, donors)
    assert torch.allclose(mixed[:, :, :22], faces[:, :, :22], atol=1)
    below = mixed[:, :, 42:]
    none = below.flatten(1).std(dim=1) < 1
    assert 1 <= none.sum() <= 8
    for mouth, donor in zip(below[~none], donors[~none][:, :, 42:], strict=True):
        assert np.corrcoef(mouth.flatten(), donor.flatten())[0, 1] > 0.9


def test_only_the_brows_get_another_contrast_and_only_of_some_faces(pictures):
    torch.manual_seed(0)
    views = refine.with_brows(pictures)
    assert torch.allclose(views[:, :, 36:], pictures[:, :, 36:], atol=1)
    changed = (views - pictures)[:, :, 10:24].abs().amax(dim=(1, 2, 3)) > 0.5
    assert 4 <= changed.sum() <= 20


def refiner(sets: tuple[Path, Path], folder: Path) -> refine.Refiner:
    faces, (press, _) = load(sets[0], "train"), load_press(sets[1])
    recipe = refine.replace(refine.RECIPE, epochs=1, batch=16)
    torch.manual_seed(0)
    start = MiniNet().eval()
    validation = load(sets[0], "validation")
    return refine.Refiner(faces, press, validation, press, recipe, folder, start)


def test_an_epoch_shows_all_of_ferplus_a_third_of_common_press_photos_and_rare_ones_twice(
    sets, tmp_path
):
    trainer = refiner(sets, tmp_path)
    order = trainer._order()
    assert len(order) == trainer._pictures
    counts = torch.bincount(order, minlength=150)
    assert counts[:60].tolist() == [1] * 60
    labels = load_press(sets[1])[0].labels
    assert counts[60:][labels == 2].tolist() == [2] * 30
    assert counts[60:][labels != 2].sum() == 20


def test_anger_weighs_more_than_its_rarity_says_and_neutral_less(sets, tmp_path):
    trainer = refiner(sets, tmp_path)
    plain = refine.Trainer(
        load(sets[0], "train"), load(sets[0], "validation"), trainer.recipe, tmp_path / "plain"
    )
    anger, neutral, happiness = (
        EXPRESSIONS.index(each)
        for each in (Expression.ANGER, Expression.NEUTRAL, Expression.HAPPINESS)
    )
    ours, theirs = trainer.weights, plain.weights
    assert ours[anger] / ours[happiness] > 1.3 * theirs[anger] / theirs[happiness]
    assert ours[neutral] / ours[anger] < 0.7 * theirs[neutral] / theirs[anger]


def test_a_frown_with_another_mouth_keeps_its_votes_whatever_the_file_says(sets, tmp_path):
    trainer = refiner(sets, tmp_path)
    anger = EXPRESSIONS.index(Expression.ANGER)
    angry = (trainer.votes[:60, anger] > 0.5).nonzero()[:, 0]
    _, target = trainer._lesson(angry.repeat(4), 0.0)
    kept = target[:, anger] > 0.99
    assert 0.3 < kept.float().mean() < 0.7
    assert target[~kept][:, anger].max() < 0.9, "half of these is what the network says"


def test_the_command_goes_on_after_an_interruption(sets, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(refine, "RECIPE", refine.replace(refine.RECIPE, batch=16))
    ferplus, press = map(str, sets)
    arguments = ["refine", "--data", ferplus, "--press", press, "--out", str(tmp_path / "run")]
    monkeypatch.setattr(sys, "argv", [*arguments, "--epochs", "1"])
    refine.main()
    assert "press photos of other persons: accuracy" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", [*arguments, "--epochs", "2"])
    refine.main()
    text = capsys.readouterr().out
    assert "going on after epoch 1" in text
    assert "epoch 2/2" in text
    assert len((tmp_path / "run" / "log.csv").read_text().splitlines()) == 3
