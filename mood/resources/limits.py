"""How much memory the process holds, and how much it may."""

from __future__ import annotations

import contextlib
from pathlib import Path

from mood.settings import Settings

_UNLIMITED = 2**60  # bytes; cgroup v1 writes a number of this size where there is no limit
_LIMIT_FILES = ("memory.max", "memory.limit_in_bytes")  # of cgroup v2 and v1


def resident_mb() -> float:
    """Resident memory of this process in MB (10^6 bytes), or 0.0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def memory_limit_mb(settings: Settings) -> float | None:
    """What the process may hold in MB: the setting, else the container's limit, else None."""
    return settings.memory_limit_mb or container_limit_mb()


def container_limit_mb(
    groups: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")
) -> float | None:
    """The tightest memory limit of this process's control groups in MB, or None without one.

    Args:
        groups: Where the groups are mounted, version 1 or 2.
        own: The file that names the groups of this process.
    """
    limits = []
    for folder in _memory_groups(groups, own):
        for name in _LIMIT_FILES:
            with contextlib.suppress(OSError, ValueError):
                limits.append(int((folder / name).read_text()))  # "max" is no number: no limit
    tightest = min(limits, default=_UNLIMITED)
    return tightest / 1e6 if tightest < _UNLIMITED else None


def _memory_groups(groups: Path, own: Path) -> list[Path]:
    """The folders of this process's memory groups and of all groups around them."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        lines = []
    # Inside a container the group's name may be that of the host, where it is not to be seen: the
    # mounted root is then the group itself.
    folders = [groups, groups / "memory"]
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers == "":
            root = groups
        elif "memory" in controllers.split(","):
            root = groups / "memory"
        else:
            continue
        inner = root / name.lstrip("/")
        folders += [each for each in (inner, *inner.parents) if each.is_relative_to(root)]
    return folders
