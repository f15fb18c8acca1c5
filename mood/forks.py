"""What must not be taken into a forked process: locks that another thread holds, and its work.

Of all threads only the one that forks lives on in the child. A lock that another one held stays
locked there for ever, and what it worked on is never finished.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """Something with locks, or with work of other threads."""

    def after_fork(self) -> None:
        """Makes it new, in the child, where there is one thread; takes no lock."""


_things: WeakSet[Forked] = WeakSet()
_undivided = threading.RLock()


def remember(thing: Forked) -> None:
    """Has its `after_fork` called in each process that is forked from this one."""
    with _undivided:
        _things.add(thing)


@contextlib.contextmanager
def undivided() -> Iterator[None]:
    """Who forks waits until the block ends: for what changes things of the whole process."""
    with _undivided:
        yield


def leave_behind(thing: object) -> None:
    """Never frees something: in the child, what would wait for threads that are not there."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))


def _in_child() -> None:
    global _undivided
    _undivided = threading.RLock()
    for thing in list(_things):
        thing.after_fork()


def _before() -> None:
    _undivided.acquire()


def _in_parent() -> None:
    _undivided.release()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
