from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from mood.errors import UnknownModelError
from mood.models.catalogue import CATALOGUE, EMBEDDED_DEFAULT, HUB_DEFAULT, MINI, find
from mood.models.specs import DetectorSpec, ExpressionSpec, HubFile, Task
from mood.types import Expression

EXPRESSION_NETWORKS = [s for s in CATALOGUE.values() if isinstance(s, ExpressionSpec)]
HUB_NETWORKS = [s for s in CATALOGUE.values() if isinstance(s.origin, HubFile)]


@pytest.mark.parametrize("spec", EXPRESSION_NETWORKS, ids=lambda spec: spec.name)
def test_expression_networks_are_described_in_full(spec):
    assert min(spec.preprocessing.input_hw) >= 48
    assert len(set(spec.labels)) == len(spec.labels) >= 7
    assert len(spec.logit_bias) in {0, len(spec.labels)}
    assert spec.temperature > 0
    assert 1 / 8 < spec.certainty_threshold < 1


@pytest.mark.parametrize("spec", HUB_NETWORKS, ids=lambda spec: spec.name)
def test_files_of_the_hub_are_pinned(spec):
    assert re.fullmatch(r"[0-9a-f]{64}", spec.origin.sha256)
    assert spec.origin.size_bytes > 0
    assert spec.origin.revision == "main" or re.fullmatch(r"[0-9a-f]{40}", spec.origin.revision)
    assert spec.licence


def test_the_documents_say_which_files_are_pinned_by_revision():
    text = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    (paragraph,) = [each for each in text.split("\n\n") if "pinned by" in each]
    pinned, _, from_a_branch = paragraph.partition("pinned by revision too")
    for spec in HUB_NETWORKS:
        said = from_a_branch if spec.origin.revision == "main" else pinned
        assert f"`{spec.name}`" in said


def test_the_labels_of_ferplus_are_in_the_order_of_its_paper():
    assert [str(label) for label in CATALOGUE["ferplus"].labels] == [
        "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
    ]  # fmt: skip
    assert CATALOGUE["mobilefacenet"].labels[0] is Expression.ANGER


def test_there_is_a_default_for_each_task_with_and_without_the_hub():
    for task, hub, embedded in zip(
        (Task.DETECTION, Task.EXPRESSION), HUB_DEFAULT, EMBEDDED_DEFAULT, strict=True
    ):
        assert isinstance(hub.origin, HubFile)
        assert not hub.embedded
        assert embedded.embedded
        assert hub.task is embedded.task is task


def test_the_embedded_file_is_the_one_described():
    data = MINI.origin.path.read_bytes()
    assert len(data) == MINI.origin.size_bytes <= 1_500_000
    assert hashlib.sha256(data).hexdigest() == MINI.origin.sha256


@pytest.mark.parametrize(
    ("name", "kind", "known"),
    [
        ("nonsense", ExpressionSpec, "no expression network .* auto, ferplus, mobilefacenet, mini"),
        ("mini", DetectorSpec, "no detection network .* auto, yunet, libfacedetection, none"),
    ],
)
def test_an_unknown_name_is_told_what_there_is(name, kind, known):
    with pytest.raises(UnknownModelError, match=known):
        find(name, kind)
