"""A container's limits without a container: control groups of version 1 or 2 (Linux, root)."""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

GROUPS = Path("/sys/fs/cgroup")
_PERIOD_US = 100_000
_numbers = itertools.count()


class Limits:
    """A control group; programs started in it share its memory and its processor.

    A program that takes more memory is killed by the kernel, as on the host.

    Args:
        memory_mib: Memory, without swap.
        processor: Share of one core, 0.1 for a tenth; None for as much as there is.
    """

    def __init__(self, memory_mib: int, processor: float | None = None) -> None:
        name = f"mood-{os.getpid()}-{next(_numbers)}"
        self._v2 = (GROUPS / "cgroup.controllers").exists()
        if self._v2:
            with contextlib.suppress(OSError):
                (GROUPS / "cgroup.subtree_control").write_text("+memory +cpu")
            self._memory = self._processor = GROUPS / name
        else:
            self._memory, self._processor = GROUPS / "memory" / name, GROUPS / "cpu" / name
        for folder in self._folders():
            folder.mkdir()
        limit = str(memory_mib * 2**20)
        quota = None if processor is None else int(processor * _PERIOD_US)
        if self._v2:
            (self._memory / "memory.max").write_text(limit)
            with contextlib.suppress(OSError):
                (self._memory / "memory.swap.max").write_text("0")
            if quota is not None:
                (self._processor / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
        else:
            (self._memory / "memory.limit_in_bytes").write_text(limit)
            with contextlib.suppress(OSError):
                (self._memory / "memory.memsw.limit_in_bytes").write_text(limit)
            if quota is not None:
                (self._processor / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
                (self._processor / "cpu.cfs_quota_us").write_text(str(quota))

    def start(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        output: IO[bytes],
        folder: Path,
        **streams: IO[Any],
    ) -> subprocess.Popen[bytes]:
        """Starts a program inside the limits; `streams` are its others, by default as here."""
        files = [str(each / "cgroup.procs") for each in self._folders()]
        enter = "for f in " + " ".join(files) + '; do echo $$ > "$f"; done; exec "$@"'
        return subprocess.Popen(
            ["sh", "-c", enter, "sh", *command],
            env=dict(environ),
            cwd=folder,
            **{"stdout": output, "stderr": output} | streams,
        )

    def killed(self) -> int:
        """How many processes the kernel killed for memory."""
        name = "memory.events" if self._v2 else "memory.oom_control"
        for line in (self._memory / name).read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == "oom_kill":
                return int(value)
        return 0

    def close(self) -> None:
        """Removes the group, whose programs must have ended."""
        for folder in self._folders():
            for _ in range(50):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                if not folder.exists():
                    break
                time.sleep(0.1)

    def __enter__(self) -> Limits:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _folders(self) -> list[Path]:
        return [self._memory] if self._v2 else [self._memory, self._processor]


def why_not() -> str | None:
    """Why limits cannot be set here, or None if they can."""
    if not GROUPS.exists():
        return "this system has no control groups"
    if os.geteuid() != 0:
        return "control groups need root"
    try:
        Limits(64, 0.5).close()
    except OSError as error:
        return f"control groups cannot be used here: {error}"
    return None
