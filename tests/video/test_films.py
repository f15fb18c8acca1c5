from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

import mood
from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.video.films import moments
from tests.video.films import face, film


@pytest.fixture(scope="module")
def analyzer():
    return MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))


def walk(steps: int) -> list[np.ndarray]:
    """The astronaut goes from the left to the right; nobody is there in the last two frames."""
    frames = [np.full((240, 480, 3), 90, np.uint8) for _ in range(steps + 2)]
    for index, frame in enumerate(frames[:steps]):
        frame[:, index * 20 : index * 20 + 240] = face()
    return frames


def test_a_face_keeps_its_number_on_its_way(tmp_path, analyzer):
    path = film(tmp_path / "film.mp4", walk(8), rate=5)
    told = list(moments(path, analyzer, every_s=0.2))
    assert [moment.frame for moment in told] == list(range(10))
    assert [moment.time_s for moment in told] == pytest.approx([index / 5 for index in range(10)])
    assert [len(moment.faces) for moment in told] == [1] * 8 + [0] * 2
    assert {each.number for moment in told for each in moment.faces} == {1}
    assert told[4].faces[0].expression == "happiness"
    assert told[4].faces[0].bbox_xyxy[0] - told[0].faces[0].bbox_xyxy[0] == pytest.approx(80, abs=5)


def test_no_more_of_a_film_is_read_than_is_asked_for(tmp_path, analyzer):
    path = film(tmp_path / "film.avi", walk(4) * 30)
    before = analyzer.counters.counts.pictures
    told = list(itertools.islice(moments(path, analyzer, every_s=0), 3))
    assert [moment.frame for moment in told] == [0, 1, 2]
    assert analyzer.counters.counts.pictures - before == 3


def test_a_film_that_is_missing_is_said_at_once(tmp_path):
    with pytest.raises(mood.ImageError, match="No such file"):
        mood.analyze_video(tmp_path / "none.mp4")
    with pytest.raises(mood.OptionsError, match="every_s is -1"):
        mood.analyze_video(tmp_path / "none.mp4", every_s=-1)


@pytest.mark.parametrize("path", [None, b"film.mp4", 5])
def test_what_is_no_path_of_a_film_is_told_so(path):
    with pytest.raises(mood.ImageError, match="and no path"):
        mood.analyze_video(path)


def test_a_film_that_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(mood.ImageError, match="not a file, but a pipe"):
        mood.analyze_video(tmp_path / "pipe.mp4")
    with pytest.raises(mood.ImageError, match="null byte"):
        mood.analyze_video("a\0.mp4")


@pytest.mark.parametrize("every_s", ["x", None, float("nan")])
def test_a_pace_that_is_no_number_is_told_so(tmp_path, every_s):
    with pytest.raises(mood.OptionsError, match="It must be 0 or more seconds"):
        mood.analyze_video(tmp_path / "none.mp4", every_s=every_s)
