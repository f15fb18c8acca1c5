"""What the browser is tested with is still what Python says: of a session, and of edge cases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.video.golden import SESSION, session
from tests.vision.golden import CASES, cases


@pytest.mark.parametrize(
    ("path", "make", "module"),
    [(SESSION, session, "tests.video.golden"), (CASES, cases, "tests.vision.golden")],
)
def test_the_tables_of_the_browser_are_the_programs_own(path, make, module):
    made = json.loads(json.dumps(make()))
    kept = json.loads(path.read_text("utf-8"))
    assert_like(kept, made, f"write them anew: python -m {module}")


def assert_like(kept: Any, made: Any, where: str) -> None:
    """The same, but for what another processor may round in another way."""
    assert type(kept) is type(made), where
    if isinstance(kept, float):
        assert kept == pytest.approx(made, rel=1e-5, abs=2e-4), where
    elif isinstance(kept, dict):
        assert list(kept) == list(made), where
        for key in kept:
            assert_like(kept[key], made[key], f"{where}: {key}")
    elif isinstance(kept, list):
        assert len(kept) == len(made), where
        for at, (before, after) in enumerate(zip(kept, made, strict=True)):
            assert_like(before, after, f"{where}: {at}")
    elif isinstance(kept, str) and "\n" in kept:  # a table
        rows = [[text.split(",") for text in each.splitlines()] for each in (kept, made)]
        assert_like(*([list(map(_number, row)) for row in each] for each in rows), where)
    elif isinstance(kept, str) and kept.startswith("{"):
        assert_like(json.loads(kept), json.loads(made), where)
    else:
        assert kept == made, where


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell
