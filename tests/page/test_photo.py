"""What the photo tab is answered, and what those who send to it may set."""

from __future__ import annotations

import asyncio
import base64
import copy
import inspect
import io
import json

import gradio as gr
import pytest
from gradio.helpers import special_args
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.testclient import TestClient

from mood.examples import EXAMPLES
from mood.models.catalogue import MINI
from mood.page import assets
from mood.page.about import accuracy
from mood.page.texts import texts


def data_url(size_wh: tuple[int, int] = (100, 80), kind: str = "JPEG") -> str:
    file = io.BytesIO()
    Image.new("RGB", size_wh, "grey").save(file, kind)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def photo(demo: gr.Blocks) -> gr.HTML:
    (found,) = (block for block in demo.blocks.values() if block.elem_id == "photo")
    assert isinstance(found, gr.HTML)
    return found


def ask(function, data):
    """What a server function answers, as Gradio calls it: with a value of its own."""
    request = Request({"type": "http", "client": ("192.0.2.1", 5000)})
    inputs, *_ = special_args(function, [copy.copy(data)], request)
    answer = function(*inputs)
    return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def test_a_photo_is_answered_with_all_that_the_page_shows(photo):
    answer = ask(photo.read_photo, {"image": data_url()})
    assert [each["expression"] for each in answer["faces"]] == ["happiness", "fear"]
    crop = answer["faces"][0]["crop"].removeprefix("data:image/png;base64,")
    assert Image.open(io.BytesIO(base64.b64decode(crop))).size == (48, 48)
    assert answer["faces"][0]["crop_wh"] == [48, 48]
    assert answer["faces"][0]["crop_landmarks"] is None, "the stand-in finds none"
    json.dumps(answer)


def test_the_framed_photo_is_made_when_somebody_saves_it(photo):
    def framed(**changes) -> Image.Image:
        answer = ask(photo.annotate_photo, {"image": data_url((600, 480)), **changes})
        content = answer["picture"].removeprefix("data:image/jpeg;base64,")
        return Image.open(io.BytesIO(base64.b64decode(content)))

    assert framed().format == "JPEG"
    assert framed().size == (600, 480)
    assert framed().tobytes() != framed(labels=False).tobytes()
    assert framed(labels=False).tobytes() != framed(labels=False, smallest_face=99).tobytes()
    worded = framed(captions=["Freude 93 %", "Angst 93 %"])
    assert worded.tobytes() != framed().tobytes()
    for captions in ("Freude", ["Freude"], [1, 2], ["x" * 9999, ""], {"a": "b"}, [None] * 9999):
        assert framed(captions=captions).tobytes() == framed().tobytes(), "an odd request"
    assert ask(photo.annotate_photo, {})["error"] == "unreadable"


def test_of_a_smaller_copy_all_pixels_are_those_of_the_photo(photo):
    copy_of = {"image": data_url((100, 80)), "width": 200, "height": 160}
    plain = ask(photo.read_photo, {"image": data_url((100, 80))})
    answer = ask(photo.read_photo, copy_of)
    assert (answer["width"], answer["height"]) == (200, 160)
    for of_copy, of_photo in zip(plain["faces"], answer["faces"], strict=True):
        assert of_photo["bbox_xyxy"] == [2 * each for each in of_copy["bbox_xyxy"]]
    heights = (99, 101)  # the larger face has 50 pixels of the copy
    kept = [ask(photo.read_photo, {**copy_of, "smallest_face": each}) for each in heights]
    assert [len(each["faces"]) for each in kept] == [1, 0]


def test_frames_of_a_smaller_copy_lie_where_they_would_without_its_size(photo):
    image = data_url((600, 480))
    framed = ask(photo.annotate_photo, {"image": image, "width": 1200, "height": 960})
    assert framed == ask(photo.annotate_photo, {"image": image})


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (True, 10), ("10", 10), (10, None), (9e9, 10)])
def test_a_size_that_is_none_gets_a_sentence(photo, size):
    width, height = size
    answer = ask(photo.read_photo, {"image": data_url(), "width": width, "height": height})
    assert answer["error"] == "options"
    assert "width and height" in answer["message"]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (None, "unreadable"),
        ({}, "unreadable"),
        ({"image": "data:image/png;base64,????"}, "unreadable"),
        ({"image": "data:text/html;base64,AAAA"}, "unreadable"),
        ({"image": "https://example.org/a.jpg"}, "unreadable"),
        ({"path": "/etc/passwd"}, "unreadable"),
        ({"path": "photo\0.jpg"}, "unreadable"),
        ({"image": data_url((100, 9000), "PNG"), "labels": "no"}, None),
    ],
)
def test_a_strange_request_gets_a_sentence(photo, data, error):
    for answer in (ask(photo.read_photo, data), ask(photo.annotate_photo, data)):
        assert answer.get("error") == error
        assert error is None or answer["message"].endswith(".")


def test_a_face_is_explained_by_a_map(photo):
    crop = ask(photo.read_photo, {"image": data_url()})["faces"][0]["crop"]
    answer = ask(photo.explain_face, {"image": crop, "expression": "happiness"})
    assert len(answer["map"]) == len(answer["map"][0]) == 6
    assert 0 < answer["cover"] < 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (None, "unreadable"),
        ({}, "unreadable"),
        ({"image": data_url(), "expression": "joy"}, "options"),
        ({"image": data_url(), "expression": "fear"}, "unreadable"),
    ],
)
def test_what_cannot_be_explained_gets_a_sentence(photo, data, error):
    answer = ask(photo.explain_face, data)
    assert answer["error"] == error
    assert answer["message"].endswith(".")


def test_what_can_be_chosen_is_told_without_loading_anything(photo, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    offers = {each["name"]: each for each in ask(photo.networks, None)}
    assert offers.keys() == {"ferplus", "mobilefacenet", "mini", "yunet", "libfacedetection"}
    assert offers["mini"]["standing"] == offers["libfacedetection"]["standing"] == "ready"
    assert offers["mini"]["size_bytes"] == MINI.origin.size_bytes
    assert offers["ferplus"]["size_bytes"] > 30_000_000
    assert offers["mini"]["accuracy"] == (accuracy() or {}).get("accuracy")
    assert offers["ferplus"]["accuracy"] is None


@pytest.mark.parametrize(
    ("options", "certain"),
    [
        ({}, [True, True]),
        ({"certainty": 0.99}, [True, True]),
        ({"certainty": 1}, [False, False]),
        ({"smallest_face": 21}, [True]),
        ({"smallest_face": 51}, []),
    ],
)
def test_a_visitor_says_what_is_certain_and_what_is_too_small(photo, options, certain):
    answer = ask(photo.read_photo, {"image": data_url(), **options})
    assert [each["certain"] for each in answer["faces"]] == certain


@pytest.mark.parametrize(
    "options", [{"certainty": 5.0}, {"smallest_face": -3}, {"smallest_face": []}, {"model": 3}]
)
def test_a_choice_that_there_is_not_gets_a_sentence(photo, options):
    answer = ask(photo.read_photo, {"image": data_url(), **options})
    assert answer["error"] == "options"
    assert next(iter(options)) in answer["message"]


@pytest.mark.parametrize("name", ["/etc/passwd", "hf://owner/repo/file.onnx@main", "no such thing"])
@pytest.mark.parametrize("field", ["model", "detector"])
def test_a_visitor_chooses_from_the_catalogue_only(photo, field, name):
    answer = ask(photo.read_photo, {"image": data_url(), field: name})
    assert answer["error"] == "options"
    assert "Choose one of" in answer["message"]


def test_the_examples_lie_where_the_page_looks_for_them(photo):
    assert len(photo.props["examples"]) >= 3
    path, files = assets.mount()
    client = TestClient(Starlette(routes=[Mount(path, files)]))
    for example in photo.props["examples"]:
        answer = client.get(example["address"])
        assert answer.content == (EXAMPLES / f"{example['name']}.jpg").read_bytes()
        assert client.get(example["small"]).headers["content-type"] == "image/webp"
        assert f"example_{example['name']}" in texts("en")
