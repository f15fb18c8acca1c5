"""The demo behind FastAPI: /health and its sisters, then the page.

Importing this module imports gradio; `mood.serving.startup` opens the port before that.
"""

from __future__ import annotations

import asyncio
import hmac
import importlib
import logging
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from gradio.utils import get_upload_folder
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from mood.analyzer import MoodAnalyzer
from mood.errors import (
    STATUS,
    BusyError,
    MoodError,
    SettingsError,
    StoppingError,
    UnknownModelError,
)
from mood.page import assets, build, mount_options
from mood.page.browser import inside
from mood.page.visitor import address_of
from mood.resources.counters import Counters
from mood.resources.limits import memory_limit_mb, resident_mb
from mood.resources.memory import MemoryGuard
from mood.resources.pool import ModelPool
from mood.resources.queue import Queue
from mood.resources.room import Room
from mood.serving import gradio_app, gradio_queue, mcp
from mood.serving.admission import Gate
from mood.serving.answers import Answers
from mood.serving.demo import Demo
from mood.serving.environment import quiet_decoders
from mood.serving.front import Front
from mood.serving.headers import SecurityHeaders
from mood.serving.heartbeat import add_heartbeat
from mood.serving.metrics import Figures, prometheus_text
from mood.serving.middleware import CountRequests, Later
from mood.serving.routes import REST
from mood.serving.upload_folder import UploadFolder
from mood.serving.uploads import add_upload
from mood.serving.visitors import HUGGING_FACE, Origins
from mood.settings import Settings, ancestors
from mood.vision import packages

_log = logging.getLogger(__name__)

_BYTES_A_PIXEL = 4  # three of its colours, and what the decoder holds beside them

HEALTHY = {"status": "ok", "message": "Service is running"}


def create_analyzer(settings: Settings) -> MoodAnalyzer:
    """An analyzer for strangers: with a queue of limited length, and a guard over the memory.

    Raises:
        SettingsError: The settings name a network that there is not.
    """
    counters = Counters()
    pool = ModelPool(settings, counters=counters, public=True)
    try:
        pool.check()
    except UnknownModelError as error:
        raise SettingsError(f"{error} Correct MOOD_MODEL or MOOD_DETECTOR.") from error
    queue = Queue(
        settings.concurrency,
        settings.queue_size,
        settings.wait_limit_s,
        counters,
        share=settings.address_share,
    )
    guard = MemoryGuard(memory_limit_mb(settings), pool.unload)
    guard.start()
    return MoodAnalyzer(
        settings,
        pool=pool,
        queue=queue,
        guard=guard,
        counters=counters,
        most_faces=settings.max_faces,
    )


def create_app(analyzer: MoodAnalyzer) -> FastAPI:
    """The whole application around an analyzer; nothing is loaded before the first picture."""
    settings = analyzer.settings
    quiet_decoders()
    given = inside(analyzer)
    with gradio_app.without_spare_apps():
        demo = build(analyzer, given)
        demo.queue(api_open=False, default_concurrency_limit=None)
    folder = UploadFolder(
        Path(get_upload_folder()), settings.uploads_mb, file_mb=settings.max_upload_mb
    )
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=folder.lifespan)
    frames = ancestors(settings.frame_ancestors)
    app.add_middleware(Front, begin=lambda: gradio_app.forget_description(demo), frames=frames)
    room = _room(analyzer)
    app.add_middleware(
        Gate, settings=settings, gradio=Demo(demo), room=room, line_up=analyzer.line_up
    )
    # With CORS of ours, Gradio leaves out its own, which lets any page ask with cookies.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=Origins(settings.origins).named,
        allow_origin_regex=HUGGING_FACE,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
    )
    app.add_middleware(SecurityHeaders, frames=frames)
    requests: dict[str, int] = {}
    app.add_middleware(CountRequests, counts=requests)
    _add_routes(app, analyzer, requests)
    add_upload(app, folder, settings.max_upload_mb)
    add_heartbeat(app)
    _add_rest(app, analyzer, folder)
    app.mount(*assets.mount(given.files))

    gradio_app.keep_no_values()
    gradio_app.keep_no_bodies()
    gradio_app.fetch_nothing()
    gradio_app.fill_in_choices(demo)
    gradio_app.poll_less(demo)
    gradio_queue.begin_at_once(demo, settings.concurrency + settings.queue_size + 8)
    gradio_queue.forget_jobs(demo, folder.has_been_read)
    gradio_queue.hold_rooms(demo)
    gradio_queue.cancel_who_left(demo)
    gradio_queue.bound_answers(demo, Answers(settings.address_share))
    served: FastAPI = gr.mount_gradio_app(
        app,
        demo,
        path="/",
        ssr_mode=False,
        show_error=False,
        run_history=False,
        max_file_size=settings.max_upload_mb * 1_000_000,
        mcp_server=bool(settings.mcp),
        **mount_options(),
    )
    gradio_app.adopt_app(demo, served)
    if settings.mcp:
        mcp.answer_here(demo)
    gradio_app.share_state(demo)
    served.state.analyzer, served.state.demo, served.state.room = analyzer, demo, room
    _log.info("page built, resident memory %.0f MB", resident_mb())
    return served


def _add_rest(app: FastAPI, analyzer: MoodAnalyzer, folder: UploadFolder) -> None:
    def build() -> ASGIApp:
        from mood.serving.rest import create_api

        return create_api(analyzer, folder)

    rest = Later(build)
    for path in (f"{REST}{{rest:path}}", "/openapi.json"):
        app.router.routes.append(Route(path, rest))


def _room(analyzer: MoodAnalyzer) -> Room:
    """Room for bodies: what the guard says is left, less what pictures in work take."""
    settings, guard = analyzer.settings, analyzer.guard
    decoding_mb = settings.concurrency * settings.max_decoded_megapixels * _BYTES_A_PIXEL

    def left_mb() -> float | None:
        left = guard.left_mb() if guard else None
        if guard is None or left is None:
            return None
        return left - max(decoding_mb, guard.reserved_mb)

    room = Room(left_mb, settings.wait_limit_s)
    if guard is not None:
        guard.promised_mb = lambda: room.taken / 1e6
    return room


async def warm_up(app: Starlette) -> None:
    """Does what the first visitor would wait for, while nobody does; no model is loaded.

    Imports the libraries behind detector and network, and asks for an address that there is not:
    FastAPI prepares Gradio's routes at the first request, which takes 0.07 s of processor time.
    """
    why = await asyncio.to_thread(packages.failure)
    if why is not None:
        _log.error("no picture can be read: %s", why)
    else:
        for name in ("mood.vision.detection", "mood.vision.expression"):
            await asyncio.to_thread(importlib.import_module, name)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    request = {"type": "http", "method": "GET", "path": "/nowhere", "query_string": b""}
    await app.router({**request, "headers": [], "app": app}, receive, send)


def turn_away(app: Starlette, working: bool) -> None:
    """Tells whoever waits that the server is stopping, and lets nobody in any more.

    Args:
        app: What `create_app` returned.
        working: Whether those whose picture is in work are told too.
    """
    app.state.room.close()
    app.state.analyzer.close()
    gradio_queue.turn_away(app.state.demo, StoppingError(), working)


def _add_routes(app: FastAPI, analyzer: MoodAnalyzer, requests: dict[str, int]) -> None:
    # Coroutines: they answer from the event loop, however busy the worker threads are.
    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> JSONResponse:
        return JSONResponse(HEALTHY)

    @app.api_route("/ready", methods=["GET", "HEAD"])
    async def ready() -> JSONResponse:
        answer: dict[str, Any] = {"ready": True, "loaded": analyzer.pool.names}
        models = analyzer.pool.status().models
        if models is not None:
            answer |= {
                "model": models.classifier_weights.spec.name,
                "detector": models.detector_weights.spec.name,
                "source": models.classifier_weights.source,
                "detector_source": models.detector_weights.source,
                "calibrated": models.classifier.spec.calibrated,
            }
        why = _obstacle(analyzer)
        if why is None:
            return JSONResponse(answer)
        answer |= {"ready": False, "why": why}
        return JSONResponse(answer, status_code=503, headers={"retry-after": "5"})

    @app.get("/metrics")
    async def metrics() -> Response:
        guard = analyzer.guard
        figures = Figures(
            counts=analyzer.counters.counts,
            steps={str(step): times for step, times in guard.steps.items()} if guard else {},
            resident_mb=resident_mb(),
            limit_mb=guard.limit_mb if guard else None,
            models=tuple(analyzer.pool.names),
            requests=requests,
        )
        return Response(prometheus_text(figures), media_type="text/plain; version=0.0.4")

    if analyzer.settings.warmup_token:
        _add_warm_up(app, analyzer)


def _add_warm_up(app: FastAPI, analyzer: MoodAnalyzer) -> None:
    token = analyzer.settings.warmup_token.encode()
    one = asyncio.Lock()

    @app.post("/warmup")
    async def warmup(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token):
            return JSONResponse({"detail": "The token is missing or wrong."}, status_code=401)
        if one.locked():
            why = "The models are being loaded already. Please ask again in a moment."
            return _come_again(why, BusyError.retry_after_s, status=429)
        try:
            async with one:
                models = await analyzer.load_async(address_of(request))
        except BusyError as error:
            return _come_again(str(error), error.retry_after_s, STATUS[error.code][0])
        except MoodError as error:
            _log.warning("warm-up failed: %s", error)
            status, _ = STATUS[error.code]
            return JSONResponse({"detail": str(error)}, status_code=status)
        return JSONResponse({"ready": True, "model": models.classifier_weights.spec.name})


def _come_again(why: str, after_s: int, status: int) -> JSONResponse:
    return JSONResponse({"detail": why}, status, {"retry-after": str(after_s)})


def _obstacle(analyzer: MoodAnalyzer) -> str | None:
    """Why no picture can be read now, as a sentence; None where one can."""
    if analyzer.guard is not None and analyzer.guard.short:
        return "The server is short of memory. It takes pictures again when there is room."
    return analyzer.pool.missing()
