"""What the page makes of an answer by the visitor's settings is what the program would."""

from __future__ import annotations

import json

import pytest

from tests.settled import CASES, cases


def test_the_cases_that_the_page_is_tested_with_are_the_programs_own():
    for kept, made in zip(json.loads(CASES.read_text("utf-8")), cases(), strict=True):
        assert_like(kept["reading"], made["reading"])
        for before, after in zip(kept["shown"], made["shown"], strict=True):
            assert before["wish"] == after["wish"], "write them anew: python -m tests.settled"
            assert_like(before["answer"], after["answer"])


def assert_like(kept: dict, made: dict) -> None:
    """The same, but for what another processor may round in another way."""
    faces = kept.pop("faces"), made.pop("faces")
    assert kept == made
    for face, same in zip(*faces, strict=True):
        for key in ("probabilities", "exact", "probability", "readable"):
            assert face.pop(key) == pytest.approx(same.pop(key), abs=2e-4)
        assert face == same
