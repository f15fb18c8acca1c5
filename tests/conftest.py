"""What tests of several rooms share."""

from __future__ import annotations

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
