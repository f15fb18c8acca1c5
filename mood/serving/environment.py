"""The environment of the process: telemetry off, and an allocator that gives memory back.

Importing this module imports nothing heavy.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping

from mood.models import hub

QUIET = hub.QUIET | {
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio's own telemetry
    # After so many calls its queue sums them up with pandas, by default after each one: 30 MB.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",  # calls that its queue remembers; 10,000 by default
}
"""What must stand in the environment before Gradio is imported, and with it the Hub's library.

ONNX Runtime's is set where that is imported, `mood.vision.session`.
"""

ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "2097152",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
"""What glibc reads when the process starts: after a burst it then gives most memory back.

One arena for all threads: with two, 5,000 visitors leave 10 MB behind instead of 6.
"""

_STARTED_AGAIN = "MOOD_STARTED_AGAIN"


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
