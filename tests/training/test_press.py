"""Press photos: whose labels count, who is kept for validation, what the network sees of them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from mood.training import evaluate
from mood.training.press import for_validation, load_press


@pytest.fixture
def photos(tmp_path) -> Path:
    """Of 40 persons two photos each, bright around the box; each fifth is badly labelled."""
    path = tmp_path / "press.npz"
    count = 80
    images = np.full((count, 64, 64), 255, dtype=np.uint8)
    images[:, 12:52, 12:52] = np.arange(count, dtype=np.uint8)[:, None, None]
    np.savez(
        path,
        images=images,
        label=np.arange(count) % 7,
        box_xyxy=np.tile(np.array([14, 14, 50, 50], dtype=np.float32), (count, 1)),
        person=np.arange(count) // 2,
        annotator=np.where(np.arange(count) % 5 == 0, "jhamski", "somebody"),
    )
    return path


def test_badly_labelled_faces_are_left_out_unless_they_are_asked_for(photos):
    faces, persons = load_press(photos)
    assert len(faces) == len(persons) == 64
    assert 5 not in faces.images[:, 24, 24], "one of the bad annotator's"
    assert len(load_press(photos, all_annotators=True)[0]) == 80
    assert faces.distributions.argmax(axis=1).tolist() == faces.labels.tolist()


def test_the_network_sees_the_square_around_the_box(photos):
    faces, _ = load_press(photos)
    assert faces.images.shape[1:] == (48, 48)
    assert faces.images.max() < 80, "nothing of what lies further out"


def test_a_person_is_kept_for_validation_with_all_photos_or_none():
    persons = np.repeat(np.arange(200), 3)
    kept = for_validation(persons)
    assert kept.mean() == pytest.approx(0.15)
    assert set(persons[kept]).isdisjoint(persons[~kept])
    assert (kept == for_validation(persons)).all()


def test_agreement_with_the_annotators_is_printed(photos, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["evaluate", "mini", "--press", str(photos)])
    evaluate.main()
    text = capsys.readouterr().out
    assert "| faces | 80 | 64 | " in text
    assert "| recall of anger |" in text
