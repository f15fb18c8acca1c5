"""Tables, as Arrow has them and as Parquet: the one place that knows pyarrow.

A Parquet file is complete only when its end is written. So rows go to a file beside it first, with
``.part`` at its end, as a stream of Arrow's, which can be read however it ends; it is turned into
Parquet when all is done, and when Ctrl-C came. A finished file that the next run goes on with is
copied there before its first new row, and stays as it is where there is none.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from mood.batch.outputs import mark_of, sync
from mood.batch.resume import Held, escaped, foreign
from mood.batch.rows import COLUMNS, VERSION, Record, rows
from mood.errors import OptionsError

BATCH_ROWS = 1000
"""So many rows are written at once: an interruption loses no more …"""

BATCH_S = 10.0
"""… and none older than this when the next comes."""

GROUP_ROWS = 65_536
"""Most rows of one row group of the finished file."""

_KINDS = {str: "string", int: "int64", float: "float64"}


def schema() -> Any:
    """The columns as Arrow has them, each with what it means; ``mood.version`` is `VERSION`.

    Raises:
        OptionsError: pyarrow is not installed.
    """
    arrow = _arrow()
    fields = [
        arrow.field(name, arrow.type_for_alias(_KINDS[kind]), metadata={"unit": meaning})
        for name, (kind, meaning) in COLUMNS.items()
    ]
    return arrow.schema(fields, metadata={"mood.version": str(VERSION)})


def table(lines: Sequence[list[Any]]) -> Any:
    """Rows of `mood.batch.rows.rows` as a table of Arrow's with `schema`, which may be empty."""
    arrow = _arrow()
    columns = zip(*lines, strict=True) if lines else repeat((), len(COLUMNS))
    arrays = [
        arrow.array(
            [each and escaped(each) for each in column] if kind is str else column, _KINDS[kind]
        )
        for column, (kind, _) in zip(columns, COLUMNS.values(), strict=True)
    ]
    return arrow.Table.from_arrays(arrays, schema=schema())


class ParquetOutput:
    """A Parquet file that is finished by `close`.

    Args:
        path: Where it is to be.
        resume: Whether to go on with what is there.

    Attributes:
        held: The items that it held already.

    Raises:
        OptionsError: pyarrow is not installed, or the file that is there is another one.
        OSError: It cannot be written.
    """

    def __init__(self, path: Path, resume: bool) -> None:
        self._arrow, self._schema = _arrow(), schema()
        self._path, self._part = path, part_of(path)
        self._old, self._taking = (
            self._part.with_name(f"{self._part.name}.{end}") for end in ("old", "taking")
        )
        self.held = Held()
        if resume and path.exists():
            self._check()
        if resume and self._part.exists() and not self._taking.exists():
            self._part.replace(self._old)
        self._taking.touch()  # as long as it is there, the part holds less than what it is made of
        self._rows: list[list[Any]] = []
        self._written_s = time.monotonic()
        self._begun = False
        there = (each for each in (self._old, path) if resume and each.exists())
        self._source = next(there, None)
        self._failures = self._source is not None and self._hold(self._source)

    def write(self, records: Iterable[Record], long: bool = False) -> None:
        """See `mood.batch.outputs.Output`."""
        if long:
            self._flush()
            self._begin()
            mark_of(self._part).write_text(str(self._file.tell()))
        for record in records:
            self._rows += rows(record)
            if long and len(self._rows) >= BATCH_ROWS:
                self._flush()
        if long:
            self._flush()
            mark_of(self._part).unlink()
        late = time.monotonic() - self._written_s >= BATCH_S
        if len(self._rows) >= BATCH_ROWS or late:
            self._flush()

    def close(self) -> None:
        """Turns all that was written into the Parquet file, which is there then, or as before."""
        self._flush()
        if not self._begun and self._source == self._path and not self._failures:
            for each in (self._part, self._taking):  # in this order
                each.unlink(missing_ok=True)
            return
        self._begin()
        self._stream.close()
        self._file.close()
        new = self._path.with_name(f"{self._path.name}.new")
        with self._arrow.parquet.ParquetWriter(new, self._schema, compression="zstd") as writer:
            group, count = [], 0
            for batch in self._batches(self._part):
                group.append(batch)
                count += batch.num_rows
                if count >= GROUP_ROWS:
                    writer.write_table(self._arrow.Table.from_batches(group))
                    group, count = [], 0
            if group:
                writer.write_table(self._arrow.Table.from_batches(group))
        sync(new)
        new.replace(self._path)
        self._part.unlink()

    def _flush(self) -> None:
        self._written_s = time.monotonic()
        if not self._rows:
            return
        self._begin()
        for batch in table(self._rows).to_batches():
            self._stream.write_batch(batch)
        self._rows = []

    def _hold(self, source: Path) -> bool:
        """Learns what the last run left; whether some of that is to be tried again."""
        failures = False
        names = ("photo", "bytes", "changed_ns")
        for batch in self._batches(source, [*names, "error", "time_s"]):
            done = self._done(batch)
            failures |= done.num_rows < batch.num_rows
            for each in zip(*(done.column(name).to_pylist() for name in names), strict=True):
                self.held.add(*each)
        return failures

    def _begin(self) -> None:
        """Before the first row: takes over what the last run left, but for half a film."""
        if self._begun:
            return
        self._file = self._arrow.OSFile(str(self._part), "wb")
        self._stream = self._arrow.ipc.new_stream(self._file, self._schema)
        for batch in self._batches(self._source) if self._source is not None else ():
            done = self._done(batch)
            if done.num_rows:
                self._stream.write_batch(done)
        self._begun = True
        for each in (self._taking, self._old, mark_of(self._part)):  # in this order
            each.unlink(missing_ok=True)

    def _done(self, batch: Any) -> Any:
        """A batch without failures."""
        compute = self._arrow.compute
        error, time_s = batch.column("error"), batch.column("time_s")
        return batch.filter(compute.or_(compute.is_null(error), compute.is_valid(time_s)))

    def _check(self) -> None:
        try:
            if self._arrow.parquet.read_schema(self._path).equals(self._schema):
                return
        except self._arrow.ArrowInvalid:  # no Parquet at all
            pass
        raise foreign(self._path)

    def _batches(self, path: Path, columns: list[str] | None = None) -> Iterator[Any]:
        """What a stream or a Parquet file holds, up to where it breaks off.

        Args:
            path: Which.
            columns: Those that are enough.
        """
        if path == self._path:
            with self._arrow.parquet.ParquetFile(path) as file:
                yield from file.iter_batches(GROUP_ROWS, columns=columns)
            return
        mark = mark_of(self._part)
        most = int(mark.read_text() or 0) if mark.exists() else None
        with path.open("rb") as file:
            try:
                stream = self._arrow.ipc.open_stream(file)
                for batch in stream:
                    if most is not None and file.tell() > most:
                        return
                    yield batch
            except (self._arrow.ArrowInvalid, OSError):  # broken off: the rest was never written
                return


def part_of(path: Path) -> Path:
    """Where rows are until the Parquet file is finished."""
    return path.with_name(f"{path.name}.part")


def _arrow() -> Any:
    try:
        import pyarrow as pa
        from pyarrow import compute, ipc, parquet  # noqa: F401 - so that pa has them
    except ImportError as error:
        raise OptionsError(
            "Parquet is written by pyarrow, which is not installed. "
            "Run pip install pyarrow, or choose --format csv."
        ) from error
    return pa
