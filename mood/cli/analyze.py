"""``mood-detector analyze``: reads photos, prints what they show, writes them with frames."""

from __future__ import annotations

import argparse
import codecs
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.options import Options
from mood.report.draw import annotate
from mood.settings import Settings
from mood.types import AnalysisDict, RGBImage

_log = logging.getLogger(__name__)

_T = TypeVar("_T")


def run(options: argparse.Namespace) -> int:
    """Reads the photos and returns the exit code."""
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        analyzer = MoodAnalyzer(Settings.from_env())
    except MoodError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if options.annotate:
            options.annotate.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"The folder {options.annotate} cannot be made: {_reason(error)}."
        print(f"{why} Choose another one for --annotate.", file=sys.stderr)
        return 2
    album = None
    if options.annotate:
        album = _Album(options.annotate, options.photos, options.overwrite)
    wanted = Options(show_unreadable=not options.hide_unreadable)
    failures = sum(not _one(analyzer, photo, wanted, album) for photo in options.photos)
    return 1 if failures else 0


class _Album:
    """The folder of framed pictures, in which nothing is lost.

    Args:
        folder: Where they go.
        photos: Those that are read: never replaced, by whatever name or link they are reached.
        overwrite: Whether other files that are there already may be replaced.
    """

    def __init__(self, folder: Path, photos: Sequence[Path], overwrite: bool) -> None:
        self._folder = folder
        self._taken = {_identity(photo) for photo in photos} - {None}
        self._overwrite = overwrite

    def add(self, picture: RGBImage, name: str) -> None:
        """Writes `picture` (H, W, 3) uint8 RGB as ``name.jpg``, numbered where that is taken."""
        number = 1
        while True:
            path = self._folder / (f"{name}.jpg" if number == 1 else f"{name}-{number}.jpg")
            there = _identity(path)
            if there is None or (self._overwrite and there not in self._taken):
                break
            number += 1
        Image.fromarray(picture).save(path, quality=90)
        self._taken.add(_identity(path))


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _one(analyzer: MoodAnalyzer, photo: Path, options: Options, album: _Album | None) -> bool:
    """Analyses one photo, and adds it with frames to the album; whether all of that worked.

    What was found is printed first: a full disk does not cost it.
    """
    reading = _tried(photo, lambda: analyzer.read(photo, options))
    if reading is None:
        return False
    try:
        print(_line(photo, reading.analysis.to_dict(), sys.stdout.encoding), flush=True)
    except OSError as error:  # whatever came after it would be lost as well
        if not isinstance(error, BrokenPipeError):
            print(f"{photo}: The line cannot be printed: {_reason(error)}.", file=sys.stderr)
        raise BrokenPipeError from error
    if album is None:
        return True
    framed = _tried(photo, lambda: annotate(reading.picture.pixels, reading.analysis))
    return framed is not None and _kept(photo, framed, album)


def _tried(photo: Path, work: Callable[[], _T]) -> _T | None:
    """What `work` gives, or None where it fails, which is then told on stderr."""
    try:
        return work()
    except (MoodError, OSError) as error:
        print(f"{photo}: {error}", file=sys.stderr)
    except Exception as error:  # noqa: BLE001 - the outer edge of a photo: the others are read
        _log.info("%s failed", photo, exc_info=True)
        print(f"{photo}: Something unforeseen went wrong: {error!r}.", file=sys.stderr)
    return None


def _kept(photo: Path, framed: RGBImage, album: _Album) -> bool:
    try:
        album.add(framed, photo.stem)
    except OSError as error:
        why = f"The framed picture cannot be written: {_reason(error)}."
        print(f"{photo}: {why}", file=sys.stderr)
        return False
    return True


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _line(photo: Path, answer: AnalysisDict, encoding: str) -> str:
    """A line of JSON that a stream of this encoding takes: ASCII alone where that is not UTF-8.

    A name that is no Unicode is escaped too: in UTF-8 nothing else can tell it.
    """
    fields = {"photo": str(photo), **answer}
    line = json.dumps(fields, ensure_ascii=False)
    try:
        line.encode("utf-8" if _is_utf8(encoding) else "ascii")
    except UnicodeEncodeError:
        return json.dumps(fields)
    return line


def _is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name == "utf-8"
