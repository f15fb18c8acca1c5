from __future__ import annotations

import threading

import numpy as np
import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import ImageError
from mood.resources.counters import Counters, Counts
from mood.types import Expression
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

ROOM = np.full((200, 400, 3), 90, dtype=np.uint8)


def analyzer() -> MoodAnalyzer:
    faces = [face(20, 20, 60, 70), face(100, 25, 140, 80)]
    session = FakeSession(logits_for(Expression.ANGER))
    return fakes.analyzer(FakeDetector(faces), session)


def test_what_was_done_is_counted():
    subject = analyzer()
    subject.analyze(ROOM)
    subject.analyze(ROOM)
    with pytest.raises(ImageError):
        subject.analyze(b"no picture")
    counts = subject.counters.counts
    assert (counts.pictures, counts.faces, counts.failures) == (2, 4, 1)
    assert (counts.waiting, counts.working) == (0, 0)
    assert counts.inference_s > 0


def test_counts_from_many_threads_all_count():
    counters = Counters()

    def add() -> None:
        for _ in range(500):
            with counters.during("working"):
                counters.add(pictures=1)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.counts == Counts(pictures=4000)
