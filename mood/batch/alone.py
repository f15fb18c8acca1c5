"""One run at a time writes an output: two would each add what the other has already."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mood.errors import OptionsError


@contextlib.contextmanager
def alone(output: Path | None) -> Iterator[None]:
    """Keeps other runs of the same person on this machine off an output.

    What is left for it is an empty file where the system has its temporary ones.

    Args:
        output: None, a stream and a device are not kept.

    Raises:
        OptionsError: Another run writes it.
    """
    if output is None or (output.exists() and not output.is_file()):
        yield
        return
    from filelock import FileLock, Timeout  # huggingface-hub brings it; costs others a moment

    name = hashlib.sha256(os.fsencode(output.resolve())).hexdigest()[:32]
    person = os.getuid() if hasattr(os, "getuid") else ""
    lock = FileLock(Path(tempfile.gettempdir()) / f"mood-{person}-{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise OptionsError(
            f"{output} is being written by another run. Wait for it, or choose another --output."
        ) from None
    try:
        yield
    finally:
        lock.release()
