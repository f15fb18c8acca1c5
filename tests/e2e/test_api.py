"""The API as programs use it: the Python client, plain HTTP, and those who try the locks."""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from PIL import Image

from mood.options import Options
from mood.types import Expression
from tests.e2e.conftest import EXAMPLES, Server

# gradio_client leaves the files that it uploads open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

ASTRONAUT = EXAMPLES / "astronaut.jpg"


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.url, verbose=False, analytics_enabled=False)


def call(server: Server, image: Any, version: str = "") -> tuple[str, Any]:
    """What curl sees: the event, and its data."""
    way = f"/gradio_api/call/{version}analyze"
    body = {"image": image} if version else {"data": [image]}
    with httpx.Client(base_url=server.url, timeout=120) as http:
        asked = http.post(way, json=body)
        if asked.status_code != 200:
            return f"status {asked.status_code}", asked.text
        answer = http.get(f"{way}/{asked.json()['event_id']}")
    lines = [line.partition(": ") for line in answer.text.splitlines() if line]
    fields = {name: value for name, _, value in lines}
    return fields["event"], json.loads(fields["data"])


def upload(server: Server, content: bytes, name: str = "photo.jpg") -> str:
    files = {"files": (name, content)}
    answer = httpx.post(f"{server.url}/gradio_api/upload", files=files, timeout=60)
    answer.raise_for_status()
    path: str = answer.json()[0]
    return path


def test_the_python_client_reads_a_photo(client: Client):
    result = client.predict(handle_file(ASTRONAUT), api_name="/analyze")
    (face,) = result["faces"]
    assert face["expression"] == face["top"] == "happiness"
    assert set(face["probabilities"]) == set(Expression)
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=0.001)
    left, top, right, bottom = face["bbox_xyxy"]
    assert left < 225 < right, "the middle of her face"
    assert top < 118 < bottom
    assert [result["width"], result["height"]] == list(Image.open(ASTRONAUT).size)
    assert (result["model"], result["source"]) == ("mini", "embedded")
    assert (result["detector"], result["detector_source"]) == ("libfacedetection", "embedded")


def test_no_face_is_a_result(client: Client, tmp_path: Path):
    Image.new("RGB", (320, 240), "white").save(tmp_path / "wall.jpg")
    assert client.predict(handle_file(tmp_path / "wall.jpg"), api_name="/analyze")["faces"] == []


def test_each_call_names_and_explains_its_choices(client: Client):
    described = client.view_api(return_format="dict", print_info=False)
    assert not described["unnamed_endpoints"]
    calls = described["named_endpoints"]
    assert list(calls) == ["/analyze", "/analyze_batch", "/annotate"]
    for call in calls.values():
        picture, *choices = call["parameters"]
        assert not picture["parameter_has_default"]
        fields = dataclasses.fields(Options)
        assert [each["parameter_name"] for each in choices] == [each.name for each in fields]
        for choice, field in zip(choices, fields, strict=True):
            assert choice["parameter_has_default"]
            assert choice["python_type"]["description"] == field.metadata["text"]
        (answer,) = call["returns"]
        assert answer["type"]["examples"]
        assert answer["python_type"]["description"]
    answer = calls["/analyze"]["returns"][0]["type"]
    assert list(answer["properties"]) == list(answer["examples"][0])


def test_what_is_chosen_counts(server: Server, client: Client):
    picture = handle_file(EXAMPLES / "mariachi.jpg")
    by_name = client.predict(picture, model="mini", certainty=0.999, api_name="/analyze")
    assert None in [face["expression"] for face in by_name["faces"]]
    few = client.predict(picture, expressions=["fear", "anger"], api_name="/analyze")
    assert {face["top"] for face in few["faces"]} <= {"fear", "anger"}
    uploaded = {"path": upload(server, ASTRONAUT.read_bytes())}
    values = [uploaded, "mini", "none", 0.1]  # the others, at the end, may be left out
    with httpx.Client(base_url=server.url, timeout=120) as http:
        asked = http.post("/gradio_api/call/analyze", json={"data": values})
        stream = http.get(f"/gradio_api/call/analyze/{asked.json()['event_id']}").text
        named = {"image": uploaded, "detector": "none"}
        asked = http.post("/gradio_api/call/v2/analyze", json=named)
        same = http.get(f"/gradio_api/call/v2/analyze/{asked.json()['event_id']}").text
    for text in (stream, same):
        assert "event: complete" in text
        assert '"bbox_xyxy": [0.0, 0.0, 512.0, 512.0]' in text


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"certainty": 7}, "certainty is 7. It must lie between 0 and 1."),
        ({"certainty": "high"}, "It must be a number from 0 to 1."),
        ({"model": "best"}, "There is no expression network “best”."),
        ({"expressions": ["joy", "fear"]}, "'joy' is none"),
    ],
)
def test_a_choice_that_there_is_not_is_named(client: Client, choice: Any, sentence: str):
    with pytest.raises(Exception, match=re.escape(sentence)):
        client.predict(handle_file(ASTRONAUT), **choice, api_name="/analyze")


def test_of_several_pictures_each_has_its_result_or_its_problem(client: Client, tmp_path: Path):
    (tmp_path / "notes.jpg").write_text("no picture at all")
    files = [handle_file(each) for each in (ASTRONAUT, tmp_path / "notes.jpg", ASTRONAUT)]
    first, second, third = client.predict(files, api_name="/analyze_batch")
    assert first["faces"] == third["faces"]
    assert (second["status"], second["code"]) == (422, "unreadable")
    for odd in ([], [None] * 9, handle_file(ASTRONAUT)):
        with pytest.raises(Exception, match="images must be a list of 1 to 8 pictures"):
            client.predict(odd, api_name="/analyze_batch")


def test_a_picture_comes_back_with_frames(client: Client):
    url = client.predict(handle_file(ASTRONAUT), api_name="/annotate")
    framed = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/jpeg;base64,"))))
    assert framed.size == Image.open(ASTRONAUT).size


def test_a_text_file_gets_a_sentence_that_says_what_to_send(client: Client, tmp_path: Path):
    (tmp_path / "notes.jpg").write_text("no picture at all")
    with pytest.raises(Exception, match=r"not a picture.*JPEG, PNG"):
        client.predict(handle_file(tmp_path / "notes.jpg"), api_name="/analyze")


def test_plain_http_reads_an_upload(server: Server):
    path = upload(server, ASTRONAUT.read_bytes())
    image = {"path": path, "meta": {"_type": "gradio.FileData"}}
    event, data = call(server, image)
    assert event == "complete"
    assert [face["expression"] for face in data[0]["faces"]] == ["happiness"]


def test_plain_http_reads_a_data_url(server: Server):
    url = "data:image/jpeg;base64," + base64.b64encode(ASTRONAUT.read_bytes()).decode()
    event, data = call(server, {"url": url})
    assert event == "complete"
    assert [face["expression"] for face in data[0]["faces"]] == ["happiness"]


@pytest.mark.parametrize("version", ["", "v2/"])
def test_a_data_url_may_be_a_plain_text(server: Server, version: str):
    url = "data:image/jpeg;base64," + base64.b64encode(ASTRONAUT.read_bytes()).decode()
    event, data = call(server, url, version)
    assert event == "complete"
    assert [face["expression"] for face in data[0]["faces"]] == ["happiness"]


ODD = [
    "photo.jpg",
    "",
    None,
    7,
    True,
    ["photo.jpg"],
    [{"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}],
    {},
    {"path": "photo.jpg", "meta": 5},
    {"path": 3, "meta": {"_type": "gradio.FileData"}},
    {"picture": {"path": "photo.jpg", "meta": {"_type": "gradio.FileData"}}},
    {"url": "https://example.org/photo.jpg", "meta": {"_type": "gradio.FileData"}},
    "https://example.org/photo.jpg",
    base64.b64encode(ASTRONAUT.read_bytes()).decode(),
]


@pytest.mark.parametrize("version", ["", "v2/"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:30])
def test_whatever_else_is_sent_the_answer_says_what_to_send(
    server: Server, value: Any, version: str
):
    event, data = call(server, value, version)
    assert event == "error"
    assert "Upload the picture first" in data["error"]
    assert "data:image/jpeg;base64,…" in data["error"]
    assert data["title"] == "The picture cannot be read"
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("data", [[], [None] * 30, None, {}])
def test_a_call_without_one_picture_is_told_so(server: Server, data: Any):
    asked = httpx.post(f"{server.url}/gradio_api/call/analyze", json={"data": data})
    assert asked.status_code == 400
    assert "list with one picture" in asked.json()["detail"]
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize(
    "value", ["photo.jpg", None, "https://example.org/a.jpg", handle_file("https://example.org/a")]
)
def test_the_python_client_raises_the_sentence(client: Client, value: Any):
    with pytest.raises(Exception, match="Upload the picture first"):
        client.predict(value, api_name="/analyze")


def test_the_description_promises_files_and_data_urls_and_no_addresses(client: Client):
    described = client.view_api(return_format="dict", print_info=False)
    image, *_ = described["named_endpoints"]["/analyze"]["parameters"]
    assert image["python_type"]["type"] == "filepath | str"
    assert "addresses are not fetched" in image["python_type"]["description"]
    texts = [form["pattern"] for form in image["type"]["anyOf"] if form["type"] == "string"]
    assert texts == ["^data:"]


def test_an_upload_may_be_larger_than_json(server: Server):
    large = ASTRONAUT.read_bytes() + bytes(12_000_000)  # behind the picture's end
    event, data = call(server, {"path": upload(server, large)})
    assert event == "complete"
    assert [face["expression"] for face in data[0]["faces"]] == ["happiness"]


def test_nobody_has_what_was_asked_written_to_disk(server: Server):
    url = "data:image/jpeg;base64," + base64.b64encode(ASTRONAUT.read_bytes()).decode()
    with httpx.Client(base_url=server.url, timeout=120) as http:
        asked = {"data": [{"url": url}], "session_hash": "somebody"}
        event = http.post("/gradio_api/call/analyze", json=asked).json()["event_id"]
        assert "happiness" in http.get(f"/gradio_api/call/analyze/{event}").text
        assert http.get("/gradio_api/deep_link?session_hash=somebody").status_code == 404
    assert not list(server.uploads.rglob("state.json"))


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}], ids=["bare", "meta"])
@pytest.mark.parametrize("way", ["straight", "dots"])
def test_no_path_outside_the_upload_folder_is_opened(
    server: Server, tmp_path: Path, meta: dict[str, Any], way: str
):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(ASTRONAUT.read_bytes())
    folder = Path(upload(server, ASTRONAUT.read_bytes())).parent
    path = secret if way == "straight" else folder / os.path.relpath(secret, folder)
    assert path.samefile(secret)
    event, data = call(server, {"path": str(path), **meta})
    assert event == "error"
    assert "bbox_xyxy" not in json.dumps(data)
    copies = [each for each in server.uploads.rglob("*") if each.name == secret.name]
    assert not copies, "what nobody uploaded is not copied to where it could be fetched"
