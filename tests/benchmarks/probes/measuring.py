"""What each probe measures, in the environment of one peer: no package but the standard library's.

A probe says how its peer is imported and how a photo is read. It is called with photos: the first
shows one face, the second twelve, in the others faces are counted. It prints one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Box = Sequence[float]
"""Left, top, right, bottom in pixels."""

_ROUNDS = 20
_LIMIT_S = 20  # of processor time for one photo: a slow peer gets fewer rounds


def measure(imported: Callable[[], Any], reader: Callable[[Any], Callable[[str], list[Box]]]):
    """Prints what importing and reading cost, or why a peer cannot read.

    Args:
        imported: Imports the peer.
        reader: Takes what `imported` returned; returns what reads the file of a photo, from
            decoding to the expression of each face, and says where the faces are.
    """
    photos = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    result: dict[str, Any] = {}
    try:
        began_s, began_wall_s = time.process_time(), time.perf_counter()
        peer = imported()
        result["import_s"] = time.process_time() - began_s
        result["import_wall_s"] = time.perf_counter() - began_wall_s
        read = reader(peer)
        read(photos[0])
        result["first_s"] = time.process_time()  # since the interpreter began
        result["ms"] = [_processor_ms(read, photo) for photo in photos[:2]]
        result["boxes"] = [[[float(side) for side in box] for box in read(p)] for p in photos[1:]]
        result["resident_mb"] = _resident_mb()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is why the peer cannot read
        result["why"] = f"{type(error).__name__}: {error}"
    print("\n" + json.dumps(result))


def _processor_ms(read: Callable[[str], list[Box]], photo: str) -> float:
    """Milliseconds of processor time for a photo, the median after one that does not count."""
    read(photo)
    times_s: list[float] = []
    while len(times_s) < _ROUNDS and sum(times_s) < _LIMIT_S:
        began_s = time.process_time()
        read(photo)
        times_s.append(time.process_time() - began_s)
    return 1000 * statistics.median(times_s)


def _resident_mb() -> float:
    """Resident memory of this process in MB (10^6 bytes)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("/proc/self/status does not say how much memory is resident")
