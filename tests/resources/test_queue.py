"""Turns: one after the other, of one address first come, first served, and nothing lost on the way.

Who is next of several addresses is in test_fairness.py.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time

import pytest

from mood.errors import BusyError, StoppingError
from mood.resources import accounts
from mood.resources.counters import Counters
from mood.resources.promises import PROMISED_S
from mood.resources.queue import Queue


def until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_one_works_and_the_others_come_in_their_order():
    counters = Counters()
    queue = Queue(counters=counters)
    order, go_on = [], threading.Event()

    def work(number: int) -> None:
        with queue.turn():
            order.append(number)
            go_on.wait(30)

    threads = []
    for number in range(4):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        until(lambda: counters.counts.waiting + counters.counts.working == len(threads))
    assert order == [0]
    assert (counters.counts.working, counters.counts.waiting) == (1, 3)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert order == [0, 1, 2, 3]
    assert (counters.counts.working, counters.counts.waiting) == (0, 0)


def test_as_many_work_at_once_as_there_are_places():
    queue = Queue(places=2, wait_limit_s=0.05)
    with queue.turn(), queue.turn(), pytest.raises(BusyError), queue.turn():
        pytest.fail("a third one")
    with queue.turn(), queue.turn():
        pass


def test_who_comes_when_the_queue_is_full_is_told_to_try_again():
    counters = Counters()
    queue = Queue(size=1, counters=counters)
    with queue.turn():
        waiting = threading.Thread(target=lambda: queue.turn("somebody").__enter__())
        waiting.start()
        until(lambda: counters.counts.waiting == 1)
        with pytest.raises(BusyError, match="Many pictures are waiting already"):
            queue.turn("somebody else").__enter__()
        assert counters.counts.refusals == 1
        assert isinstance(queue.promise("somebody else"), BusyError)
    waiting.join(30)
    assert queue.promise("somebody else") is None


class Line:
    """A queue with one at work, and room for few that wait."""

    def __init__(self, size: int = 1) -> None:
        self.now_s = 0.0
        self.queue = Queue(size=size, wait_limit_s=0.05, clock=lambda: self.now_s)
        self.at_work = self.queue.turn("at work")
        self.at_work.__enter__()

    def is_refused(self, who: str) -> bool:
        """Whether somebody may not even wait; who may gives up soon."""
        with pytest.raises(BusyError) as told, self.queue.turn(who):
            pytest.fail("two at once")
        return "Many pictures" in str(told.value)


def test_room_that_is_promised_to_a_picture_on_its_way_is_nobody_elses():
    line = Line()
    assert line.queue.promise("first") is None
    assert isinstance(line.queue.promise("second"), BusyError)
    assert line.is_refused("second")
    assert not line.is_refused("first")
    assert line.queue.promise("second") is None


def test_a_picture_that_does_not_come_loses_its_room():
    line = Line()
    assert line.queue.promise("first") is None
    line.now_s += PROMISED_S + 0.1
    assert line.queue.promise("second") is None
    assert line.is_refused("first")


def test_promises_to_an_address_are_broken_for_one_that_has_less():
    line = Line(size=2)
    assert [line.queue.promise("greedy") for _ in range(2)] == [None, None]
    assert isinstance(line.queue.promise("greedy"), BusyError)
    assert line.queue.promise("modest") is None
    assert not line.is_refused("modest")


def test_who_waited_too_long_is_told_and_takes_no_place():
    queue = Queue(wait_limit_s=0.05)
    with queue.turn(), pytest.raises(BusyError, match="busy"), queue.turn():
        pytest.fail("two at once")
    with queue.turn():
        pass


def test_a_failure_gives_the_place_back():
    queue = Queue(wait_limit_s=1)
    with pytest.raises(ZeroDivisionError), queue.turn():
        1 / 0  # noqa: B018
    with queue.turn():
        pass


def test_who_waits_in_a_coroutine_holds_no_thread():
    async def main() -> list[int]:
        queue, order = Queue(), []

        async def work(number: int) -> None:
            await queue.enter()
            order.append(number)
            await asyncio.sleep(0)
            queue.leave()

        await queue.enter()
        tasks = [asyncio.create_task(work(number)) for number in range(100)]
        await asyncio.sleep(0.05)
        assert order == []
        assert threading.active_count() == before
        queue.leave()
        await asyncio.gather(*tasks)
        return order

    before = threading.active_count()
    assert asyncio.run(main()) == list(range(100))


def test_a_coroutine_that_is_cancelled_while_it_waits_takes_no_place():
    async def main() -> None:
        counters = Counters()
        queue = Queue(wait_limit_s=5, counters=counters)
        await queue.enter()
        gone = asyncio.create_task(queue.enter())
        stays = asyncio.create_task(queue.enter())
        await asyncio.sleep(0.01)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        queue.leave()
        await stays
        queue.leave()
        await queue.enter()
        assert (counters.counts.working, counters.counts.waiting) == (1, 0)

    asyncio.run(main())


def test_threads_and_coroutines_stand_in_one_queue():
    async def main() -> None:
        queue = Queue()
        await queue.enter()
        came = threading.Event()

        def work() -> None:
            with queue.turn():
                came.set()

        thread = threading.Thread(target=work)
        thread.start()
        await asyncio.sleep(0.05)
        assert not came.is_set()
        queue.leave()
        await asyncio.to_thread(thread.join, 30)
        assert came.is_set()

    asyncio.run(main())


def test_when_it_is_closed_all_are_told_and_who_works_may_end():
    counters = Counters()
    queue = Queue(counters=counters)
    told: list[BusyError] = []

    def wait() -> None:
        try:
            with queue.turn():
                pass
        except StoppingError as error:
            told.append(error)

    with queue.turn():
        waiting = [threading.Thread(target=wait) for _ in range(3)]
        for thread in waiting:
            thread.start()
        until(lambda: counters.counts.waiting == 3)
        queue.close()
        for thread in waiting:
            thread.join(30)
        assert len(told) == 3
        assert counters.counts.working == 1
    with pytest.raises(StoppingError), queue.turn():
        pytest.fail("a newcomer")
    with pytest.raises(StoppingError):
        asyncio.run(queue.enter())
    assert (counters.counts.working, counters.counts.waiting) == (0, 0)
    assert counters.counts.refusals == 5


def test_in_any_crowd_no_place_is_lost_and_none_is_given_twice(monkeypatch):
    monkeypatch.setattr(accounts, "KEPT_S", 0.005)

    async def main(seed: int) -> None:
        chance = random.Random(seed)
        places = chance.choice([1, 2, 3])
        counters = Counters()
        queue = Queue(places, 8, wait_limit_s=0.06, counters=counters, share=4)
        working = 0

        async def visit() -> None:
            nonlocal working
            who = chance.choice("abcdef")
            try:
                await queue.enter(who)
            except BusyError:
                return
            working += 1
            assert working <= places
            try:
                await asyncio.sleep(chance.random() * 0.02)
            finally:
                working -= 1
                queue.leave(who)

        tasks = []
        for _ in range(150):
            tasks.append(asyncio.create_task(visit()))
            await asyncio.sleep(chance.random() * 0.004)
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        for answer in await asyncio.gather(*tasks, return_exceptions=True):
            assert answer is None or isinstance(answer, asyncio.CancelledError), answer
        for number in range(places):
            await asyncio.wait_for(queue.enter(f"last {number}"), 10)
        assert (counters.counts.working, counters.counts.waiting) == (places, 0)

    for seed in range(6):
        asyncio.run(main(seed))
