"""What the worker says of frames in a real browser is what the program says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.examples import EXAMPLES
from mood.options import Options
from mood.page.live import LiveAnswer, _moment_to_dict, _wish
from mood.settings import Settings
from mood.types import RGBImage
from mood.video.sessions import LiveSessions
from tests.e2e.worker import Worker, working
from tests.staging import photo

pytestmark = pytest.mark.browser

SHARE = 0.03  # the engine's kernels round in another order


@pytest.fixture(scope="module")
def analyzer() -> MoodAnalyzer:
    return MoodAnalyzer(Settings(model="mini", detector="libfacedetection"))


@pytest.fixture(scope="module")
def loaded(browser, analyzer) -> Iterator[Worker]:
    with working(browser, analyzer) as worker:
        assert "ok" in worker.load(analyzer)
        yield worker


def within(image: RGBImage, side: int) -> RGBImage:
    small = Image.fromarray(image)
    small.thumbnail((side, side))
    return np.asarray(small)


def asked(
    analyzer: MoodAnalyzer, sessions: LiveSessions, image: RGBImage, time_s: float, wish=None
) -> LiveAnswer:
    """What the server would say."""
    analysis = analyzer.read(image, Options(quick=True)).analysis
    size_wh = image.shape[1], image.shape[0]
    moment = sessions.record("somebody", analysis, size_wh, time_s, None, _wish(wish))
    return _moment_to_dict(moment, analysis.certainty)


def assert_like(told: LiveAnswer, wanted: LiveAnswer) -> None:
    assert len(told["faces"]) == len(wanted["faces"])
    for face, same in zip(told["faces"], wanted["faces"], strict=True):
        assert face.pop("box") == pytest.approx(same.pop("box"), abs=0.15)
        assert face.pop("shares") == pytest.approx(same.pop("shares"), abs=SHARE)
        assert face == same
    for each in (told, wanted):
        del each["faces"]
    summary, other = told.pop("summary", {}), wanted.pop("summary", {})
    assert told == wanted
    assert list(summary) == list(other)


@pytest.mark.parametrize("kind", ["bitmap", "frame"])
@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.jpg")))
def test_a_photo_is_read_as_the_server_reads_it(loaded, analyzer, name, kind):
    image = within(photo(name), 640)
    loaded.ask(do="clear")
    told = loaded.read(image, 7.0, kind=kind)
    assert_like(told["answer"], asked(analyzer, LiveSessions(1), image, 7.0))
    assert told["mode"] == "full"


def test_a_walk_over_a_photo_is_followed_and_recorded_as_the_server_does(loaded, analyzer):
    image = photo("three_people")
    wish = {"expressions": ["happiness", "neutral", "sadness"], "certainty": 0.6}
    sessions = LiveSessions(1)
    loaded.ask(do="clear")
    for step in range(24):
        left = 4 * step if step < 16 else 4 * (32 - step)
        part = np.ascontiguousarray(within(image, 800)[:480, left : left + 640])
        wanted = wish if step >= 12 else None
        told = loaded.read(part, step / 8, wish=wanted)
        assert_like(told["answer"], asked(analyzer, sessions, part, step / 8, wanted))
    table = loaded.ask(do="export", kind="csv", wish=wish)["text"]
    assert words(table) == words(sessions.export("somebody", "csv", _wish(wish)))
    saved = json.loads(loaded.ask(do="export", kind="json", wish=wish)["text"])
    wanted = json.loads(sessions.export("somebody", "json", _wish(wish)) or "")
    assert list(saved["faces"]) == list(wanted["faces"])
    assert len(saved["points"]) == len(wanted["points"]) > 20


def words(table: str | None) -> list[list[str]]:
    """What a table says in words: when, who, and what was said of the face."""
    rows = [row.split(",") for row in (table or "").splitlines()]
    return [[*row[:2], *row[6:9]] for row in rows]


def test_a_large_picture_is_told_in_its_own_pixels(loaded):
    image = np.asarray(Image.fromarray(within(photo("astronaut"), 512)).resize((1280, 1280)))
    loaded.ask(do="clear")
    (face,) = loaded.read(image, 0.0, kind="frame")["answer"]["faces"]
    assert face["box"][2] > 640


def test_what_is_damaged_or_missing_is_said(browser, analyzer):
    with working(browser, analyzer) as worker:
        assert worker.ask(do="clear")["error"] == "load"
        wrong = {**worker.parts["mini"], "sha256": "0" * 64}
        assert worker.load(analyzer, mini=wrong)["error"] == "integrity"
        assert worker.load(analyzer, engine="/nowhere.wasm")["error"] == "load"
        worker.files["/odd.wasm"] = b"\0asm\1\0\0\0\xff"
        assert worker.load(analyzer, engine="/odd.wasm")["error"] == "simd"
        assert "ok" in worker.load(analyzer)
        assert worker.ask(do="export", kind="csv", wish=None)["text"] is None
        assert "ok" in worker.ask(do="clear")
