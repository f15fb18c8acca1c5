"""Whatever is handed over as a picture is read, or told what is the matter with it."""

from __future__ import annotations

import array
import io
import os
import re
import resource
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mood.errors import ImageTooLargeError, UnreadableImageError
from mood.settings import Settings
from mood.vision.picture import read_image

SETTINGS = Settings()
NOBODY = 65_534


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 0, 0)).save(file, "PNG")
    return file.getvalue()


class Trickle:
    """Gives little at a time, and cannot go back: an answer over the network."""

    def __init__(self, content: bytes) -> None:
        self._left = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._left.read(min(size, 10))


class Place:
    """A path of another library's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


def at_its_end(content: bytes) -> io.BytesIO:
    file = io.BytesIO()
    file.write(content)
    return file


@pytest.mark.parametrize(
    "form", [io.BytesIO, at_its_end, Trickle, bytearray, memoryview], ids=lambda form: form.__name__
)
def test_bytes_are_read_in_whatever_they_come(form):
    assert read_image(form(png()), SETTINGS).size_wh == (64, 48)


def test_open_files_and_foreign_paths_are_read(tmp_path: Path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    with path.open("rb") as file, path.open("rb", buffering=0) as raw:
        for source in (file, raw, Place(path)):
            assert read_image(source, SETTINGS).size_wh == (64, 48)
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(png())
        assert read_image(spooled, SETTINGS).size_wh == (64, 48)


def test_of_a_file_without_end_no_more_is_read_than_may_be():
    with Path("/dev/zero").open("rb") as endless, pytest.raises(ImageTooLargeError):
        read_image(endless, Settings(max_upload_mb=1))


def told(source: Any) -> str:
    with pytest.raises(UnreadableImageError) as refused:
        read_image(source, SETTINGS)
    return str(refused.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (None, "None is no picture.*Give a path"),
        (5, "of type int, and no picture.*Give a path"),
        (print, "no picture"),
        ([png()], "One picture at a time: this is a list"),
        ((png(), png()), "One picture at a time: this is a tuple"),
        ({"image": png()}, "One picture at a time: this is a dict"),
        (array.array("B", png()), "of type array, and no picture"),
        ("", "The path is empty"),
        ("a\0.jpg", "null byte"),
        (Path("a\0.jpg"), "null byte"),
        ("photo-\ud800.jpg", "broken letter"),
        ("a" * 300, "too long"),
        ("x" * 100_000, "too long"),
        ("data:image/png;base64,AAAA", "data URL and no path"),
        ("HTTPS://example.org/a.jpg", "Addresses are not fetched"),
        (io.StringIO("text"), "gives text and no bytes"),
        (io.BytesIO(), "is empty"),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_what_is_no_picture_is_told_what_it_is(source, words):
    sentence = told(source)
    assert re.search(words, sentence), sentence
    assert sentence.endswith((".", '"rb").'))


def test_a_closed_file_and_one_opened_as_text(tmp_path: Path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    closed = io.BytesIO(png())
    closed.close()
    assert "it is closed" in told(closed)
    with path.open(encoding="utf-8") as text:
        assert "binary mode" in told(text)


def test_what_lies_at_a_path_and_is_no_file(tmp_path: Path):
    pipe, door = tmp_path / "pipe.jpg", tmp_path / "door.jpg"
    os.mkfifo(pipe)  # opened, it would wait for ever
    assert "a folder" in told(tmp_path)
    assert "a pipe" in told(pipe)
    assert "a device" in told("/dev/null")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(door))
        assert "a socket" in told(door)
    assert "No such file" in told(tmp_path / "none.jpg")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    assert "cannot be opened" in told(tmp_path / "loop.jpg")


@contextmanager
def as_nobody() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read(tmp_path: Path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    path.chmod(0)
    with as_nobody():
        assert "permission denied" in told(path)


def test_too_many_open_files_are_not_the_pictures_fault(tmp_path: Path):
    path = tmp_path / "a.png"
    path.write_bytes(png())
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with path.open("rb") as last:
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno() + 1, limits[1]))
        taken = []
        try:
            while True:
                taken.append(os.dup(last.fileno()))
        except OSError:
            sentence = told(path)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
            for each in taken:
                os.close(each)
    assert "too many files open" in sentence
    assert np.array_equal(read_image(path, SETTINGS).pixels[0, 0], [200, 0, 0])
