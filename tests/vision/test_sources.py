"""Whatever is handed over as a picture is read, or told what is the matter with it."""

from __future__ import annotations

import array
import io
import os
import re
import resource
import socket
import tempfile
import zipfile
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


def packed(tmp_path: Path, *, size: int = 0) -> Path:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("holiday/a.png", png() + bytes(size))
    return path


def test_whatever_else_is_a_path_is_read(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png())
    places: list[Any] = [zipfile.Path(packed(tmp_path), "holiday/a.png")]
    for folder in (tmp_path, os.fsencode(tmp_path)):
        with os.scandir(folder) as entries:
            places += [each for each in entries if os.fsdecode(each.name) == "a.png"]
    for place in places:
        assert read_image(place, SETTINGS).size_wh == (64, 48)
    assert len(places) == 3


def test_of_an_archive_no_more_is_unpacked_than_may_be_read(tmp_path: Path):
    bomb = zipfile.Path(packed(tmp_path, size=3_000_000), "holiday/a.png")
    with pytest.raises(ImageTooLargeError):
        read_image(bomb, Settings(max_upload_mb=1))


def test_what_cannot_be_had_of_an_archive_is_told(tmp_path: Path):
    path = packed(tmp_path)
    assert "No such file" in told(zipfile.Path(path, "holiday/b.png"))
    assert "a folder" in told(zipfile.Path(path, "holiday/"))
    with zipfile.ZipFile(path) as archive:
        assert "Give a path" in told(archive)
    content = path.read_bytes()
    path.write_bytes(content.replace(png()[:4], b"oops").replace(b"\x08\0", b"\x63\0"))
    assert "cannot be read" in told(zipfile.Path(path, "holiday/a.png"))


def test_bytes_are_what_a_file_holds_and_never_its_path(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(png())
    for path in (tmp_path / "a.png", tmp_path / "none.PNG"):
        assert "os.fsdecode(path)" in told(os.fsencode(path)), "whether it is there or not"


@pytest.mark.parametrize(
    "empty",
    [
        np.zeros((0, 0, 3), np.uint8),
        np.zeros((0, 5), np.uint8),
        np.zeros((5, 0, 4), np.float32),
        Image.new("RGB", (20, 20)).crop((5, 5, 5, 5)),
        Image.new("L", (20, 0)),
    ],
    ids=["0x0", "grey", "float", "crop", "flat"],
)
def test_a_picture_without_pixels_is_called_empty(empty):
    assert "is empty" in told(empty)


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
