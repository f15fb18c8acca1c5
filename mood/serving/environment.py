"""The environment of the process: telemetry off, and an allocator that gives memory back.

Importing this module imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import warnings
from collections.abc import MutableMapping

from mood.models import hub

QUIET = hub.QUIET | {
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio's own telemetry
    # After so many calls its queue sums them up with pandas, by default after each one: 30 MB.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",  # calls that its queue remembers; 10,000 by default
    "OPENCV_LOG_LEVEL": "OFF",  # two lines for each damaged picture, whose sender is told
}
"""What must stand in the environment before Gradio is imported, and with it the Hub's library.

ONNX Runtime's is set where that is imported, `mood.vision.session`.
"""

_ALLOCATOR = {
    "MALLOC_ARENA_MAX": (-8, 1),
    "MALLOC_MMAP_THRESHOLD_": (-3, 2 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": (-1, 2**20),
}
"""glibc's variable for each option → (its number in ``malloc.h``, value in bytes or arenas)."""


def quiet_libraries(environ: MutableMapping[str, str] = os.environ) -> None:
    """Switches off telemetry and what costs memory, unless the environment says otherwise."""
    for name, value in QUIET.items():
        environ.setdefault(name, value)


def quiet_decoders() -> None:
    """Lets Pillow's libraries write nothing about pictures that their senders are told about.

    libtiff writes a line or more for each fault of a file, and Pillow warns of pictures that are
    refused for their size anyway. Imports Pillow.
    """
    from PIL import Image, _imaging

    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with contextlib.suppress(OSError, AttributeError):
        libraries = ctypes.CDLL(_imaging.__file__)  # looks for names in those it needs, too
        libraries.TIFFSetErrorHandler(None)
        libraries.TIFFSetWarningHandler(None)


def give_memory_back() -> None:
    """Lets glibc's allocator return memory, unless the environment says otherwise.

    Call it before there is a second thread: only then they all share one arena. With another C
    library it does nothing.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    for variable, option in _ALLOCATOR.items():
        if mallopt is not None and variable not in os.environ:
            mallopt(*option)
