"""How fast the live tab is: frames a second and round trips, and whether /health stays quick.

    python tests/benchmarks/live.py [--viewers 1] [--seconds 10] [--small-host]
    python tests/benchmarks/live.py --browser

Starts the program and plays the viewers: each sends the frames of `tests/e2e/fake_camera.py` one
after the other, the next one when the answer is there, as the page does. With ``--small-host`` the
program has 512 MB and a tenth of a processor (root, Linux). With ``--browser`` one viewer is a
Chromium with a fake camera instead, and the page's own figures are printed. The embedded models, no
network. Lines: frames a second of each viewer, round trips, /health, resident memory of the server.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import http.client
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.browser_watching import browsing, by_server
from tests.e2e.fake_camera import SCENES, SIZE_WH, still, write_film
from tests.ports import free_port
from tests.small_host.limits import Limits

ROOT = Path(__file__).parents[2]
SIDES = {"large": 640, "small": 320}  # as in mood/page/static/live/pace.js
SLOW_MS = 400


@contextmanager
def server(limits: Limits | None) -> Iterator[int]:
    """The program on a free port."""
    port = free_port()
    environ = os.environ | {
        "PORT": str(port),
        "MOOD_HOST": "127.0.0.1",
        "MOOD_LOG_LEVEL": "WARNING",
        "MOOD_MODEL": "mini",
        "MOOD_DETECTOR": "libfacedetection",
        "MOOD_LIVE": "server",
        "HF_HUB_OFFLINE": "1",
    }
    command = [sys.executable, "app.py"]
    if limits:
        process = limits.start(command, environ, sys.stderr.buffer, ROOT)
    else:
        process = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        start = time.monotonic()
        while True:
            try:
                get(port, "/config")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() - start > 240:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.5)
        print(f"page ready after {time.monotonic() - start:.1f} s")
        yield port
    finally:
        process.terminate()
        process.wait(60)


def get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise OSError(f"{path}: {answer.status}")
        return content
    finally:
        connection.close()


def pictures() -> dict[str, list[str]]:
    """Frames of each size as data URLs: one of each scene."""
    found: dict[str, list[str]] = {}
    for name, side in SIDES.items():
        scale = side / max(SIZE_WH)
        size = (round(SIZE_WH[0] * scale), round(SIZE_WH[1] * scale))
        found[name] = []
        for _, people in SCENES:
            content = io.BytesIO()
            still(people).resize(size).save(content, "JPEG", quality=80)
            url = "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
            found[name].append(url)
    return found


class Viewer(threading.Thread):
    """One browser: sends a frame, waits for the answer, sends the next one."""

    def __init__(self, port: int, component: int, number: int, urls: dict[str, list[str]]) -> None:
        super().__init__(daemon=True)
        self.port, self.component, self.urls = port, component, urls
        self.name = f"benchmark {number}"
        self.round_trips_ms: list[float] = []
        self.counting = threading.Event()
        self.done = threading.Event()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        size = "large"
        begin = time.monotonic()
        while not self.done.is_set():
            now = time.monotonic() - begin
            start = time.perf_counter()
            data = {
                "viewer": self.name,
                "image": self.urls[size][int(now / 3) % len(SCENES)],
                "width": SIZE_WH[0],
                "height": SIZE_WH[1],
                "time_s": now,
            }
            body = {"session_hash": self.name, "component_id": self.component}
            body |= {"fn_name": "live_frame", "data": data}
            connection.request(
                "POST",
                "/gradio_api/component_server/",
                json.dumps(body),
                {"Content-Type": "application/json"},
            )
            answer = json.loads(connection.getresponse().read())
            elapsed_ms = (time.perf_counter() - start) * 1000
            if answer.get("state") != "ok":
                print(f"the server says {answer}", file=sys.stderr)
                raise SystemExit(1)
            if self.counting.is_set():
                self.round_trips_ms.append(elapsed_ms)
            size = "small" if elapsed_ms > SLOW_MS else size
            time.sleep(max(0.0, 1 / 30 - elapsed_ms / 1000))


def component_of(port: int) -> int:
    config = json.loads(get(port, "/config"))
    for each in config["components"]:
        if "live_frame" in each["props"].get("server_fns", []):
            return int(each["id"])
    raise SystemExit("the page has no live tab")


def play(port: int, count: int, seconds: float) -> None:
    component, urls = component_of(port), pictures()
    viewers = [Viewer(port, component, number, urls) for number in range(count)]
    start = time.monotonic()
    for viewer in viewers:
        viewer.start()
    while not all(_sent_one(port, viewer) for viewer in viewers):
        time.sleep(0.2)
    print(f"first frames after {time.monotonic() - start:.1f} s")
    for viewer in viewers:
        viewer.round_trips_ms.clear()
        viewer.counting.set()
    health_ms = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        get(port, "/health")
        health_ms.append((time.perf_counter() - begin) * 1000)
        time.sleep(0.25)
    for viewer in viewers:
        viewer.counting.clear()
    rates = [len(viewer.round_trips_ms) / seconds for viewer in viewers]
    trips = sorted(trip for viewer in viewers for trip in viewer.round_trips_ms)
    print("frames a second:", " ".join(f"{rate:.1f}" for rate in rates))
    print(
        f"round trip: median {statistics.median(trips):.0f} ms, "
        f"95 % {trips[int(0.95 * len(trips))]:.0f} ms, longest {trips[-1]:.0f} ms"
    )
    print(f"/health: median {statistics.median(health_ms):.0f} ms, longest {max(health_ms):.0f} ms")
    for viewer in viewers:
        viewer.done.set()
    for viewer in viewers:
        viewer.join(60)


def _sent_one(port: int, viewer: Viewer) -> bool:
    if not viewer.is_alive():
        raise SystemExit("a viewer failed")
    viewer.counting.set()
    return bool(viewer.round_trips_ms)


def browse(port: int, seconds: float) -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = write_film(Path(folder) / "camera.mjpeg")
        with browsing(playwright, film) as browser:
            rate, trip = by_server(browser, f"http://127.0.0.1:{port}/", seconds)
    print(f"frames a second: median {rate:.1f}")
    print(f"round trip: median {trip:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--viewers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--small-host", action="store_true", help="512 MB, a tenth of a processor")
    parser.add_argument("--browser", action="store_true", help="a real Chromium as the viewer")
    options = parser.parse_args()
    small = Limits(512, 0.1) if options.small_host else contextlib.nullcontext()
    with small as limits, server(limits) as port:
        if options.browser:
            browse(port, options.seconds)
        else:
            play(port, options.viewers, options.seconds)


if __name__ == "__main__":
    main()
