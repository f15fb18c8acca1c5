"""The browser's engine, run by node: what it answers about pictures."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mood.models import flat
from mood.models.arrays import detector_arrays
from mood.models.catalogue import LIBFACEDETECTION, MINI, READABLE
from mood.models.store import WeightsStore
from mood.page.assets import STATIC
from mood.settings import Settings
from mood.types import RGBImage

NODE = shutil.which("node")
MODULE = STATIC / "vision" / "engine.wasm"
Call = Sequence[Any]


@cache
def weights() -> dict[str, bytes]:
    """The flat files."""
    path = WeightsStore(Settings()).weights(LIBFACEDETECTION).path
    return {
        "detector": flat.detector(detector_arrays(LIBFACEDETECTION.name, path)),
        "mini": flat.mini(MINI.origin.path.read_bytes()),
        "readable": flat.readable(READABLE.origin.path.read_bytes()),
    }


def answers(pictures: Sequence[RGBImage], calls: Sequence[Sequence[Call]]) -> list[list[Any]]:
    """What the engine answers to the calls for each picture (H, W, 3): a name and its arguments.

    Raises:
        ModelError: The detector's weights are not here.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(MODULE, folder)
        for network, content in weights().items():
            (folder / f"{network}.bin").write_bytes(content)
        with (folder / "pictures.bin").open("wb") as stream:
            for picture in pictures:
                stream.write(_rgba(picture))
        jobs = [
            {"width": picture.shape[1], "height": picture.shape[0], "calls": each}
            for picture, each in zip(pictures, calls, strict=True)
        ]
        (folder / "calls.json").write_text(json.dumps(jobs))
        done = subprocess.run(
            [NODE, Path(__file__).with_name("engine_calls.js"), folder],
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _rgba(picture: RGBImage) -> bytes:
    alpha = np.full((*picture.shape[:2], 1), 255, dtype=np.uint8)
    return np.concatenate([picture, alpha], axis=2).tobytes()
