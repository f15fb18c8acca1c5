from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mood.serving import environment
from tests.serving.program import Program


@pytest.fixture(scope="package", autouse=True)
def quiet() -> Iterator[None]:
    """The libraries find the environment that the program gives them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.QUIET.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    with running.process:
        yield running
        running.process.kill()
