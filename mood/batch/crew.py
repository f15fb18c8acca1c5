"""The processes that read side by side."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait

from mood.batch import reading
from mood.batch.reading import Job, Outcome
from mood.batch.rows import Item, failed_record

_AHEAD = 2  # items a worker that are handed out: one in work, one that it goes on with

_PATIENCE_S = 5.0

_DIED = (
    "The process that read it died, perhaps for want of memory. Try this one again by itself, "
    "or with fewer --workers."
)


class Crew:
    """Reads items in several processes, in the order in which they are done.

    A process that dies costs no item but the one that it died of.

    Args:
        job: How everything is read.
        workers: How many processes.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self._job, self._workers = job, workers
        self._pool = self._new(workers)
        self._pending: dict[Future[Outcome], Item] = {}

    def read(self, items: Iterator[Item]) -> Iterator[Outcome]:
        """What became of each; items are taken as they are needed."""
        while True:
            for item in items:
                self._submit(item)
                if len(self._pending) >= self._workers * _AHEAD:
                    break
            if not self._pending:
                return
            done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
            if any(isinstance(each.exception(), BrokenExecutor) for each in done):
                yield from self._one_by_one()
            else:
                for future in done:
                    del self._pending[future]
                    yield future.result()

    def last(self) -> Iterator[Outcome]:
        """After Ctrl-C: what is in work, unless it takes long, as films do."""
        done, _ = wait(self._pending, _PATIENCE_S)
        for future in done:
            del self._pending[future]
            if future.exception() is None:
                yield future.result()

    def end(self) -> None:
        """Ends the processes; what is in work is lost."""
        for future in self._pending:
            future.cancel()
        if any(not future.done() for future in self._pending):
            for process in multiprocessing.active_children():
                process.kill()
        self._pool.shutdown(cancel_futures=True)

    def _one_by_one(self) -> Iterator[Outcome]:
        """Reads again what was in work when a process died; one of them killed it."""
        self._pool.shutdown()
        done = {f: i for f, i in self._pending.items() if f.exception() is None}
        suspects = [item for future, item in self._pending.items() if future not in done]
        self._pending.clear()
        yield from (future.result() for future in done)
        self._pool = self._new(1)
        for item in suspects:
            future = self._submit(item)
            try:
                outcome = future.result()
            except BrokenExecutor:
                outcome = Outcome(item, failed_record(item, _DIED))
                self._pool.shutdown()
                self._pool = self._new(1)
            del self._pending[future]
            yield outcome
        self._pool.shutdown()
        self._pool = self._new(self._workers)

    def _new(self, workers: int) -> ProcessPoolExecutor:
        level = logging.getLogger().level
        spawned = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, spawned, reading.begin, (self._job, level))

    def _submit(self, item: Item) -> Future[Outcome]:
        """A process that starts here inherits that Ctrl-C does not reach it."""
        with _without_interrupts():
            try:
                future = self._pool.submit(reading.read, item)
            except BrokenExecutor as error:  # noticed before its futures were looked at
                future = Future()
                future.set_exception(error)
        self._pending[future] = item
        return future


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C has to wait for a moment."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
