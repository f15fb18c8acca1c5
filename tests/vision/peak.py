"""``python -m tests.vision.peak "PNG L/5000x5000" …``: what decoding takes, each in a process.

Prints a line of JSON for each file: `peak_mb` above what was held before, `decoding_mb`
of it when the header was read, `budget_mb`, and `size_wh` and `frame` of the picture or `error`. Of
an animation that begins blank also `search_mb` and `search_budget_mb`: the same for its frames.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from mood.errors import MoodError
from mood.serving.environment import give_memory_back
from mood.settings import Settings
from mood.vision.budget import Budget
from mood.vision.picture import read_image
from tests.kinds import BLANK_FIRST, KINDS, Size, colours, heic


def memory_mb(name: str) -> float:
    """VmRSS or VmHWM of this process in MB (10^6 bytes)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("needs Linux's /proc")


def measure(path: Path) -> dict[str, Any]:
    """Decodes one file in this process."""
    content, budgets, held = path.read_bytes(), list[Budget](), list[float]()
    peaks = list[float]()

    def start_anew() -> None:
        peaks.append(memory_mb("VmHWM"))
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew

    @contextlib.contextmanager
    def room(needed: Budget) -> Iterator[None]:
        if budgets:
            start_anew()
        budgets.append(needed)
        held.append(memory_mb("VmRSS"))
        yield

    start_anew()
    before = memory_mb("VmRSS")
    answer: dict[str, Any] = {}
    try:
        picture = read_image(content, Settings(max_upload_mb=100), room)
        answer |= {"size_wh": picture.size_wh, "frame": picture.frame}
    except MoodError as error:
        answer["error"] = str(error)
    start_anew()
    answer["peak_mb"] = max(peaks[1:]) - before
    for index, needed in enumerate(budgets):
        name, its = (("decoding_mb", "budget_mb"), ("search_mb", "search_budget_mb"))[index]
        answer |= {name: peaks[index + 1] - held[index], its: needed.total_mb}
    return answer


def warm() -> None:
    """Loads what decoders need, so that it is not taken for theirs."""
    Image.init()
    for kind in ("PNG", "JPEG", "TIFF", "GIF", "AVIF"):
        colours((8, 8)).convert("RGB").save(os.devnull, kind)
    if find_spec("pillow_heif"):
        read_image(heic()((64, 64)), Settings())
    cv2.setNumThreads(1)
    cv2.imdecode(cv2.imencode(".webp", np.zeros((8, 8, 3), np.uint8))[1], cv2.IMREAD_COLOR)


def write(path: Path, make: Callable[[Size], bytes], size: Size) -> None:
    """Makes a file."""
    path.write_bytes(make(size))


def tell(path: Path) -> None:
    """Prints what decoding a file takes."""
    print(json.dumps(measure(path)))


def apart(work: Callable[[], None]) -> None:
    """Does something in a copy of this process."""
    sys.stdout.flush()
    if os.fork() == 0:
        work()
        sys.stdout.flush()
        os._exit(0)
    os.wait()


def main() -> None:
    """Makes each file and measures it, each in a copy of this process."""
    give_memory_back()
    warm()
    with tempfile.TemporaryDirectory() as folder:
        for kind, sides in (each.split("/") for each in sys.argv[1:]):
            width, height = map(int, sides.split("x"))
            path, make = Path(folder) / "picture", (KINDS | BLANK_FIRST)[kind]
            apart(partial(write, path, make, (width, height)))
            apart(partial(tell, path))


if __name__ == "__main__":
    main()
