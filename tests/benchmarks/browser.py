"""``python tests/benchmarks/browser.py``: live video that the visitor's own browser reads.

Needs root on Linux with control groups, the packages of the tests, and Chromium, whose camera is a
film made of the example photos. The server has 512 MB and a tenth of a processor; the browser has
the rest of the machine. Prints a table in Markdown: what is wanted, what the server's way does, and
what is measured; and where the time of a frame goes. Takes about ten minutes; ``--rows`` chooses.
With ``--peers`` what else runs in browsers reads the same frames, fetched from npm for that.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from mood.page.assets import STATIC  # noqa: E402
from tests.benchmarks.browser_watching import (  # noqa: E402
    WAIT_MS,
    Watched,
    Wire,
    browsing,
    by_server,
    new_page,
    open_live,
    quantile,
    renderer_mb,
    show_camera,
    six_people,
    two_people,
    watch,
    watched,
)
from tests.e2e.firefox import firefox, program  # noqa: E402
from tests.small_host import host  # noqa: E402
from tests.small_host.limits import why_not  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

PROCESSOR = 0.1
ENVIRON = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
VISITORS = 30
"""Whose files are fetched one after the other, to see what they cost the server."""

Row = tuple[str, str, str, str]
"""What, with the server's way, wanted, measured."""


class Bench:
    """What all rows need; `folder` keeps films and logs."""

    def __init__(self, playwright: Playwright, folder: Path, seconds: float, starts: int) -> None:
        self.playwright, self.folder = playwright, folder
        self.seconds, self.starts = seconds, starts
        self.notes: list[str] = []

    @contextlib.contextmanager
    def serving(self, live: str = "auto") -> Iterator[host.Server]:
        """The program, once it has done what it does after its start."""
        with host.serving(self.folder, ENVIRON | {"MOOD_LIVE": live}, PROCESSOR) as server:
            server.wait()
            time.sleep(8)
            yield server

    def watching(self) -> list[Row]:
        """Frames with one and two faces, and with six; the server's way with one and two."""
        film = two_people(self.folder)
        with self.serving() as server:
            with browsing(self.playwright, film) as browser:
                two = watched(browser, server.url, self.seconds)
            with browsing(self.playwright, six_people(self.folder)) as browser:
                six = watched(browser, server.url, self.seconds)
        with self.serving("server") as server, browsing(self.playwright, film) as browser:
            rate, trip = by_server(browser, server.url, self.seconds)
        self._note("one or two faces", two)
        self._note("six faces", six)
        of = f"of the camera's {two.camera:.1f}"
        return [
            (
                "frames a second, one or two faces",
                f"{rate:.1f}",
                "≥ 28 of the camera's 30",
                f"{two.rate:.1f} {of}",
            ),
            ("the same with six faces", "–", "≥ 12", f"{six.rate:.1f}"),
            (
                "delay, median / 95th",
                f"{trip:.0f} ms / –",
                "≤ 30 / ≤ 45 ms",
                f"{quantile(two.delays, 0.5):.1f} / {quantile(two.delays, 0.95):.1f} ms",
            ),
            (
                "the same with six faces",
                "–",
                "–",
                f"{quantile(six.delays, 0.5):.1f} / {quantile(six.delays, 0.95):.1f} ms",
            ),
            (
                "requests while watching",
                "all frames",
                "0",
                f"{len(two.requests)} and {len(six.requests)}",
            ),
            (
                "long tasks over 50 ms after the start",
                "–",
                "none",
                f"{len(two.long)} and {len(six.long)}",
            ),
        ]

    def _note(self, what: str, seen: Watched) -> None:
        parts = ", ".join(f"{name} {ms:.1f}" for name, ms in seen.parts.items())
        self.notes.append(f"{what} ({seen.faces[0]} to {seen.faces[1]} found): {parts} ms, medians")
        if seen.since_capture:
            since = [quantile(seen.since_capture, share) for share in (0.5, 0.95)]
            self.notes.append(f"  since its capture {since[0]:.1f} / {since[1]:.1f} ms")
        for name, each in (("requests", seen.requests), ("long tasks", seen.long)):
            if each:
                self.notes.append(f"  {name}: {each}")

    def device(self) -> list[Row]:
        """What `?bench` says."""
        with self.serving() as server, browsing(self.playwright) as browser:
            page = new_page(browser)
            page.goto(f"{server.url}/?bench")
            panel = page.locator(".bench[data-figures]")
            panel.wait_for(timeout=WAIT_MS)
            told: dict[str, Any] = json.loads(panel.get_attribute("data-figures") or "")
            self.notes.append(f"?bench: {json.dumps(told)}")
            if program():
                with firefox(self.folder / "firefox") as other:
                    other.open(f"{server.url}/?bench")
                    other.wait("document.querySelector('.bench[data-figures]')")
                    said = other.run("document.querySelector('.bench').dataset.figures")
                self.notes.append(f"?bench: {said}")
        return [
            ("`mini`, a face both ways", "–", "≤ 5.5 ms", f"{told['mini_ms']:.1f} ms"),
            ("detector at 320 × 240", "–", "≤ 7.5 ms", f"{told['detector_ms']:.1f} ms"),
            ("ready after, on the small host", "–", "–", f"{told['ready_ms']:.0f} ms"),
        ]

    def wire(self) -> list[Row]:
        """What a visit of the live tab brings over the line, and costs the server."""
        engine = (STATIC / "vision" / "engine.wasm").stat().st_size
        film = two_people(self.folder)
        with self.serving() as server, browsing(self.playwright, film) as browser:
            line = Wire(server.port)
            before = server.processor_s()
            page = new_page(browser)
            visits = [self._visit(page.context.new_page(), line) for _ in range(2)]
            first_s = server.processor_s() - before
            line.close()
            files = sorted(set(visits[0][1]))
            reader = [path for path in files if "/vision/" in path]
            costs = [self._cost_ms(server, each) for each in (reader, files)]
        self.notes.append(f"files of the live tab: {' '.join(files)}")
        self.notes.append(f"both visits, all of the page with them: {first_s:.2f} s of processor")
        return [
            ("engine.wasm", "–", "≤ 30 kB", f"{engine / 1000:.1f} kB"),
            (
                "over the wire for the live tab, first / second visit",
                "–",
                "≤ 1.7 MB / nothing",
                " / ".join(f"{size / 1000:.1f} kB" for size, _ in visits),
            ),
            (
                "processor for one visitor's files of the reader",
                "–",
                "≤ 15 ms",
                f"{costs[0]:.1f} ms",
            ),
            ("for all files of the live tab", "–", "–", f"{costs[1]:.1f} ms"),
        ]

    def _visit(self, page: Any, line: Wire) -> tuple[int, list[str]]:
        """Bytes and paths from the opening of the live tab until frames are read."""
        page.set_default_timeout(WAIT_MS)
        page.goto(line.url)
        page.locator("#photo .settings summary").wait_for()
        page.wait_for_timeout(8000)  # what the first tab fetches is fetched
        size, asked = line.bytes, len(line.paths)
        page.get_by_role("tab").nth(1).click()
        watch(page)
        found = line.bytes - size, line.paths[asked:]
        page.close()
        return found

    def _cost_ms(self, server: host.Server, files: list[str]) -> float:
        """Milliseconds of processor time for one visitor's files, less what rest costs."""
        began, used = time.monotonic(), server.processor_s()
        for _ in range(VISITORS):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            for path in files:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                connection.getresponse().read()
            connection.close()
        took, spent = time.monotonic() - began, server.processor_s() - used
        used = server.processor_s()
        time.sleep(20)
        rest = (server.processor_s() - used) / 20
        return 1000 * (spent - took * rest) / VISITORS

    def memory(self) -> list[Row]:
        """What browser and server hold more of."""
        film = two_people(self.folder)
        held: dict[str, list[float]] = {"server": [], "auto": []}
        for live in (*held,) * self.starts:
            with self.serving(live) as server:
                held[live].append(server.memory_mb())
        pages: dict[str, list[float]] = {"shown": [], "read": []}
        with self.serving() as server:
            for kind in (*pages,) * self.starts:
                with browsing(self.playwright, film) as browser:
                    page = new_page(browser)
                    open_live(page, server.url, reads=kind == "read")
                    watch(page) if kind == "read" else show_camera(page)
                    page.wait_for_timeout(10_000)
                    pages[kind].append(renderer_mb(browser, page))
        self.notes.append(f"MB of the server at rest: {held}; of renderers: {pages}")
        of_page = statistics.median(pages["read"]) - statistics.median(pages["shown"])
        of_server = statistics.median(held["auto"]) - statistics.median(held["server"])
        return [
            ("renderer's memory, more than with the camera alone", "–", "≤ +35 MB", _mb(of_page)),
            ("the server's memory at rest, more than without", "–", "≤ +2 MB", _mb(of_server)),
        ]


def _mb(value: float) -> str:
    return f"{value:+.1f} MB"


ROWS = ("watching", "device", "wire", "memory")


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS), help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--seconds", type=float, default=20, help="of watching")
    parser.add_argument("--starts", type=int, default=3, help="of each server, for its memory")
    parser.add_argument("--peers", action="store_true", help="beside others, from npm")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="of the peers' packages")
    options = parser.parse_args()
    if options.peers:
        from tests.benchmarks.browser_peers import compare

        compare(options.keep, round(5 * options.seconds))
        return 0
    reason = why_not()
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bench = Bench(playwright, Path(folder), options.seconds, options.starts)
        print("| | the server's way | wanted | measured |\n|---|---|---|---|")
        for name in filter(None, options.rows.split(",")):
            for row in getattr(bench, name)():
                print(f"| {' | '.join(row)} |", flush=True)
        print("", *bench.notes, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
