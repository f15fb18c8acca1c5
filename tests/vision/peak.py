"""``python -m tests.vision.peak FILE…``: what decoding takes, each in a process of its own.

Prints a line of JSON for each file: `peak_mb` above what was held before, `budget_mb`, and
`size_wh` of the picture or `error`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
from PIL import Image

from mood.errors import MoodError
from mood.serving.environment import give_memory_back
from mood.settings import Settings
from mood.vision import decoding
from mood.vision.budget import Budget
from mood.vision.picture import read_image
from tests.kinds import colours


def memory_mb(name: str) -> float:
    """VmRSS or VmHWM of this process in MB (10^6 bytes)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("needs Linux's /proc")


def measure(path: str) -> dict[str, Any]:
    """Decodes one file in this process."""
    content, budgets = Path(path).read_bytes(), list[Budget]()

    @contextlib.contextmanager
    def room(needed: Budget) -> Iterator[None]:
        budgets.append(needed)
        yield

    Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
    before = memory_mb("VmRSS")
    answer: dict[str, Any] = {}
    try:
        answer["size_wh"] = read_image(content, Settings(max_upload_mb=100), room).size_wh
    except MoodError as error:
        answer["error"] = str(error)
    answer["peak_mb"] = memory_mb("VmHWM") - before
    answer["budget_mb"] = budgets[0].total_mb if budgets else 0.0
    return answer


def main() -> None:
    """Loads what decoders need, then measures each file in a copy of this process."""
    give_memory_back()
    Image.init()
    for kind in ("PNG", "JPEG", "TIFF", "GIF", "AVIF"):
        colours((8, 8)).convert("RGB").save(os.devnull, kind)
    cv2.setNumThreads(1)
    cv2.imdecode(cv2.imencode(".webp", cv2.UMat(8, 8, cv2.CV_8UC3).get())[1], 1)
    assert decoding
    for path in sys.argv[1:]:
        sys.stdout.flush()
        if os.fork() == 0:
            print(json.dumps(measure(path)), flush=True)
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    main()
