"""An error that nobody thought of: whoever calls the API is told a sentence, and nothing more."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mood.analyzer import MoodAnalyzer
from mood.errors import UNFORESEEN
from mood.serving import environment
from mood.serving.app import create_app
from mood.settings import Settings
from tests import fakes
from tests.serving.test_app import fake_models
from tests.serving.test_fetching import WAYS, by_call, picture

SECRET = "/srv/somewhere/photo-of-somebody.jpg"


class Broken:
    """Fails as libraries do: with a path, and as nobody foresaw; then no more."""

    def __init__(self) -> None:
        self.fails = True

    def detect(self, *_: Any, **__: Any) -> list[Any]:
        if self.fails:
            raise RuntimeError(f"{SECRET}: axis 7 is out of bounds")
        return []


@pytest.mark.parametrize("way", WAYS)
def test_the_caller_gets_a_sentence_and_the_log_one_line_without_a_path(
    way, monkeypatch, caplog, capfd
):
    for name, value in environment.QUIET.items():
        monkeypatch.setenv(name, value)
    detector, settings = Broken(), Settings()
    pool = fakes.FakePool(settings, fake_models(detector), public=True)

    async def make() -> Any:
        return create_app(MoodAnalyzer(settings, pool=pool))

    caplog.set_level(logging.INFO)
    with TestClient(asyncio.run(make())) as http:
        answer = way(http, picture())
        detector.fails = False
        assert '"faces": []' in by_call(http, picture()), "the next one is read"
    assert UNFORESEEN in answer
    out, err = capfd.readouterr()
    for text in (answer, caplog.text, out, err):
        assert "somebody" not in text
        assert "Traceback" not in text
    (line,) = [each for each in caplog.messages if "RuntimeError" in each]
    assert line == "a call failed: RuntimeError"
