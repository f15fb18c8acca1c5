"""What is known of a file of the Hub, with a Hub of a few lines and a clock that is told the time.

What the real client makes of a stand-in is in test_hub.py.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mood.errors import ModelLoadError, WeightsCorruptError, WeightsUnavailableError
from mood.models import hub
from mood.models.catalogue import FERPLUS, LIBFACEDETECTION, YUNET
from mood.models.files import HubFiles, Standing
from mood.models.specs import Choice, HubFile, Pair
from mood.models.store import WeightsStore
from mood.settings import Settings
from mood.types import Source
from tests.fakes import Clock

FILE = HubFile("owner/repo", "network.onnx", "main", size_bytes=3)
ABC = hashlib.sha256(b"abc").hexdigest()
WAIT_S = 20


class ShortHub:
    """Delivers what it holds, when it is let go on; counts who asks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.content: bytes | WeightsUnavailableError = b"abc"
        self.go_on = threading.Event()
        self.began = threading.Event()
        self.asked = 0

    def in_cache(self, file: HubFile) -> Path | None:
        path = self.folder / file.filename
        return path if path.exists() else None

    def download(self, file: HubFile, name: str, report: hub.Report | None = None) -> Path:
        self.asked += 1
        if report is not None:
            report(1, 3)
        self.began.set()
        assert self.go_on.wait(WAIT_S)
        if isinstance(self.content, WeightsUnavailableError):
            raise self.content
        part = self.folder / f"{file.filename}.incomplete"
        part.write_bytes(self.content)
        return part.rename(self.folder / file.filename)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def short_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ShortHub]:
    stand_in = ShortHub(tmp_path)
    monkeypatch.setattr(hub, "in_cache", stand_in.in_cache)
    monkeypatch.setattr(hub, "download", stand_in.download)
    monkeypatch.setattr(hub, "is_offline", lambda: False)
    yield stand_in
    stand_in.go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("download "):
            thread.join(WAIT_S)


def files(clock: Clock) -> HubFiles:
    return HubFiles(Settings(hub_retry_s=60), clock)


def over(begun: object) -> None:
    """Waits until a download has ended, well or not."""
    begun.future.exception(timeout=WAIT_S)


def test_a_download_is_joined_not_begun_twice_and_asking_how_far_it_is_leaves_it_alone(
    short_hub, clock
):
    ours = files(clock)
    first = ours.begin(FILE, "network")
    assert short_hub.began.wait(WAIT_S)
    (progress,) = ours.progress()
    assert (progress.name, progress.done, progress.total) == ("network", 1, 3)
    assert ours.failure() is None
    assert ours.begin(FILE, "network") is first
    short_hub.go_on.set()
    path, source = ours.wait(FILE, "network", first, deadline=WAIT_S)
    assert (path.read_bytes(), source) == (b"abc", Source.HUB)
    assert ours.progress() == ()
    assert short_hub.asked == 1


def test_who_asks_later_finds_it_in_the_cache(short_hub, clock):
    ours = files(clock)
    short_hub.go_on.set()
    over(ours.begin(FILE, "network"))
    assert ours.begin(FILE, "network") is None
    assert ours.wait(FILE, "network", None, deadline=0)[1] is Source.CACHE


def test_how_a_file_stands_is_known_without_reading_it_or_asking_the_hub(
    short_hub, clock, monkeypatch
):
    ours = files(clock)
    assert ours.standing(FILE) is Standing.DOWNLOAD
    short_hub.content = WeightsUnavailableError("The Hub sleeps.")
    short_hub.go_on.set()
    over(ours.begin(FILE, "network"))
    assert ours.standing(FILE) is Standing.FAILED
    clock.now_s = 60
    assert ours.standing(FILE) is Standing.DOWNLOAD
    monkeypatch.setattr(hub, "is_offline", lambda: True)
    assert ours.standing(FILE) is Standing.OFFLINE
    (short_hub.folder / FILE.filename).write_bytes(b"abc")
    assert ours.standing(FILE) is Standing.READY
    ours.reject(FILE, ModelLoadError("It wants another machine."))
    assert ours.standing(FILE) is Standing.REJECTED
    assert short_hub.asked == 1


def test_after_a_failure_the_hub_is_left_alone_for_a_while(short_hub, clock):
    ours = files(clock)
    short_hub.content = WeightsUnavailableError("The Hub sleeps.")
    short_hub.go_on.set()
    over(ours.begin(FILE, "network"))
    assert ours.failure() == "The Hub sleeps."
    clock.now_s = 59
    assert ours.begin(FILE, "network") is None
    assert not ours.has_arrived(FILE, "network")
    with pytest.raises(WeightsUnavailableError, match="The Hub sleeps"):
        ours.wait(FILE, "network", None, deadline=59)
    short_hub.content = b"abc"
    clock.now_s = 60
    over(ours.begin(FILE, "network"))
    assert ours.has_arrived(FILE, "network")
    assert ours.failure() is None
    assert short_hub.asked == 2


def test_a_hub_that_asks_for_more_patience_gets_it(short_hub, clock):
    ours = files(clock)
    short_hub.content = WeightsUnavailableError("Too many ask.")
    short_hub.content.retry_after_s = 600
    short_hub.go_on.set()
    over(ours.begin(FILE, "network"))
    clock.now_s = 599
    assert ours.begin(FILE, "network") is None
    clock.now_s = 600
    assert ours.begin(FILE, "network") is not None


def test_the_next_try_begins_in_the_background_when_its_time_has_come(short_hub, clock):
    ours = files(clock)
    assert not ours.has_arrived(FILE, "network")
    assert short_hub.began.wait(WAIT_S)
    assert not ours.has_arrived(FILE, "network"), "it is still on its way"
    begun = ours.begin(FILE, "network")
    short_hub.go_on.set()
    over(begun)
    assert ours.has_arrived(FILE, "network")
    assert short_hub.asked == 1


def test_a_file_that_cannot_be_run_is_not_news_however_whole_it_is(short_hub, clock):
    ours = files(clock)
    short_hub.go_on.set()
    over(ours.begin(FILE, "network"))
    ours.reject(FILE, ModelLoadError("It is of tomorrow."))
    assert not ours.has_arrived(FILE, "network")
    assert ours.failure() == "It is of tomorrow."
    assert short_hub.asked == 1


def test_a_file_of_another_length_is_fetched_once_more_and_then_given_up(short_hub, clock):
    short_hub.content = b"ab"
    short_hub.go_on.set()
    with pytest.raises(WeightsCorruptError, match="has 2 bytes, not 3"):
        files(clock).fetch(FILE, "network")
    assert short_hub.asked == 2
    assert short_hub.in_cache(FILE) is None


def test_a_file_that_was_changed_is_looked_at_anew_even_if_it_is_no_younger(short_hub, clock):
    ours = files(clock)
    short_hub.go_on.set()
    path = ours.fetch(dataclasses.replace(FILE, sha256=ABC), "network")
    before = path.stat()
    path.write_bytes(b"abd")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert ours.fetch(dataclasses.replace(FILE, sha256=ABC), "network").read_bytes() == b"abc"


def test_a_download_that_breaks_in_an_unforeseen_way_is_a_failure_as_any_other(
    short_hub, clock, monkeypatch, caplog
):
    asked = []

    def broken(*_: object) -> Path:
        asked.append(clock.now_s)
        raise ZeroDivisionError

    monkeypatch.setattr(hub, "download", broken)
    ours = files(clock)
    begun = ours.begin(FILE, "network")
    for clock.now_s in (0, 59):
        with pytest.raises(WeightsUnavailableError, match=r"network could not .*ZeroDivisionError"):
            ours.wait(FILE, "network", begun, deadline=WAIT_S)
        assert not ours.has_arrived(FILE, "network")
        begun = ours.begin(FILE, "network")
    assert ours.progress() == ()
    assert asked == [0], "the Hub is left alone for a while"
    assert "Traceback" in caplog.text, "it is a bug, and the log says where"


def test_two_pairs_share_what_the_store_fetches(short_hub, clock):
    """What one visitor chose by its name is what another one's ``auto`` takes."""
    model = dataclasses.replace(FERPLUS, origin=FILE)
    catalogue = {each.name: each for each in (LIBFACEDETECTION, model)}
    store = WeightsStore(Settings(hub_wait_s=WAIT_S), catalogue, Pair(YUNET, model), clock)
    with ThreadPoolExecutor() as visitors:
        choices = [Choice("libfacedetection", name) for name in ("ferplus", "auto")]
        answers = [visitors.submit(store.resolve, choice) for choice in choices]
        assert short_hub.began.wait(WAIT_S)
        short_hub.go_on.set()
    assert [answer.result().model.path.name for answer in answers] == ["network.onnx"] * 2
    assert short_hub.asked == 1
