"""Whose share a request takes at the gate, how long it holds it, and who waits for room."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mood.errors import BusyError
from mood.resources.room import Room
from mood.serving.admission import Gate
from mood.serving.shares import HOLD
from mood.settings import Settings
from tests.serving.asking import (
    CALL,
    PANEL,
    PANEL_BODY,
    Known,
    Slow,
    ask,
    content,
    eventually,
    gate,
)


def test_one_address_has_a_share_and_others_have_theirs():
    async def main() -> None:
        app = Slow()
        guarded = gate(app, address_share=3)
        crowd = [asyncio.create_task(ask(guarded, CALL, {"data": [None]})) for _ in range(3)]
        await eventually(lambda: app.began == 3)
        refused = await ask(guarded, CALL, {"data": [None]})
        assert (refused.status, refused.headers["retry-after"]) == (429, "5")
        told = await ask(guarded, PANEL, PANEL_BODY)
        assert told.status == 200, "its client drops everything else"
        assert told.json["error"] == "share"
        assert told.json["retry_after_s"] == 5
        other = asyncio.create_task(ask(guarded, CALL, {"data": [None]}, address="192.0.2.2"))
        await eventually(lambda: app.began == 4)
        health = asyncio.create_task(ask(gate(), "/health"))
        assert (await health).status == 200
        app.may_end.set()
        assert [each.status for each in await asyncio.gather(*crowd, other)] == [200] * 4
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200

    asyncio.run(main())


def test_who_has_its_share_waits_a_moment_and_may_then_come_in():
    async def main() -> None:
        app = Slow()
        guarded = gate(app, address_share=1)
        first = asyncio.create_task(ask(guarded, CALL, {"data": [None]}))
        await eventually(lambda: app.began == 1)
        second = asyncio.create_task(ask(guarded, CALL, {"data": [None]}))
        await asyncio.sleep(0.05)
        assert app.began == 1
        app.may_end.set()
        assert [(await each).status for each in (first, second)] == [200, 200]

    asyncio.run(main())


def test_the_share_is_held_until_the_job_is_done():
    async def main() -> None:
        holds = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[HOLD].keep()
            holds.append(scope[HOLD])
            await content(scope, receive, send)

        guarded = gate(app, address_share=1)
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200
        assert (await ask(guarded, CALL, {"data": [None]})).status == 429
        holds[0].release()
        holds[0].release()
        assert (await ask(guarded, CALL, {"data": [None]})).status == 200
        assert (await ask(guarded, CALL, {"data": [None]})).status == 429

    asyncio.run(main())


def test_a_picture_that_could_not_wait_is_not_received():
    received = []

    async def full(who: str) -> None:
        raise BusyError("Many pictures are waiting already. Please try again in a moment.")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        received.append(scope["path"])
        await content(scope, receive, send)

    async def main() -> None:
        guarded = Gate(app, Settings(), Known(), Room(lambda: None, 5.0), full)
        answer = await ask(guarded, PANEL, PANEL_BODY | {"data": {"image": "x" * 10_000}})
        assert answer.json["error"] == "busy"
        assert answer.json["retry_after_s"] == BusyError.retry_after_s
        answer = await ask(guarded, CALL, {"data": ["x" * 10_000]})
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert received == []
        assert (await ask(guarded, PANEL, PANEL_BODY)).status == 200

    asyncio.run(main())


def test_bodies_wait_for_room_without_being_received():
    async def main() -> None:
        app = Slow()
        guarded = Gate(app, Settings(), Known(), Room(lambda: 5.0, 0.2))
        body = {"data": [{"url": "data:image/jpeg;base64," + "A" * 1_000_000}]}
        first = asyncio.create_task(ask(guarded, CALL, body))
        await eventually(lambda: app.began == 1)
        second = await ask(guarded, CALL, body, address="192.0.2.2")
        assert (second.status, second.headers["retry-after"]) == (503, "5")
        assert app.began == 1
        app.may_end.set()
        assert (await first).status == 200
        assert (await ask(guarded, CALL, body, address="192.0.2.2")).status == 200

    asyncio.run(main())


@pytest.mark.parametrize(
    ("path", "body", "stops"), [(PANEL, PANEL_BODY, 1), (CALL, {"data": [None]}, 0)]
)
def test_a_page_that_has_gone_is_not_worked_for(path, body, stops):
    async def main() -> None:
        app, left = Slow(), asyncio.Event()
        guarded = gate(app, address_share=1)
        asked = asyncio.create_task(ask(guarded, path, body, left=left))
        await eventually(lambda: app.began == 1)
        left.set()
        await asyncio.sleep(0.05)
        app.may_end.set()
        await asked
        assert app.cancelled == stops
        assert (await ask(guarded, path, body)).status == 200

    asyncio.run(main())


def test_a_request_that_is_cancelled_cancels_its_work():
    async def main() -> None:
        app = Slow()
        asked = asyncio.create_task(ask(gate(app), PANEL, PANEL_BODY))
        await eventually(lambda: app.began == 1)
        asked.cancel()
        await asyncio.wait({asked})
        assert asked.cancelled()
        await eventually(lambda: app.cancelled == 1)

    asyncio.run(main())
