"""Reads one photo or film; in this process, or in one that does nothing else."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing import connection, parent_process
from pathlib import Path

from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.batch.found import is_film
from mood.batch.rows import (
    Item,
    Record,
    failed_record,
    is_failure,
    moment_record,
    photo_record,
    sentence,
)
from mood.errors import MoodError
from mood.options import Options
from mood.report.draw import annotate
from mood.resources.pool import ModelPool
from mood.settings import Settings
from mood.types import RGBImage
from mood.video.films import EVERY_S, moments

_log = logging.getLogger(__name__)

_DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Job:
    """How everything is read.

    Attributes:
        settings: Those of the analyzer.
        options: What is wanted of each photo, and of each frame of a film.
        every_s: Seconds from one frame of a film to the next; 0 takes all.
        gifs: Whether a GIF is read as a film.
        framed: Whether photos with frames are wanted.
        spool: Folder for the records of films, until they are written.
    """

    settings: Settings
    options: Options = _DEFAULT
    every_s: float = EVERY_S
    gifs: bool = False
    framed: bool = False
    spool: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item; small, whatever the item is.

    Attributes:
        item: What was read.
        record: That of a photo, or of what could not be read.
        spooled: File with the records of a film, a line of JSON each.
        framed: The photo with frames, as JPEG.
        unframed: Why there is none, where one was wanted.
    """

    item: Item
    record: Record | None = None
    spooled: Path | None = None
    framed: bytes | None = None
    unframed: str = ""

    def records(self) -> Iterator[Record]:
        """All that is to be written, one after the other."""
        if self.record is not None:
            yield self.record
        if self.spooled is not None:
            with self.spooled.open(encoding="ascii") as lines:
                yield from map(json.loads, lines)

    @property
    def failed(self) -> bool:
        """Whether it could not be read."""
        return self.record is not None and is_failure(self.record)


def settled(job: Job) -> Job:
    """The job with the networks that ``auto`` means now, fetched and tried.

    Where each process asked the Hub by itself, all would wait, and some might read with others.
    """
    options, settings = job.options, job.settings
    detector, model = options.detector or settings.detector, options.model or settings.model
    if "auto" not in (detector, model):
        return job
    try:
        found = ModelPool(settings).get(options)
    except MoodError:  # every item will say so
        return job
    if detector == "auto":
        options = replace(options, detector=found.detector_weights.spec.name)
    if model == "auto":
        options = replace(options, model=found.classifier_weights.spec.name)
    return replace(job, options=options)


class Reader:
    """Reads items one after the other; the networks are loaded with the first."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._analyzer = MoodAnalyzer(job.settings, pool=ModelPool(job.settings, roomy=True))

    def read(self, item: Item, content: bytes | None = None) -> Outcome:
        """What became of an item; nothing that goes wrong with one costs another.

        Args:
            item: A photo or film.
            content: Of a photo that lies in no file: what would be in it.
        """
        try:
            if content is not None:
                return self._photo(item, content)
            if item.problem:
                return Outcome(item, failed_record(item, item.problem))
            if is_film(item.path) or (self._job.gifs and item.path.suffix.lower() == ".gif"):
                return self._film(item)
            return self._photo(item, item.path)
        except (MoodError, OSError) as error:
            return Outcome(item, failed_record(item, error))
        except Exception as error:  # noqa: BLE001 - the outer edge of an item: the others are read
            _log.info("%s failed", item.path, exc_info=True)
            return Outcome(item, failed_record(item, error))

    def _photo(self, item: Item, source: Path | bytes) -> Outcome:
        reading = self._analyzer.read(source, self._job.options)
        record = photo_record(item, reading.analysis)
        if not self._job.framed:
            return Outcome(item, record)
        try:
            framed = _jpeg(annotate(reading.picture.pixels, reading.analysis))
        except Exception as error:  # noqa: BLE001 - what was read is kept whatever happens here
            return Outcome(item, record, unframed=sentence(error))
        return Outcome(item, record, framed=framed)

    def _film(self, item: Item) -> Outcome:
        film = moments(item.path, self._analyzer, self._job.options, self._job.every_s)
        handle, name = tempfile.mkstemp(".jsonl", "film-", self._job.spool)
        try:
            with open(handle, "w", encoding="ascii") as file:  # noqa: PTH123 - no path but a handle
                for moment in film:
                    file.write(json.dumps(moment_record(item, moment)) + "\n")
        except BaseException:
            Path(name).unlink()
            raise
        return Outcome(item, spooled=Path(name))


def _jpeg(picture: RGBImage) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    return file.getvalue()


_reader: Reader | None = None  # that of a worker process


def begin(job: Job, level: int) -> None:
    """Makes this process a worker: it leaves Ctrl-C to its parent, and ends with that."""
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    _reader = Reader(job)


def read(item: Item) -> Outcome:
    """Reads an item in a worker process."""
    assert _reader is not None
    return _reader.read(item)


def _end_with(parent: int) -> None:
    """A parent that was killed tells nobody: its workers would wait for ever."""
    connection.wait([parent])
    os._exit(1)
