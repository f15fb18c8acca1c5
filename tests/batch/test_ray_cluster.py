"""Ray's workers on a cluster: killed, and with photos in a bucket."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyarrow import Table, fs
from pyarrow import parquet as tables

from mood.batch.parquet import schema
from tests.batch.test_ray import COUNT, NOWHERE, ROOT, album, expected, told


@dataclass(frozen=True)
class Cluster:
    """A cluster of two cores, and how the example reaches it.

    Attributes:
        process: What started it.
        environ: The variables of the example; those of the cluster know nothing of our settings.
        log: What both say.
    """

    process: subprocess.Popen[bytes]
    environ: dict[str, str]
    log: Path

    @contextlib.contextmanager
    def example(self, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
        """The example at work; what is left of it is ended."""
        command = [sys.executable, ROOT / "examples" / "ray_batch.py", *arguments]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*command, "--workers", "2"], env=self.environ, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(30)

    def run(self, *arguments: str | Path) -> None:
        """Waits until the example has done all."""
        with self.example(*arguments) as process:
            self.end(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """The same of one that is at work."""
        assert process.wait(200) == 0, self.told()

    def readers(self) -> list[int]:
        """The processes that read photos; Ray writes into their titles what they are."""
        assert self.process.poll() is None, self.told()
        found = []
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                if b"MapBatches(Moods)" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    def told(self) -> str:
        return self.log.read_text(errors="replace")


@pytest.fixture(scope="module")
def cluster(bucket: Bucket) -> Iterator[Cluster]:
    """As docs/batch.md has one started, and ended with all its processes.

    Ray has a folder of its own: its sockets need short paths, and it writes into the home.
    """
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        environ = {name: each for name, each in os.environ.items() if not name.startswith("MOOD_")}
        environ |= bucket.variables
        environ |= {"HOME": folder, "RAY_TMPDIR": folder, "PYTHONPATH": str(ROOT)}
        environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_USAGE_STATS_REPORT_URL": NOWHERE}
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"]
        command += ["--port=0", "--include-dashboard=false"]
        command += ["--num-cpus=2", "--object-store-memory=100000000"]
        log = Path(folder) / "log.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env=environ, stdout=output, stderr=output)
        try:
            until(lambda: (Path(folder) / "ray" / "ray_current_cluster").exists(), process, log)
            mine = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}
            yield Cluster(process, environ | mine | {"RAY_ADDRESS": "auto"}, log)
        finally:
            for pid in [*descendants(process.pid), process.pid]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait(30)


def until(there: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for something while a process is at work."""
    deadline = time.monotonic() + 200
    while not there():
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:  # it has just ended
        return []
    return [each for child in children for each in [*descendants(child), child]]


@dataclass(frozen=True)
class Bucket:
    """S3 with the bucket "moods", and the variables by which it is found."""

    files: fs.S3FileSystem
    variables: dict[str, str]


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    files = fs.S3FileSystem(
        access_key=variables["AWS_ACCESS_KEY_ID"],
        secret_key=variables["AWS_SECRET_ACCESS_KEY"],
        endpoint_override=variables["AWS_ENDPOINT_URL"],
        region=variables["AWS_DEFAULT_REGION"],
        allow_bucket_creation=True,
    )
    files.create_dir("moods")
    yield Bucket(files, variables)
    server.stop()


def test_a_worker_that_is_killed_loses_and_doubles_nothing(tmp_path, cluster):
    photos, target = album(COUNT), tmp_path / "moods"
    source = tmp_path / "photos"
    source.mkdir()
    for name, (content, _) in photos.items():
        (source / name).write_bytes(content)
    (source / "notes.txt").write_text("no photo")
    with cluster.example(source, target, "--rows", "400", "--batch", "100") as process:
        until(lambda: list(target.glob("*.parquet")), process, cluster.log)
        before = cluster.readers()
        os.kill(before[0], signal.SIGKILL)
        # another one takes its place
        until(lambda: set(cluster.readers()) - set(before), process, cluster.log)
        cluster.end(process)
    table = tables.read_table(target)
    assert table.schema.equals(schema(), check_metadata=True)
    assert told(table.to_pylist()) == expected(photos)


def test_photos_are_read_from_s3_and_written_there(bucket, cluster):
    files = bucket.files
    photos = album(20)
    for name, (content, _) in photos.items():
        with files.open_output_stream(f"moods/photos/2024/{name}") as file:
            file.write(content)
    cluster.run("s3://moods/photos", "s3://moods/tables")
    rows = tables.read_table("moods/tables", filesystem=files).to_pylist()
    assert told(rows) == expected(photos)
    assert "moods/photos/2024/00000-happy.jpg" in {row["photo"] for row in rows}


def test_photos_are_read_from_parquet(tmp_path, cluster):
    photos = album(20)
    given = {"url": list(photos), "jpeg": [content for content, _ in photos.values()]}
    tables.write_table(Table.from_pydict(given), tmp_path / "photos.parquet")
    columns = ("--pictures", "jpeg", "--names", "url")
    cluster.run(tmp_path / "photos.parquet", tmp_path / "moods", *columns)
    assert told(tables.read_table(tmp_path / "moods").to_pylist()) == expected(photos)
