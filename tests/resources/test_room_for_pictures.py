"""Large pictures are admitted against the memory that is left, else wait, else get a sentence."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, ImageTooLargeError
from mood.resources.memory import MemoryGuard, Step
from mood.settings import Settings
from tests.resources.process import Process

EMBEDDED = Settings(model="mini", detector="libfacedetection")


def process(**held: float) -> Process:
    """One that has done something already."""
    return Process(**{"lost": 160.0} | held)


def clear(size: tuple[int, int] = (5000, 5000)) -> bytes:
    """A transparent WebP of a kilobyte, whose decoder takes 8 bytes a pixel."""
    file = io.BytesIO()
    Image.new("RGBA", size, (160, 120, 80, 128)).save(file, "WEBP", lossless=True)
    return file.getvalue()


@contextmanager
def elsewhere(guard: MemoryGuard, wanted_mb: float) -> Iterator[threading.Event]:
    """Somebody else who holds room until the event is set."""
    has_it, end = threading.Event(), threading.Event()

    def work() -> None:
        with guard.room(wanted_mb):
            has_it.set()
            end.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    assert has_it.wait(10)
    yield end
    end.set()
    thread.join()


def test_what_fits_is_let_in_and_costs_no_models():
    held = process(models=80)
    with held.guard().room(200):
        pass
    assert not held.unloads


def test_free_memory_goes_first_then_the_models():
    held = process(models=80, free=60)
    guard = held.guard()
    with guard.room(180):
        assert (held.free, held.unloads) == (0, [])
    with guard.room(280):
        assert len(held.unloads) == 1
    assert guard.steps[Step.REFUSE] == 0


def test_what_does_not_fit_is_told_to_try_again():
    guard = process(lost=300).guard()
    with pytest.raises(BusyError, match="short of memory"), guard.room(200):
        pass
    assert guard.steps[Step.REFUSE] == 1
    with guard.room(100):
        pass


def test_two_large_ones_do_not_share_the_room_of_one():
    guard = process().guard()
    with elsewhere(guard, 200), pytest.raises(BusyError), guard.room(200):
        pass
    with guard.room(200):
        pass


def test_one_waits_until_the_other_is_done():
    guard = process().guard(room_wait_s=10, clock=time.monotonic)
    with elsewhere(guard, 200) as end:
        threading.Timer(0.05, end.set).start()
        with guard.room(200):
            assert end.is_set()
    assert guard.reserved_mb == 0


def test_bodies_on_their_way_count():
    guard = process().guard()
    guard.promised_mb = lambda: 100.0
    with pytest.raises(BusyError), guard.room(250):
        pass


def test_where_nobody_limits_memory_everything_fits():
    with process(lost=5000).guard(limit_mb=None).room(5000):
        pass


def test_what_is_being_decoded_does_not_make_the_server_look_short():
    held = process()
    guard = held.guard()
    with guard.room(290):
        held.lost += 290
        assert not guard.short
        guard.admit()
        held.lost -= 290
    held.lost = 450
    assert guard.short


def test_above_a_limit_of_its_own_a_picture_gets_a_sentence_that_names_it():
    analyzer = MoodAnalyzer(EMBEDDED, guard=process().guard(limit_mb=400))
    with pytest.raises(ImageTooLargeError) as caught:
        analyzer.analyze(clear())
    assert str(caught.value) == (
        "This lossless WebP with transparency has 25 megapixels; of its kind at most 21 are read "
        "here, as decoding takes much memory. Please send a smaller copy, best as an ordinary JPEG."
    )
    assert analyzer.analyze(clear((4500, 4500))).faces == ()


def test_an_ordinary_photo_is_not_too_large_for_the_smallest_container():
    photo = io.BytesIO()
    Image.new("RGB", (1600, 1200)).save(photo, "JPEG")
    small = process(lost=100.0).guard(190.0)
    assert MoodAnalyzer(EMBEDDED, guard=small).analyze(photo.getvalue()).size_wh == (1600, 1200)
    full = process(lost=160.0).guard(190.0)
    with pytest.raises(BusyError):
        MoodAnalyzer(EMBEDDED, guard=full).analyze(photo.getvalue())


def test_it_is_read_where_there_is_room_and_the_second_one_as_well():
    analyzer = MoodAnalyzer(EMBEDDED, guard=process(models=100).guard(limit_mb=512 * 1.048576))
    content = clear()
    for _ in range(2):
        assert analyzer.analyze(content).size_wh == (5000, 5000)


def test_in_a_program_of_one_s_own_nothing_is_refused_for_memory():
    assert MoodAnalyzer(EMBEDDED).analyze(clear()).size_wh == (5000, 5000)
