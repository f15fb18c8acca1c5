"""The detectors, and what says whether a face can be read, for the tests of several files."""

from __future__ import annotations

from pathlib import Path

import pytest

from mood.vision.detection import YuNetDetector
from mood.vision.quality import QualityJudge
from tests import detectors


@pytest.fixture(scope="module")
def embedded() -> YuNetDetector:
    return detectors.embedded()


@pytest.fixture(scope="module")
def yunet(yunet_file: Path) -> YuNetDetector:
    return detectors.of_hub(yunet_file)


@pytest.fixture(scope="module", params=["embedded", "yunet"])
def detector(request: pytest.FixtureRequest) -> YuNetDetector:
    """Either of them."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def judge() -> QualityJudge:
    return detectors.judge()
