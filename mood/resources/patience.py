"""A moment's patience with who would be refused: often there is room by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LOOK_EVERY_S = 0.2


async def a_moment(over: Callable[[], bool], seconds: float = 1.0) -> None:
    """Waits for so long at most; `over` is asked now and then whether that is enough."""
    for _ in range(round(seconds / _LOOK_EVERY_S)):
        await asyncio.sleep(_LOOK_EVERY_S)
        if over():
            return
