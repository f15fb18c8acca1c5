"""Gradio's queue forgets: rooms are given back, and who left is dropped."""

from __future__ import annotations

import asyncio
import base64
import gc
import io
import json
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gradio.routes import App
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.resources.counters import Counters
from mood.resources.queue import Queue
from mood.resources.room import Room
from mood.serving import app as server
from mood.settings import Settings
from mood.types import Expression, Face, RGBImage
from tests import fakes


class Detector:
    """Finds nothing, once it may."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.may_end.set()

    def detect(self, image: RGBImage, **_: Any) -> list[Face]:
        assert self.may_end.wait(30)
        return []


class Served:
    """The application, and the room that its gate has for bodies."""

    def __init__(self) -> None:
        self.room = Room(lambda: 500.0, 60)
        settings = Settings(queue_size=100)
        self.detector = Detector()
        self.counters = Counters()
        models = fakes.models(self.detector, fakes.FakeSession(fakes.logits_for(Expression.FEAR)))
        self.analyzer = MoodAnalyzer(
            settings,
            pool=fakes.FakePool(settings, models),
            queue=Queue(1, settings.queue_size, 60, self.counters),
            counters=self.counters,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "_room", lambda _: self.room)
            self.app = server.create_app(self.analyzer)
        self.gradio = next(
            route.app for route in self.app.routes if isinstance(getattr(route, "app", None), App)
        )
        self.queue: Any = self.gradio.get_blocks()._queue

    def visitor(self, address: str = "203.0.113.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60)

    @property
    def kept_of_jobs(self) -> dict[str, int]:
        """How much the queue keeps, by the name of what it keeps it in."""
        names = ("pending_messages_per_session", "pending_event_ids_session")
        kept = {name: len(getattr(self.queue, name)) for name in (*names, "event_ids_to_events")}
        return kept | {"iterators": len(self.gradio.iterators), "tasks": len(asyncio.all_tasks())}


@asynccontextmanager
async def serving() -> AsyncIterator[Served]:
    served = Served()
    async with served.app.router.lifespan_context(served.app):
        yield served


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def picture(side: int = 8) -> str:
    file = io.BytesIO()
    Image.effect_noise((side, side), 90).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


async def ask(http: httpx.AsyncClient, image: str, **more: str) -> str:
    async def body() -> AsyncIterator[bytes]:  # the client keeps what it sends at once
        yield json.dumps({"data": [{"url": image}], **more}).encode()

    headers = {"content-type": "application/json"}
    answer = await http.post("/gradio_api/call/analyze", content=body(), headers=headers)
    assert answer.status_code == 200
    return str(answer.json()["event_id"])


async def fetch(http: httpx.AsyncClient, job: str) -> str:
    return (await http.get(f"/gradio_api/call/analyze/{job}")).text


def run(main: Callable[[Served], Any]) -> None:
    async def within() -> None:
        async with serving() as served:
            await main(served)

    asyncio.run(asyncio.wait_for(within(), 60))


@pytest.mark.parametrize(
    ("image", "answer"),
    [(picture(), "faces"), ("data:image/png;base64,AAAA", "not a picture"), ("/etc", "upload")],
)
def test_a_job_keeps_its_room_until_it_is_done(image, answer):
    async def main(served: Served) -> None:
        served.detector.may_end.clear()
        async with served.visitor() as http:
            job = await ask(http, image)
            if answer == "faces":
                await until(lambda: served.counters.counts.working == 1)
                assert served.room.taken > len(image)
            served.detector.may_end.set()
            assert answer in await fetch(http, job)
            await until(lambda: served.room.taken == 0)

    run(main)


def test_a_job_that_is_not_taken_keeps_nothing():
    async def main(served: Served) -> None:
        async with served.visitor() as http:
            served.queue.max_size = 0
            answer = await http.post("/gradio_api/call/analyze", json={"data": [{"url": "x"}]})
            assert answer.status_code == 503
            assert served.room.taken == 0

    run(main)


def test_cancelled_jobs_give_their_room_back():
    async def main(served: Served) -> None:
        served.detector.may_end.clear()
        async with served.visitor() as http:
            first = await ask(http, picture())
            taken = served.room.taken
            job = await ask(http, picture(), session_hash="mine")
            await until(lambda: served.counters.counts.waiting == 1)
            assert served.room.taken > taken
            body = {"session_hash": "mine", "fn_index": number(served), "event_id": job}
            answer = await http.post("/gradio_api/cancel", json=body)
            assert answer.json() == {"success": True}
            await until(lambda: served.room.taken == taken)
            assert served.counters.counts.waiting == 0
            served.detector.may_end.set()
            assert "faces" in await fetch(http, first)

    run(main)


def number(served: Served) -> int:
    (function,) = (
        each for each in served.gradio.get_blocks().fns.values() if each.api_name == "analyze"
    )
    return int(function._id)


def test_a_waiting_job_goes_with_its_caller():
    async def main(served: Served) -> None:
        served.detector.may_end.clear()
        async with served.visitor() as http, served.visitor("203.0.113.2") as other:
            first = await ask(other, picture())
            taken = served.room.taken
            job = await ask(http, picture())
            await until(lambda: served.counters.counts.waiting == 1)
            await hang_up(served, f"/gradio_api/call/analyze/{job}")
            await until(lambda: served.counters.counts.waiting == 0)
            await until(lambda: served.room.taken == taken)
            served.detector.may_end.set()
            assert "faces" in await fetch(other, first)
            await until(lambda: served.counters.counts.working == 0)
            assert served.counters.counts.pictures == 1
            assert served.kept_of_jobs["pending_event_ids_session"] == 0
            assert served.kept_of_jobs["pending_messages_per_session"] == 0

    run(main)


async def hang_up(served: Served, path: str) -> bytes:
    """Opens a stream of events, and goes after its first bytes; what was told."""
    begun = asyncio.Event()
    told = b""

    async def receive() -> dict[str, Any]:
        await begun.wait()
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal told
        told += message.get("body", b"")
        begun.set()

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    address = {"client": ("203.0.113.1", 1), "server": ("test", 80), "scheme": "http"}
    version = {"http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.3"}}
    await served.app({**scope, **address, **version}, receive, send)
    return told


def test_a_picture_that_waits_is_held_once():
    async def main(served: Served) -> None:
        served.detector.may_end.clear()
        async with served.visitor() as http:
            await ask(http, picture())
            marker = secrets.token_hex(16)
            await ask(http, marked(marker))
            await until(lambda: served.counters.counts.waiting == 1)
            assert held(marker) == 1
            served.detector.may_end.set()
            await until(lambda: served.counters.counts.pictures == 2)

    run(main)


def test_what_holds_a_text_or_a_body_would_be_found():
    marker = secrets.token_hex(16)
    for form in (str, str.encode):
        kept = [form(marked(marker))]
        assert held(marker) == 1
        kept.clear()
    assert held(marker) == 0


def marked(marker: str) -> str:
    """A picture with a long text behind its end, which no reader looks at."""
    head, _, content = picture().partition(",")
    behind = base64.b64decode(content) + b"." * (-len(base64.b64decode(content)) % 3)
    return f"{head},{base64.b64encode(behind).decode()}{'A' * 100_000}{marker}"


def held(marker: str) -> int:
    """How many long texts, or bytes of one, with this marker the process holds."""
    gc.collect()
    parts = gc.get_referents(*gc.get_objects())
    parts += gc.get_referents(*(part for part in parts if type(part) in (dict, tuple)))
    texts = {id(part): part for part in parts if type(part) in (str, bytes)}
    return sum(
        marker in text if type(text) is str else marker.encode() in text
        for text in texts.values()
        if len(text) >= 100_000
    )


def test_callers_in_great_number_leave_nothing():
    async def main(served: Served) -> None:
        async with served.visitor() as http:
            await fetch(http, await ask(http, picture()))
            await until(lambda: not served.queue.event_ids_to_events)
            before = served.kept_of_jobs
            for name in range(100):
                job = await ask(http, picture(), session_hash=f"session {name}")
                assert "faces" in await fetch(http, job)
            await until(lambda: served.kept_of_jobs == before)

    run(main)


def test_pages_that_come_and_go_leave_nothing():
    async def main(served: Served) -> None:
        before = served.kept_of_jobs
        for number in range(50):
            told = await hang_up(served, f"/gradio_api/heartbeat/page-{number}")
            assert told == b"data: ALIVE\n\n"
        assert served.kept_of_jobs == before
        assert len(served.gradio.state_holder.session_data) == 0

    run(main)
