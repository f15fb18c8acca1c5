"""What reading many photos and films costs; the targets of the shell's `analyze`.

python tests/benchmarks/batch.py [--before CHECKOUT] [--photos N] [speed] [workers] [memory] …
(Linux; all of it about half an hour. Another checkout is measured in turns, as it was before.)
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.batch.outputs import FileOutput
from mood.batch.parquet import ParquetOutput
from mood.batch.rows import Item, photo_record
from tests.batch.test_outputs import CERTAIN
from tests.video.films import face, film

ROOT = Path(__file__).parents[2]
ENVIRON = os.environ | {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
_ROUNDS = 5
_LARGEST = 1600  # pixels of the longer side of a photo


def photos(folder: Path, count: int) -> Path:
    """So many JPEGs in sizes from 400 to `_LARGEST` pixels, made of the examples."""
    folder.mkdir()
    random = np.random.default_rng(34)
    examples = [Image.open(path).convert("RGB") for path in sorted(ROOT.glob("examples/*.jpg"))]
    kinds = []
    for example in examples:
        for side in (400, 640, 1024, _LARGEST):
            copy = example.copy()
            scale = side / max(copy.size)
            copy = copy.resize((round(copy.width * scale), round(copy.height * scale)))
            file = io.BytesIO()
            copy.save(file, "JPEG", quality=90)
            kinds.append(file.getvalue())
    for index in range(count):
        kind = kinds[index % len(kinds)] + random.bytes(8)  # behind its end: no two are the same
        (folder / f"{index:06}.jpg").write_bytes(kind)
    return folder


def timed(*arguments: str | Path, root: Path = ROOT, cores: str = "") -> float:
    """Seconds of a run, on the cores named."""
    command = [sys.executable, "-m", "mood", "analyze", *map(str, arguments)]
    if cores:
        command = ["taskset", "-c", cores, *command]
    start = time.monotonic()
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            command, cwd=root, env=ENVIRON, stdout=output, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 0, done.stderr.decode()
    return time.monotonic() - start


def speed(folder: Path, options: argparse.Namespace) -> None:
    """Photos a second of processor time on one core, of this checkout and of the one before.

    In turns, and whether both found the same.
    """
    files = sorted(photos(folder / "photos", options.photos).iterdir())
    roots = {"after": ROOT} | ({"before": options.before} if options.before else {})
    times: dict[str, list[float]] = {name: [] for name in roots}
    faces: dict[str, list[object]] = {}
    for number in range(_ROUNDS):
        for name, root in sorted(roots.items(), reverse=bool(number % 2)):
            seconds, lines = _processor(files, root)
            times[name].append(seconds)
            faces[name] = [json.loads(line)["faces"] for line in lines]
    for name, each in times.items():
        print(f"| one core, {name} | {len(files) / statistics.median(each):.1f} photos/s |")
    if options.before:
        ratios = [b / a for b, a in zip(times["before"], times["after"], strict=True)]
        same = sum(a == b for a, b in zip(faces["before"], faces["after"], strict=True))
        print(f"| after for before | {statistics.median(ratios):.2f} |")
        print(f"| photos with the same faces, to the last digit | {same} of {len(files)} |")


def _processor(files: list[Path], root: Path) -> tuple[float, list[bytes]]:
    """Seconds of processor time that a run takes, start and all, and the lines it prints."""
    command = ["taskset", "-c", "0", sys.executable, "-m", "mood", "analyze", *map(str, files)]
    before = _children_s()
    done = subprocess.run(command, cwd=root, env=ENVIRON, capture_output=True, check=True)
    return _children_s() - before, done.stdout.splitlines()


def _children_s() -> float:
    """Seconds of processor time that all runs took so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def workers(folder: Path, options: argparse.Namespace) -> None:
    """What a second worker brings on two cores."""
    album = photos(folder / "photos", options.photos)
    seconds = {}
    for count in (1, 2):
        rounds = [
            timed(album, "--output", folder / f"{count}-{n}.csv", "--workers", f"{count}")
            for n in range(_ROUNDS)
        ]
        seconds[count] = statistics.median(rounds)
        print(f"| {count} worker(s) | {options.photos / seconds[count]:.1f} photos/s |")
    print(f"| two for one | {seconds[1] / seconds[2]:.2f} |")


def memory(folder: Path, options: argparse.Namespace) -> None:
    """Memory of each process at the 100th and at the last photo."""
    album = photos(folder / "photos", options.photos)
    output = folder / "moods.jsonl"
    command = [sys.executable, "-m", "mood", "analyze", album, "--output", output, "--workers", "2"]
    with subprocess.Popen(list(map(str, command)), cwd=ROOT, env=ENVIRON) as process:
        seen, last = 0, {}
        while process.poll() is None:
            time.sleep(0.2)
            done = sum(1 for _ in output.open("rb")) if output.exists() else 0
            found = dict(_private_mb(process.pid))
            last = found if len(found) >= len(last) else last  # not while they end
            if seen < 100 <= done:
                seen = done
                print(f"| photo {done} | {_told(found)} |", flush=True)
    print(f"| the last of {sum(1 for _ in output.open('rb'))} | {_told(last)} |")


def _told(found: dict[int, float]) -> str:
    return ", ".join(f"{each:.1f} MB" for each in found.values())


def _private_mb(parent: int) -> Iterator[tuple[int, float]]:
    """Of a process and its children: what is theirs alone, in MB."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        pids = [parent, *map(int, children.read_text().split())]
        for pid in pids:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            found = dict(line.split(":") for line in text.splitlines()[1:])
            private = sum(int(found[f"Private_{kind}"].split()[0]) for kind in ("Clean", "Dirty"))
            yield pid, private / 1000
    except OSError:  # it has just ended
        return


def resuming(folder: Path, _: argparse.Namespace) -> None:
    """Seconds to go on with 100,000 rows where nothing is left to do: by the clock, of a core."""
    album = folder / "album"
    album.mkdir()
    for index in range(100_000):
        (album / f"{index:06}.jpg").write_bytes(b"")
    for ending in ("jsonl", "csv", "parquet"):
        output = folder / f"moods.{ending}"
        parquet = ending == "parquet"
        file = ParquetOutput(output, False) if parquet else FileOutput(output, ending == "csv")
        for path in sorted(album.iterdir()):
            file.write([photo_record(Item.of(path), CERTAIN)])
        file.close()
        before = _children_s()
        rounds = [timed(album, "--output", output, "--resume") for _ in range(_ROUNDS)]
        core = (_children_s() - before) / _ROUNDS
        told = f"{statistics.median(rounds):.2f} s; of a core {core:.2f} s"
        print(f"| --resume, 100,000 rows of {ending} | {told} |", flush=True)


def films(folder: Path, _: argparse.Namespace) -> None:
    """Seconds for a minute of 720p film, a face on its way, twice a second."""
    head, frames = face(300), []
    for index in range(50):
        frame = np.full((720, 1280, 3), 90, np.uint8)
        frame[200:500, index * 18 : index * 18 + 300] = head
        frames.append(frame)
    path = film(folder / "film.mp4", frames * 30, rate=25)
    print(f"| a minute of 720p | {timed(path):.1f} s; on one core {timed(path, cores='0'):.1f} s |")


Part = Callable[[Path, argparse.Namespace], None]
"""Prints rows of a table; gets a folder of its own and the options."""


def run(parts: dict[str, Part], parser: argparse.ArgumentParser) -> None:
    """Prints the rows of each part that is named, or of all."""
    parser.add_argument("parts", nargs="*", choices=[*parts, []], metavar="PART")
    options = parser.parse_args()
    for name in options.parts or parts:
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder), options)


PARTS: dict[str, Part] = {
    "speed": speed,
    "workers": workers,
    "memory": memory,
    "resume": resuming,
    "films": films,
}


def main() -> None:
    """Prints what reading many photos costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--photos", type=int, default=400, help="10000 for memory")
    run(PARTS, parser)


if __name__ == "__main__":
    main()
