"""What makes the server start sooner and stay smaller than the libraries would by themselves.

Each lever is a function of its own, says what it saves, and does nothing where what it touches is
not there any more; `tests/test_startup.py` tells which upgrade of a library broke which lever.
Importing this module imports nothing heavy.
"""

from __future__ import annotations

import gc
import inspect
import logging
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradio import Blocks

_log = logging.getLogger(__name__)

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio's own telemetry
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",  # calls that its queue remembers; 10,000 by default
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",  # a downloader that keeps large buffers
    "ORT_DISABLE_TELEMETRY": "1",
}
"""What must stand in the environment before the libraries are imported."""

ALLOCATOR = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "2097152",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
"""What glibc reads when the process starts: after a burst it then gives most memory back."""

_STARTED_AGAIN = "MOOD_STARTED_AGAIN"
_QUEUE_POLL_S = 0.02
_SESSIONS = 200


def quiet_libraries(environ: MutableMapping[str, str] = os.environ) -> None:
    """Switches off telemetry and what costs memory, unless the environment says otherwise."""
    for name, value in QUIET.items():
        environ.setdefault(name, value)


def allocator_environment(environ: Mapping[str, str], platform: str) -> dict[str, str] | None:
    """The environment to start again with, or None where that is not needed or would not help.

    It helps with glibc only, which reads the variables before Python runs.
    """
    if environ.get(_STARTED_AGAIN) or all(name in environ for name in ALLOCATOR):
        return None
    if platform != "linux" or not _has_glibc():
        return None
    return {**ALLOCATOR, **environ, _STARTED_AGAIN: "1"}


def start_again_with_allocator() -> None:
    """Replaces the process by itself with the allocator's variables set; returns if they are.

    A Dockerfile or render.yaml that sets them saves this, about 0.02 s of processor time.
    """
    environ = allocator_environment(os.environ, sys.platform)
    if environ is not None:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environ)  # noqa: S606


def _has_glibc() -> bool:
    try:
        return "glibc" in (os.confstr("CS_GNU_LIBC_VERSION") or "")
    except (AttributeError, ValueError, OSError):
        return False


@contextmanager
def without_stub_writer() -> Iterator[None]:
    """While it holds, importing gradio does not rewrite the type stubs of its components.

    Gradio parses the source of each component to refresh a ``.pyi`` file for editors, which takes
    half of its import. It leaves out a class whose source file cannot be told
    (`inspect.getfile` raises `OSError`), so that is what it hears for its own classes.
    """
    getfile = inspect.getfile

    def hide(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("left out while gradio is imported")
        return getfile(thing)

    inspect.getfile = hide
    try:
        yield
    finally:
        inspect.getfile = getfile


def import_gradio() -> ModuleType:
    """Imports gradio without what it need not do to serve."""
    with without_stub_writer():
        import gradio
    return gradio


def calm_queue(demo: Blocks) -> None:
    """Lets the queue look for work 50 times a second instead of 1,000 times.

    Idle, that saves 2.6 % of a core, a quarter of a small plan. Call it after `Blocks.queue`.
    """
    queue = getattr(demo, "_queue", None)
    if hasattr(queue, "sleep_when_free"):
        queue.sleep_when_free = _QUEUE_POLL_S
    else:
        _log.warning("this version of gradio polls its queue by other means")


def cap_sessions(demo: Blocks) -> None:
    """Keeps the state of the last 200 visitors instead of 10,000; call it before mounting."""
    if hasattr(demo, "state_session_capacity"):
        demo.state_session_capacity = _SESSIONS
    else:
        _log.warning("this version of gradio caps the state of visitors by other means")


def freeze_garbage() -> None:
    """Exempts what start-up made from garbage collection: it stays for good."""
    gc.collect()
    gc.freeze()
