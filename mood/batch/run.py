"""Reads all that somebody named, and writes it as it comes."""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from mood.batch.album import Album
from mood.batch.alone import alone
from mood.batch.found import STDIN, found
from mood.batch.outputs import FileOutput, Output, StreamOutput
from mood.batch.reading import Job, Outcome, Reader, settled
from mood.batch.resume import held_by, holds_results
from mood.batch.rows import Item
from mood.batch.tally import Tally
from mood.errors import OptionsError, of_system

if TYPE_CHECKING:
    from mood.batch.crew import Crew

FORMATS = ("jsonl", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        paths: Files, folders, patterns, and ``-`` for names on the standard input.
        job: How each is read.
        format: One of `FORMATS`.
        output: The file that is written; None is the standard output.
        resume: Whether to go on with the file that is there.
        overwrite: Whether files may be replaced.
        annotate: The folder for photos with frames.
        workers: How many processes read.
        bar: Whether to show how far it is.
    """

    paths: Sequence[Path]
    job: Job
    format: str = "jsonl"
    output: Path | None = None
    resume: bool = False
    overwrite: bool = False
    annotate: Path | None = None
    workers: int = 1
    bar: bool = False


class WritingError(Exception):
    """The output takes nothing more."""


@dataclass(slots=True)
class Run:
    """A plan at work.

    Attributes:
        plan: What is to be done.
        tally: What was done, also after an error.
        telling: Whether failures are told on stderr as they come.
    """

    plan: Plan
    telling: bool = False
    tally: Tally = field(default_factory=Tally)

    def go(self) -> None:
        """Does all of it.

        Raises:
            OptionsError: The plan cannot be carried out; nothing was read.
            WritingError: The output takes nothing more; it holds what was read before.
            KeyboardInterrupt: Ctrl-C came; the output holds all that was done.
        """
        with alone(self.plan.output):
            self._write(*_opened(self.plan))

    def _write(self, output: Output, held: Container[Item]) -> None:
        with (
            self._finished(output),
            tempfile.TemporaryDirectory(prefix="mood-") as spool,
            _Interrupts() as interrupts,
        ):
            job = replace(self.plan.job, spool=Path(spool), framed=bool(self.plan.annotate))
            album, items = self._items()
            with self._bar() as bar:
                outcomes = _Outcomes(job, self.plan.workers)
                try:
                    for outcome in outcomes.of(self._new(items, held, bar)):
                        with interrupts.later():
                            self._keep(outcome, output, album, bar)
                except KeyboardInterrupt:
                    for outcome in outcomes.last():
                        self._keep(outcome, output, album, bar)
                    raise
                finally:
                    outcomes.end()

    @contextlib.contextmanager
    def _finished(self, output: Output) -> Iterator[None]:
        try:
            yield
        finally:
            try:
                output.close()
            except OSError as error:
                raise WritingError(
                    f"{self.plan.output} cannot be finished: {of_system(error)}. Make room, and go "
                    "on with --resume."
                ) from error

    def _items(self) -> tuple[Album | None, Iterator[Item]]:
        """With an album all photos are looked for before the first is framed, and kept in mind."""
        plan = self.plan
        if plan.annotate is None:
            return None, found(plan.paths)
        items = list(found(plan.paths, plan.annotate))
        album = Album(plan.annotate, (item.path for item in items), plan.overwrite)
        return album, iter(items)

    def _new(self, items: Iterator[Item], held: Container[Item], bar: Any) -> Iterator[Item]:
        for item in items:
            if item in held:
                self.tally.skipped += 1
                if bar is not None and bar.total:
                    bar.total -= 1
                continue
            yield item

    def _keep(self, outcome: Outcome, output: Output, album: Album | None, bar: Any) -> None:
        """Writes what was found first: a full disk may cost the framed picture alone."""
        name = str(outcome.item.path)
        before = len(self.tally.failures)
        try:
            output.write(self.tally.counted(outcome), long=outcome.spooled is not None)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise WritingError(self._unwritten(name, error)) from error
        finally:
            if outcome.spooled is not None:
                outcome.spooled.unlink()
        if album is not None and outcome.framed is not None:
            try:
                album.add(outcome.framed, outcome.item.path.stem)
            except OSError as error:
                why = f"The framed picture cannot be written: {of_system(error)}."
                self.tally.fail(name, why)
        if self.telling:
            for failed, why in self.tally.failures[before:]:
                print(f"{failed}: {why}", file=sys.stderr)  # noqa: T201 - the command line's
            del self.tally.failures[before:]
        if bar is not None:
            bar.update()

    def _unwritten(self, name: str, error: OSError) -> str:
        why = of_system(error)
        if self.plan.output is None:
            return f"{name}: The line cannot be printed: {why}."
        told = f"{self.plan.output}: What was read of {name} cannot be written: {why}."
        return f"{told} Make room, and go on with --resume."

    @contextlib.contextmanager
    def _bar(self) -> Iterator[Any]:
        if not self.plan.bar:
            yield None
            return
        from tqdm import tqdm

        total = None
        if STDIN not in map(str, self.plan.paths):
            total = sum(1 for _ in found(self.plan.paths, self.plan.annotate))
        with tqdm(total=total, unit=" photos", file=sys.stderr, dynamic_ncols=True) as bar:
            yield bar


class _Outcomes:
    """What becomes of items: here, or in other processes."""

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._crew = _crew(job, workers) if workers > 1 else None

    def of(self, items: Iterator[Item]) -> Iterator[Outcome]:
        if self._crew is None:
            return map(Reader(self._job).read, items)
        return self._crew.read(items)

    def last(self) -> Iterator[Outcome]:
        return self._crew.last() if self._crew is not None else iter(())

    def end(self) -> None:
        if self._crew is not None:
            self._crew.end()


def _crew(job: Job, workers: int) -> Crew:
    from mood.batch.crew import Crew  # costs others a moment

    return Crew(settled(job), workers)


class _Interrupts:
    """Ctrl-C, which waits while an item is written."""

    def __init__(self) -> None:
        self._waiting = self._came = False

    def __enter__(self) -> _Interrupts:
        self._before = signal.signal(signal.SIGINT, self._come)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _come(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._waiting:
            raise KeyboardInterrupt
        self._came = True

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt


def _opened(plan: Plan) -> tuple[Output, Container[Item]]:
    """The output, and what it holds already."""
    table = plan.format == "csv"
    if plan.output is None:
        if plan.format == "parquet" or plan.resume:
            what = "--resume" if plan.resume else "Parquet"
            raise OptionsError(f"{what} needs a file: choose one with --output.")
        return StreamOutput(sys.stdout, table), ()
    try:
        if not plan.resume:
            _make_way(plan.output, plan.overwrite)
        if plan.format == "parquet":
            from mood.batch.parquet import ParquetOutput

            parquet = ParquetOutput(plan.output, plan.resume)
            return parquet, parquet.held
        held = held_by(plan.output, table) if plan.resume else ()
        return FileOutput(plan.output, table), held
    except OSError as error:
        raise OptionsError(
            f"{plan.output} cannot be written: {of_system(error)}. Choose another one for --output."
        ) from error


def _make_way(path: Path, overwrite: bool) -> None:
    part = path.with_name(f"{path.name}.part")
    there = [each for each in (path, part) if each.is_file()]
    if there and not overwrite:
        raise OptionsError(
            f"{there[0]} is there already. Go on with it by --resume, or replace it by --overwrite."
        )
    for each in there:
        if not holds_results(each):
            raise OptionsError(
                f"{each} holds something else than results, so it stays. Choose another --output."
            )
    if path.is_file():
        path.unlink()
    part.unlink(missing_ok=True)
