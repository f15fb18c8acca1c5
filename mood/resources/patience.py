"""A moment's patience with who would be refused: often there is room by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_LOOKS = 5  # more of them would cost more than who is refused and comes again


async def a_moment(over: Callable[[], bool], seconds: float = 1.0) -> None:
    """Waits for so long at most; `over` is asked now and then whether that is enough."""
    for _ in range(_LOOKS):
        await asyncio.sleep(seconds / _LOOKS)
        if over():
            return
