"""The folder of framed pictures, in which nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class Album:
    """Framed pictures, each under a name of its own.

    Args:
        folder: Where they go.
        photos: Those that are read: never replaced, by whatever name or link they are reached.
        overwrite: Whether other files that are there already may be replaced.
    """

    def __init__(self, folder: Path, photos: Iterable[Path], overwrite: bool) -> None:
        self._folder = folder
        self._taken = {_identity(photo) for photo in photos} - {None}
        self._overwrite = overwrite

    def add(self, picture: bytes, name: str) -> None:
        """Writes a JPEG as ``name.jpg``, numbered where that is taken."""
        number = 1
        while True:
            path = self._folder / (f"{name}.jpg" if number == 1 else f"{name}-{number}.jpg")
            there = _identity(path)
            if there is None or (self._overwrite and there not in self._taken):
                break
            number += 1
        try:
            path.write_bytes(picture)
        except OSError:  # a half one would be taken for a photo
            path.unlink(missing_ok=True)
            raise
        self._taken.add(_identity(path))


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
