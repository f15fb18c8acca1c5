"""What an output holds already, so that the next run goes on where the last one ended.

Before it goes on, what failed is taken out, for it is tried again, and so is what was written of
an item that was not complete: a line without its end, a film whose mark is still there.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mood.batch.outputs import mark_of, sync
from mood.batch.rows import COLUMNS, Item
from mood.errors import OptionsError

_OURS = re.compile(rb'\{"photo": |photo,bytes,|$')
_HEAD = re.compile(
    rb'\{"photo": ("(?:[^"\\]|\\.)*"), "bytes": (\d+|null), "changed_ns": (-?\d+|null)'
    rb'(?:, "time_s": (null|[-+.\de]+))?'
)
"""How each line begins that `mood.batch.rows` makes; only failures have a time that is null."""


class Held:
    """Which items an output holds, by path, size and time of change.

    Of each only a number is kept, 8 bytes, that hardly any two share.
    """

    def __init__(self) -> None:
        self._keys: set[int] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, item: object) -> bool:
        if not isinstance(item, Item):
            return False
        return _key(str(item.path), item.size, item.changed_ns) in self._keys

    def add(self, photo: str, size: int | None, changed_ns: int | None) -> None:
        """Takes in what a row says."""
        self._keys.add(_key(photo, size, changed_ns))


def held_by(path: Path, table: bool) -> Held:
    """What a file of lines or a table as CSV holds; puts it in order, so that it can go on.

    Raises:
        OptionsError: The file holds something else.
        OSError: It cannot be read or written.
    """
    held = Held()
    if not path.exists():
        return held
    mark = mark_of(path)
    complete = _complete(path)
    if mark.exists():
        complete = min(complete, int(mark.read_text() or complete))
    with path.open("r+b") as file:
        if not _OURS.match(file.readline()):
            raise foreign(path)
        file.seek(0)
        scan = (_table_rows if table else _lines)(_whole_lines(file, complete), path, held)
        failures = [(start, end) for start, end, failed in scan if failed]
        file.truncate(complete)
    mark.unlink(missing_ok=True)
    if failures:
        _without(path, failures)
    return held


def _key(photo: str, size: int | None, changed_ns: int | None) -> int:
    return hash((escaped(photo), size, changed_ns))


def escaped(name: str) -> str:
    """A name as text: what is no Unicode in it is escaped."""
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _complete(path: Path) -> int:
    """How many bytes of a file are whole lines."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        while end:
            start = max(0, end - 65536)
            file.seek(start)
            last = file.read(end - start).rfind(b"\n")
            if last >= 0:
                return start + last + 1
            end = start
    return 0


def _whole_lines(file: BinaryIO, complete: int) -> Iterator[bytes]:
    for line in file:
        complete -= len(line)
        if complete < 0:
            return
        yield line


def _lines(file: Iterator[bytes], path: Path, held: Held) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each line in bytes, and whether it tells a failure."""
    end = 0
    for line in file:
        start, end = end, end + len(line)
        head = _HEAD.match(line)
        if head is None:
            raise foreign(path)
        photo, size, changed, time_s = head.groups()
        failed = time_s == b"null"
        if not failed:
            name = json.loads(photo) if b"\\" in photo else photo[1:-1].decode()
            held.add(name, _whole(size), _whole(changed))
        yield start, end, failed


def _table_rows(file: Iterator[bytes], path: Path, held: Held) -> Iterator[tuple[int, int, bool]]:
    """The same of each row; one may have several lines, where a name has."""
    end = 0

    def lines() -> Iterator[str]:
        nonlocal end
        for line in file:
            end += len(line)
            yield line.decode("utf-8", "surrogateescape")

    table = csv.reader(lines())
    names = list(COLUMNS)
    header = next(table, names)
    if header != names:
        raise foreign(path)
    photo, size, changed, time_s, error = (
        names.index(each) for each in ("photo", "bytes", "changed_ns", "time_s", "error")
    )
    start = end
    for row in table:
        if len(row) != len(names):
            raise foreign(path)
        failed = bool(row[error]) and not row[time_s]
        if not failed:
            held.add(row[photo], _whole(row[size]), _whole(row[changed]))
        yield start, end, failed
        start = end


def _whole(text: bytes | str) -> int | None:
    return None if text in {b"null", ""} else int(text)


def _without(path: Path, spans: list[tuple[int, int]]) -> None:
    """Takes spans of bytes out of a file, which is there as it was until that is done."""
    rest = path.with_name(f"{path.name}.rest")
    with path.open("rb") as old, rest.open("wb") as new:
        for start, end in spans:
            _copy(old, new, start - old.tell())
            old.seek(end)
        _copy(old, new, path.stat().st_size - old.tell())
    sync(rest)
    rest.replace(path)


def _copy(old: BinaryIO, new: BinaryIO, size: int) -> None:
    while size > 0 and (part := old.read(min(size, 1 << 20))):
        new.write(part)
        size -= len(part)


def holds_results(path: Path) -> bool:
    """Whether a file is empty or begins as ours do; a photo, for one, does not."""
    with path.open("rb") as file:
        start = file.readline(100)
    return bool(_OURS.match(start)) or start.startswith(b"PAR1")


def foreign(path: Path) -> OptionsError:
    """That a file is not one of ours."""
    return OptionsError(
        f"{path} holds something else than results of this format and version. "
        "Choose another --output, or go on without --resume."
    )
