"""How much memory the process holds."""

from __future__ import annotations

from pathlib import Path


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
