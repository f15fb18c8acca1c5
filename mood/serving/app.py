"""The demo behind FastAPI: /health and its sisters, then the page.

Importing this module imports gradio; `mood.serving.startup` opens the port before that.
"""

from __future__ import annotations

import asyncio
import hmac
import importlib
import logging
from typing import Any

import gradio as gr
import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.middleware.cors import CORSMiddleware

from mood.analyzer import MoodAnalyzer
from mood.errors import MoodError
from mood.page import assets
from mood.resources.memory import resident_mb
from mood.serving import gradio_app
from mood.serving.metrics import Figures, prometheus_text
from mood.serving.middleware import BodyLimit, Compress, CountRequests, SecurityHeaders
from mood.settings import Settings

_log = logging.getLogger(__name__)

HEALTHY = {"status": "ok", "message": "Service is running"}


def create_app(
    analyzer: MoodAnalyzer, settings: Settings, demo: gr.Blocks, options: dict[str, Any]
) -> FastAPI:
    """The whole application; nothing is loaded before the first picture.

    Args:
        analyzer: Is asked for its state by /ready, and for its models by /warmup only.
        settings: See `Settings`.
        demo: The page.
        options: Keyword arguments for `gradio.mount_gradio_app`: how the page looks.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Compress)
    app.add_middleware(BodyLimit, upload_mb=settings.max_upload_mb)
    # Any page may ask, but none with the visitor's cookies; Gradio by itself allows that too.
    app.add_middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
    )
    app.add_middleware(SecurityHeaders)
    requests: dict[str, int] = {}
    app.add_middleware(CountRequests, counts=requests)
    _add_routes(app, analyzer, settings, requests)
    app.mount(*assets.mount())

    with gradio_app.without_spare_apps():
        demo.queue(
            max_size=settings.queue_size,
            api_open=False,
            default_concurrency_limit=settings.concurrency,
        )
    if not demo.delete_cache:
        demo.delete_cache = (600, 1800)  # seconds: how often to look, and how old a file may get
    gradio_app.cap_sessions(demo)
    gradio_app.calm_queue(demo)
    served: FastAPI = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        ssr_mode=False,
        show_error=False,
        run_history=False,
        max_file_size=settings.max_upload_mb * 1_000_000,
        **options,
    )
    gradio_app.adopt_app(demo, served)
    _log.info("page built, resident memory %.0f MB", resident_mb())
    return served


async def rehearse(served: Any) -> None:
    """Does what the first photo needs, but for the models, while nobody waits for it.

    Imports the libraries behind detector and network, and makes one call that names no function:
    Gradio makes the validators whose making `imports.quick_import` put off, and refuses it.
    """
    for name in ("mood.vision.detection", "mood.vision.expression", "mood.vision.session"):
        await asyncio.to_thread(importlib.import_module, name)
    transport = httpx.ASGITransport(gradio_app.mounted_app(served))
    async with httpx.AsyncClient(transport=transport, base_url="http://rehearsal") as client:
        call = {"data": [], "session_hash": "rehearsal"}
        await client.post("/gradio_api/queue/join", json=call)


def _add_routes(
    app: FastAPI, analyzer: MoodAnalyzer, settings: Settings, requests: dict[str, int]
) -> None:
    # Coroutines: they answer from the event loop, however busy the worker threads are.
    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> JSONResponse:
        return JSONResponse(HEALTHY)

    @app.api_route("/ready", methods=["GET", "HEAD"])
    async def ready() -> JSONResponse:
        models = analyzer.models
        if models is None:
            return JSONResponse({"ready": False}, status_code=503)
        return JSONResponse(
            {
                "ready": True,
                "model": models.classifier_weights.spec.name,
                "detector": models.detector_weights.spec.name,
                "source": models.classifier_weights.source,
                "detector_source": models.detector_weights.source,
            }
        )

    @app.get("/metrics")
    async def metrics() -> Response:
        status = analyzer.status()
        figures = Figures(
            counts=analyzer.tally.counts,
            steps={str(step): times for step, times in analyzer.guard.steps.items()},
            resident_mb=resident_mb(),
            limit_mb=analyzer.guard.limit_mb,
            models=tuple(name for name in (status.detector, status.model) if name),
            requests=requests,
        )
        return Response(prometheus_text(figures), media_type="text/plain; version=0.0.4")

    if not settings.warmup_token:
        return

    @app.post("/warmup")
    def warmup(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), settings.warmup_token.encode()):
            return JSONResponse({"detail": "The token is missing or wrong."}, status_code=401)
        try:
            models = analyzer.load()
        except MoodError as error:
            _log.warning("warm-up failed: %s", error)
            return JSONResponse({"detail": str(error)}, status_code=503)
        return JSONResponse({"ready": True, "model": models.classifier_weights.spec.name})
