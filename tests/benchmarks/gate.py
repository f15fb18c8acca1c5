"""Prints what the gate costs a request: processor time with it, less without.

python tests/benchmarks/gate.py
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.resources.memory import MemoryGuard
from mood.resources.room import Room
from mood.serving.admission import Gate
from mood.settings import Settings
from tests.serving.asking import (
    CALL,
    PANEL,
    PANEL_BODY,
    App,
    Known,
    ask,
    content,
)

ROUNDS, TIMES = 7, 300


def picture(megabytes: float) -> dict[str, str]:
    return {"image": "data:image/jpeg;base64," + "A" * int(megabytes * 1e6)}


KINDS: dict[str, tuple[str, Any]] = {
    "/health": ("/health", None),
    "a file": ("/page/0123456789ab/photo/photo.js", None),
    "a webcam frame, 30 kB": (PANEL, PANEL_BODY | {"data": picture(0.03)}),
    "a call with a path": (CALL, {"data": [{"path": "/tmp/a.jpg"}]}),
    "a photo, 1 MB": (PANEL, PANEL_BODY | {"data": picture(1)}),
    "a photo, 6 MB": (CALL, {"data": [picture(6)]}),
}


def guarded() -> Gate:
    guard = MemoryGuard(100_000.0, lambda: None)
    return Gate(content, Settings(), Known(), Room(guard.left_mb, 5.0))


def milliseconds(app: App, path: str, body: bytes | None) -> float:
    """Processor time of one request."""

    async def many() -> float:
        began = time.process_time()
        for number in range(TIMES):
            address = f"10.0.{number // 250}.{number % 250}"  # one alone would ask in haste
            response = await ask(app, path, body, address=address)
            assert response.status == 200, response
        return (time.process_time() - began) / TIMES * 1000

    return asyncio.run(many())


def main() -> None:
    """Prints the table."""
    print(f"| {'request':22} | without | with | the gate |")
    print("|---|---|---|---|")
    for name, (path, body) in KINDS.items():
        sent = None if body is None else json.dumps(body).encode()
        apps: tuple[App, App] = (content, guarded())
        rounds = [[milliseconds(app, path, sent) for app in apps] for _ in range(ROUNDS)]
        plain, gated = (sorted(each)[ROUNDS // 2] for each in zip(*rounds, strict=True))
        print(f"| {name:22} | {plain:.3f} | {gated:.3f} | {gated - plain:.3f} ms |")


if __name__ == "__main__":
    main()
