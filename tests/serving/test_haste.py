"""Who asks in haste waits, and nobody else does."""

from __future__ import annotations

import asyncio

import pytest

from mood.serving import haste
from mood.serving.haste import A_SECOND, LEEWAY, LONGEST_S, Haste
from tests.fakes import Clock
from tests.serving.asking import CALL, ask, content, gate

HASTY, CALM = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def asked(clock: Clock) -> Haste:
    """By an address that has used up its leeway."""
    counted = Haste(clock)
    assert {counted.count(HASTY) for _ in range(LEEWAY)} == {0.0}
    return counted


def test_who_asks_more_than_a_program_would_waits_longer_with_each(asked):
    waits = [asked.count(HASTY) for _ in range(50)]
    assert waits == sorted(waits)
    assert 0 < waits[0] < waits[-1] < LONGEST_S


def test_nobody_else_waits(asked):
    asked.count(HASTY)
    assert asked.count(CALM) == 0


def test_who_then_asks_as_fast_as_is_allowed_waits_no_longer(asked, clock):
    for _ in range(3 * A_SECOND):
        clock.now_s += 1.01 / A_SECOND
        assert asked.count(HASTY) == 0


def test_no_request_waits_longer_than_a_second_and_all_is_forgiven_soon(asked, clock):
    for _ in range(100_000):
        asked.count(HASTY)
    assert asked.count(HASTY) == LONGEST_S
    clock.now_s += 10
    assert asked.count(HASTY) == 0


def test_what_is_remembered_is_bounded(asked):
    for number in range(20_000):
        asked.count(f"visitor {number}")
    assert len(asked._until) < 5_000


async def waits(address: str, guarded) -> bool:
    """Whether a request of an address is not answered when one that came later is."""
    first = asyncio.create_task(ask(guarded, "/health", address=address))
    for _ in range(5):
        await asyncio.sleep(0)
        await ask(guarded, "/health", address=CALM)
    was_waiting = not first.done()
    assert (await first).status == 200
    return was_waiting


def test_a_body_that_is_received_for_nothing_counts_as_many_requests(monkeypatch):
    monkeypatch.setattr(haste, "LEEWAY", 20)
    odd = {"data": [None], "session_hash": "n" * 5_000_000}

    async def main() -> None:
        guarded = gate(content)
        assert not await waits(HASTY, guarded)
        assert (await ask(guarded, CALL, odd, address=HASTY)).status == 400
        assert await waits(HASTY, guarded)

    asyncio.run(main())


def test_one_that_does_not_say_its_size_counts_too(monkeypatch):
    monkeypatch.setattr(haste, "LEEWAY", 20)
    odd = {"data": [None], "session_hash": "n" * 5_000_000}

    async def main() -> None:
        guarded = gate(content)
        assert (await ask(guarded, CALL, odd, address=HASTY, announced=False)).status == 400
        assert await waits(HASTY, guarded)

    asyncio.run(main())


def test_a_body_that_is_answered_counts_as_one(monkeypatch):
    monkeypatch.setattr(haste, "LEEWAY", 20)
    right = {"data": [{"url": "data:image/jpeg;base64," + "A" * 5_000_000}]}

    async def main() -> None:
        guarded = gate(content)
        assert (await ask(guarded, CALL, right, address=HASTY)).status == 200
        assert not await waits(HASTY, guarded)

    asyncio.run(main())
