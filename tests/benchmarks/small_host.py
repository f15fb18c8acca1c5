"""``python tests/benchmarks/small_host.py``: the program in 512 MB and a tenth of a processor.

Needs root on Linux with control groups (version 1 or 2), and the packages of the tests. Says which
networks it measures, then prints a table in Markdown: what was promised, what was measured, and a
plain Gradio page that computes nothing, served the same way in the same run. It takes about fifteen
minutes; ``--rows`` chooses.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
from gradio_client import Client, handle_file

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.small_host import host  # noqa: E402
from tests.small_host.limits import why_not  # noqa: E402

PLAIN = ("-m", "tests.small_host.plain")
QUIET = {"GRADIO_ANALYTICS_ENABLED": "False"}  # its telemetry has nowhere to go here
TENTH = 0.1
Row = tuple[str, str, str, str]
Serving = Callable[..., AbstractContextManager[host.Server]]


class Bench:
    """What all rows need; `folder` keeps photos, networks and logs."""

    def __init__(self, folder: Path, visitors: int) -> None:
        self.folder = folder
        self.visitors = visitors
        self.large = host.large_models(folder)
        self.small = host.small_photo(folder)

    def networks(self) -> str:
        """What is measured, as a sentence."""
        detector = self.large["MOOD_DETECTOR"]
        instead = "" if detector == "yunet" else ", as YuNet's file is not here"
        return f"The networks: random weights in FER+'s shape, and {detector}{instead}."

    @contextmanager
    def own(self, processor: float | None = None) -> Iterator[host.Server]:
        """The program with the large networks."""
        with host.serving(self.folder, self.large, processor) as server:
            yield server

    @contextmanager
    def plain(self, processor: float | None = None) -> Iterator[host.Server]:
        """The plain page."""
        with host.serving(self.folder, QUIET, processor, PLAIN) as server:
            yield server

    def start(self) -> list[Row]:
        """From start to answers, what is held then, and what rest costs."""
        own, plain = self._start(self.own), self._start(self.plain)
        return [
            (
                "start to the first 200 of `/health`",
                "≤ 12 s",
                f"{own[1]:.1f} s",
                f"{plain[1]:.1f} s",
            ),
            ("start to any answer", "≤ 4 s", f"{own[0]:.1f} s", f"{plain[0]:.1f} s"),
            ("resident, idle, no model", "≤ 140 MB", f"{own[2]:.0f} MB", f"{plain[2]:.0f} MB"),
            ("processor at rest", "≤ 1 %", f"{own[3]:.1f} %", f"{plain[3]:.1f} %"),
        ]

    def _start(self, serving: Serving) -> tuple[float, float, float, float]:
        with serving() as server:  # writes byte code, as an image has
            server.wait()
        with serving(TENTH) as server:
            any_answer = server.wait(any_answer=True)
            healthy = server.wait()
            time.sleep(5)
            began = server.processor_s()
            time.sleep(15)
            rest = (server.processor_s() - began) / 15
            return any_answer, healthy, server.memory_mb(), rest * 100

    def photos(self) -> list[Row]:
        """First and later photos, and /health meanwhile."""
        at_once = self._first(self.own), self._first(self.plain)
        own, plain = self._photos(self.own), self._photos(self.plain)
        rows = [
            ("first photo, networks on disk, six seconds after the start", "≤ 3 s"),
            ("later photos, 640×480, median of 20", "≤ 1.2 s"),
            ("`/health` while photos are analysed, worst of 100", "≤ 1 s"),
        ]
        return [
            ("first photo, asked for at once after the start", "–", *map(_seconds, at_once)),
            *(
                (title, target, _seconds(ours), _seconds(theirs))
                for (title, target), ours, theirs in zip(rows, own, plain, strict=True)
            ),
        ]

    def _first(self, serving: Serving) -> float:
        with serving(TENTH) as server:
            server.wait()
            return _timed(server.client(), self.small)

    def _photos(self, serving: Serving) -> tuple[float, float, float]:
        with serving(TENTH) as server:
            server.wait()
            time.sleep(6)
            client, photo = server.client(), handle_file(self.small)
            times = [_timed(client, self.small) for _ in range(21)]
            ended = threading.Event()

            def work() -> None:
                while not ended.is_set():
                    client.predict(photo, api_name="/analyze")

            worker = threading.Thread(target=work)
            worker.start()
            worst = 0.0
            for _ in range(100):
                began = time.perf_counter()
                server.status("/health")
                worst = max(worst, time.perf_counter() - began)
                time.sleep(0.05)
            ended.set()
            worker.join()
        return times[0], statistics.median(times[1:]), worst

    def memory(self) -> list[Row]:
        """After 200 photos, and what 1,800 more add."""
        with self.own() as server:
            server.wait()
            client, photo = server.client(), handle_file(self.small)
            for _ in range(200):
                client.predict(photo, api_name="/analyze")
            early = server.memory_mb()
            for _ in range(1800):
                client.predict(photo, api_name="/analyze")
            late = server.memory_mb()
        return [
            ("resident after 200 photos of 640×480 ¹", "≤ 230 MB", f"{early:.0f} MB", "–"),
            ("growth from the 200th to the 2,000th ¹", "≤ 5 MB", f"{late - early:+.1f} MB", "–"),
        ]

    def peak(self) -> list[Row]:
        """100 mixed photos from four clients."""
        own, plain = self._peak(self.own), self._peak(self.plain)
        title = "peak, 100 mixed photos up to 24 MP, 4 clients ¹"
        return [(title, "≤ 320 MB, none lost", own, plain)]

    def _peak(self, serving: Serving) -> str:
        with serving() as server:
            server.wait()
            lost = host.burst(server, host.mixed_photos(self.folder), 100)
            killed = server.limits.killed()
            if killed:
                return f"killed, {len(lost)} lost"
            return f"{server.memory_mb('VmHWM'):.0f} MB, {len(lost)} lost"

    def calls(self) -> list[Row]:
        """Pictures of 3 MB through the API, each in a session of its own."""
        own, plain = self._calls(self.own), self._calls(self.plain)
        return [("growth over 100 calls of the API, 3 MB each ¹", "≤ 6 MB", own, plain)]

    def _calls(self, serving: Serving) -> str:
        held: list[float] = []
        with serving() as server, httpx.Client(base_url=server.url, timeout=60) as caller:
            server.wait()
            for number in range(1, 121):
                try:
                    host.call(caller, host.long_data_url(self.small))
                except httpx.TransportError:
                    return f"killed at the {number}th"
                held.append(server.memory_mb())
        return f"{max(held[-20:]) - max(held[:20]):+.1f} MB"

    def visits(self) -> list[Row]:
        """New visitors, each with a small picture, after the first 300."""
        own, plain = self._visits(self.own), self._visits(self.plain)
        return [(f"growth over {self.visitors:,} new visitors ¹", "≤ 10 MB", own, plain)]

    def _visits(self, serving: Serving) -> str:
        picture = host.data_url(host.tiny_photo(self.folder))
        with serving() as server, httpx.Client(timeout=60) as browser:
            server.wait()
            for number in range(300):
                host.visit_once(browser, server, number, picture)
            before = server.memory_mb()
            for number in range(300, 300 + self.visitors):
                host.visit_once(browser, server, number, picture)
            return f"{server.memory_mb() - before:+.1f} MB"

    def speed(self) -> list[Row]:
        """One thread of this machine, without a server and without limits."""

        def median_ms(quick: bool, **settings: str) -> str:
            environ = {**os.environ, **settings, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-c", _SPEED, str(self.small), "quick" if quick else ""]
            done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
            return done.stdout.strip()

        frame = median_ms(True, MOOD_MODEL="mini", MOOD_DETECTOR="libfacedetection")
        photo = median_ms(False, **self.large)
        detector = self.large["MOOD_DETECTOR"]
        return [
            ("webcam frame, one thread, `mini` + libfacedetection ²", "≤ 12 ms", frame, "–"),
            (f"photo, one thread, `ferplus`-shaped + {detector} ²", "≤ 25 ms", photo, "–"),
        ]


def _timed(client: Client, photo: Path) -> float:
    """Seconds of one answer."""
    began = time.perf_counter()
    client.predict(handle_file(photo), api_name="/analyze")
    return time.perf_counter() - began


def _seconds(value: float) -> str:
    return f"{value:.2f} s"


_SPEED = """
import statistics, sys, time
from mood.analyzer import MoodAnalyzer
from mood.vision.picture import read_image
from mood.options import Options
from mood.settings import Settings
settings, quick = Settings.from_env(), bool(sys.argv[2])
analyzer, pixels = MoodAnalyzer(settings), read_image(sys.argv[1], settings).pixels
detector = analyzer.pool.get().detector
whole, detection = [], []
for _ in range(60):  # in turns: the machine may be faster at one time than at another
    whole.append(analyzer.analyze(pixels, Options(quick=quick)).duration_ms)
    began = time.perf_counter()
    detector.detect(pixels, quick=quick)
    detection.append((time.perf_counter() - began) * 1000)
print(f"{statistics.median(whole[10:]):.1f} ms, {statistics.median(detection[10:]):.1f} to detect")
"""

ROWS = ("start", "photos", "memory", "peak", "calls", "visits", "speed")


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(ROWS), help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--visitors", type=int, default=5000)
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)  # which detector there is, is said below, once
    reason = why_not()
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.visitors)
        print(f"{bench.networks()}\n", flush=True)
        print("| | target | measured | plain Gradio page |\n|---|---|---|---|")
        for name in filter(None, options.rows.split(",")):
            for row in getattr(bench, name)():
                print(f"| {' | '.join(row)} |", flush=True)
    print("\n¹ In 512 MB, with as much processor as there is. ² Without limits.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
