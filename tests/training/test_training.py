"""The training code still works, on a handful of pictures made here."""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mood.models import calibration
from mood.training import calibrate, evaluate, subject
from mood.training.data import FaceSet, load
from mood.vision.session import OnnxSession

torch = pytest.importorskip("torch", reason="torch is not installed (extra: training)")
pytest.importorskip("onnx", reason="onnx is not installed (extra: training)")

from onnx import helper  # noqa: E402

from mood.training import export, train  # noqa: E402
from mood.training.augment import augment  # noqa: E402
from mood.training.network import MiniNet  # noqa: E402
from tests import networks  # noqa: E402

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
