"""``python tests/benchmarks/startup.py``: what each lever of the server gains.

Needs root on Linux with control groups, and the packages of the tests. Each start is a process of
its own in 512 MB and a tenth of a processor, its byte code written: in turns with all levers, and
without one of them (`tests.benchmarks.without`). What counts is processor time, which other
programs disturb little, and resident memory when the app is loaded. A lever stays if it gains
0.1 s or 1 MB. A round takes about four minutes; ``--levers`` chooses.

``--later`` measures the levers that pay once the program serves, half an hour a round.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from gradio_client import handle_file

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks import without  # noqa: E402
from tests.small_host import host, networks  # noqa: E402
from tests.small_host.limits import why_not  # noqa: E402

TENTH = 0.1
ALL_ON, AGAIN = "", " "  # what is left out of the start to compare with, and of its repetition
EMBEDDED = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
CALLS, PHOTOS = 60, 100


class Bench:
    """Starts servers; `folder` keeps photos, networks and logs."""

    def __init__(self, folder: Path, visitors: int) -> None:
        self.folder = folder
        self.visitors = visitors
        self.large = networks.large_models(folder)

    @contextmanager
    def serving(
        self, lever: str, processor: float | None = None, large: bool = False
    ) -> Iterator[host.Server]:
        """A server that has just loaded its app, without the lever of that name."""
        command = ["-m", "tests.benchmarks.without", *lever.split()]
        networks = self.large if large else EMBEDDED
        with host.serving(self.folder, networks, processor, command) as server:
            # Not by asking /health all the time, which would be measured too.
            while "ready to serve" not in server.log.read_text():
                if server.process.poll() is not None:
                    raise RuntimeError(f"the server ended:\n{server.log.read_text()}")
                time.sleep(0.05)
            yield server

    def start(self, lever: str) -> tuple[float, float]:
        """Seconds of processor time from the start to the app loaded, and resident MB then."""
        with self.serving(lever, TENTH) as server:
            figures = server.processor_s(), server.memory_mb()
            assert server.status("/health") == 200
            return figures

    def rest(self, lever: str) -> dict[str, float]:
        """What doing nothing costs, after a visitor: Gradio's queue runs from the first one on."""
        picture = host.data_url(host.tiny_photo(self.folder))
        with self.serving(lever) as server, httpx.Client(timeout=60) as browser:
            host.visit_once(browser, server, 0, picture)
            time.sleep(5)
            began = server.processor_s()
            time.sleep(30)
            return {"% of a processor at rest": (server.processor_s() - began) / 30 * 100}

    def first(self, lever: str) -> dict[str, float]:
        """The first photo, six seconds after the start."""
        with self.serving(lever, TENTH, large=True) as server:
            time.sleep(6)
            client, photo = server.client(), handle_file(host.small_photo(self.folder))
            began = time.perf_counter()
            client.predict(photo, api_name="/analyze")
            return {"s for the first photo, six seconds after": time.perf_counter() - began}

    def visits(self, lever: str) -> dict[str, float]:
        """What visitors leave behind, after the first 300."""
        picture = host.data_url(host.tiny_photo(self.folder))
        with self.serving(lever) as server, httpx.Client(timeout=60) as browser:
            for number in range(300 + self.visitors):
                if number == 300:
                    before = server.memory_mb()
                host.visit_once(browser, server, number, picture)
            return {f"MB left by {self.visitors:,} visitors": server.memory_mb() - before}

    def calls(self, lever: str) -> dict[str, float]:
        """What some calls through Gradio's queue take."""
        with self.serving(lever) as server:
            client, photo = server.client(), handle_file(host.tiny_photo(self.folder))
            for _ in range(CALLS):
                client.predict(photo, api_name="/analyze")
            return {f"MB resident after {CALLS} calls": server.memory_mb()}

    def large_calls(self, lever: str) -> dict[str, float]:
        """What pictures of 3 MB leave behind that came as text, each in a session of its own."""
        with (
            self.serving(lever) as server,
            httpx.Client(base_url=server.url, timeout=60) as caller,
        ):
            for _ in range(CALLS):
                host.call(caller, host.long_data_url(host.small_photo(self.folder)))
            return {f"MB resident after {CALLS} calls of 3 MB": server.memory_mb()}

    def burst(self, lever: str) -> dict[str, float]:
        """Large photos from four clients at once."""
        with self.serving(lever, large=True) as server:
            lost = host.burst(server, host.mixed_photos(self.folder), PHOTOS)
            assert not lost, lost
            return {
                f"MB resident after {PHOTOS} mixed photos up to 24 MP": server.memory_mb(),
                "MB at the peak of that": server.memory_mb("VmHWM"),
            }


def print_start(bench: Bench, levers: Sequence[str], rounds: int) -> None:
    """Prints what each lever gains while the program starts."""
    figures: dict[str, list[tuple[float, float]]] = defaultdict(list)
    order = [ALL_ON, *levers[: len(levers) // 2], AGAIN, *levers[len(levers) // 2 :]]
    for lever in order:
        with bench.serving(lever):
            pass  # writes the byte code of what only this start imports
    for _ in range(rounds):
        for lever in order:
            figures[lever].append(bench.start(lever))
    print(f"Medians of {rounds} starts; gains are medians over the rounds, against the mean of the")
    print(f"two starts with all levers in each, which differ by {_apart(figures)}.\n")
    print("| lever | s with it | without | gain | MB with it | without | gain |")
    print("|---|---|---|---|---|---|---|")
    together = [
        tuple(statistics.mean(pair) for pair in zip(*both, strict=True))
        for both in zip(figures[ALL_ON], figures[AGAIN], strict=True)
    ]
    for lever in levers:
        cells = []
        for kind, digits in ((0, 2), (1, 1)):
            on, off = ([each[kind] for each in part] for part in (together, figures[lever]))
            gain = statistics.median(y - x for x, y in zip(on, off, strict=True))
            cells += [f"{statistics.median(each):.{digits}f}" for each in (on, off)]
            cells += [f"{gain:+.{digits}f}"]
        print(f"| {lever} | {' | '.join(cells)} |")


def _apart(figures: dict[str, list[tuple[float, float]]]) -> str:
    pairs = zip(figures[ALL_ON], figures[AGAIN], strict=True)
    seconds, megabytes = zip(*((s - r, n - m) for (r, m), (s, n) in pairs), strict=True)
    return (
        f"{statistics.median(seconds):+.2f} s ({min(seconds):+.2f} to {max(seconds):+.2f}) and "
        f"{statistics.median(megabytes):+.1f} MB"
    )


def print_later(bench: Bench, levers: Sequence[str], rounds: int) -> None:
    """Prints what the levers gain that pay later, each in a measure of its own."""
    measures: dict[str, Callable[[str], dict[str, float]]] = {
        "poll_less": bench.rest,
        "warm_up": bench.first,
        "freeze_garbage": bench.first,
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": bench.calls,
        "GRADIO_ANALYTICS_MAX_EVENTS": bench.visits,
        "keep_no_values": bench.large_calls,
        "forget_jobs": bench.large_calls,
        "give_memory_back": bench.burst,
    }
    print(f"Medians of {rounds}, and the range.\n")
    print("| lever | measure | with it | without |\n|---|---|---|---|", flush=True)
    for lever in levers:
        pairs = [(measures[lever](ALL_ON), measures[lever](lever)) for _ in range(rounds)]
        for title in pairs[0][0]:
            both = ([pair[side][title] for pair in pairs] for side in (0, 1))
            cells = (f"{statistics.median(x):.1f} ({min(x):.1f}–{max(x):.1f})" for x in both)
            print(f"| {lever} | {title} | {' | '.join(cells)} |", flush=True)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--later", action="store_true", help="the levers that pay while it serves")
    parser.add_argument("--levers", help="some of them, with commas between")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--visitors", type=int, default=2000)
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    reason = why_not()
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    known = without.LATER if options.later else without.START
    levers = options.levers.split(",") if options.levers else list(known)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.visitors)
        (print_later if options.later else print_start)(bench, levers, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
