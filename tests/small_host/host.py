"""A server inside the limits of a small host, and those who visit it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from gradio_client import Client, handle_file
from PIL import Image

from tests.ports import free_port
from tests.small_host.limits import Limits

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


class Server:
    """A program that serves HTTP inside limits.

    Args:
        limits: What it runs in.
        folder: For its log and its temporary files.
        environ: Added to the environment.
        command: What to run, after the interpreter.
    """

    def __init__(
        self,
        limits: Limits,
        folder: Path,
        environ: Mapping[str, str],
        command: Sequence[str] = ("app.py",),
    ) -> None:
        self.port = free_port()
        self.limits = limits
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"log-{self.port}.txt"
        variables = {
            **os.environ,
            "PORT": str(self.port),
            "MOOD_HOST": "127.0.0.1",
            "HF_HUB_OFFLINE": "1",
            "GRADIO_TEMP_DIR": str(folder / "uploads"),
            "PYTHONPATH": str(ROOT),
            **environ,
        }
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
        with self.log.open("wb") as output:
            self.started = time.monotonic()
            self.process = limits.start([sys.executable, *command], variables, output, ROOT)

    def wait(self, any_answer: bool = False, limit_s: float = 180.0) -> float:
        """Seconds from the start to the first 200 of /health, or to any answer at all."""
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended:\n{self.log.read_text()}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.status("/health") == 200 or any_answer:
                    return time.monotonic() - self.started
            if time.monotonic() - self.started > limit_s:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.2)  # oftener would slow what is measured

    def status(self, path: str, limit_s: float = 30.0) -> int:
        """The status of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def figures(self) -> dict[str, float]:
        """/metrics: name, with labels as they stand, → value."""
        lines = httpx.get(f"{self.url}/metrics", timeout=30).text.splitlines()
        pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
        return {name: float(value) for name, value in pairs}

    def memory_mb(self, name: str = "VmRSS") -> float:
        """Resident memory of the process in MB (10^6 bytes); VmHWM for its peak."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise RuntimeError(f"the server ended:\n{self.log.read_text()}")

    def processor_s(self) -> float:
        """Processor time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def alive(self) -> bool:
        """Whether it runs, and was never killed."""
        return self.process.poll() is None and self.limits.killed() == 0

    def client(self) -> Client:
        """A client of Gradio with patience."""
        return Client(
            self.url, verbose=False, analytics_enabled=False, httpx_kwargs={"timeout": 300}
        )

    def stop(self) -> int:
        """Ends it as a host does; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@contextlib.contextmanager
def serving(
    folder: Path,
    environ: Mapping[str, str],
    processor: float | None = None,
    command: Sequence[str] = ("app.py",),
    memory_mib: int = 512,
) -> Iterator[Server]:
    """A server in 512 MiB, until the end of the block."""
    with Limits(memory_mib, processor) as limits:
        server = Server(limits, folder, environ, command)
        try:
            yield server
        finally:
            server.stop()


def small_photo(folder: Path) -> Path:
    """640×480 with one face of a third of its height."""
    path = folder / "small.jpg"
    if not path.exists():
        canvas = Image.new("RGB", (640, 480), (70, 80, 90))
        canvas.paste(Image.open(EXAMPLES / "astronaut.jpg").resize((480, 480)), (80, 0))
        canvas.save(path, quality=90)
    return path


def tiny_photo(folder: Path) -> Path:
    """The same with 96×72, for visitors in great number."""
    path = folder / "tiny.jpg"
    Image.open(small_photo(folder)).resize((96, 72)).save(path)
    return path


def data_url(path: Path) -> str:
    """A JPEG file as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(path.read_bytes()).decode()}"


def long_data_url(path: Path) -> str:
    """The same with 3 MB in the file, so 4 MB of text, and never the same twice."""
    content = path.read_bytes()
    behind = os.urandom(3_000_000 - len(content))  # no reader looks behind a picture's end
    return f"data:image/jpeg;base64,{base64.b64encode(content + behind).decode()}"


def call(caller: httpx.Client, image: str) -> str:
    """What curl does, in a session of its own: asks, and fetches ``complete`` or ``error``."""
    asked = caller.post("/gradio_api/call/analyze", json={"data": [{"url": image}]})
    asked.raise_for_status()
    answer = caller.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}")
    return answer.text.partition("\n")[0].removeprefix("event: ")


def mixed_photos(folder: Path) -> list[Path]:
    """Photos of several kinds and sizes, up to 24 megapixels."""
    with Image.open(EXAMPLES / "mariachi.jpg") as source:
        source.load()
    kinds: list[tuple[str, tuple[int, int], dict[str, Any]]] = [
        ("24.jpg", (6000, 4000), {"quality": 85}),
        ("24.png", (6000, 4000), {"compress_level": 1}),
        ("12.jpg", (4000, 3000), {"quality": 85}),
        ("progressive.jpg", (4000, 3000), {"quality": 85, "progressive": True}),
        ("12.webp", (4000, 3000), {"quality": 80, "method": 0}),
        ("2.jpg", (1920, 1080), {"quality": 85}),
    ]
    paths = [small_photo(folder)]
    for name, size, options in kinds:
        path = folder / name
        if not path.exists():
            source.resize(size, Image.Resampling.BILINEAR).save(path, **options)
        paths.append(path)
    return paths


def burst(server: Server, photos: Sequence[Path], total: int, clients: int = 4) -> list[str]:
    """Sends photos from several clients at once; what went wrong, one line for each lost photo."""
    jobs = iter([photos[number % len(photos)] for number in range(total)])
    lock, lost = threading.Lock(), list[str]()

    def visit() -> None:
        client = server.client()
        while True:
            with lock:
                photo = next(jobs, None)
            if photo is None:
                return
            try:
                client.predict(handle_file(photo), api_name="/analyze")
            except Exception as error:  # noqa: BLE001 - whatever it is, a photo is lost
                lost.append(f"{photo.name}: {error!r}")

    threads = [threading.Thread(target=visit) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return lost


def visit_once(http_client: httpx.Client, server: Server, number: int, image: str) -> None:
    """What a new browser does: page, heartbeat, one question with a session of its own."""
    session = f"visitor{number}"
    http_client.get(server.url).raise_for_status()
    with http_client.stream("GET", f"{server.url}/gradio_api/heartbeat/{session}"):
        config = _endpoint(http_client, server)
        asked = http_client.post(
            f"{server.url}/gradio_api/queue/join",
            json={"data": [{"url": image}], "fn_index": config, "session_hash": session},
        )
        asked.raise_for_status()
        address = f"{server.url}/gradio_api/queue/data?session_hash={session}"
        with http_client.stream("GET", address) as events:
            for line in events.iter_lines():
                if '"process_completed"' in line:
                    if '"success":true' not in line.replace(" ", ""):
                        raise RuntimeError(line)
                    return
    raise RuntimeError("no answer")


_endpoints: dict[str, int] = {}


def _endpoint(http_client: httpx.Client, server: Server) -> int:
    if server.url not in _endpoints:
        config = http_client.get(f"{server.url}/config").json()
        (number,) = [each["id"] for each in config["dependencies"] if each["api_name"] == "analyze"]
        _endpoints[server.url] = number
    return _endpoints[server.url]
