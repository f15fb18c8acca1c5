"""What else reads faces in browsers, on the same frames as this project: for `browser.py`."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
from PIL import Image
from playwright.sync_api import sync_playwright

from mood.analyzer import MoodAnalyzer
from mood.models.specs import EMBEDDED_DIR
from mood.page import weights
from mood.page.assets import STATIC
from mood.page.specs import vision_specs
from mood.settings import Settings
from tests import yunet
from tests.benchmarks.browser_watching import (
    PROBES,
    browsing,
    new_page,
    quantile,
    renderer_mb,
    six_faces,
)
from tests.e2e.fake_camera import still

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

_SIDES_HW = (256, 320)
_KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
_KINDS |= {".json": "application/json", ".png": "image/png", "": "text/html"}


@dataclass(frozen=True)
class Peer:
    """One line of the table.

    Attributes:
        name: What stands in the table.
        probe: The file in `PROBES`; empty for a page that reads nothing.
        packages: Of npm.
    """

    name: str
    probe: str
    packages: tuple[str, ...] = ()


_WASM = "@tensorflow/tfjs-backend-wasm@4.22.0"
NOTHING = Peer("nothing", "")
PEERS = (
    Peer("this project", "browser_ours.mjs"),
    Peer(
        "the same networks in onnxruntime-web 1.30.0",
        "browser_onnx.mjs",
        ("onnxruntime-web@1.30.0",),
    ),
    Peer(
        "@vladmandic/face-api 1.7.15, its tiny detector",
        "browser_face_api.mjs",
        ("@vladmandic/face-api@1.7.15", _WASM),
    ),
    Peer("@vladmandic/human 3.3.6", "browser_human.mjs", ("@vladmandic/human@3.3.6", _WASM)),
)


class Files:
    """A server of files that counts what it sends; texts and weights are compressed, as ours are.

    Args:
        made: Path → contents.
        folders: Beginning of a path → the folder below which its rest lies.
    """

    def __init__(self, made: dict[str, bytes], folders: dict[str, Path]) -> None:
        self.sent = 0
        files = self

        @cache
        def content(path: str) -> bytes | None:
            found = made.get(path)
            for start, folder in folders.items():
                file = folder / path.removeprefix(start)
                if found is None and path.startswith(start) and file.is_file():
                    found = file.read_bytes()
            return None if found is None else gzip.compress(found, 6)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                found = content(path)
                self.send_response(404 if found is None else 200)
                kind = _KINDS.get(Path(path).suffix, "application/octet-stream")
                self.send_header("content-type", kind)
                if found:
                    self.send_header("content-encoding", "gzip")
                self.send_header("content-length", str(len(found or b"")))
                self.end_headers()
                self.wfile.write(found or b"")
                files.sent += len(found or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    @contextlib.contextmanager
    def serving(self) -> Iterator[Files]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        yield self
        self._server.shutdown()
        self._server.server_close()


def made() -> dict[str, bytes]:
    """Frames, networks, and what the worker of this project is told."""
    analyzer = MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))
    served = weights.files(analyzer.pool, "libfacedetection")
    assert served is not None
    files: dict[str, Any] = {
        name: {"url": f"/{name}.bin", "sha256": each.sha256} for name, each in served.items()
    }
    told = {
        "files": files | {"engine": "/vision/engine.wasm"},
        "specs": vision_specs(analyzer.settings),
    }
    return {
        "/": b"<!doctype html><title>Frames</title>",
        "/ours.json": json.dumps(told).encode(),
        "/one.png": _png(still({"left": "smiling"})),
        "/six.png": _png(six_faces()),
        "/mini.onnx": (EMBEDDED_DIR / "mini.onnx").read_bytes(),
        "/yunet.onnx": _yunet(),
        **{f"/{name}.bin": each.make() for name, each in served.items()},
    }


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def _yunet() -> bytes:
    """YuNet's file with the sides of a small picture; its own are fixed at 640."""
    model = onnx.load(str(yunet.path()))
    sides = model.graph.input[0].type.tensor_type.shape.dim[2:]
    for side, value in zip(sides, _SIDES_HW, strict=True):
        side.dim_value = value
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = "places"
    return model.SerializeToString()


def install(peers: tuple[Peer, ...], folder: Path) -> None:
    """Fetches the packages of the peers from npm."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true}')
    packages = sorted({each for peer in peers for each in peer.packages})
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run(["npm", "install", *quiet, *packages], cwd=folder, check=True)


def probed(playwright: Playwright, files: Files, peer: Peer, frames: int) -> dict[str, Any]:
    """What one peer does in a new Chromium; with the bytes that it fetched, and what it holds."""
    with browsing(playwright) as browser:
        page = new_page(browser)
        page.goto(files.url)
        files.sent = 0
        probe = f"/probes/{peer.probe}" if peer.probe else ""
        told: dict[str, Any] = page.evaluate(
            "async (given) => (await import('/probes/browser_frames.mjs')).measure(...given)",
            [probe, frames],
        )
        return {**told, "sent": files.sent, "mb": renderer_mb(browser, page)}


def row(name: str, found: dict[str, Any], nothing: dict[str, Any]) -> str:
    """One line of the table."""
    one, six = found["ms"]
    cells = [
        name,
        f"{quantile(one, 0.5):.1f} · {quantile(one, 0.95):.1f}",
        f"{1000 / (sum(one) / len(one)):.0f}",
        f"{quantile(six, 0.5):.1f} · {quantile(six, 0.95):.1f}",
        f"{1000 / (sum(six) / len(six)):.0f}",
        f"{found['found'][0]} and {found['found'][1]}, “{found['says']}”",
        f"{(found['sent'] - nothing['sent']) / 1e6:.1f}",
        f"{found['ready_ms'] / 1000:.2f}",
        f"{found['mb'] - nothing['mb']:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def compare(keep: Path | None, frames: int) -> None:
    """Prints the table, each line as soon as it is measured; `frames` of each kind are read."""
    with tempfile.TemporaryDirectory() as passing, sync_playwright() as playwright:
        folder = keep or Path(passing)
        install(PEERS, folder)
        folders = {"/node_modules/": folder / "node_modules"}
        folders |= {"/probes/": PROBES}
        folders |= {f"/{name}/": STATIC / name for name in ("vision", "shared")}
        with Files(made(), folders).serving() as files:
            nothing = probed(playwright, files, NOTHING, frames)
            print(
                "| | one face, ms, median · 95th | a second | six faces, ms | a second | found "
                f"| fetched, MB | first frame after, s | memory, MB |\n{'|---' * 9}|"
            )
            for peer in PEERS:
                print(row(peer.name, probed(playwright, files, peer, frames), nothing), flush=True)
