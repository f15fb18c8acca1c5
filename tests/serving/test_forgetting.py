"""What was asked is forgotten when it is answered, whichever way it came."""

from __future__ import annotations

import base64
import gc
import io
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from httpx import Response
from PIL import Image

from mood.resources.queue import Queue
from tests.hard.beside import ask_panel, panel
from tests.serving.apps import served, stand_in

LONG = 100_000


@pytest.fixture(scope="module")
def queue() -> Queue:
    """One place, and nobody may wait for it."""
    return Queue(size=0)


@pytest.fixture(scope="module")
def http(queue: Queue) -> Iterator[TestClient]:
    """The whole application, with stand-ins for the networks."""
    with TestClient(served(stand_in(queue=queue))) as client:
        yield client


def picture(end: str) -> str:
    """A data URL that can be read, is long, and ends so."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(file, "JPEG")
    content = file.getvalue() + bytes(-len(file.getvalue()) % 3)  # its text has no "=" at the end
    text = base64.b64encode(content).decode() + "A" * (LONG - len(end)) + end
    return f"data:image/jpeg;base64,{text}"


def damaged(end: str) -> str:
    return "data:image/jpeg;base64," + "A" * (LONG - len(end)) + end


def by_call(http: TestClient, image: str, **more: str) -> str:
    asked = http.post("/gradio_api/call/analyze", json={"data": [{"url": image}], **more})
    return what_became_of(asked, http, "/gradio_api/call/analyze/{event_id}")


def by_named_session(http: TestClient, image: str) -> str:
    return by_call(http, image, session_hash="caller")


def by_call_with_names(http: TestClient, image: str) -> str:
    asked = http.post("/gradio_api/call/v2/analyze", json={"image": {"url": image}})
    return what_became_of(asked, http, "/gradio_api/call/v2/analyze/{event_id}")


def by_queue(http: TestClient, image: str) -> str:
    calls = http.get("/config").json()["dependencies"]
    (number,) = [each["id"] for each in calls if each["api_name"] == "analyze"]
    body = {"data": [{"url": image}], "event_data": image, "fn_index": number}
    asked = http.post("/gradio_api/queue/join", json={**body, "session_hash": "queued"})
    return what_became_of(asked, http, "/gradio_api/queue/data?session_hash=queued")


def what_became_of(asked: Response, http: TestClient, events: str) -> str:
    """The events of a job, or why there is none."""
    return http.get(events.format(**asked.json())).text if asked.is_success else asked.text


def by_page(http: TestClient, image: str) -> str:
    return to_panel(http, "photo", "read_photo", {"image": image})


def by_camera(http: TestClient, image: str) -> str:
    frame = {"image": image, "viewer": "a viewer", "width": 64, "height": 48, "time_s": 1.0}
    return to_panel(http, "live", "live_frame", frame)


def to_panel(
    http: TestClient, name: str, function: str, data: dict[str, Any], page: str = "a page"
) -> str:
    answer = ask_panel(http, panel(http, name), function, data, page)
    assert answer.status_code == 200
    return answer.text


WAYS = [by_call, by_named_session, by_call_with_names, by_queue, by_page, by_camera]


@pytest.mark.parametrize(("kind", "answer"), [(picture, '"faces"'), (damaged, "not a picture")])
@pytest.mark.parametrize("way", WAYS)
def test_no_picture_outlives_its_answer(http, way, kind, answer):
    end = secrets.token_hex(16)
    assert answer in way(http, kind(end))
    assert eventually(lambda: not is_held(end))


@pytest.mark.parametrize("way", WAYS)
def test_no_picture_outlives_its_refusal(http, queue, way):
    end = secrets.token_hex(16)
    with queue.turn("somebody else"):
        answer = way(http, picture(end))
        assert "waiting already" in answer or '"busy"' in answer
        assert eventually(lambda: not is_held(end))


def eventually(condition: Callable[[], bool]) -> bool:
    """The queue tidies up just after it has answered."""
    return any(condition() or time.sleep(0.1) for _ in range(50))


def is_held(end: str) -> bool:
    """Whether anything in the process holds a long text with this end."""
    gc.collect()
    parts = gc.get_referents(*gc.get_objects())
    untracked = [part for part in parts if type(part) in (dict, tuple) and not gc.is_tracked(part)]
    parts += gc.get_referents(*untracked)  # those that hold nothing but texts and numbers
    texts = (part for part in parts if type(part) is str and len(part) >= LONG)
    return any(text.endswith(end) for text in texts)


def test_what_holds_a_picture_would_be_found():
    end = secrets.token_hex(16)
    kept = [{"url": damaged(end)}]
    assert is_held(end)
    kept.clear()
    assert not is_held(end)


def test_gradio_keeps_one_state_for_all_pages(http):
    asked = {"name": "photo", "function": "under_way", "data": {}}
    first = to_panel(http, **asked, page="first")
    (holder,) = (
        route.app.state_holder
        for route in http.app.routes
        if isinstance(getattr(route, "app", None), App)
    )
    state = holder["first"]
    assert all(to_panel(http, **asked, page=f"page {number}") == first for number in range(40))
    assert holder["page 39"] is state
    assert not holder.session_data
    assert not holder.time_last_used
