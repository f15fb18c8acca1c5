"""Where records go: lines of JSON, or a table as CSV; a whole item at a time."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, TextIO

from mood.batch.rows import COLUMNS, Record, is_failure, rows

_CHUNK = 1 << 20  # letters of a film's records that are held until they are written


class Output(Protocol):
    """Takes what became of items, one after the other."""

    def write(self, records: Iterable[Record], long: bool = False) -> None:
        """Writes all records of an item; `long`: there may be very many, as of a film.

        Raises:
            OSError: They cannot be written.
        """

    def close(self) -> None:
        """Ends the output; what was written is complete."""


def json_line(record: Record, encoding: str) -> str:
    """A line of JSON that a stream of this encoding takes: ASCII alone where that is not UTF-8.

    A name that is no Unicode is escaped too: in UTF-8 nothing else can tell it.
    """
    line = json.dumps(record, ensure_ascii=False)
    try:
        line.encode("utf-8" if codecs.lookup(encoding).name == "utf-8" else "ascii")
    except UnicodeEncodeError:
        line = json.dumps(record)
    return f"{line}\n"


def csv_lines(record: Record) -> str:
    """The rows of a record, without the header."""
    return _csv(rows(record))


def csv_header() -> str:
    """The names of the columns."""
    return _csv([list(COLUMNS)])


def _csv(lines: Iterable[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


class StreamOutput:
    """Text on a stream, the standard output for one.

    Args:
        stream: Where it goes.
        table: Whether as CSV; else what was read is a line of JSON, and what was not is left out.
    """

    def __init__(self, stream: TextIO, table: bool) -> None:
        self._stream, self._table = stream, table
        if table:
            stream.write(csv_header())

    def write(self, records: Iterable[Record], long: bool = False) -> None:  # noqa: ARG002
        """See `Output`."""
        for record in records:
            if self._table:
                self._stream.write(csv_lines(record))
            elif not is_failure(record):
                self._stream.write(json_line(record, self._stream.encoding))
        self._stream.flush()

    def close(self) -> None:
        """The stream is not ours."""


class FileOutput:
    """A text file that grows by whole items, whatever ends the process.

    What belongs to a photo is handed to the system at once. While a film is written, a second file
    says where it begins: see `mood.batch.resume`.

    Args:
        path: Goes on where it ends; is made where there is none.
        table: Whether as CSV; else lines of JSON.
    """

    def __init__(self, path: Path, table: bool) -> None:
        self._path = path
        self._text: Callable[[Record], str] = csv_lines if table else _utf8_line
        self._file = path.open("ab", buffering=0)
        if table and not self._file.tell():
            self._put(csv_header())

    def write(self, records: Iterable[Record], long: bool = False) -> None:
        """See `Output`."""
        start, held, size = self._file.tell(), [], 0
        mark = mark_of(self._path)
        if long:
            mark.write_text(str(start))
        try:
            for record in records:
                held.append(self._text(record))
                size += len(held[-1])
                if long and size > _CHUNK:
                    self._put("".join(held))
                    held, size = [], 0
            self._put("".join(held))
        except OSError:
            with contextlib.suppress(OSError):  # a device, for one, has no size
                self._file.truncate(start)  # half an item is none
            raise
        if long:
            mark.unlink()

    def close(self) -> None:
        """See `Output`."""
        self._file.close()

    def _put(self, text: str) -> None:
        left = memoryview(text.encode("utf-8", "surrogateescape"))
        while left:
            left = left[self._file.write(left) :]


def mark_of(path: Path) -> Path:
    """The file that says where a film begins while it is written: its place in bytes."""
    return path.with_name(f"{path.name}.film")


def sync(path: Path) -> None:
    """Has the system write a file to the disk, before it takes another's name."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _utf8_line(record: Record) -> str:
    return json_line(record, "utf-8")
