"""What the empty page shows of its examples: ``python -m tests.sample`` writes it.

The page has the answer of the first example beside it, so that nobody's first look at it asks the
networks anything, and small pictures of all of them, so that it fetches a photo when it is chosen.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from mood.analyzer import MoodAnalyzer
from mood.page import assets
from mood.settings import Settings

ROOT = Path(__file__).parents[1]
SAMPLE = assets.STATIC / "sample.json"
SMALL = assets.STATIC / "small"
_SHOWN = ("bbox_xyxy", "verdict", "reason", "expression", "probability")
_SIDE = 112  # pixels: 56 on a phone, whose screen has two for each
_QUALITY = 60


def read_sample() -> dict[str, Any]:
    """What the embedded networks answer for the first example, without what is not shown of it."""
    name = assets.examples()[0]
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    answer = analyzer.analyze(ROOT / "examples" / f"{name}.jpg").to_dict()
    faces = [{key: face[key] for key in _SHOWN} for face in answer["faces"]]
    size = {"width": answer["width"], "height": answer["height"]}
    return {"name": name, **size, "faces": faces}


def small_pictures() -> dict[str, Image.Image]:
    """A square of each example, and the whole of the first one as `sample`."""
    photos = {name: ROOT / "examples" / f"{name}.jpg" for name in assets.examples()}
    opened = {name: Image.open(path).convert("RGB") for name, path in photos.items()}
    lanczos = Image.Resampling.LANCZOS
    squares = {name: ImageOps.fit(each, (_SIDE, _SIDE), lanczos) for name, each in opened.items()}
    return {**squares, "sample": opened[assets.examples()[0]]}


def _webp(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=_QUALITY, method=6)
    return file.getvalue()


if __name__ == "__main__":
    SAMPLE.write_text(json.dumps(read_sample(), indent=1) + "\n", "utf-8")
    print(f"{SAMPLE.relative_to(ROOT)}: {SAMPLE.stat().st_size} bytes")
    SMALL.mkdir(exist_ok=True)
    for name, picture in small_pictures().items():
        size = (SMALL / f"{name}.webp").write_bytes(_webp(picture))
        print(f"{(SMALL / name).relative_to(ROOT)}.webp: {size} bytes")
