"""``python -m tests.hard.faulty FOLDER``: the whole server, on a machine that is not what it was.

Files in the folder say how, some of them from one moment to the next:

- ``ferplus.onnx``: the file that the catalogue describes as FER+'s;
- ``mini.onnx``: the embedded network's, which can thus be lost;
- ``clock``: by how many seconds the wall clock is wrong;
- ``weight``: how many MB the loaded networks seem to take more.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mood.models import specs
from mood.models.catalogue import CATALOGUE, FERPLUS, YUNET
from mood.models.specs import Pair
from mood.models.store import WeightsStore
from mood.resources.limits import resident_mb
from mood.resources.memory import MemoryGuard
from mood.resources.pool import ModelPool
from mood.serving import serve
from mood.settings import Settings
from tests.hub_standin import pinned

SWEEP_EVERY_S = 0.5


def command(folder: Path) -> list[str]:
    """What to run, after the interpreter."""
    return ["-m", "tests.hard.faulty", str(folder)]


def main(folder: Path) -> int:
    def said(name: str) -> float:
        try:
            return float((folder / name).read_text() or 0)
        except FileNotFoundError:
            return 0.0

    right = time.time
    time.time = lambda: right() + said("clock")
    from mood.serving import app, upload_folder  # they take the clock that they find

    upload_folder._LOOK_EVERY_S = SWEEP_EVERY_S
    if (folder / "mini.onnx").exists():
        specs.EMBEDDED_DIR = folder
    ferplus = dataclasses.replace(
        FERPLUS, origin=pinned(FERPLUS.origin, (folder / "ferplus.onnx").read_bytes())
    )
    CATALOGUE["ferplus"] = ferplus
    pools: list[ModelPool] = []

    def pool(settings: Settings, **parts: Any) -> ModelPool:
        store = WeightsStore(settings, CATALOGUE, Pair(YUNET, ferplus))
        pools.append(ModelPool(settings, store, **parts))
        return pools[0]

    def held_mb() -> float:
        return resident_mb() + (said("weight") if pools[0].names else 0)

    def guard(limit_mb: float | None, unload: Callable[[], None]) -> MemoryGuard:
        return MemoryGuard(limit_mb, unload, resident=held_mb)

    app.ModelPool, app.MemoryGuard = pool, guard
    return serve()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
