from __future__ import annotations

import numpy as np
import pytest

from mood.errors import UnreadableImageError
from mood.video.frames import Film
from tests.video.films import film, gif, turned, varied

RED, GREEN = (np.full((64, 96, 3), colour, np.uint8) for colour in ((220, 20, 20), (20, 220, 20)))


def looked_at(path, every_s):
    opened = Film(path)
    try:
        return list(opened.frames(every_s))
    finally:
        opened.close()


@pytest.mark.parametrize("name", ["film.mp4", "film.avi", "film.mkv"])
def test_frames_come_at_the_times_that_were_asked_for(tmp_path, name):
    path = film(tmp_path / name, [RED] * 10 + [GREEN] * 10)
    frames = looked_at(path, 0.5)
    assert [frame.number for frame in frames] == [0, 5, 10, 15]
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.5, 1, 1.5], abs=0.001)
    strongest = [int(frame.pixels.mean(axis=(0, 1)).argmax()) for frame in frames]
    assert strongest == [0, 0, 1, 1]
    assert frames[0].pixels.shape == (64, 96, 3)
    assert len(looked_at(path, 0)) == 20


def test_a_frame_rate_that_varies_keeps_its_times(tmp_path):
    frames = [np.roll(RED, 1, axis=2), RED, GREEN, np.roll(GREEN, 1, axis=2)]
    path = gif(tmp_path / "film.gif", frames, [200, 1500, 300, 100])
    assert [each.time_s for each in looked_at(path, 0)] == pytest.approx([0, 0.2, 1.7, 2.0])
    assert [each.number for each in looked_at(path, 1)] == [0, 2, 3]


def test_a_telephones_film_whose_frame_rate_varies_keeps_its_times(tmp_path):
    path = varied(film(tmp_path / "film.mp4", [RED, RED, GREEN, RED, GREEN]), [1, 5, 2, 10, 1])
    frames = looked_at(path, 0)
    assert [each.time_s for each in frames] == pytest.approx([0, 0.1, 0.6, 0.8, 1.8], abs=0.001)
    colours = [int(each.pixels.mean(axis=(0, 1)).argmax()) for each in frames]
    assert colours == [0, 0, 1, 0, 1]
    assert [each.number for each in looked_at(path, 0.7)] == [0, 3, 4]


@pytest.mark.parametrize(("degrees", "corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_a_film_that_a_telephone_took_upright_is_upright(tmp_path, degrees, corner):
    marked = RED.copy()
    marked[:24, :24] = (20, 20, 220)  # at the left above, before it is turned
    path = turned(film(tmp_path / "film.mp4", [marked] * 3), degrees)
    (frame, *_) = looked_at(path, 0)
    assert frame.pixels.shape == ((64, 96, 3) if degrees == 180 else (96, 64, 3))
    assert frame.pixels[corner].argmax() == 2


def test_an_end_that_is_missing_is_told(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (40, 64, 96, 3), dtype=np.uint8)
    path = film(tmp_path / "film.avi", list(noise))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    *frames, missing = looked_at(path, 0.5)
    assert all(frame.until_s is None for frame in frames)
    assert missing.pixels is None
    assert 1 < missing.time_s < 3
    assert missing.until_s == pytest.approx(4)


def test_a_stretch_that_cannot_be_decoded_is_told_and_skipped(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (100, 64, 96, 3), dtype=np.uint8)
    path = film(tmp_path / "film.mp4", list(noise))
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : third + len(content) // 5] = bytes(len(content) // 5)
    path.write_bytes(content)
    told = looked_at(path, 0.5)
    (gap,) = (frame for frame in told if frame.pixels is None)
    assert 1 < gap.time_s < gap.until_s < 6
    assert told[-1].time_s > 9
    times = [frame.time_s for frame in told]
    assert times == sorted(times)


@pytest.mark.parametrize("content", [b"", b"nothing", None])
def test_what_is_no_film_says_so(tmp_path, content):
    path = tmp_path / "film.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableImageError, match=r"not a film|No such file"):
        Film(path)
