"""A process whose memory a test decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mood.resources.memory import MemoryGuard


@dataclass
class Process:
    """Holds free memory, models, and what it never gives back, in MB.

    Attributes:
        now: What its guard takes for the time.
        unloads: When the models went.
    """

    free: float = 0.0
    models: float = 0.0
    lost: float = 100.0
    now: float = 0.0
    unloads: list[float] = field(default_factory=list)

    def resident(self) -> float:
        return self.free + self.models + self.lost

    def give_back(self) -> None:
        self.free = 0

    def unload(self) -> None:
        self.unloads.append(self.now)
        self.models = 0

    def guard(self, limit_mb: float | None = 500.0, **more: Any) -> MemoryGuard:
        """A guard that waits for nothing, unless it is told to."""
        parts = {"resident": self.resident, "give_back": self.give_back, "clock": lambda: self.now}
        return MemoryGuard(limit_mb, self.unload, **parts | {"room_wait_s": 0.0} | more)
