from __future__ import annotations

import threading

import pytest

from mood.errors import BusyError
from mood.vision.picture import PixelBudget


def test_what_fits_together_is_held_together():
    budget = PixelBudget()
    with budget.hold(10, limit=25, wait_s=0), budget.hold(15, limit=25, wait_s=0):
        pass


def test_what_does_not_fit_waits_until_it_does():
    budget = PixelBudget()
    order: list[str] = []

    def second() -> None:
        with budget.hold(20, limit=25, wait_s=30):
            order.append("second")

    with budget.hold(20, limit=25, wait_s=0):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_who_waited_too_long_is_told_to_try_again():
    budget = PixelBudget()
    with (
        budget.hold(20, limit=25, wait_s=0),
        pytest.raises(BusyError, match="try again"),
        budget.hold(20, limit=25, wait_s=0),
    ):
        pytest.fail("two large pictures at once")
    with budget.hold(20, limit=25, wait_s=0):
        pass


def test_room_comes_back_after_a_failure():
    budget = PixelBudget()
    with pytest.raises(OSError, match="damaged"), budget.hold(20, limit=25, wait_s=0):
        raise OSError("damaged")
    with budget.hold(20, limit=25, wait_s=0):
        pass
