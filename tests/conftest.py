"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mood.errors import WeightsUnavailableError
from tests import yunet


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
