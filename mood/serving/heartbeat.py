"""The stream by which a page stays in touch, in the place of Gradio's.

Gradio learns from its own which sessions have gone, of which nothing is kept here; it takes a
worker thread for each, and leaves a task that sleeps on when the page has gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

_EVERY_S = 15.0


def add_heartbeat(app: FastAPI) -> None:
    """Adds the route; do it before Gradio is mounted."""

    async def heartbeat(_: Request) -> Response:
        return StreamingResponse(_beats(), media_type="text/event-stream")

    app.add_route("/gradio_api/heartbeat/{session}", heartbeat, methods=["GET"])


async def _beats() -> AsyncIterator[str]:
    while True:
        yield "data: ALIVE\n\n"
        await asyncio.sleep(_EVERY_S)
