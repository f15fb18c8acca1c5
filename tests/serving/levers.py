"""What a lever of start-up does, seen in a process of its own."""

from __future__ import annotations

import json
import os

from mood.serving import environment
from tests import fresh


def in_a_new_process(code: str) -> dict[str, object]:
    """What `code` leaves in `seen`, run in a Python that has imported nothing yet."""
    environ = {key: value for key, value in os.environ.items() if key not in environment.QUIET}
    done = fresh.python(f"seen = {{}}\n{code}\nimport json; print(json.dumps(seen))", environ)
    seen: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return seen
