"""An error that nobody thought of: whoever calls the API is told a sentence, and nothing more."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from mood.errors import UNFORESEEN
from tests.fakes import data_url
from tests.serving.apps import served, stand_in
from tests.serving.test_fetching import WAYS, by_call

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
def test_the_caller_gets_a_sentence_and_the_log_one_line_without_a_path(way, caplog, capfd):
    detector = Broken()
    caplog.set_level(logging.INFO)
    with TestClient(served(stand_in(detector=detector))) as http:
        answer = way(http, data_url())
        detector.fails = False
        assert '"faces": []' in by_call(http, data_url()), "the next one is read"
    assert UNFORESEEN in answer
    out, err = capfd.readouterr()
    for text in (answer, caplog.text, out, err):
        assert "somebody" not in text
        assert "Traceback" not in text
    (line,) = [each for each in caplog.messages if "RuntimeError" in each]
    assert line == "a call failed: RuntimeError"
