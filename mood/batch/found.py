"""What is to be read: files, folders, patterns, and names on the standard input."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from mood.batch.rows import Item
from mood.errors import of_system
from mood.video.frames import SUFFIXES as FILMS

PHOTOS = frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "jpe", "jfif", "png", "webp", "avif", "gif", "bmp"),
        *("tif", "tiff", "heic", "heif"),
    )
)
"""Endings, in small letters, of what is taken for a photo in a folder."""

_ENDINGS = PHOTOS | FILMS

STDIN = "-"


def found(paths: Iterable[Path], left_out: Path | None = None) -> Iterator[Item]:
    """Each photo and film, one after the other; a folder of any size costs no memory.

    A folder is gone through with those in it, by name; hidden files and folders are left out, and
    links to folders not followed. A name that is no file and holds ``*``, ``?`` or ``[`` is a
    pattern, in which ``**`` stands for any folders.

    Args:
        paths: As somebody named them.
        left_out: A folder that is left out where it lies in one that is gone through.
    """
    for path in paths:
        if str(path) == STDIN:
            for name in _names(sys.stdin.buffer):
                yield from _at(Path(name), left_out)
        elif glob.has_magic(str(path)) and not os.path.lexists(path):
            yield from _matches(path, left_out)
        else:
            yield from _at(path, left_out)


def is_film(path: Path) -> bool:
    """Whether a name is that of a film."""
    return path.suffix.lower() in FILMS


def _at(path: Path, left_out: Path | None) -> Iterator[Item]:
    if not path.is_dir():
        yield Item.of(path)
        return
    anything = False
    for item in _inside(path, left_out.resolve() if left_out else None):
        anything = True
        yield item
    if not anything:
        yield Item.of(path, "There is no photo and no film in this folder.")


def _matches(pattern: Path, left_out: Path | None) -> Iterator[Item]:
    anything = False
    for name in glob.iglob(str(pattern), recursive=True):  # noqa: PTH207 - of any root
        path = Path(name)
        # What ** finds are the folders, too, whose files it finds by themselves.
        if path.is_dir() and "**" in str(pattern):
            continue
        anything = True
        yield from _at(path, left_out)
    if not anything:
        yield Item(pattern, problem="No file has a name like this.")


def _inside(folder: Path, left_out: Path | None) -> Iterator[Item]:
    try:
        with os.scandir(folder) as entries:
            visible = (entry for entry in entries if not entry.name.startswith("."))
            here = sorted(visible, key=lambda entry: entry.name)
    except OSError as error:
        yield Item(folder, problem=f"The folder cannot be opened: {of_system(error)}.")
        return
    for entry in here:
        if _is_folder(entry):
            path = folder / entry.name
            if not entry.is_symlink() and path.resolve() != left_out:
                yield from _inside(path, left_out)
        elif _ending(entry.name) in _ENDINGS:
            yield Item.of(folder / entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle, a folder that has gone: none to go into
        return False


def _ending(name: str) -> str:
    """As `Path.suffix`, in small letters; of 100,000 names it is noticed."""
    _, dot, ending = name.rpartition(".")
    return f"{dot}{ending}".lower()


def _names(lines: BinaryIO) -> Iterator[str]:
    """One a line; of any bytes, as names of files are."""
    for line in lines:
        name = line.rstrip(b"\r\n")
        if name:
            yield os.fsdecode(name)
