"""A stand-in for the Hub, and processes that ask it through the real client.

Each client runs in a process of its own, because ``huggingface_hub`` reads its environment at
import.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import hub_standin
from tests.hub_standin import Hub, pinned

ROOT = Path(__file__).parents[2]
FERPLUS_BYTES = hub_standin.ferplus_network()
MOBILEFACENET_BYTES = hub_standin.mobilefacenet_network()
FERPLUS = pinned(hub_standin.FERPLUS, FERPLUS_BYTES)
MOBILEFACENET = pinned(hub_standin.MOBILEFACENET, MOBILEFACENET_BYTES)
# The wait is long, so that a slow machine does not change what happens; tests of it set their own.
DEFAULTS = {"detector": "libfacedetection", "hub_wait_s": 15}


@pytest.fixture
def hub():
    files = {
        FERPLUS.filename: FERPLUS_BYTES,
        MOBILEFACENET.filename: MOBILEFACENET_BYTES,
    }
    with hub_standin.serve(files) as hub:
        yield hub


class Client:
    """Processes that share a cache and ask a stand-in."""

    def __init__(self, home: Path, url: str) -> None:
        self.cache = home / "hub"
        self.environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MOOD_"))
        }
        self.environment |= {"HF_HOME": str(home), "HF_ENDPOINT": url}
        self.log = ""

    def start(
        self,
        photos: int = 1,
        pause: float = 0,
        files: dict[str, dict[str, Any]] | None = None,
        until: str | None = None,
        environment: dict[str, str] | None = None,
        choices: list[dict[str, str]] | None = None,
        **settings: Any,
    ) -> subprocess.Popen[str]:
        described = {
            name: {
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
                "revision": file.revision,
            }
            for name, file in (("ferplus", FERPLUS), ("mobilefacenet", MOBILEFACENET))
        }
        order = {
            "files": described | (files or {}),
            "settings": DEFAULTS | settings,
            "photos": photos,
            "pause": pause,
            "until": until or "",
            "choices": choices,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "tests.hub_client", json.dumps(order)],
            cwd=ROOT,
            env=self.environment | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> list[dict[str, Any]]:
        output, self.log = process.communicate(timeout=28)
        assert process.returncode == 0, self.log
        return [json.loads(line) for line in output.splitlines()]

    def run(self, **order: Any) -> list[dict[str, Any]]:
        return self.finish(self.start(**order))

    def blobs(self) -> list[bytes]:
        """The contents of all whole files in the cache."""
        return [
            path.read_bytes()
            for path in self.cache.rglob("blobs/*")
            if not path.name.endswith(".incomplete")
        ]


@pytest.fixture
def client(tmp_path: Path, hub: Hub) -> Client:
    return Client(tmp_path, hub.url)
