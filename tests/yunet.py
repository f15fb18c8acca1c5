"""YuNet's file, which is not part of this project, for tests and benchmarks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mood.errors import ModelError, WeightsUnavailableError
from mood.models.catalogue import YUNET
from mood.models.store import WeightsStore
from mood.models.verified import verify
from mood.settings import Settings

SHARED = Path(__file__).parents[2] / "shared" / "models" / YUNET.origin.filename


def path() -> Path:
    """The verified file: from the Hub's cache, from the Hub, or from ``../shared``.

    The Hub is asked once in a process, and waited for two seconds. ``HF_HUB_OFFLINE`` is honoured.

    Raises:
        WeightsUnavailableError: It is in none of them; the message says why.
    """
    found = _found()
    if isinstance(found, Path):
        return found
    raise WeightsUnavailableError(found)


@cache
def _found() -> Path | str:
    settings = Settings(hub_wait_s=2, download_limit_s=30)
    try:
        weights = WeightsStore(settings).weights(YUNET)
    except ModelError as error:
        if not SHARED.is_file():
            return f"YuNet's file is not here: {str(error).partition('. ')[0]}."
        verify(SHARED, YUNET.origin, YUNET.name)
        return SHARED
    assert weights.path is not None
    return weights.path
