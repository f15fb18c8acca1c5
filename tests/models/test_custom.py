from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mood.analyzer import MoodAnalyzer
from mood.errors import ModelLoadError, WeightsUnavailableError
from mood.models.custom import hub_address, is_user_model
from mood.models.description import describe
from mood.models.specs import HubFile, LocalFile
from mood.settings import Settings
from mood.types import Expression, Source
from tests.hub_standin import mobilefacenet_network

GOOD = {
    "labels": ["Angry", "disgust", "fear", "happy", "neutral", "sad", "surprised"],
    "input_hw": [112, 112],
    "colour": "rgb",
    "mean": 127.5,
    "std": 127.5,
    "temperature": 1.5,
}
PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"


def write(folder: Path, description: object) -> Path:
    path = folder / "own.onnx"
    path.write_bytes(mobilefacenet_network())
    path.with_suffix(".json").write_text(
        description if isinstance(description, str) else json.dumps(description)
    )
    return path


def analyze(path: Path):
    settings = Settings(model=str(path), detector="libfacedetection")
    return MoodAnalyzer(settings).analyze(PHOTO)


def test_a_network_of_the_users_own_is_used(tmp_path):
    analysis = analyze(write(tmp_path, GOOD))
    assert (analysis.model, analysis.source) == ("own", Source.FILE)
    assert analysis.faces[0].top is Expression.SADNESS
    assert analysis.faces[0].unknown == {Expression.CONTEMPT}


def test_the_description_is_understood(tmp_path):
    path = write(tmp_path, GOOD)
    spec = describe("own", LocalFile(path), path.with_suffix(".json"))
    assert spec.labels[0] is Expression.ANGER
    assert spec.preprocessing.input_hw == (112, 112)
    assert spec.temperature == 1.5


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("{", "is not JSON"),
        ([], "one JSON object"),
        (GOOD | {"labels": ["happy"]}, "at least two expressions"),
        (GOOD | {"labels": ["happy", "joy"]}, "each expression once"),
        (GOOD | {"labels": ["happy", "hungry"]}, "“hungry”"),
        (GOOD | {"colour": "infrared"}, "grey, rgb or bgr"),
        (GOOD | {"input_hw": [112]}, "two whole numbers"),
        (GOOD | {"input_hw": ["a", "b"]}, "two whole numbers"),
        (GOOD | {"std": 0}, "std must be a number from 1e-06"),
        (GOOD | {"sha256": {}}, "sha256 must be 64 hexadecimal digits"),
        (GOOD | {"colour_order": "rgb"}, "unknown keys: colour_order"),
        ({"labels": GOOD["labels"]}, "input_hw is missing"),
        (GOOD | {"input_hw": [64, 64]}, "Correct the description"),
        (GOOD | {"labels": GOOD["labels"][:5]}, "Correct its description"),
    ],
)
def test_a_description_that_cannot_be_used_is_explained(tmp_path, description, words):
    with pytest.raises(ModelLoadError, match=words):
        analyze(write(tmp_path, description))


def test_a_missing_description_is_asked_for(tmp_path):
    path = write(tmp_path, GOOD)
    path.with_suffix(".json").unlink()
    with pytest.raises(ModelLoadError, match=r"own\.json"):
        analyze(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsUnavailableError, match=r"none\.onnx.*Correct MOOD_MODEL") as refused:
        analyze(tmp_path / "none.onnx")
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("hf://a/b/c.onnx", ("a/b", "c.onnx", "main")),
        ("hf://a/b/deep/er/c.onnx@v1.2", ("a/b", "deep/er/c.onnx", "v1.2")),
    ],
)
def test_addresses_of_the_hub(name, parts):
    assert is_user_model(name)
    assert hub_address(name) == HubFile(*parts)


@pytest.mark.parametrize(
    "name",
    [
        "hf://",
        "hf://a/c.onnx",
        "hf://a/b/c.pt",
        "hf:///a/b/c.onnx",
        "hf://o w/r/f.onnx",
        "hf://-o/r/f.onnx",
        "hf://o/r--x/f.onnx",
        "hf://o/r.git/f.onnx",
        "hf://o/r/../f.onnx",
        "hf://o/r/f\n.onnx",
        "hf://o/r/f.onnx@",
        "hf://o/r/f.onnx@../main",
    ],
)
def test_an_address_of_another_form_is_explained(name):
    with pytest.raises(ModelLoadError, match=r"hf://owner/repo/file\.onnx@revision") as refused:
        hub_address(name)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("name", ["~nobody-of-that-name/own.onnx", f"{'long' * 100}.onnx"])
def test_a_path_that_leads_nowhere_is_explained(name):
    with pytest.raises(WeightsUnavailableError, match="Correct MOOD_MODEL"):
        MoodAnalyzer(Settings(model=name, detector="libfacedetection")).analyze(PHOTO)


@pytest.mark.parametrize("name", ["auto", "mini", "ferplus"])
def test_names_of_the_catalogue_are_no_files(name):
    assert not is_user_model(name)


def test_golden_input_of_the_zoos_network_and_of_ferplus():
    """Hand-made pixels through the preprocessing that facts of the authors ask for."""
    from mood.models.catalogue import FERPLUS, MOBILEFACENET
    from mood.vision.expression import preprocess

    crop = np.zeros((1, 2, 3), dtype=np.uint8)
    crop[0, 0] = [255, 0, 51]
    rgb = preprocess([crop], MOBILEFACENET.preprocessing)
    assert rgb[0, :, 0, 0] == pytest.approx([1, -1, -0.6])  # (x / 255 - 0.5) / 0.5
    grey = preprocess([crop], FERPLUS.preprocessing)
    assert grey[0, 0, 0].tolist() == [82, 0]  # raw 0 to 255: the graph scales by itself
