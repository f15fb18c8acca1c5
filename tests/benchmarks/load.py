"""Fifty visitors at once, in 512 MB: ``python tests/benchmarks/load.py``.

    python tests/benchmarks/load.py [--seconds 300] [--processor 1] [--processor 0.1] [--beside]

Needs root on Linux with control groups (version 1 or 2), and the packages of the tests and of
``load``. The program runs with networks of the Hub's size; its visitors (`load_visitors.py`) use
the page, the API and the live tab, each with an address and photos of its own. What one of them
alone gets is measured before, in the same run and without rests: the answers of all of them would
have taken that one so much of the time as the column “of one alone” says. What is refused and
answered when it comes again is not lost. With ``--beside`` the six attacks that cost most of those
in ``tests/hard`` come with them, each for a minute. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import importlib.util
import io
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.hard import (  # noqa: E402
    beside,
    test_connections,
    test_fairness,
    test_front,
    test_harmless,
    test_json,
    test_names,
)
from tests.small_host import host, networks  # noqa: E402
from tests.small_host.limits import why_not  # noqa: E402

VISITORS = 50
PEOPLE = ("astronaut", "grace_hopper")
WAYS = ("Page", "Caller", "Webcam")
BESIDE_S = 60
RAMP_S = 5  # until all have come, at one processor: each loads the page
Outcome = dict[str, Any]

# Of those in tests/hard that come from one address: five that cost the others most of their pace,
# and the one that takes most memory.
ATTACKS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "the page, again and again": (test_front.load_pages, ()),
    "slow photos by the page": (test_fairness.slow_photos_by_the_page, ()),
    "names of 5 MB": (test_names.long_names, (8.0,)),
    "pipelined requests": (test_harmless.pipelined, ("/health", 20_000)),
    "1,300 silent sockets": (test_connections.many, (1_300, b"")),
    "JSON of millions of values": (test_json.all_kinds, (test_names.CALL, 7_900_000, 5.0)),
}


def again(url: str, attack: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """An attack that begins anew when it is over."""
    while True:
        attack(url, *arguments)


class Bench:
    """What all rows need.

    Args:
        folder: For photos, networks and logs.
        seconds: How long each crowd is watched.
    """

    def __init__(self, folder: Path, seconds: float) -> None:
        self._folder = folder
        self._seconds = seconds
        self._environ = networks.large_models(folder) | {"MOOD_TRUSTED_PROXIES": "127.0.0.0/8"}
        self._photos = folder / "photos.json"
        self._photos.write_text(json.dumps(photos()))
        command = [sys.executable, __file__, "--photos", str(self._photos)]
        environ = os.environ | self._environ | {"HF_HUB_OFFLINE": "1"}
        subprocess.run(command, env=environ, check=True)
        self.troubles: list[str] = []

    def rows(self, processor: float, attacks: bool) -> Iterator[str]:
        """A row for the crowd, and one for each attack beside it."""
        title = f"{VISITORS} visitors, {processor:g} processor"
        with host.serving(self._folder, self._environ, processor) as server:
            server.wait()
            self._warm_up(server)
            alone_s = {way: self._alone(server, way) for way in WAYS}
            each = ", ".join(f"{alone_s[way] * 1000:.0f}" for way in WAYS)
            yield f"one alone, {processor:g} processor | {each} ms" + " |" * (len(_TITLES) - 2)
            ramp_s = RAMP_S / processor
            yield self._row(server, title, alone_s, self._seconds, ramp_s)
            seconds = min(BESIDE_S, self._seconds)
            for name, (attack, arguments) in ATTACKS.items() if attacks else ():
                with beside.attacking(again, server.url, (attack, arguments)):
                    yield self._row(server, f"beside: {name}", alone_s, seconds, ramp_s)
                time.sleep(5)  # what the attack left is worked off

    def _warm_up(self, server: host.Server) -> None:
        first = json.loads(self._photos.read_text())[0]["url"]
        with beside.visitor(server.url, "192.0.2.1", 120) as browser:
            number = beside.panel(browser, "photo")
            beside.ask_panel(browser, number, "read_photo", {"image": first}).raise_for_status()

    def _alone(self, server: host.Server, way: str) -> float:
        """Seconds of an answer to one visitor who has the server for itself."""
        seconds = min(30.0, max(5.0, self._seconds / 10))
        with watched(server):  # as in a crowd: at a tenth of a processor it counts
            found = self._visit(server, seconds, "--users", "1", "--rest", "0", way)
        self.troubles += found["troubles"]
        return statistics.fmean(found["took_s"][way])

    def _row(
        self,
        server: host.Server,
        title: str,
        alone_s: dict[str, float],
        seconds: float,
        ramp_s: float,
    ) -> str:
        Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
        rate = f"{VISITORS / ramp_s:.2f}"
        with watched(server) as health_s:
            users = ("--users", str(VISITORS), "--spawn-rate", rate, *WAYS)
            found = self._visit(server, ramp_s + seconds, *users)
        self.troubles += [f"{title}: {each}" for each in found["troubles"]]
        if not server.alive:
            self.troubles.append(f"{title}: killed {server.limits.killed()} times")
            return f"{title} | killed"
        outcomes, took_s = found["outcomes"], found["took_s"]
        answers = sum(len(each) for each in took_s.values())
        worth_s = sum(alone_s[way] * len(each) for way, each in took_s.items())
        longest_s = max(max(each) for each in took_s.values())
        cells = [
            title,
            ", ".join(f"{len(took_s.get(way, ()))}" for way in WAYS),
            f"{answers / found['seconds']:.1f}",
            f"{worth_s / found['seconds']:.2f}",
            *(str(outcomes.get(each, 0)) for each in ("refused", "lost", "wrong", "mixed up")),
            f"{longest_s:.1f} s",
            f"{server.memory_mb('VmHWM'):.0f} MB",
            f"{max(health_s):.2f} s",
        ]
        return " | ".join(cells)

    def _visit(self, server: host.Server, seconds: float, *arguments: str) -> Outcome:
        """Runs locust; all but the server has less of the machine than the server."""
        answers, log = self._folder / "answers.json", self._folder / "locust.txt"
        answers.unlink(missing_ok=True)
        visitors = Path(__file__).with_name("load_visitors.py")
        command = ["nice", "-n", "5", sys.executable, "-m", "locust", "-f", str(visitors)]
        command += ["--headless", "--only-summary", "--host", server.url, "--stop-timeout", "180"]
        command += ["--photos", str(self._photos), "--answers", str(answers)]
        command += ["--run-time", f"{seconds:.0f}s", *arguments]
        with log.open("w") as output:
            subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False)
        if not answers.exists():
            raise SystemExit(f"locust failed:\n{log.read_text()[-3000:]}")
        found: Outcome = json.loads(answers.read_text())
        return found


@contextlib.contextmanager
def watched(server: host.Server) -> Iterator[list[float]]:
    """While it holds, /health is asked; yields how many seconds it took each time."""
    over, seconds = threading.Event(), [0.0]

    def ask() -> None:
        while not over.wait(1):
            began = time.monotonic()
            try:
                status = server.status("/health", 30)
            except OSError:
                status = 0
            seconds.append(time.monotonic() - began if status == 200 else float("inf"))

    watcher = threading.Thread(target=ask)
    watcher.start()
    try:
        yield seconds
    finally:
        over.set()
        watcher.join()


def photos() -> list[Outcome]:
    """Two for each visitor, none like another, all as much work: a person where no other stands."""
    found: list[Outcome] = []
    for number in range(2 * VISITORS):
        across, down = number % 10, number // 10
        canvas = Image.new("RGB", (600 + across, 440 + down), (70, 80, 90))
        with Image.open(host.EXAMPLES / f"{PEOPLE[number % 2]}.jpg") as person:
            canvas.paste(person.resize((400, 400)), (10 * across, 4 * down))
        file = io.BytesIO()
        canvas.save(file, "JPEG", quality=90)
        url = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
        found.append({"url": url, "width": canvas.width, "height": canvas.height})
    return found


def add_answers(path: Path) -> None:
    """Writes into a file of photos what the library says of each, without a server."""
    from mood.analyzer import MoodAnalyzer
    from mood.options import Options
    from mood.settings import Settings

    analyzer, photos = MoodAnalyzer(Settings.from_env()), json.loads(path.read_text())
    for photo in photos:
        content = base64.b64decode(photo["url"].partition(",")[2])
        for way in ("whole", "quick"):
            faces = analyzer.analyze(content, Options(quick=way == "quick")).to_dict()["faces"]
            photo[way] = [[*face["bbox_xyxy"], face["top"]] for face in faces]
            assert len(faces) == 1, f"{len(faces)} faces in a photo of one"
    path.write_text(json.dumps(photos))


_TITLES = (
    "in 512 MB",
    "answers: page, API, frames",
    "a second",
    "of one alone",
    "refused, answered later",
    "lost",
    "wrong",
    "mixed up",
    "longest wait",
    "peak",
    "slowest `/health`",
)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300, help="for each crowd")
    parser.add_argument("--processor", type=float, action="append", help="1 and 0.1 unless given")
    parser.add_argument("--beside", action="store_true", help="attacks, too, at one processor")
    parser.add_argument("--photos", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    if options.photos:
        add_answers(options.photos)
        return 0
    reason = why_not()
    if importlib.util.find_spec("locust") is None:
        reason = "Locust is missing. Install it with: pip install -e '.[load,test]'"
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.seconds)
        print(f"| {' | '.join(_TITLES)} |\n|{'---|' * len(_TITLES)}")
        for processor in options.processor or [1.0, 0.1]:
            for row in bench.rows(processor, options.beside and processor == 1):
                print(f"| {row} |", flush=True)
    print("".join(f"\n- {each}" for each in bench.troubles[:20]))
    return bool(bench.troubles)


if __name__ == "__main__":
    sys.exit(main())
