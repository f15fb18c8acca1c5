"""A network of the operator's own that cannot be used: what those who send a photo hear."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from mood.serving import environment
from mood.serving.app import create_analyzer, create_app
from mood.settings import Settings
from tests.own_networks import RGB, write

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.QUIET.items():
        monkeypatch.setenv(name, value)


def ask(path: Path) -> tuple[str, Any]:
    """The last event of a call to a server with this network: its kind and what it says."""

    async def make() -> Any:
        settings = Settings(model=str(path), detector="libfacedetection", memory_limit_mb=4096)
        return create_app(create_analyzer(settings))

    url = "data:image/jpeg;base64," + base64.b64encode(PHOTO.read_bytes()).decode()
    with TestClient(asyncio.run(make())) as http:
        asked = http.post("/gradio_api/call/analyze", json={"data": [{"url": url}]})
        stream = http.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
    kind, data = stream.strip().split("\n\n")[-1].split("\n")[:2]
    return kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))


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
