from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from mood.batch.found import found


@pytest.fixture
def album(tmp_path):
    names = [
        "b.JPG",
        "a.png",
        "film.mp4",
        "notes.txt",
        ".hidden.jpg",
        ".git/x.jpg",
        "deep/er/c.gif",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"1234")
    return tmp_path


def names(album, *paths, **given):
    return [item.path.relative_to(album).as_posix() for item in found(paths, **given)]


def test_a_folder_is_all_photos_and_films_in_it_by_name(album):
    assert names(album, album) == ["a.png", "b.JPG", "deep/er/c.gif", "film.mp4"]


def test_what_is_named_is_read_whatever_it_is_called(album):
    assert names(album, album / "notes.txt", album / "none.jpg") == ["notes.txt", "none.jpg"]


def test_patterns_find_what_the_shell_did_not(album):
    assert names(album, album / "*.[jJ][pP]*") == ["b.JPG"]
    assert names(album, album / "**" / "*.gif") == ["deep/er/c.gif"]
    (nothing,) = found([album / "*.webp"])
    assert nothing.problem


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(album):
    odd = album / "me [1].jpg"
    odd.write_bytes(b"")
    assert names(album, odd) == ["me [1].jpg"]


def test_names_come_on_stdin_as_well(album, monkeypatch):
    lines = b"\n".join([os.fsencode(album / "a.png"), b"", os.fsencode(album / "deep"), b""])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert names(album, Path("-")) == ["a.png", "deep/er/c.gif"]


def test_a_folder_without_photos_says_so(tmp_path):
    (item,) = found([tmp_path])
    assert item.problem == "There is no photo and no film in this folder."


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_to_itself_costs_no_photo(album):
    (album / "deep" / "own").symlink_to("own")
    (album / "deep" / "own.jpg").symlink_to("own.jpg")
    assert names(album, album) == ["a.png", "b.JPG", "deep/er/c.gif", "deep/own.jpg", "film.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_in_a_circle_ends_nowhere_else(album):
    (album / "deep" / "up").symlink_to(album)
    assert names(album, album / "deep") == ["deep/er/c.gif"]


def test_the_folder_of_framed_pictures_is_left_out(album):
    assert names(album, album, left_out=album / "deep" / "er") == ["a.png", "b.JPG", "film.mp4"]


def test_an_item_is_known_by_size_and_time_of_change(album):
    os.utime(album / "a.png", ns=(5, 7))
    (item,) = found([album / "a.png"])
    expected = {"photo": str(album / "a.png"), "bytes": 4, "changed_ns": 7}
    assert item.identity == expected
