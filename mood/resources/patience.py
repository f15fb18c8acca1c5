"""A moment's patience with who would be refused: often there is room by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_PATIENCE_S = 1.0
_LOOKS = 5  # within that


async def a_moment(over: Callable[[], bool]) -> None:
    """Waits for a second at most; `over` is asked now and then whether that is enough."""
    for _ in range(_LOOKS):
        await asyncio.sleep(_PATIENCE_S / _LOOKS)
        if over():
            return
