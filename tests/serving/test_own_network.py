"""A network of the operator's own that cannot be used: what those who send a photo hear."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from mood.serving.app import create_analyzer
from mood.settings import Settings
from tests.hard.beside import event
from tests.own_networks import RGB, write
from tests.serving.apps import served

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"


def ask(path: Path) -> tuple[str, Any]:
    """The last event of a call to a server with this network: its kind and what it says."""
    settings = Settings(model=str(path), detector="libfacedetection", memory_limit_mb=4096)
    url = "data:image/jpeg;base64," + base64.b64encode(PHOTO.read_bytes()).decode()
    with TestClient(served(create_analyzer(settings))) as http:
        asked = http.post("/gradio_api/call/analyze", json={"data": [{"url": url}]})
        stream = http.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
    return event(stream)


def test_the_right_one_answers(tmp_path):
    kind, (answer,) = ask(write(tmp_path, shape=(1, 3, 48, 48)))
    assert kind == "complete"
    assert answer["model"] == "own"
    assert len(answer["faces"]) == 1


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"shift": np.nan}, "answers with what is no number"),
        ({"description": RGB | {"logit_bias": [1, 2]}}, "own.json: logit_bias must"),
        ({"description": RGB | {"labels": None}}, "own.json: labels must"),
        ({"outputs": 7}, "Correct its description"),
    ],
    ids=str,
)
def test_the_wrong_one_is_a_sentence(tmp_path, made, words, caplog):
    kind, answer = ask(write(tmp_path, **made))
    assert kind == "error"
    assert words in answer["error"]
    assert "Traceback" not in caplog.text
