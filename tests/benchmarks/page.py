"""``python tests/benchmarks/page.py``: what a visit of the page costs the server.

Processor time and bytes of one request, without the HTTP server around it: with `Front`, and as
Gradio answers by itself, compressed for each visitor.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from starlette.middleware.gzip import GZipMiddleware  # noqa: E402
from starlette.types import ASGIApp, Message  # noqa: E402

from mood.analyzer import MoodAnalyzer  # noqa: E402
from mood.serving import app as server  # noqa: E402
from mood.serving.front import Front  # noqa: E402
from mood.settings import Settings  # noqa: E402

ROUNDS = 200
PATHS = ("/", "/config", "/gradio_api/info")


def without_front(app: ASGIApp, **_: object) -> ASGIApp:
    """Stands where `Front` is, and lets Gradio answer."""
    return GZipMiddleware(app, compresslevel=6)


async def ask(app: ASGIApp, path: str) -> int:
    """Bytes of the answer to a browser that takes gzip."""
    size = 0

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        nonlocal size
        size += len(message.get("body", b""))

    headers = [(b"host", b"mood.example"), (b"accept-encoding", b"gzip, br")]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "scheme": "http"}
    await app({**scope, "headers": headers, "client": ("192.0.2.1", 1)}, receive, send)
    return size


async def measure(front: Any) -> list[tuple[float, int]]:
    """Milliseconds of processor time and bytes for each of the paths."""
    server.Front = front  # type: ignore[misc]
    app = server.create_app(MoodAnalyzer(Settings()))
    found = []
    for path in PATHS:
        size = await ask(app, path)
        begin = time.thread_time()
        for _ in range(ROUNDS):
            await ask(app, path)
        found.append(((time.thread_time() - begin) / ROUNDS * 1000, size))
    return found


def main() -> None:
    """Prints the table."""
    made_anew, made_once = asyncio.run(measure(without_front)), asyncio.run(measure(Front))
    print("| GET | made anew | made once |\n|---|---|---|")
    for path, *both in zip(PATHS, made_anew, made_once, strict=True):
        cells = " | ".join(f"{ms:.2f} ms, {size / 1000:.1f} kB" for ms, size in both)
        print(f"| `{path}` | {cells} |")


if __name__ == "__main__":
    main()
