"""Whether a file is the one that it must be."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from mood.errors import WeightsCorruptError, WeightsUnavailableError, of_system
from mood.models import hub
from mood.models.specs import File, HubFile

_log = logging.getLogger(__name__)

Mark = tuple[int, ...]


def verify(path: Path, file: File, name: str) -> None:
    """Checks a file on disk against what it must be, by its description or else by the Hub's word.

    Raises:
        WeightsCorruptError: Its size or its SHA-256 is another.
        WeightsUnavailableError: It cannot be read, or is not there.
    """
    wanted = file.sha256 or (hub.sha256_of(path) if isinstance(file, HubFile) else None)
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            found = hashlib.file_digest(stream, "sha256").hexdigest() if wanted else None
    except OSError as error:
        raise WeightsUnavailableError(
            f"The file of {name} cannot be read: {of_system(error)}."
        ) from error
    if file.size_bytes is not None and size != file.size_bytes:
        raise WeightsCorruptError(f"The file of {name} has {size} bytes, not {file.size_bytes}.")
    if found != wanted:
        raise WeightsCorruptError(f"The file of {name} has the SHA-256 {found}.")


def verified_download(
    file: HubFile, name: str, report: hub.Report | None, last: bool = False
) -> Path:
    """Downloads a file, and once more where what came is another."""
    path = hub.download(file, name, report)
    try:
        verify(path, file, name)
    except WeightsCorruptError as error:
        _log.warning("%s It is deleted%s.", error, "" if last else " and fetched anew")
        hub.discard(path)
        if last:
            raise
        return verified_download(file, name, report, last=True)
    return path


def mark(path: Path) -> Mark:
    """What is another after a file was changed, whoever put its time back; empty where it is not.

    The time of the change itself can be set by nobody.
    """
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
