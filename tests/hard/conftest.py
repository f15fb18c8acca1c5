"""A server under the limits of a small host, for each file of attacks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hard import beside
from tests.small_host import host
from tests.small_host.limits import why_not

ENVIRON = {
    "MOOD_MODEL": "mini",
    "MOOD_DETECTOR": "libfacedetection",
    "MOOD_TRUSTED_PROXIES": "127.0.0.0/8",  # so that X-Forwarded-For says who somebody is
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = why_not()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.hard)
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if any(beside.worst.values()):
        figures = "; ".join(f"{what} {value:.2f}" for what, value in beside.worst.items())
        terminalreporter.write_line(f"beside all attacks: {figures}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[host.Server]:
    """The program in 512 MiB with one processor; at the end it must still live."""
    folder = tmp_path_factory.mktemp("hard")
    with host.serving(folder, ENVIRON, processor=1.0) as running:
        running.wait()
        yield running
        assert running.alive, running.log.read_text()[-5000:]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 12 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(disk)])
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
