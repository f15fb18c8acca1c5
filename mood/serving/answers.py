"""Answers of Gradio's queue that wait to be fetched: few of them, and not for long."""

from __future__ import annotations

import asyncio
from asyncio import Queue as AsyncQueue
from collections.abc import Iterable
from contextvars import Context
from typing import Any

_KEEP_S = 120.0


class Answers:
    """Which answers there will be, and which wait to be fetched.

    Attributes:
        messages: Session → what it is to be told; in the place of Gradio's own.
        sessions: Session → its jobs; in the place of Gradio's own.

    Args:
        share: Answers that are kept for one address; four times as many are kept for all.
        keep_s: For how long.
    """

    def __init__(self, share: int, keep_s: float = _KEEP_S) -> None:
        self.messages = _Messages()
        self.sessions = _Sessions(self)
        self._share = share
        self._keep_s = keep_s
        self._waiting: dict[str, tuple[str, str, float]] = {}  # job → session, address, until
        self._timer: asyncio.TimerHandle | None = None

    def wait(self, job: str, session: str, address: str) -> None:
        """A job is over; if its answer has not been fetched, it waits."""
        if job not in self.sessions.get(session, ()):
            return
        until = asyncio.get_running_loop().time() + self._keep_s
        self._waiting[job] = session, address, until
        own = [each for each, (_, sender, _) in self._waiting.items() if sender == address]
        if len(own) > self._share:
            self._forget(own[0])
        if len(self._waiting) > 4 * self._share:
            self._forget(next(iter(self._waiting)))
        if self._timer is None:
            self._wake(until)

    def _wake(self, at: float) -> None:
        # In a context of its own: that of a request would keep the request.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(at, self._forget_old, context=Context())

    def _forget_old(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for job, (_, _, until) in list(self._waiting.items()):
            if until > now:
                self._wake(until)
                break
            self._forget(job)

    def fetched(self, job: str, session: str) -> None:
        """A job's answer has been fetched; a session without jobs is forgotten."""
        self._waiting.pop(job, None)
        if not self.sessions.get(session):
            self.sessions.pop(session, None)
            self.messages.pop(session, None)

    def _forget(self, job: str) -> None:
        session, _, _ = self._waiting[job]
        self.messages.drop(session, job)
        self.sessions.get(session, set()).discard(job)
        self.fetched(job, session)


class _Jobs(set[str]):
    """The jobs of a session whose answers have not been fetched."""

    def __init__(self, jobs: Iterable[str], answers: Answers, session: str) -> None:
        super().__init__(jobs)
        self._answers = answers
        self._session = session

    def remove(self, job: str) -> None:
        super().remove(job)
        self._answers.fetched(job, self._session)


class _Sessions(dict[str, Any]):
    """Session → its jobs; one that is not there has none, as Gradio looks once more at the end."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self._answers = answers

    def __missing__(self, session: str) -> frozenset[str]:
        return frozenset()

    def __setitem__(self, session: str, jobs: Any) -> None:
        own = jobs if isinstance(jobs, _Jobs) else _Jobs(jobs, self._answers, session)
        super().__setitem__(session, own)


class _Messages(dict[str, AsyncQueue[Any]]):
    """Session → what it is to be told; what is said to one that has gone is lost."""

    def __missing__(self, session: str) -> AsyncQueue[Any]:
        return AsyncQueue()

    def __delitem__(self, session: str) -> None:
        self.pop(session, None)

    def drop(self, session: str, job: str) -> None:
        """Drops what a session was to be told about a job."""
        messages = self[session]
        for _ in range(messages.qsize()):
            message = messages.get_nowait()
            if message.event_id != job:
                messages.put_nowait(message)
