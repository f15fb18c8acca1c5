"""What tests of several rooms share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mood.errors import WeightsUnavailableError
from tests import yunet

ALONE = {"hard", "small_host"}
"""Rooms whose tests run one after another: each needs the processor's share that it is given."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Parts the tests for ``-n``: a file stays together, the rooms of servers under limits too."""
    from xdist.scheduler import LoadScopeScheduling

    class ByRoom(LoadScopeScheduling):  # the largest first
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "limits" if Path(file).parts[1] in ALONE else file

    return ByRoom(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leaves the processor to the tests under limits that another worker may run.

    Not by a nice value: Chromium gives itself a better one.
    """
    if hasattr(os, "SCHED_IDLE") and "PYTEST_XDIST_WORKER" in os.environ:
        policy = os.SCHED_OTHER if item.path.parent.name in ALONE else os.SCHED_IDLE
        os.sched_setscheduler(0, policy, os.sched_param(0))


@pytest.fixture(scope="session")
def yunet_file() -> Path:
    """YuNet's file; where it cannot be had, the test is skipped with the reason."""
    try:
        return yunet.path()
    except WeightsUnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", autouse=True)
def own_uploads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploads go into a folder of this run: an app empties it when it ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        yield
