"""When the server stops, whoever waits is told at once, and the work in hand may end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from mood.analyzer import MoodAnalyzer
from mood.serving.app import create_app, turn_away
from mood.settings import Settings
from mood.types import Expression
from tests import fakes
from tests.hard.beside import event

STOPPING = "The server is stopping. Please try again in a moment."


class Served:
    """The app with a slow detector, and those who ask it."""

    def __init__(self) -> None:
        self.detector = fakes.SlowDetector()
        models = fakes.models(self.detector, fakes.FakeSession(fakes.logits_for(Expression.FEAR)))
        settings = Settings()
        self.analyzer = MoodAnalyzer(settings, pool=fakes.FakePool(settings, models))
        self.app = create_app(self.analyzer)
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Served]:
        async with self.app.router.lifespan_context(self.app), self.client:
            panels = (await self.client.get("/config")).json()["components"]
            (self.photo,) = (
                each["id"] for each in panels if each["props"].get("elem_id") == "photo"
            )
            try:
                yield self
            finally:
                self.detector.may_end.set()

    def ask_on_the_page(self) -> asyncio.Task[dict]:
        request = {"session_hash": "a", "component_id": self.photo, "fn_name": "read_photo"}

        async def ask() -> dict:
            answer = await self.client.post(
                "/gradio_api/component_server/",
                json=request | {"data": {"image": fakes.data_url()}},
            )
            return answer.json()

        return asyncio.create_task(ask())

    def call(self) -> asyncio.Task[tuple[str, object]]:
        async def ask() -> tuple[str, object]:
            address = "/gradio_api/call/analyze"
            asked = await self.client.post(address, json={"data": [{"url": fakes.data_url()}]})
            answer = await self.client.get(f"{address}/{asked.json()['event_id']}")
            return event(answer.text)

        return asyncio.create_task(ask())

    async def until_waiting(self, number: int) -> None:
        jobs = self.app.state.demo._queue
        while self.analyzer.counters.counts.waiting + len(jobs) < number:
            await asyncio.sleep(0.01)


def test_those_who_wait_are_told_and_the_photo_in_work_is_read():
    async def main() -> None:
        async with Served().running() as served:
            at_work = served.ask_on_the_page()
            await asyncio.to_thread(served.detector.began.wait, 30)
            pages = [served.ask_on_the_page() for _ in range(3)]
            callers = [served.call() for _ in range(4)]
            await served.until_waiting(7)
            turn_away(served.app, working=False)
            for told in await asyncio.wait_for(asyncio.gather(*pages), 30):
                assert told == {"error": "busy", "message": STOPPING, "retry_after_s": 10}
            for kind, told in await asyncio.wait_for(asyncio.gather(*callers), 30):
                assert (kind, told["error"]) == ("error", STOPPING)
                assert told["title"] == "Too much is waiting already"
            assert (await served.ask_on_the_page())["message"] == STOPPING
            assert not at_work.done()
            served.detector.may_end.set()
            assert (await at_work)["faces"] == []

    asyncio.run(main())


def test_a_caller_whose_photo_takes_too_long_is_told_in_the_end():
    async def main() -> None:
        async with Served().running() as served:
            caller = served.call()
            await asyncio.to_thread(served.detector.began.wait, 30)
            turn_away(served.app, working=False)
            await asyncio.sleep(0.2)
            assert not caller.done()
            turn_away(served.app, working=True)
            kind, told = await asyncio.wait_for(caller, 30)
            assert (kind, told["error"]) == ("error", STOPPING)

    asyncio.run(main())
