from __future__ import annotations

from mood.video import seats as live
from mood.video.seats import LiveSeats
from tests.fakes import Clock


def make_seats() -> tuple[LiveSeats, Clock]:
    clock = Clock(1000.0)
    return LiveSeats(2, clock), clock


def test_one_more_than_there_are_places_waits_and_is_let_in_when_one_leaves():
    seats, _ = make_seats()
    assert [seats.place_in_queue(name) for name in "abcd"] == [0, 0, 1, 2]
    assert seats.place_in_queue("a") == 0
    seats.leave("a")
    assert seats.place_in_queue("d") == 1, "c was first"
    assert seats.place_in_queue("c") == 0
    seats.leave("b")
    assert seats.place_in_queue("d") == 0


def test_who_stops_asking_loses_place_and_position():
    seats, clock = make_seats()
    for name in "abcd":
        seats.place_in_queue(name)
    clock.now_s += live.LEASE_S - 1
    for name in "ad":
        seats.place_in_queue(name)
    clock.now_s += 2
    assert seats.place_in_queue("d") == 0
    assert seats.place_in_queue("a") == 0
    assert seats.place_in_queue("b") == 1


def test_who_only_asks_for_a_place_does_not_keep_it():
    seats, clock = make_seats()
    for name in "abc":
        seats.place_in_queue(name)
    with seats.analysing("a"):
        pass
    clock.now_s += live.LEASE_S - 1
    for name in "bc":
        seats.place_in_queue(name)
    with seats.analysing("a"):
        pass
    clock.now_s += 2
    assert seats.place_in_queue("b") == 1, "it sent no frame"
    assert seats.place_in_queue("c") == 0
    assert seats.place_in_queue("a") == 0


def test_one_address_has_all_places_only_while_nobody_else_wants_one():
    seats, _ = make_seats()
    assert [seats.place_in_queue(name, "many") for name in "abc"] == [0, 0, 1]
    assert seats.place_in_queue("newcomer", "other") == 0
    assert seats.place_in_queue("a", "many") == 2, "it had its place longest, and c came before"
    assert seats.place_in_queue("b", "many") == 0
    assert seats.place_in_queue("second", "other") == 3, "each address has one"


def test_a_free_place_goes_to_the_address_that_has_fewest():
    seats, _ = make_seats()
    for name in "ab":
        seats.place_in_queue(name, name)
    for name in "cde":
        seats.place_in_queue(name, "a")
    seats.place_in_queue("newcomer", "other")
    seats.leave("b")
    assert seats.place_in_queue("c", "a") == 1
    assert seats.place_in_queue("newcomer", "other") == 0


def test_who_has_had_a_place_for_long_gives_it_up_when_others_wait():
    seats, clock = make_seats()

    def watch(*names: str) -> list[int]:
        """Where each of them stands; each has its own address, and sends a frame if it may."""
        positions = []
        for name in names:
            positions.append(seats.place_in_queue(name, name))
            with seats.analysing(name):
                pass
        return positions

    watch("a")
    for _ in range(20):
        clock.now_s += live.LEASE_S
        assert watch("a", "b") == [0, 0], "nobody else waits"
    assert watch("c", "a", "b") == [0, 0, 1]
    for _ in range(11):
        clock.now_s += live.LEASE_S
        assert watch("b", "c", "a") == [1, 0, 0]
    clock.now_s += live.LEASE_S
    assert sorted(watch("b", "c", "a")) == [0, 0, 1]
    assert seats.place_in_queue("b", "b") == 0


def test_the_line_is_bounded_for_an_address_and_in_all():
    seats, _ = make_seats()
    for number in range(2 + 2 * live.MOST_WAITING_EACH):
        seats.place_in_queue(f"many {number}", "many")
    assert seats.place_in_queue("many 99", "many") == live.MOST_WAITING_EACH + 1
    assert seats.place_in_queue("many 98", "many") == live.MOST_WAITING_EACH + 1
    for number in range(2 * live.MOST_WAITING):
        seats.place_in_queue(f"viewer {number}", f"address {number}")
    assert seats.place_in_queue("last", "last") == live.MOST_WAITING + 1
    assert len(seats._line) == live.MOST_WAITING


def test_a_slow_first_frame_keeps_its_place():
    seats, clock = make_seats()
    seats.place_in_queue("a")
    seats.place_in_queue("b")
    with seats.analysing("a"):
        clock.now_s += 3 * live.LEASE_S
        assert seats.place_in_queue("c") == 0, "b is gone"
        assert seats.place_in_queue("d") == 1, "a is not"
    assert seats.place_in_queue("a") == 0
