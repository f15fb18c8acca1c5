from __future__ import annotations

import os
import signal
import sys
from multiprocessing import parent_process
from pathlib import Path

import pytest

from mood.batch.crew import Crew
from mood.batch.reading import Job
from mood.batch.rows import Item
from mood.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
JOB = Job(Settings(model="mini", detector="libfacedetection"))


class Deadly(Item):
    """A photo of which every process dies that looks at it, as of a fault in a decoder."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        if name == "problem" and parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getattribute__(name)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the signals of Unix")
def test_a_process_that_dies_costs_only_the_photo_that_it_died_of():
    photos = sorted(EXAMPLES.glob("*.jpg"))
    items = [Item.of(photo) for photo in photos]
    items.insert(2, Deadly(Path("deadly.jpg")))
    crew = Crew(JOB, workers=2)
    try:
        outcomes = {outcome.item.path: outcome for outcome in crew.read(iter(items))}
    finally:
        crew.end()
    assert len(outcomes) == len(items)
    assert [path.name for path, each in outcomes.items() if each.failed] == ["deadly.jpg"]
    assert "died" in outcomes[Path("deadly.jpg")].record["error"]


def test_items_are_taken_no_earlier_than_needed():
    taken = []

    def items():
        for number in range(100):
            taken.append(number)
            yield Item.of(EXAMPLES / "astronaut.jpg")

    crew = Crew(JOB, workers=2)
    try:
        next(crew.read(items()))
    finally:
        crew.end()
    assert len(taken) <= 4
