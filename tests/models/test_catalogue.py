from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from mood.errors import UnknownModelError
from mood.models.catalogue import (
    CATALOGUE,
    EMBEDDED_DEFAULT,
    EMBEDDED_DIR,
    HUB_DEFAULT,
    MINI,
    Task,
    find,
)
from mood.types import Expression

EXPRESSION_NETWORKS = [s for s in CATALOGUE.values() if s.task is Task.EXPRESSION]
HUB_NETWORKS = [s for s in CATALOGUE.values() if s.repo]


@pytest.mark.parametrize("spec", EXPRESSION_NETWORKS, ids=lambda spec: spec.name)
def test_expression_networks_are_described_in_full(spec):
    assert spec.preprocessing is not None
    assert len(set(spec.labels)) == len(spec.labels) >= 7
    assert len(spec.logit_bias) in {0, len(spec.labels)}
    assert spec.temperature > 0
    assert 1 / 8 < spec.certainty_threshold < 1


@pytest.mark.parametrize("spec", HUB_NETWORKS, ids=lambda spec: spec.name)
def test_files_of_the_hub_are_pinned(spec):
    assert re.fullmatch(r"[0-9a-f]{64}", spec.sha256)
    assert spec.size_bytes > 0
    assert spec.revision == "main" or re.fullmatch(r"[0-9a-f]{40}", spec.revision)
    assert spec.licence


def test_the_readme_says_which_files_are_pinned_by_revision():
    text = (Path(__file__).parents[2] / "README.md").read_text()
    (paragraph,) = [each for each in text.split("\n\n") if "pinned by" in each]
    pinned, _, from_a_branch = paragraph.partition("pinned by revision too")
    for spec in HUB_NETWORKS:
        said = from_a_branch if spec.revision == "main" else pinned
        assert f"`{spec.name}`" in said


def test_the_labels_of_ferplus_are_in_the_order_of_its_paper():
    assert [str(label) for label in CATALOGUE["ferplus"].labels] == [
        "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt",
    ]  # fmt: skip
    assert CATALOGUE["mobilefacenet"].labels[0] is Expression.ANGER


def test_there_is_a_default_for_each_task_with_and_without_the_hub():
    for task in Task:
        assert HUB_DEFAULT[task].repo
        assert EMBEDDED_DEFAULT[task].embedded
        assert HUB_DEFAULT[task].task is EMBEDDED_DEFAULT[task].task is task


def test_the_embedded_file_is_the_one_described():
    data = (EMBEDDED_DIR / MINI.filename).read_bytes()
    assert len(data) == MINI.size_bytes <= 1_500_000
    assert hashlib.sha256(data).hexdigest() == MINI.sha256


@pytest.mark.parametrize(
    ("name", "task"), [("nonsense", Task.EXPRESSION), ("mini", Task.DETECTION)]
)
def test_an_unknown_name_is_told_what_there_is(name, task):
    with pytest.raises(UnknownModelError, match="auto, "):
        find(name, task)
