"""``python tests/benchmarks/decoding.py``: what decoding takes, by format and mode, in 512 MB.

Needs root on Linux with control groups (version 1 or 2), and the packages of the tests. An analyzer
with a guard and networks of the Hub's size reads each picture twice, one after the other, in one
process; prints a table in Markdown: peak megabytes above what was held before, the budget, seconds
of processor time with the networks' own, and what was answered. ``--sizes`` and ``--kinds`` choose.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mood.analyzer import MoodAnalyzer  # noqa: E402
from mood.errors import MoodError  # noqa: E402
from mood.serving import environment, imports  # noqa: E402
from mood.settings import Settings  # noqa: E402
from tests.kinds import KINDS  # noqa: E402
from tests.small_host.limits import Limits, why_not  # noqa: E402
from tests.vision.peak import memory_mb  # noqa: E402

_SIZES = {"3": (2000, 1500), "12": (4000, 3000), "25": (5000, 5000), "48": (8000, 6000)}
_HEAD = "| kind | MP | peak MB | budget MB | seconds | answer |\n|---|---|---|---|---|---|"


def read(analyzer: MoodAnalyzer, path: Path) -> dict[str, float | str]:
    """Reads one picture, in the process that is measured."""
    guard, budgets = analyzer.guard, list[float]()
    assert guard is not None
    room = guard.room

    @contextlib.contextmanager
    def watched(wanted_mb: float) -> Iterator[None]:
        budgets.append(wanted_mb)
        with room(wanted_mb):
            # What holding room did first, such as dropping models, is no part of decoding.
            Path("/proc/self/clear_refs").write_text("5")
            before.append(memory_mb("VmRSS"))
            try:
                yield
            finally:
                peaks.append(memory_mb("VmHWM") - before[-1])

    before, peaks, began = list[float](), list[float](), time.process_time()
    guard.room = watched  # type: ignore[method-assign]
    try:
        analysis = analyzer.analyze(path)
        answer = f"{len(analysis.faces)} faces"
    except MoodError as error:
        answer = error.code
    finally:
        guard.room = room  # type: ignore[method-assign]
    return {
        "peak": max(peaks, default=0.0),
        "budget": max(budgets, default=0.0),
        "seconds": time.process_time() - began,
        "answer": answer,
    }


def work(photo: Path) -> None:
    """The program without its port: reads paths from standard input, a line of JSON for each."""
    environment.give_memory_back()
    environment.quiet_libraries()
    with imports.quick_import():
        from mood.serving.app import create_analyzer, create_app

        analyzer = create_analyzer(Settings.from_env())
        app = create_app(analyzer)
    analyzer.analyze(photo)
    print(json.dumps({"rest": memory_mb("VmRSS")}), flush=True)
    for line in sys.stdin:
        print(json.dumps(read(analyzer, Path(line.strip()))), flush=True)
    assert app


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="12,25", help=f"megapixels, some of {', '.join(_SIZES)}")
    parser.add_argument("--kinds", default="", help="those whose name begins so")
    parser.add_argument("--photo", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.photo:
        work(options.photo)
        return 0
    reason = why_not()
    if reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as name, Limits(512) as limits:
        return _measure(Path(name), limits, options.sizes.split(","), options.kinds)


def _measure(folder: Path, limits: Limits, sizes: list[str], kinds: str) -> int:
    from tests.small_host import host, networks

    environ = {**os.environ, **environment.QUIET, **networks.large_models(folder)}
    environ |= {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    environ |= {"MOOD_MAX_MEGAPIXELS": "50", "MOOD_MAX_UPLOAD_MB": "40"}
    asked, answered = os.pipe(), os.pipe()
    command = [sys.executable, __file__, "--photo", str(host.small_photo(folder))]
    with os.fdopen(asked[0]) as to_it, os.fdopen(answered[1], "wb") as from_it:
        process = limits.start(command, environ, from_it, ROOT, stdin=to_it, stderr=sys.stderr)
    with os.fdopen(asked[1], "w") as questions, os.fdopen(answered[0]) as answers:
        rest = json.loads(answers.readline())["rest"]
        print(f"{rest:.0f} MB are held before, with {environ['MOOD_DETECTOR']}.\n\n{_HEAD}")
        for name, make in KINDS.items():
            for size in sizes if name.startswith(kinds) else ():
                path = folder / "picture"
                path.write_bytes(make(_SIZES[size]))
                for _ in range(2):
                    questions.write(f"{path}\n")
                    questions.flush()
                    line = answers.readline()
                if not line:
                    print(f"| {name} | {size} | killed | | | |")
                    return 1
                row = json.loads(line)
                figures = f"{row['peak']:.0f} | {row['budget']:.0f} | {row['seconds']:.2f}"
                print(f"| {name} | {size} | {figures} | {row['answer']} |", flush=True)
    process.wait()
    print(f"\nProcesses killed for memory: {limits.killed()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
