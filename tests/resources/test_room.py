"""Bodies share what memory is left; who waits for it holds none."""

from __future__ import annotations

import asyncio

import pytest

from mood.errors import BusyError, StoppingError
from mood.resources.room import Room

MB = 1_000_000


def room(left_mb: float | None = 10.0, wait_limit_s: float = 5.0) -> Room:
    return Room(lambda: left_mb, wait_limit_s)


async def settled(*tasks: asyncio.Task[None]) -> list[bool]:
    await asyncio.sleep(0.02)
    return [task.done() for task in tasks]


def test_who_finds_no_room_waits_until_somebody_gives_back():
    async def main() -> None:
        shared = room()
        await shared.take(5 * MB, "a")
        await shared.take(5 * MB, "b")
        third = asyncio.create_task(shared.take(5 * MB, "c"))
        assert await settled(third) == [False]
        shared.give(5 * MB, "a")
        assert await settled(third) == [True]
        assert shared.taken == 10 * MB

    asyncio.run(main())


def test_nobody_takes_more_than_half():
    async def main() -> None:
        shared = room()
        await shared.take(3 * MB, "a")
        second = asyncio.create_task(shared.take(3 * MB, "a"))
        other = asyncio.create_task(shared.take(4 * MB, "b"))
        assert await settled(second) == [False]
        shared.give(3 * MB, "a")
        assert await settled(second, other) == [True, True]

    asyncio.run(main())


def test_small_bodies_go_past_large_ones_that_wait():
    async def main() -> None:
        shared = room()
        await shared.take(5 * MB, "a")
        large = asyncio.create_task(shared.take(6 * MB, "b"))
        await settled(large)
        await asyncio.wait_for(shared.take(MB // 10, "c"), 1)
        assert not large.done()
        large.cancel()

    asyncio.run(main())


def test_one_alone_always_has_room_and_without_a_limit_all_have():
    async def main() -> None:
        await asyncio.wait_for(room(left_mb=-50).take(20 * MB, "a"), 1)
        endless = room(left_mb=None)
        for who in "abcdefgh":
            await asyncio.wait_for(endless.take(20 * MB, who), 1)

    asyncio.run(main())


def test_room_that_the_guard_makes_is_noticed():
    async def main() -> None:
        left = [1.0]
        shared = Room(lambda: left[0], 5.0)
        await shared.take(MB, "a")
        waiting = asyncio.create_task(shared.take(MB, "b"))
        assert await settled(waiting) == [False]
        left[0] = 10.0
        await asyncio.wait_for(waiting, 3)

    asyncio.run(main())


def test_who_waits_too_long_is_told_and_leaves_nothing_behind():
    async def main() -> None:
        shared = room(wait_limit_s=0.05)
        await shared.take(9 * MB, "a")
        with pytest.raises(BusyError, match="try again"):
            await shared.take(5 * MB, "b")
        shared.give(9 * MB, "a")
        assert shared.taken == 0

    asyncio.run(main())


def test_who_leaves_while_it_waits_or_just_after_leaves_nothing_behind():
    async def main() -> None:
        shared = room()
        await shared.take(9 * MB, "a")
        gone = asyncio.create_task(shared.take(5 * MB, "b"))
        late = asyncio.create_task(shared.take(4 * MB, "c"))
        await settled(gone, late)
        gone.cancel()
        await settled(gone)
        shared.give(9 * MB, "a")
        late.cancel()  # it has been granted, and does not know yet
        await asyncio.wait({gone, late})
        assert shared.taken == 0

    asyncio.run(main())


def test_when_it_is_closed_who_waits_and_who_comes_is_told():
    async def main() -> None:
        shared = room()
        await shared.take(8 * MB, "a")
        waiting = asyncio.create_task(shared.take(8 * MB, "b"))
        assert await settled(waiting) == [False]
        shared.close()
        with pytest.raises(StoppingError):
            await asyncio.wait_for(waiting, 5)
        with pytest.raises(StoppingError):
            await shared.take(1, "c")
        assert shared.taken == 8 * MB

    asyncio.run(main())
