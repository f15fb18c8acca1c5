"""What lies at a path, looked at before it is opened: a pipe is waited for, a device has no end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NoFileError(OSError):
    """There is something at a path, and it is no file."""


def size(path: Path) -> int:
    """The bytes of a file.

    Raises:
        NoFileError: It is a pipe, a socket or a device.
        OSError: It is a folder, or cannot be looked at.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise NoFileError(errno.EINVAL, "This is not a file, but a pipe, a socket or a device")
    return found.st_size
