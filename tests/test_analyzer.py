from __future__ import annotations

import asyncio
import dataclasses
import gc
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mood
from mood.analyzer import MoodAnalyzer
from mood.errors import BusyError, ImageError
from mood.options import Options
from mood.resources.pool import ModelPool
from mood.resources.queue import Queue
from mood.serving.app import create_analyzer
from mood.settings import Settings
from mood.types import Expression, Reason, Source, Verdict
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

EXAMPLES = Path(__file__).parent.parent / "examples"
NETWORKS = {"model": "mini", "detector": "libfacedetection"}
EMBEDDED = Settings(**NETWORKS)
ROOM = np.full((200, 400, 3), 90, dtype=np.uint8)


def test_a_picture_becomes_an_analysis():
    faces = [face(20, 20, 60, 70), face(100, 25, 140, 80, confidence=0.7)]
    session = FakeSession(logits_for(Expression.ANGER, Expression.SURPRISE))
    analysis = fakes.analyzer(FakeDetector(faces), session, EMBEDDED).analyze(ROOM)
    assert [verdict.top for verdict in analysis.faces] == [Expression.ANGER, Expression.SURPRISE]
    assert analysis.faces[1].face.confidence == 0.7
    assert analysis.size_wh == (400, 200)
    assert (analysis.model, analysis.detector) == ("mini", "libfacedetection")
    assert analysis.source is Source.EMBEDDED
    for verdict in analysis.faces:
        assert list(verdict.probabilities) == list(Expression)
        assert sum(verdict.probabilities.values()) == pytest.approx(1, abs=1e-5)


def test_of_two_faces_that_look_alike_the_smaller_is_read_less_surely():
    faces = [face(20, 20, 35, 37), face(100, 25, 190, 130)]
    session = FakeSession(logits_for(Expression.ANGER, strength=2.0))
    small, large = fakes.analyzer(FakeDetector(faces), session, EMBEDDED).analyze(ROOM).faces
    assert small.top_probability < large.top_probability - 0.01


def test_what_counts_of_a_face_are_the_pixels_that_were_decoded():
    def surely(max_side: int, shown: float) -> float:
        """How surely a face is read that is a tenth as wide as the picture."""
        session = FakeSession(logits_for(Expression.ANGER, strength=2.0))
        detector = FakeDetector([face(0, 0, shown / 10, shown / 10)])
        settings = dataclasses.replace(EMBEDDED, max_side=max_side)
        picture = np.full((700, 1200, 3), 90, dtype=np.uint8)
        (read,) = fakes.analyzer(detector, session, settings).analyze(picture).faces
        assert read.face.size_wh == pytest.approx((120, 120), abs=1)
        return read.top_probability

    assert surely(max_side=320, shown=320) < surely(max_side=1600, shown=1200)


def test_a_face_that_cannot_be_read_is_told_with_its_reason_or_left_out():
    faces = [face(20, 20, 60, 70), face(100, 25, 114, 45), face(200, 25, 240, 80)]
    session = FakeSession(logits_for(Expression.ANGER))
    analyzer = fakes.analyzer(
        FakeDetector(faces), session, EMBEDDED, fakes.judge(30.0, -30.0, 30.0)
    )
    lively = np.random.default_rng(0).integers(0, 255, ROOM.shape, dtype=np.uint8)
    first, second, third = analyzer.analyze(lively).faces
    assert (first.verdict, third.verdict) == (Verdict.CERTAIN, Verdict.CERTAIN)
    assert (second.verdict, second.reason) == (Verdict.UNREADABLE, Reason.TOO_SMALL)
    assert second.expression is None
    reading = analyzer.read(lively, Options(show_unreadable=False))
    assert [each.face.bbox_xyxy[0] for each in reading.analysis.faces] == [20, 200]
    assert len(reading.crops) == 2
    assert reading.analysis.more_faces == 0, "it was read, and is none of the smaller ones"


def test_no_face_is_a_normal_result():
    session = FakeSession(logits_for(Expression.ANGER))
    assert fakes.analyzer(FakeDetector(), session, EMBEDDED).analyze(ROOM).faces == ()


@pytest.mark.parametrize("public", [False, True])
def test_without_a_detector_the_whole_picture_is_one_face(public):
    options = mood.Options(detector="none")
    found = mood.MoodAnalyzer(EMBEDDED).read(EXAMPLES / "astronaut.jpg").analysis.faces[0]
    left, top, right, bottom = map(int, found.face.bbox_xyxy)
    with Image.open(EXAMPLES / "astronaut.jpg") as photo:
        cut = np.asarray(photo.convert("RGB"))[top:bottom, left:right]
    pool = ModelPool(EMBEDDED, public=public)
    analysis = MoodAnalyzer(EMBEDDED, pool=pool).analyze(cut, options)
    (verdict,) = analysis.faces
    assert verdict.face.bbox_xyxy.tolist() == [0, 0, right - left, bottom - top]
    assert (verdict.face.confidence, verdict.face.landmarks) == (1.0, None)
    assert (verdict.top, verdict.certain) == (Expression.HAPPINESS, True)
    assert (analysis.detector, analysis.detector_source) == ("none", Source.EMBEDDED)
    assert pool.names == ["mini"], "no detector is loaded"


def test_of_a_crowd_a_server_reads_the_largest_and_counts_the_others(monkeypatch):
    monkeypatch.setenv("MOOD_MAX_FACES", "2")
    crowd = [face(20 * n, 20, 20 * n + 15, 35 + 5 * (n % 4)) for n in range(8)]
    stand_ins = fakes.models(FakeDetector(crowd), FakeSession(logits_for(Expression.ANGER)))
    server = create_analyzer(Settings.from_env())
    server.pool = fakes.FakePool(EMBEDDED, stand_ins)
    answer = server.analyze(ROOM).to_dict()
    assert [each["bbox_xyxy"][0] for each in answer["faces"]] == [60, 140]
    assert answer["more_faces"] == 6


def test_parts_of_a_long_picture_that_were_not_seen_are_told():
    class Hurried(FakeDetector):
        def detect(self, image, *, unseen, **given):
            unseen(5)
            return super().detect(image, **given)

    session = FakeSession(logits_for(Expression.ANGER))
    analysis = fakes.analyzer(Hurried(), session, EMBEDDED).analyze(ROOM)
    assert (analysis.unseen_parts, analysis.to_dict()["unseen_parts"]) == (5, 5)
    whole = fakes.analyzer(FakeDetector(), session, EMBEDDED).analyze(ROOM)
    assert whole.to_dict()["unseen_parts"] == 0


def test_the_library_reads_all_of_a_crowd():
    crowd = [
        face(30 * (n % 10), 18 * (n // 10), 30 * (n % 10) + 15, 18 * (n // 10) + 17)
        for n in range(110)
    ]
    session = FakeSession(logits_for(Expression.ANGER))
    analysis = fakes.analyzer(FakeDetector(crowd), session, EMBEDDED).analyze(ROOM)
    assert (len(analysis.faces), analysis.more_faces) == (110, 0)


def test_boxes_are_those_of_the_picture_before_it_was_scaled_down():
    detector = FakeDetector([face(100, 50, 200, 150)])
    session = FakeSession(logits_for(Expression.FEAR))
    analyzer = fakes.analyzer(detector, session, Settings(max_side=800))
    analysis = analyzer.analyze(np.zeros((1000, 1600, 3), dtype=np.uint8))
    assert detector.seen[0].shape == (500, 800, 3)
    assert analysis.size_wh == (1600, 1000)
    assert analysis.faces[0].face.bbox_xyxy.tolist() == [200, 100, 400, 300]


def test_nothing_is_loaded_before_the_first_picture_and_once_after(caplog):
    analyzer = MoodAnalyzer(EMBEDDED)
    assert analyzer.pool.names == []
    with caplog.at_level(logging.INFO, logger="mood"):
        threads = [threading.Thread(target=analyzer.analyze, args=(ROOM,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    loaded = [record for record in caplog.messages if record.startswith("loaded ")]
    assert len(loaded) == 1
    assert "mini" in loaded[0]
    assert " MB" in loaded[0]


def test_the_library_knows_no_limits_of_a_server_and_leaves_the_callers_heap_alone(monkeypatch):
    for variable in ("MOOD_MEMORY_LIMIT_MB", "MOOD_QUEUE_SIZE", "MOOD_WAIT_LIMIT_S"):
        monkeypatch.setenv(variable, "1")
    collecting = set()
    monkeypatch.setattr(gc, "collect", lambda *_: collecting.add(threading.current_thread().name))
    analyzer = MoodAnalyzer(dataclasses.replace(Settings.from_env(), **NETWORKS))
    with ThreadPoolExecutor(64) as callers:
        answers = list(
            callers.map(lambda _: analyzer.analyze(EXAMPLES / "astronaut.jpg"), range(128))
        )
    assert [len(answer.faces) for answer in answers] == [1] * 128
    assert collecting <= {"memory"}, "but for the guards of servers in other tests"


def test_before_a_picture_is_received_a_place_is_waited_for_only_a_moment(monkeypatch):
    monkeypatch.setattr("mood.analyzer._PATIENCE_S", 0.3)
    queue = Queue(size=0)
    analyzer = MoodAnalyzer(EMBEDDED, queue=queue)

    async def main() -> None:
        await queue.enter("somebody")
        with pytest.raises(BusyError):
            await analyzer.line_up("somebody else")
        assert analyzer.counters.counts.refusals == 1
        waiting = asyncio.create_task(analyzer.line_up("somebody else"))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        queue.leave("somebody")
        await waiting
        assert analyzer.counters.counts.refusals == 1

    asyncio.run(main())


def test_a_picture_that_cannot_be_read_loads_nothing():
    analyzer = MoodAnalyzer(EMBEDDED)
    with pytest.raises(ImageError):
        analyzer.analyze(b"no picture")
    assert analyzer.pool.names == []


def test_the_log_tells_what_an_operator_needs_and_no_file_names(caplog):
    with caplog.at_level(logging.INFO, logger="mood"):
        MoodAnalyzer(EMBEDDED).analyze(EXAMPLES / "astronaut.jpg")
    text = "\n".join(caplog.messages)
    assert "loading mini from embedded" in text
    assert "found 1 face(s) in " in text
    assert "astronaut" not in text


@pytest.mark.parametrize(
    ("photo", "expression"),
    [("astronaut", Expression.HAPPINESS), ("grace_hopper", Expression.NEUTRAL)],
)
def test_the_embedded_networks_read_the_examples(photo, expression):
    (verdict,) = MoodAnalyzer(EMBEDDED).analyze(EXAMPLES / f"{photo}.jpg").faces
    assert verdict.top is expression
    assert verdict.certain


def test_analyze_is_the_short_way(monkeypatch):
    monkeypatch.setenv("MOOD_MODEL", "mini")
    monkeypatch.setenv("MOOD_DETECTOR", "libfacedetection")
    mood._default_analyzer.cache_clear()
    (verdict,) = mood.analyze(EXAMPLES / "astronaut.jpg").faces
    assert verdict.top is Expression.HAPPINESS
    mood._default_analyzer.cache_clear()
