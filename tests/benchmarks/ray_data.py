"""What many photos cost with Ray Data, beside the shell, and where more cores bring nothing more.

python tests/benchmarks/ray_data.py [--photos N] [beside] [cores] [driver] [listing]
(Linux, two cores; all of it about twenty minutes.)
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.batch.ray import Moods
from tests.benchmarks.batch import ENVIRON, ROOT, Part, photos, run, timed

_HUNDRED_MILLION = 100_000_000
_BLOCK_MB = 128  # what Ray Data aims at: so much is read by one task


class Nothing:
    """Does what `mood.batch.ray.Moods` does, without reading a photo."""

    def __call__(self, batch: Mapping[str, Any]) -> Mapping[str, Any]:
        return batch


def ray_timed(source: Path, target: Path) -> tuple[float, float]:
    """Seconds of the example with two workers: of all, and without a cluster's start and end."""
    command = [sys.executable, ROOT / "examples" / "ray_batch.py", source, target]
    command += ["--workers", "2", "--cores", "2", "--store-mb", "400"]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        environ = ENVIRON | {"RAY_TMPDIR": folder, "HOME": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (said,) = re.findall(rb"execution finished in ([\d.]+) seconds", done.stderr + done.stdout)
    return time.monotonic() - start, float(said)


def beside(folder: Path, options: argparse.Namespace) -> None:
    """The shell with two processes and Ray with two workers, in turns."""
    album = photos(folder / "photos", options.photos)
    times: dict[str, list[float]] = {"--workers 2": [], "Ray": [], "Ray, once it runs": []}
    for turn in range(options.rounds):
        shell = timed(album, "--output", folder / f"{turn}.parquet", "--workers", "2")
        seconds = (shell, *ray_timed(album, folder / f"ray-{turn}"))
        for each, gone in zip(times.values(), seconds, strict=True):
            each.append(gone)
    shell = statistics.median(times["--workers 2"])
    for name, each in times.items():
        gone = statistics.median(each)
        told = f"{gone:.1f} s, {gone / shell:.2f} of the shell's"
        print(f"| {options.photos} photos, {name} | {told} |", flush=True)


def cores(folder: Path, options: argparse.Namespace) -> None:
    """Processor time of a photo: of who reads it, and of Ray around it. What 100 million take."""
    album = photos(folder / "photos", options.photos)
    size = sum(path.stat().st_size for path in album.iterdir()) / options.photos
    reading_s, others_s = _told(f"meter({str(album)!r})")
    rate = 1 / reading_s
    print(f"| each core | {rate:.1f} photos/s, {rate * size / 1e6:.1f} MB/s |")
    print(f"| Ray around {options.photos} photos, its start with it | {others_s:.1f} s of a core |")
    hours = _HUNDRED_MILLION / rate / 3600
    print(f"| 100 million photos | {hours:.0f} hours of a core |")
    for count in (16, 64, 256):
        print(f"| … on {count} cores | {hours / count:.1f} hours |", flush=True)


class Metered(Moods):
    """Tells for each batch what its process has taken so far."""

    def __call__(self, batch: Mapping[str, Any]) -> Mapping[str, Any]:
        super().__call__(batch)
        told = {"pid": os.getpid(), "photos": len(batch["bytes"]), "spent_s": time.process_time()}
        return {name: [each] for name, each in told.items()}


def meter(album: str) -> None:
    """Prints processor seconds of a photo in the process that reads it, and all others together."""
    import ray

    ray.init(num_cpus=2, object_store_memory=400_000_000)
    found = ray.data.read_binary_files(album, include_paths=True)
    actors = ray.data.ActorPoolStrategy(size=2)
    rows = found.map_batches(Metered, compute=actors, num_cpus=0.5, batch_size=32).take_all()
    readers: dict[int, list[tuple[float, int]]] = {}
    for row in rows:
        readers.setdefault(row["pid"], []).append((row["spent_s"], row["photos"]))
    spent_s = read = 0.0
    for batches in map(sorted, readers.values()):
        spent_s += batches[-1][0] - batches[0][0]
        read += sum(count for _, count in batches[1:])  # the first one loads
    others_s = sum(map(_spent_s, [*_descendants(os.getpid()), os.getpid()]))
    others_s -= sum(max(batches)[0] for batches in readers.values())
    print(json.dumps([spent_s / read, others_s]))
    ray.shutdown()


def _descendants(pid: int) -> list[int]:
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            children += map(int, (task / "children").read_text().split())
    return [each for child in children for each in [*_descendants(child), child]]


def _spent_s(pid: int) -> float:
    """Of a process, and of those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def driver(_: Path, options: argparse.Namespace) -> None:
    """Time of the one process that hands out the work, for each piece of it."""
    spent = {count: _told(f"hand_out({count})") for count in (200, 1200)}
    of_task = (spent[1200] - spent[200]) / 1000
    print(f"| the driver | {of_task * 1000:.1f} ms a task, {1 / of_task:.0f} tasks/s at most |")
    for size_mb in (0.1, 0.5, 2.0):
        rate = _BLOCK_MB / size_mb / of_task
        told = f"{rate:.0f} photos/s at most, which is what {rate / options.rate:.0f} cores read"
        print(f"| photos of {size_mb} MB | {told} |", flush=True)


def _told(call: str) -> Any:
    """What a function of this file prints in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        environ = ENVIRON | {"RAY_TMPDIR": folder, "HOME": folder, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", f"import tests.benchmarks.ray_data as here; here.{call}"]
        done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.splitlines()[-1])


def hand_out(tasks: int) -> None:
    """Prints the processor seconds of this process, while others do nothing with so many blocks."""
    import ray

    ray.init(num_cpus=2, object_store_memory=100_000_000)
    with tempfile.TemporaryDirectory() as target:
        before = time.process_time()
        rows = ray.data.range(tasks * 8, override_num_blocks=tasks)
        actors = ray.data.ActorPoolStrategy(size=2)
        rows = rows.map_batches(Nothing, compute=actors, num_cpus=0.5, batch_size=8)
        rows.write_parquet(target, min_rows_per_file=800)
        print(time.process_time() - before)
    ray.shutdown()


def listing(folder: Path, _: argparse.Namespace) -> None:
    """What the driver needs to know all names, before the first photo."""
    spent = {}
    for count in (10_000, 60_000):
        album = folder / str(count)
        album.mkdir()
        for index in range(count):
            (album / f"{index:06}.jpg").write_bytes(b"1")
        spent[count] = _told(f"list_names({str(album)!r})")
    seconds, bytes_ = ((more - less) / 50_000 for less, more in zip(*spent.values(), strict=True))
    print(
        f"| each name, on a disk | {seconds * 1e6:.0f} µs and {bytes_:.0f} bytes of the driver: "
        f"100 million, {seconds * _HUNDRED_MILLION / 3600:.1f} hours and "
        f"{bytes_ * _HUNDRED_MILLION / 1e9:.0f} GB |"
    )


def list_names(album: str) -> None:
    """Prints seconds and bytes that this process needs to have the names of a folder."""
    import ray

    ray.init(num_cpus=2, object_store_memory=100_000_000)
    before, start = _resident(), time.monotonic()
    dataset = ray.data.read_binary_files(album, include_paths=True)
    dataset.schema()
    print(json.dumps([time.monotonic() - start, _resident() - before]))
    ray.shutdown()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


PARTS: dict[str, Part] = {
    "beside": beside,
    "cores": cores,
    "driver": driver,
    "listing": listing,
}


def main() -> None:
    """Prints what Ray costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=40, help="photos a second of a core")
    run(PARTS, parser)


if __name__ == "__main__":
    main()
