"""A first visit on the small host: ``python tests/benchmarks/first_visit.py [--before CHECKOUT]``.

Each server runs in 512 MiB and a tenth of a processor and is visited by a new Chromium, which keeps
nothing from before: when something is painted, when the page can be used, what came over the wire,
what the visit and then a photo cost the server. With a checkout of another commit its server and
this one take turns, and the last column is the ratio. Needs root and control groups. Prints
medians as a table in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.e2e.conftest import CHROMIUM_OPTIONS, EXAMPLES, chromium  # noqa: E402
from tests.small_host.host import Server, serving  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PROCESSOR = 0.1
PATIENCE_MS = 120_000
ENVIRON = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
ROWS = {
    "painted, s": 2,
    "usable, s": 2,
    "over the wire, kB": 0,
    "the server's work for the visit, s": 2,
    "the server's work for a photo, s": 2,
}
"""What is measured, and its digits."""


def visit(browser: Browser, server: Server) -> list[float]:
    """One first visit, and one photo; in the order of `ROWS`."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    received = []
    devtools.on(
        "Network.loadingFinished", lambda event: received.append(event["encodedDataLength"])
    )
    before = server.processor_s()
    begin = time.monotonic()
    page.goto(server.url, wait_until="commit")
    page.locator("#photo .settings summary").wait_for()
    usable = time.monotonic() - begin
    page.wait_for_load_state("networkidle")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    visited = server.processor_s()
    read = []
    for name in ("astronaut", "mona_lisa", "astronaut"):  # the first loads the networks
        begun = server.processor_s()
        page.set_input_files("#photo input[type=file]", EXAMPLES / f"{name}.jpg")
        page.locator("#photo .busy:not([hidden])").wait_for()
        page.locator("#photo .busy[hidden]").wait_for(state="attached")
        page.wait_for_timeout(1000)
        read.append(server.processor_s() - begun)
    context.close()
    wire = sum(received) / 1000
    return [painted / 1000, usable, wire, visited - before, statistics.mean(read[1:])]


def measure(browser: Browser, checkout: Path, folder: Path) -> list[float]:
    folder.mkdir()
    command = (str(checkout / "app.py"),)
    with serving(folder, ENVIRON, PROCESSOR, command) as server:
        server.wait()
        time.sleep(20)  # what is done while nobody asks is done
        return visit(browser, server)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    checkouts = [chosen.before.resolve(), ROOT] if chosen.before else [ROOT]
    found: dict[Path, list[list[float]]] = {checkout: [] for checkout in checkouts}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        for number in range(chosen.rounds):
            for checkout in checkouts:
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=CHROMIUM_OPTIONS
                )
                folder = Path(temporary) / f"{number}-{len(found[checkout])}-{checkout.name}"
                found[checkout].append(measure(browser, checkout, folder))
                browser.close()
    head = "| | before | now | ratio |" if chosen.before else "| | now |"
    print(head, "|---" * (head.count("|") - 1) + "|", sep="\n")
    for at, (row, digits) in enumerate(ROWS.items()):
        medians = [statistics.median(each[at] for each in found[one]) for one in checkouts]
        cells = [f"{median:.{digits}f}" for median in medians]
        if chosen.before:
            cells.append(f"{medians[1] / medians[0]:.2f}")
        print(f"| {row} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
