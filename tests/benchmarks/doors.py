"""What the ways to ask cost on a small host: the first answer of each, and the memory at rest.

python tests/benchmarks/doors.py [share of a processor]   (root, Linux; about four minutes)
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from gradio_client import handle_file

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.small_host import host

NETWORKS = {"MOOD_MODEL": "mini", "MOOD_DETECTOR": "libfacedetection"}


def by_rest(server: host.Server, photo: Path) -> None:
    files = {"image": photo.read_bytes()}
    answer = httpx.post(f"{server.url}/api/analyze", files=files, timeout=300)
    assert len(answer.json()["faces"]) == 1


def by_gradio(server: host.Server, photo: Path) -> None:
    answer = server.client().predict(handle_file(photo), api_name="/analyze")
    assert len(answer["faces"]) == 1


def by_description(server: host.Server, _: Path) -> None:
    httpx.get(f"{server.url}/openapi.json", timeout=300).raise_for_status()


WAYS: dict[str, tuple[Callable[[host.Server, Path], None], dict[str, str]]] = {
    "Gradio's client": (by_gradio, {}),
    "REST": (by_rest, {}),
    "/openapi.json alone": (by_description, {}),
    "Gradio's client, MOOD_MCP=1": (by_gradio, {"MOOD_MCP": "1"}),
}


def main(processor: float) -> None:
    """Starts a server for each way, and prints a row."""
    print("| way | at rest | first answer | of it processor | afterwards |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo = host.small_photo(folder)
        for way, (ask, environ) in WAYS.items():
            with host.serving(folder, NETWORKS | environ, processor) as server:
                server.wait()
                time.sleep(15)  # it prepares what the first visitor would wait for
                rest_mb, busy_s, start = server.memory_mb(), server.processor_s(), time.monotonic()
                ask(server, photo)
                wall_s, busy_s = time.monotonic() - start, server.processor_s() - busy_s
                after_mb = server.memory_mb()
            row = f"{rest_mb:.1f} MB", f"{wall_s:.1f} s", f"{busy_s:.2f} s", f"{after_mb:.1f} MB"
            print(f"| {way} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 0.1)
