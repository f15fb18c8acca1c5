"""The training code still works, on a handful of pictures made here."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mood.training.data import FaceSet, load

torch = pytest.importorskip("torch", reason="torch is not installed (extra: training)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: training)")


from mood.training import train  # noqa: E402
from mood.training.augment import augment  # noqa: E402

# Importing torch's compiler and exporter warns of things that are not ours.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


SMALL = (8, 16, 16, 16)  # channels: enough to tell bright above from bright below


def archive(path: Path, count: int = 60) -> Path:
    """Pictures of two kinds, bright above (happiness) or bright below (sadness), with votes."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 2, count)
    images = rng.integers(0, 60, (count, 48, 48), dtype=np.uint8)
    for image, kind in zip(images, kinds, strict=True):
        image[24 * kind : 24 * kind + 24] += 150
    votes = np.zeros((count, 10), dtype=np.uint8)
    votes[np.arange(count), np.where(kinds == 0, 1, 3)] = 9
    votes[:, 0] = 1  # an outlier each
    votes[0] = [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]  # a tie
    votes[1] = [0, 1, 0, 0, 0, 0, 0, 0, 1, 8]  # not a face
    np.savez(
        path,
        images=images,
        votes=votes,
        split=np.repeat([0, 1, 2], count // 3),
        duplicate_of_earlier_split=np.arange(count) == 25,
    )
    return path


@pytest.fixture(scope="module")
def faces(tmp_path_factory) -> tuple[FaceSet, FaceSet]:
    """Enough of them to learn from: for training and for validation."""
    path = archive(tmp_path_factory.mktemp("faces") / "set.npz", count=600)
    return load(path, "train"), load(path, "validation")


def test_the_protocol_of_ferplus(tmp_path):
    path = archive(tmp_path / "set.npz")
    strict, with_ties = load(path, "train"), load(path, "train", ties=True)
    assert len(strict) == 18  # without the tie and without the one that is no face
    assert len(with_ties) == 19
    assert with_ties.distributions[0, :2].tolist() == [0.5, 0.5]
    assert set(strict.labels) == {1, 3}
    assert strict.distributions.max(axis=1).tolist() == [1] * 18  # single votes are outliers
    assert load(path, "validation").duplicate.sum() == 1


def test_augmented_faces_are_still_grey_pixels():
    torch.manual_seed(0)
    faces = torch.rand(64, 1, 48, 48) * 255
    views = augment(faces)
    assert views.shape == faces.shape
    assert 0 <= float(views.min()) <= float(views.max()) <= 255
    assert not torch.equal(views[0], augment(faces)[0])


def test_a_run_learns_logs_and_goes_on_after_an_interruption(faces, tmp_path, capsys):
    data, validation = faces

    def trainer(epochs: int) -> train.Trainer:
        recipe = train.Recipe(widths=SMALL, epochs=epochs, batch=16, average=0.5)
        return train.Trainer(data, validation, recipe, tmp_path)

    trainer(2).run()
    second = trainer(4)
    second.run()
    assert "going on after epoch 2" in capsys.readouterr().out
    with (tmp_path / "log.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"])
    assert second.validate()[0] > 0.9


def test_the_same_seed_makes_the_same_network(tmp_path):
    data = load(archive(tmp_path / "set.npz", count=120), "train")
    losses = []
    for name in ("a", "b"):
        folder = tmp_path / name
        train.Trainer(data, data, train.Recipe(widths=SMALL, epochs=1, batch=16), folder).run()
        losses.append((folder / "log.csv").read_text().split(",")[5:8])
    assert losses[0] == losses[1]


def test_a_student_learns_from_its_teacher_what_the_votes_do_not_say(faces, tmp_path):
    data, validation = faces
    recipe = train.Recipe(widths=SMALL, epochs=4, batch=16, average=0.5, answers=1.0)
    teacher = train.Trainer(data, validation, recipe, tmp_path / "teacher")
    teacher.run()
    voteless = replace(data, distributions=np.full_like(data.distributions, 1 / 8))
    student = train.Trainer(
        voteless, validation, recipe, tmp_path / "student", teachers=[teacher.average]
    )
    student.run()
    assert student.validate()[0] > 0.9


def test_a_run_starts_where_another_ended(faces, tmp_path):
    data, validation = faces
    recipe = train.Recipe(widths=SMALL, epochs=4, batch=16, average=0.5)
    first = train.Trainer(data, validation, recipe, tmp_path / "first")
    first.run()
    second = train.Trainer(data, validation, recipe, tmp_path / "second", start=first.average)
    assert second.validate() == first.validate()
    assert second.epoch == 0


def test_a_run_learns_from_blended_pictures(faces, tmp_path):
    data, validation = faces
    recipe = train.Recipe(widths=SMALL, epochs=4, batch=16, average=0.5, blended=1.0)
    trainer = train.Trainer(data, validation, recipe, tmp_path / "run")
    trainer.run()
    assert trainer.validate()[0] > 0.9


def test_a_blend_of_pictures_has_the_same_blend_of_their_targets():
    kinds = torch.arange(64) % 2
    views = (kinds * 200.0)[:, None, None, None].expand(64, 1, 4, 4)
    blended, target = train._blend(views, torch.eye(2)[kinds])
    assert torch.allclose(blended[:, 0, 0, 0] / 200, target[:, 1], atol=1e-5)
    assert torch.allclose(target.sum(dim=1), torch.ones(64))
    assert ((target > 0.05) & (target < 0.95)).any()


def test_the_command_trains_teachers_then_the_network_and_repeats_nothing(
    tmp_path, monkeypatch, capsys
):
    path = archive(tmp_path / "set.npz", count=120)
    recipe = train.Recipe(widths=SMALL, batch=16, answers=0.5)
    monkeypatch.setattr(train, "TEACHERS", (recipe, recipe))
    monkeypatch.setattr(train, "STUDENT", recipe)
    monkeypatch.setattr(train, "REFINED", (recipe, recipe))
    out = tmp_path / "runs"
    arguments = ["train", "--data", str(path), "--out", str(out), "--epochs", "1"]
    monkeypatch.setattr(sys, "argv", arguments)
    train.main()
    logs = {log.parent.name: log.read_text() for log in out.glob("*/log.csv")}
    names = ["teacher-1", "teacher-2", "student", "refined-1", "refined-2"]
    assert sorted(logs) == sorted(names)
    first, second, student, *_ = (logs[name].split(",")[5] for name in names)
    assert student != first == second  # the same seed, but the student has teachers
    assert capsys.readouterr().out.count("epoch 1/1") == 5
    train.main()
    assert {log.parent.name: log.read_text() for log in out.glob("*/log.csv")} == logs
    assert "epoch 1/1" not in capsys.readouterr().out
