"""Who waits for a turn stands in nobody's way."""

from __future__ import annotations

import asyncio

import httpx
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.options import Options
from mood.resources.queue import Queue
from mood.serving.app import create_app
from mood.settings import Settings
from mood.types import Expression
from tests import fakes

VISITORS = 60  # more than there are worker threads


def test_a_crowd_that_waits_holds_no_worker_thread():
    async def main() -> None:
        detector = fakes.SlowDetector()
        models = fakes.models(detector, fakes.FakeSession(fakes.logits_for(Expression.FEAR)))
        settings = Settings(queue_size=100, address_share=100)
        analyzer = MoodAnalyzer(settings, pool=fakes.FakePool(settings, models))
        app = create_app(analyzer)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            config = (await client.get("/config")).json()
            panels = config["components"]
            (photo,) = (each["id"] for each in panels if each["props"].get("elem_id") == "photo")

            async def call(function: str, data: object) -> dict:
                request = {"session_hash": "a", "component_id": photo, "fn_name": function}
                address = "/gradio_api/component_server"
                answer = await client.post(address, json=request | {"data": data}, timeout=60)
                return answer.json()

            crowd = [
                asyncio.create_task(call("read_photo", {"image": fakes.data_url()}))
                for _ in range(VISITORS)
            ]
            try:
                while analyzer.counters.counts.waiting < VISITORS - 1:
                    await asyncio.sleep(0.01)
                # This one is answered in a worker thread.
                answer = await asyncio.wait_for(call("under_way", {}), 30)
                assert answer["downloads"] == []
            finally:
                detector.may_end.set()
            assert [each["faces"] for each in await asyncio.gather(*crowd)] == [[]] * VISITORS

    asyncio.run(main())


def test_a_visitor_who_leaves_gives_the_turn_back_when_the_work_is_done():
    async def main() -> None:
        detector = fakes.SlowDetector()
        models = fakes.models(detector, fakes.FakeSession(fakes.logits_for(Expression.FEAR)))
        settings = Settings()
        analyzer = MoodAnalyzer(
            settings, pool=fakes.FakePool(settings, models), queue=(queue := Queue(wait_limit_s=60))
        )
        image = Image.new("RGB", (64, 48))
        gone = asyncio.create_task(analyzer.read_async(image, Options(), lambda _: None))
        await asyncio.sleep(0.1)
        gone.cancel()
        await asyncio.wait({gone})
        next_one = asyncio.create_task(queue.enter())
        await asyncio.sleep(0.1)
        assert not next_one.done(), "two pictures would be in work at once"
        detector.may_end.set()
        await asyncio.wait_for(next_one, 30)

    asyncio.run(main())
