"""Decoders' own words, which would go to stderr past Python, without the name of the picture."""

from __future__ import annotations

import ctypes
import os
import sys
import threading


class _Silence:
    """While somebody is inside, what C libraries write to their ``stderr`` goes nowhere.

    What Python writes has another way, and so have processes that are started in the meantime. With
    another C library than glibc it does nothing: musl's ``stderr`` cannot be changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._stderr: ctypes.c_void_p | None = None
        if sys.platform != "linux":
            return
        library = ctypes.CDLL(None)
        if not hasattr(library, "gnu_get_libc_version"):
            return
        library.fopen.restype = ctypes.c_void_p
        self._nowhere: int | None = library.fopen(os.devnull.encode(), b"w")
        if self._nowhere:
            self._stderr = ctypes.c_void_p.in_dll(library, "stderr")
            self._before = self._stderr.value

    def __enter__(self) -> None:
        if self._stderr is None:
            return
        with self._lock:
            self._inside += 1
            self._stderr.value = self._nowhere

    def __exit__(self, *_: object) -> None:
        if self._stderr is None:
            return
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._stderr.value = self._before


silence = _Silence()
"""OpenCV's libjpeg and libpng write a line for each damaged picture, and nothing stops them."""
