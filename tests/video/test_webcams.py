from __future__ import annotations

import numpy as np
import pytest

from mood.settings import Settings
from mood.types import Analysis, Expression
from mood.video import webcams as live
from mood.video.webcams import LiveViewers
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

SETTINGS = Settings(live_viewers=2, live_half_life_s=0)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def make_viewers() -> tuple[LiveViewers, Clock]:
    clock = Clock()
    return LiveViewers(SETTINGS, clock), clock


FRAME = np.full((240, 320, 3), 90, dtype=np.uint8)


def frame() -> Analysis:
    detector = FakeDetector([face(40, 60, 140, 180)])
    session = FakeSession(logits_for(Expression.HAPPINESS))
    return fakes.analyzer(detector, session, SETTINGS).analyze(FRAME)


def test_a_frame_is_answered_in_pixels_of_the_camera():
    viewers, _ = make_viewers()
    moment = viewers.record("one", frame(), (640, 480), 5.0)
    (shown,) = moment.faces
    assert shown.bbox_xyxy.tolist() == [80, 120, 280, 360]
    assert (shown.number, shown.expression, shown.missing_s) == (1, Expression.HAPPINESS, 0)
    assert sum(shown.probabilities.values()) == pytest.approx(1, abs=0.001)
    assert moment.time_s == 0


def test_the_summary_comes_once_a_second():
    viewers, _ = make_viewers()
    with_summary = [
        viewers.record("one", frame(), (320, 240), 5 + number / 10).summary is not None
        for number in range(25)
    ]
    assert sum(with_summary) == 3


def test_viewers_do_not_share_their_records():
    viewers, _ = make_viewers()
    viewers.record("one", frame(), (320, 240), 0)
    assert len(viewers.export("one", "csv").splitlines()) == 2
    assert viewers.export("two", "csv") is None


def test_clear_starts_over():
    viewers, _ = make_viewers()
    viewers.record("one", frame(), (320, 240), 7)
    viewers.clear("one")
    assert viewers.export("one", "json") is None
    assert viewers.record("one", frame(), (320, 240), 9).time_s == 0


def test_one_more_than_there_are_places_waits_and_is_let_in_when_one_leaves():
    viewers, _ = make_viewers()
    assert [viewers.place_in_queue(name) for name in "abcd"] == [0, 0, 1, 2]
    assert viewers.place_in_queue("a") == 0
    viewers.leave("a")
    assert viewers.place_in_queue("d") == 1, "c was first"
    assert viewers.place_in_queue("c") == 0
    viewers.leave("b")
    assert viewers.place_in_queue("d") == 0


def test_who_stops_asking_loses_place_and_position():
    viewers, clock = make_viewers()
    for name in "abcd":
        viewers.place_in_queue(name)
    clock.now_s += live.LEASE_S - 1
    for name in "ad":
        viewers.place_in_queue(name)
    clock.now_s += 2
    assert viewers.place_in_queue("d") == 0
    assert viewers.place_in_queue("a") == 0
    assert viewers.place_in_queue("b") == 1


def test_who_only_asks_for_a_place_does_not_keep_it():
    viewers, clock = make_viewers()
    for name in "abc":
        viewers.place_in_queue(name)
    with viewers.analysing("a"):
        pass
    clock.now_s += live.LEASE_S - 1
    for name in "bc":
        viewers.place_in_queue(name)
    with viewers.analysing("a"):
        pass
    clock.now_s += 2
    assert viewers.place_in_queue("b") == 1, "it sent no frame"
    assert viewers.place_in_queue("c") == 0
    assert viewers.place_in_queue("a") == 0


def test_one_address_has_all_places_only_while_nobody_else_wants_one():
    viewers, _ = make_viewers()
    assert [viewers.place_in_queue(name, "many") for name in "abc"] == [0, 0, 1]
    assert viewers.place_in_queue("newcomer", "other") == 0
    assert viewers.place_in_queue("a", "many") == 2, "it had its place longest, and c came before"
    assert viewers.place_in_queue("b", "many") == 0
    assert viewers.place_in_queue("second", "other") == 3, "each address has one"


def test_a_free_place_goes_to_the_address_that_has_fewest():
    viewers, _ = make_viewers()
    for name in "ab":
        viewers.place_in_queue(name, name)
    for name in "cde":
        viewers.place_in_queue(name, "a")
    viewers.place_in_queue("newcomer", "other")
    viewers.leave("b")
    assert viewers.place_in_queue("c", "a") == 1
    assert viewers.place_in_queue("newcomer", "other") == 0


def test_who_has_had_a_place_for_long_gives_it_up_when_others_wait():
    viewers, clock = make_viewers()

    def watch(*names: str) -> list[int]:
        """Where each of them stands; each has its own address, and sends a frame if it may."""
        positions = []
        for name in names:
            positions.append(viewers.place_in_queue(name, name))
            with viewers.analysing(name):
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
    assert viewers.place_in_queue("b", "b") == 0


def test_the_line_is_bounded_for_an_address_and_in_all():
    viewers, _ = make_viewers()
    for number in range(2 + 2 * live.MOST_WAITING_EACH):
        viewers.place_in_queue(f"many {number}", "many")
    assert viewers.place_in_queue("many 99", "many") == live.MOST_WAITING_EACH + 1
    assert viewers.place_in_queue("many 98", "many") == live.MOST_WAITING_EACH + 1
    for number in range(2 * live.MOST_WAITING):
        viewers.place_in_queue(f"viewer {number}", f"address {number}")
    assert viewers.place_in_queue("last", "last") == live.MOST_WAITING + 1
    assert len(viewers._line) == live.MOST_WAITING


def test_a_slow_first_frame_keeps_its_place():
    viewers, clock = make_viewers()
    viewers.place_in_queue("a")
    viewers.place_in_queue("b")
    with viewers.analysing("a"):
        clock.now_s += 3 * live.LEASE_S
        assert viewers.place_in_queue("c") == 0, "b is gone"
        assert viewers.place_in_queue("d") == 1, "a is not"
    assert viewers.place_in_queue("a") == 0


def test_old_and_too_many_sessions_go():
    viewers, clock = make_viewers()
    viewers.record("first", frame(), (320, 240), 0)
    most = SETTINGS.live_viewers + live.KEPT_SESSIONS
    for number in range(most):
        viewers.record(f"viewer {number}", frame(), (320, 240), 0)
    assert viewers.export("first", "csv") is None
    assert viewers.export("viewer 0", "csv")
    clock.now_s += live.KEPT_S + 1
    viewers.record("last", frame(), (320, 240), 0)
    assert viewers.export("viewer 0", "csv") is None
    assert viewers.export("last", "csv")
