from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, ImageError
from mood.resources.counters import Counts, Tally
from mood.settings import Settings
from mood.types import Expression
from tests.fakes import FakeDetector, FakeSession, face, logits_for, models

ROOM = np.full((200, 400, 3), 90, dtype=np.uint8)


def analyzer(**settings: float) -> MoodAnalyzer:
    faces = [face(20, 20, 60, 70), face(100, 25, 140, 80)]
    session = FakeSession(logits_for(Expression.ANGER))
    return MoodAnalyzer(Settings(**settings), models(FakeDetector(faces), session))


def test_what_was_done_is_counted():
    subject = analyzer()
    subject.analyze(ROOM)
    subject.analyze(ROOM)
    with pytest.raises(ImageError):
        subject.analyze(b"no picture")
    counts = subject.tally.counts
    assert (counts.pictures, counts.faces, counts.failures) == (2, 4, 1)
    assert (counts.waiting, counts.working) == (0, 0)
    assert counts.inference_s > 0


def test_counts_from_many_threads_all_count():
    tally = Tally()

    def add() -> None:
        for _ in range(500):
            with tally.during("working"):
                tally.add(pictures=1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.counts == Counts(pictures=4000)


def test_who_comes_when_the_line_is_full_is_told_to_try_again():
    subject = analyzer(queue_size=2)
    started, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with subject.turn():
            started.set()
            go_on.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    started.wait(30)
    waiting = [threading.Thread(target=subject.analyze, args=(ROOM,)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    while subject.tally.counts.waiting < 2:
        time.sleep(0.01)
    with pytest.raises(BusyError, match="try again in a moment"):
        subject.analyze(ROOM)
    go_on.set()
    for thread in [holder, *waiting]:
        thread.join()
    assert subject.tally.counts == Counts(
        pictures=2, faces=4, refusals=1, inference_s=subject.tally.counts.inference_s
    )


def test_one_picture_at_a_time_and_nobody_waits_for_ever():
    subject = analyzer(wait_limit_s=1)
    with subject.turn(), pytest.raises(BusyError, match="busy"):
        subject.analyze(ROOM)
    subject.analyze(ROOM)
