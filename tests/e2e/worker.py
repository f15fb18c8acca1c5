"""The worker that reads frames in a browser, without the page around it.

``python -m tests.e2e.worker`` prints where the time of a frame goes, on the machine that runs it.
"""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.page import weights
from mood.page.assets import STATIC
from mood.page.specs import vision_specs
from mood.types import RGBImage
from tests.staging import photo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_KINDS = {".js": "text/javascript", ".wasm": "application/wasm"}

_BEGIN = """() => {
  const worker = new Worker("/vision/worker.js", { type: "module" });
  const waiting = new Map();
  worker.onmessage = ({ data }) => waiting.get(data.id)(data);
  let id = 0;
  globalThis.ask = (question, given = []) =>
    new Promise((done, failed) => {
      worker.onerror = ({ message }) => failed(new Error(message));
      waiting.set(++id, done);
      worker.postMessage({ id, ...question }, given);
    });
}"""

_READ = """async ({ kind, width, height, times, ...frame }) => {
  const blob = await (await fetch("/picture")).blob();
  const drawn = await createImageBitmap(blob, { colorSpaceConversion: "none" });
  let answer;
  for (const time_s of times) {
    const picture = kind === "frame"
      ? new VideoFrame(drawn, { timestamp: 0 })
      : await createImageBitmap(drawn);
    answer = await ask({ do: "frame", picture, width, height, time_s, ...frame }, [picture]);
    (globalThis.took ??= []).push(answer.took);
  }
  return answer;
}"""


class Worker:
    """The worker in a page of its own; asked as `Question` of `static/vision/types.d.ts` says.

    Attributes:
        files: What the server of the page holds beside the files of `static/`: path → contents.
        parts: What `load` is told unless it is told something else.
    """

    def __init__(self, page: Page, files: dict[str, bytes], parts: dict[str, Any]) -> None:
        self._page, self.files, self.parts = page, files, parts
        page.evaluate(_BEGIN)

    def ask(self, **question: Any) -> dict[str, Any]:
        return self._page.evaluate("(question) => ask(question)", question)

    def load(self, analyzer: MoodAnalyzer, **parts: Any) -> dict[str, Any]:
        specs = vision_specs(analyzer.settings)
        return self.ask(do="load", files=self.parts | parts, specs=specs)

    def read(
        self,
        image: RGBImage,
        *times: float,
        kind: Literal["bitmap", "frame"] = "bitmap",
        **more: Any,
    ) -> dict[str, Any]:
        """What is said of a picture (H, W, 3) at the last of these times."""
        content = io.BytesIO()
        Image.fromarray(image).save(content, "PNG")
        self.files["/picture"] = content.getvalue()
        size = {"width": image.shape[1], "height": image.shape[0]}
        return self._page.evaluate(_READ, {"kind": kind, "times": times, **size, **more})

    def took(self) -> list[dict[str, float]]:
        """Milliseconds that the parts of each frame took since this was asked last."""
        return self._page.evaluate("() => globalThis.took.splice(0)")


@contextlib.contextmanager
def working(browser: Browser, analyzer: MoodAnalyzer) -> Iterator[Worker]:
    """A worker that was not told to load yet, with what it needs to read as `analyzer` does."""
    found = weights.files(analyzer.pool, analyzer.settings.detector)
    assert found is not None
    files = {f"/{name}.bin": served.make() for name, served in found.items()} | {"/": b"<p>"}
    parts: dict[str, Any] = {
        name: {"url": f"/{name}.bin", "sha256": served.sha256} for name, served in found.items()
    }
    with hosted(files) as url, contextlib.closing(browser.new_page()) as page:
        page.goto(url)
        yield Worker(page, files, parts | {"engine": "/vision/engine.wasm"})


@contextlib.contextmanager
def hosted(files: dict[str, bytes]) -> Iterator[str]:
    """The address of a server of files by path, and of those below `static/`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = STATIC / self.path[1:]
            content = files.get(self.path)
            if content is None and path.is_file():
                content = path.read_bytes()
            self.send_response(404 if content is None else 200)
            self.send_header("content-type", _KINDS.get(path.suffix, "text/html"))
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _measure() -> None:
    from playwright.sync_api import sync_playwright

    from mood.settings import Settings
    from tests.e2e.conftest import CHROMIUM_OPTIONS, chromium

    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_OPTIONS)
        with contextlib.closing(browser), working(browser, analyzer) as worker:
            print("load:", worker.load(analyzer))
            for name in ("astronaut", "three_people"):
                image = np.asarray(Image.fromarray(photo(name)).resize((640, 480)))
                for kind in ("bitmap", "frame"):
                    worker.ask(do="clear")
                    said = worker.read(image, *(at / 10 for at in range(90)), kind=kind)
                    rows = worker.took()[30:]
                    parts = {key: [row[key] for row in rows] for key in rows[0]}
                    middle = {key: round(float(np.median(each)), 2) for key, each in parts.items()}
                    late = {
                        key: round(float(np.quantile(each, 0.95)), 2) for key, each in parts.items()
                    }
                    faces = len(said["answer"]["faces"])
                    print(json.dumps({"photo": name, "as": kind, "faces": faces}))
                    print(f"  ms, median {middle}, 95th {late}")


if __name__ == "__main__":
    _measure()
