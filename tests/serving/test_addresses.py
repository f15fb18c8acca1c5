"""Each address has a share of its own, whichever way its photos come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from mood.analyzer import MoodAnalyzer
from mood.resources.queue import Queue
from mood.serving.app import create_app
from mood.settings import Settings
from mood.types import Expression
from tests import fakes

SHARE = 3


@dataclass
class Visitor:
    """Somebody with an address of their own.

    Attributes:
        http: What sends requests from there.
        numbers: Of the panels, by name.
    """

    http: httpx.AsyncClient
    numbers: dict[str, int]

    async def to_panel(self, panel: str, function: str, data: dict) -> dict:
        body = {"session_hash": "a", "component_id": self.numbers[panel], "fn_name": function}
        answer = await self.http.post("/gradio_api/component_server", json={**body, "data": data})
        return answer.json()

    async def by_page(self) -> str:
        answer = await self.to_panel("photo", "read_photo", {"image": fakes.data_url()})
        return answer.get("error", "read")

    async def by_page_with_frames(self) -> str:
        answer = await self.to_panel("photo", "annotate_photo", {"image": fakes.data_url()})
        return answer.get("error", "read")

    async def by_camera(self) -> str:
        frame = {"image": fakes.data_url(), "viewer": "a viewer", "width": 64, "height": 48}
        answer = await self.to_panel("live", "live_frame", {**frame, "time_s": 1.0})
        return answer["state"]

    async def by_api(self) -> str:
        body = {"data": [{"url": fakes.data_url()}]}
        asked = await self.http.post("/gradio_api/call/analyze", json=body)
        number = asked.json()["event_id"]
        answer = await self.http.get(f"/gradio_api/call/analyze/{number}")
        title = (
            json.loads(answer.text.partition("data: ")[2]) if "event: error" in answer.text else ""
        )
        return "share" if "Too much of yours" in str(title) else "read"


@asynccontextmanager
async def town(detector: fakes.SlowDetector) -> AsyncIterator[Callable[[str], Visitor]]:
    """A server, and a way to visit it from any address."""
    models = fakes.models(detector, fakes.FakeSession(fakes.logits_for(Expression.FEAR)))
    settings = Settings()
    queue = Queue(size=30, wait_limit_s=60, share=SHARE)
    analyzer = MoodAnalyzer(settings, pool=fakes.FakePool(settings, models), queue=queue)
    app = create_app(analyzer)
    numbers: dict[str, int] = {}
    clients: list[httpx.AsyncClient] = []

    def visit(address: str) -> Visitor:
        transport = httpx.ASGITransport(app, client=(address, 5000))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60))
        return Visitor(clients[-1], numbers)

    async with app.router.lifespan_context(app):
        config = (await visit("192.0.2.99").http.get("/config")).json()
        numbers |= {each["props"].get("elem_id"): each["id"] for each in config["components"]}
        yield visit
        for client in clients:
            await client.aclose()


WAYS = [Visitor.by_page, Visitor.by_page_with_frames, Visitor.by_api]


@pytest.mark.parametrize("way", WAYS)
def test_one_more_than_an_address_may_have_is_refused_and_another_address_is_not(way):
    async def main() -> None:
        detector = fakes.SlowDetector()
        async with town(detector) as visit:
            many, other = visit("192.0.2.1"), visit("192.0.2.2")
            crowd = [asyncio.create_task(way(many)) for _ in range(SHARE + 2)]
            done, _ = await asyncio.wait(crowd, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0.3)
            one = asyncio.create_task(way(other))
            await asyncio.sleep(0.3)
            assert not one.done()
            detector.may_end.set()
            answers = sorted(await asyncio.gather(*crowd))
            assert answers == ["read"] * SHARE + ["share"] * 2
            assert await one == "read"
            assert done

    asyncio.run(main())


def test_a_frame_of_a_webcam_counts_too_and_the_page_is_told_when_to_try_again():
    async def main() -> None:
        detector = fakes.SlowDetector()
        async with town(detector) as visit:
            many = visit("192.0.2.1")
            crowd = [asyncio.create_task(many.by_page()) for _ in range(SHARE)]
            await asyncio.sleep(0.3)
            frame = {"image": fakes.data_url(), "viewer": "a viewer", "width": 64, "height": 48}
            answer = await many.to_panel("live", "live_frame", {**frame, "time_s": 1.0})
            assert answer == {"state": "busy", "retry_after_s": 5}
            refused = await many.to_panel("photo", "read_photo", {"image": fakes.data_url()})
            assert refused["error"] == "share"
            assert refused["retry_after_s"] == 5
            assert "Your other photos" in refused["message"]
            detector.may_end.set()
            assert await asyncio.gather(*crowd) == ["read"] * SHARE
            assert await visit("192.0.2.2").by_camera() == "ok"

    asyncio.run(main())


def test_callers_are_not_told_of_a_parameter_that_they_do_not_send():
    async def main() -> None:
        async with town(fakes.SlowDetector()) as visit:
            info = (await visit("192.0.2.1").http.get("/gradio_api/info")).json()
            for call in info["named_endpoints"].values():
                names = [each["parameter_name"] for each in call["parameters"]]
                assert "request" not in names
                assert names[0] in {"image", "images"}
            assert '"request"' not in json.dumps(info)
            (answer,) = info["named_endpoints"]["/analyze"]["returns"]
            assert "may reach over the border" in answer["python_type"]["description"]

    asyncio.run(main())
