"""Turns go round among addresses by the time that their pictures take."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from mood.errors import BusyError, ShareError
from mood.resources import accounts as turns
from mood.resources.counters import Counters
from mood.resources.queue import Queue
from tests.fakes import Clock


class Place:
    """One place, whose pictures take as long as a test says.

    Attributes:
        served: Whose turn came, in order.
    """

    def __init__(self, **limits: int) -> None:
        self.clock = Clock(100.0)
        self.counters = Counters()
        self.queue = Queue(clock=self.clock, counters=self.counters, **limits)
        self.served: list[str] = []

    async def send(self, who: str) -> asyncio.Task[None]:
        """A picture, which waits or is in the place."""

        async def enter() -> None:
            await self.queue.enter(who)
            self.served.append(who)

        task = asyncio.create_task(enter())
        await settle()
        return task

    async def work(self, seconds: float) -> str:
        """Whose picture took that long, and is done."""
        who = self.served[-1]
        self.clock.now_s += seconds
        self.queue.leave(who)
        await settle()
        return who


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def in_a_loop(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    return run


@in_a_loop
async def test_who_has_one_photo_is_next_however_many_another_one_has():
    place = Place()
    for _ in range(5):
        await place.send("many")
    await place.send("one")
    for _ in range(6):
        await place.work(1)
    assert place.served == ["many", "one", "many", "many", "many", "many"]


@in_a_loop
async def test_turns_are_shared_by_the_time_that_pictures_take_and_not_by_their_number():
    place = Place()
    for _ in range(3):
        await place.send("slow")
    for _ in range(20):
        await place.send("quick")
    seconds = {"slow": 10, "quick": 1}
    for _ in range(20):
        await place.work(seconds[place.served[-1]])
    assert Counter(place.served[:12]) == {"slow": 2, "quick": 10}


@in_a_loop
async def test_who_was_away_gets_no_more_for_it_than_the_others():
    place = Place()
    for _ in range(100):
        await place.send("patient")
    for _ in range(50):
        await place.work(1)
    for _ in range(20):
        await place.send("newcomer")
    for _ in range(20):
        await place.work(1)
    assert Counter(place.served[51:71]) == {"patient": 10, "newcomer": 10}


@in_a_loop
async def test_who_had_more_than_the_others_owes_it_them_after_a_while_away():
    place = Place()
    await place.send("slow")
    for _ in range(20):
        await place.send("quick")
    await place.work(10)
    await place.work(1)
    place.clock.now_s += turns.HERE_S
    await place.send("slow")
    for _ in range(5):
        await place.work(1)
    assert place.served[1:] == ["quick"] * 7


@in_a_loop
async def test_who_sends_one_photo_after_the_other_has_half_of_the_time_beside_many_slow_ones():
    place = Place()
    seconds = {"slow": 10, "single": 1}
    for _ in range(16):
        await place.send("slow")
    await place.send("single")
    for _ in range(40):
        if await place.work(seconds[place.served[-1]]) == "single":
            place.clock.now_s += 0.25  # the photo's way, for which its sender has none here
            await place.send("single")
        else:
            await place.send("slow")
    times = Counter(place.served)
    assert times["slow"] <= 5
    assert times["single"] >= 35


@in_a_loop
async def test_a_place_that_is_kept_goes_to_a_newcomer_who_had_no_more_than_an_even_part():
    place = Place()
    for _ in range(3):
        await place.send("slow")
    await place.send("single")
    await place.work(10)
    await place.work(1)
    assert place.served == ["slow", "single"], "the place is kept for the next of the single ones"
    await place.send("newcomer")
    assert place.served == ["slow", "single", "newcomer"]


@in_a_loop
async def test_who_pauses_between_photos_is_owed_no_more_for_each_pause():
    place = Place()
    for _ in range(30):
        await place.send("slow")
    for _ in range(20):
        await place.send("hesitant")
        await place.work(2)
        assert place.served[-1] == "hesitant"
        await place.work(0.1)
        place.clock.now_s += turns.KEPT_S + 0.1
        place.queue._look_again()  # as the timer does
        await settle()
        assert place.served[-1] == "slow", "it was waited for long enough"
        place.clock.now_s += 1
    senders = place.queue._accounts.senders
    assert senders["slow"].had_s - senders["hesitant"].had_s < 20 * 2 / 2


def test_a_place_that_was_kept_in_vain_goes_to_who_waits():
    queue = Queue(wait_limit_s=30)
    came = threading.Event()

    def wait() -> None:
        with queue.turn("slow"):
            came.set()

    with queue.turn("slow"):
        threading.Event().wait(0.1)
    with queue.turn("single"):
        other = threading.Thread(target=wait)
        other.start()
    assert came.wait(30)
    other.join(30)


@in_a_loop
async def test_in_a_full_queue_a_newcomer_takes_the_place_of_the_youngest_of_who_has_most():
    place = Place(size=4)
    await place.send("many")
    waiting = [await place.send("many") for _ in range(4)]
    newcomer = await place.send("newcomer")
    with pytest.raises(ShareError, match="Your other photos are waiting already"):
        await waiting.pop()
    assert place.counters.counts.refusals == 1
    for _ in range(5):
        await place.work(1)
    assert newcomer.done()
    assert all(each.done() for each in waiting)
    assert place.served == ["many", "newcomer", "many", "many", "many"]


@in_a_loop
async def test_in_a_full_queue_who_has_most_is_told_to_wait_for_the_own():
    place = Place(size=3)
    for who in ("many", "many", "many", "other"):
        await place.send(who)
    with pytest.raises(ShareError):
        await (await place.send("many"))
    with pytest.raises(ShareError):
        await (await place.send("other")), "it would have as many as the one who has most"


@in_a_loop
async def test_where_each_has_one_a_newcomer_is_told_that_it_is_not_its_fault():
    place = Place(size=2)
    for who in ("first", "second", "third"):
        await place.send(who)
    with pytest.raises(BusyError) as refused:
        await (await place.send("fourth"))
    assert refused.value.code == "busy"


@in_a_loop
async def test_one_address_may_have_so_many_waiting_and_in_work():
    place = Place(share=3)
    for _ in range(3):
        await place.send("many")
    with pytest.raises(ShareError):
        await (await place.send("many"))
    assert place.counters.counts.refusals == 1
    await place.send("other")
    await place.work(1)
    await place.send("many")
    with pytest.raises(ShareError):
        await (await place.send("many"))


@in_a_loop
async def test_who_is_gone_while_waiting_counts_no_more():
    place = Place(share=2)
    await place.send("one")
    gone = await place.send("one")
    gone.cancel()
    await asyncio.wait([gone])
    await place.send("one")
    await place.work(1)
    assert place.served == ["one", "one"]


@in_a_loop
async def test_addresses_that_were_here_are_forgotten():
    place = Place(size=32)
    for number in range(1000):
        await place.send(f"visitor {number}")
        if number >= 10:
            await place.work(1 + number % 7)
    assert len(place.queue._accounts.senders) < 100
    for _ in range(10):
        await place.work(1)
    place.clock.now_s += turns.HERE_S
    await place.send("last")
    assert len(place.queue._accounts.senders) == 1
