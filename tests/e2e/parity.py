"""How alike a browser's engine and Python read: ``python -m tests.e2e.parity`` reads all of FER+.

Both get the same pixels: faces as the networks see them, and frames as a camera gives them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageEnhance, ImageFilter

from mood.analyzer import MoodAnalyzer
from mood.examples import EXAMPLES
from mood.models.catalogue import MINI
from mood.options import Options
from mood.page import weights
from mood.page.specs import vision_specs
from mood.settings import Settings
from mood.training.data import FaceSet, load
from mood.types import RGBImage, Verdict
from mood.vision.boxes import iou
from mood.vision.expression import postprocess
from mood.vision.session import OnnxSession
from tests.e2e.worker import hosted

FER = Path(__file__).parents[3] / "shared" / "data" / "ferplus.npz"
FRAMES = 150
_AT_ONCE = 25  # frames: bounds the memory that they take

Run = Callable[[str], Any]
"""The value of a JavaScript expression in a page; a promise is waited for."""

_BEGIN = """(async () => {
  const [{ createEngine }, { facesIn, read }] = await Promise.all(
    ["engine", "reading"].map((name) => import(`/vision/${name}.js`)));
  const get = async (path) => (await fetch(path)).arrayBuffer();
  const names = ["vision/engine.wasm", "detector.bin", "mini.bin", "readable.bin"];
  const [module, detector, mini, readable] = await Promise.all(
    names.map((name) => get(`/${name}`)));
  const engine = await createEngine({ module, detector, mini, readable });
  globalThis.readFaces = async () => {
    const greys = new Uint8Array(await get("/faces"));
    const logits = [];
    for (let at = 0; at < greys.length; at += 48 * 48) {
      const pixels = new Uint8Array(4 * 48 * 48);
      for (let to = 0; to < pixels.length; to++) pixels[to] = greys[at + (to >> 2)];
      engine.frame(pixels, 48, 48);
      engine.square(0, 0, 48, 48);
      logits.push([...engine.mini(true)]);
    }
    return logits;
  };
  globalThis.readFrames = async (specs, sizes) => {
    const pixels = new Uint8ClampedArray(await get("/frames"));
    let begin = 0;
    return sizes.map(([width, height]) => {
      const end = begin + 4 * width * height;
      const size = { width, height };
      engine.frame(pixels.subarray(begin, end), width, height);
      begin = end;
      const faces = facesIn(engine, size, specs, "full");
      return faces.map((face) => read(engine, size, size, face, specs, "full"));
    });
  };
})()"""


@dataclass(frozen=True, slots=True)
class FacesAlike:
    """How alike faces of FER+ are read.

    Attributes:
        same: Share of them with the same top expression.
        here, there: Share of them that Python and the browser are right about.
    """

    same: float
    here: float
    there: float


@dataclass(frozen=True, slots=True)
class FramesAlike:
    """How alike frames are read.

    Attributes:
        faces: How many Python finds.
        boxes: Share of the faces of either that have a box of the other with an IoU of 0.99.
        verdicts: Share of the faces of either of which the other says the same.
    """

    faces: int
    boxes: float
    verdicts: float


class Reader:
    """A browser's engine.

    Args:
        run: Runs JavaScript in an empty page of the server.
        files: What the server holds.
    """

    def __init__(self, run: Run, files: dict[str, bytes]) -> None:
        self._run, self._files = run, files
        run(_BEGIN)

    def faces(self, found: FaceSet) -> FacesAlike:
        """Reads faces of FER+."""
        self._files["/faces"] = found.images.tobytes()
        logits = np.array(self._run("readFaces()"), dtype=np.float32)
        session = OnnxSession(MINI.origin.path)
        parts = np.array_split(found.images[:, None].astype(np.float32), -(-len(found) // 64))
        wanted = np.concatenate([session.run(part) for part in parts])
        there, here = (postprocess(each, MINI).argmax(axis=1) for each in (logits, wanted))
        return FacesAlike(
            float((there == here).mean()),
            float((here == found.labels).mean()),
            float((there == found.labels).mean()),
        )

    def frames(self, pictures: Sequence[RGBImage], analyzer: MoodAnalyzer) -> FramesAlike:
        """Reads frames as the live tab does, all by themselves."""
        specs = json.dumps(vision_specs(analyzer.settings))
        counts = np.zeros(4)
        for begin in range(0, len(pictures), _AT_ONCE):
            part = pictures[begin : begin + _AT_ONCE]
            whole = [cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA).tobytes() for picture in part]
            self._files["/frames"] = b"".join(whole)
            sizes = [[picture.shape[1], picture.shape[0]] for picture in part]
            for picture, told in zip(part, self._run(f"readFrames({specs}, {sizes})"), strict=True):
                counts += _compared(picture, told, analyzer)
        faces, boxes, verdicts, either = counts
        return FramesAlike(int(faces), float(boxes / either), float(verdicts / either))


def _compared(
    picture: RGBImage, told: Sequence[dict[str, Any]], analyzer: MoodAnalyzer
) -> tuple[int, int, int, int]:
    """Faces that Python finds; of all: those with the same box, the same verdict, how many."""
    analysis = analyzer.read(picture, Options(quick=True)).analysis
    pairs = []
    for face in analysis.faces:
        box = face.face.bbox_xyxy[None]
        shares = [float(iou(box, _box(other))[0, 0]) for other in told]
        if shares and max(shares) >= 0.99:
            pairs.append((face, told[int(np.argmax(shares))]))
    either = len(analysis.faces) + len(told) - len(pairs)
    same = sum(_verdict_here(face) == _verdict_there(other, analyzer) for face, other in pairs)
    return len(analysis.faces), len(pairs), same, either


def _box(told: dict[str, Any]) -> npt.NDArray[np.float32]:
    return np.array([told["box"]], dtype=np.float32)


def _verdict_here(face: Any) -> str:
    if face.verdict is Verdict.UNREADABLE:
        return str(face.quality.reason)
    return str(face.expression) if face.verdict is Verdict.CERTAIN else "uncertain"


def _verdict_there(told: dict[str, Any], analyzer: MoodAnalyzer) -> str:
    if told["reason"] is not None:
        return str(told["reason"])
    shares, specs = told["probabilities"], vision_specs(analyzer.settings)
    certain = max(shares) >= specs["certainty"]
    return specs["expressions"][int(np.argmax(shares))] if certain else "uncertain"


def photos() -> list[RGBImage]:
    """The examples, as large as frames are."""
    found = []
    for path in sorted(EXAMPLES.glob("*.jpg")):
        with Image.open(path) as photo:
            small = photo.convert("RGB")
            small.thumbnail((640, 640))
            found.append(np.asarray(small))
    return found


def frames(count: int = FRAMES) -> list[RGBImage]:
    """Frames of 640 × 480: parts of the examples, turned, nearer or farther, darker, blurred."""
    random = np.random.default_rng(36)
    sources = [Image.fromarray(photo) for photo in photos()]
    made = []
    for number in range(count):
        photo = sources[number % len(sources)]
        photo = photo.rotate(random.uniform(-35, 35), Image.Resampling.BICUBIC, fillcolor="#555")
        scale = random.uniform(0.5, 1.6)
        photo = photo.resize((round(photo.width * scale), round(photo.height * scale)))
        photo = ImageEnhance.Brightness(photo).enhance(random.uniform(0.4, 1.4))
        if random.random() < 0.3:
            photo = photo.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 3)))
        frame = Image.new("RGB", (640, 480), "#555")
        free = 640 - photo.width, 480 - photo.height
        frame.paste(photo, tuple(round(random.uniform(min(0, f), max(0, f))) for f in free))
        made.append(np.asarray(frame))
    return made


def faces(step: int) -> FaceSet:
    """Every so many of the test faces of FER+, with one label each."""
    found = load(FER, "test")
    return found.where(np.arange(len(found)) % step == 0)


def embedded() -> MoodAnalyzer:
    """Python, with the networks that browsers get."""
    return MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))


@contextlib.contextmanager
def served(analyzer: MoodAnalyzer) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The address of an empty page beside engine and weights, and what its server holds."""
    found = weights.files(analyzer.pool, analyzer.settings.detector)
    assert found is not None
    files = {f"/{name}.bin": each.make() for name, each in found.items()} | {"/": b"<p>"}
    with hosted(files) as url:
        yield url, files


def main() -> None:
    """The command line; see the module."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import CHROMIUM_OPTIONS, chromium

    analyzer = embedded()
    with sync_playwright() as playwright, served(analyzer) as (url, files):
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        page = browser.new_page()
        page.goto(url)
        reader = Reader(page.evaluate, files)
        print(reader.faces(faces(1)))
        print("examples", reader.frames(photos(), analyzer))
        print("generated", reader.frames(frames(), analyzer))
        browser.close()


if __name__ == "__main__":
    main()
