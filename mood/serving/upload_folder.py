"""The folder of uploaded files: how much of the disk it takes, whose that is, and for how long.

A file goes when it is ten minutes old, which is looked at every minute; also one of which nobody
knows any more, as after a kill. Earlier only what has been read already, and only where its room is
needed. However the clock of the machine is set meanwhile: only strange files are judged by it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mood.errors import BusyError, SettingsError, ShareError

_log = logging.getLogger(__name__)

_AGE_S = 600.0
_LOOK_EVERY_S = 60.0
_LEAST_SIZE = 64_000  # bytes that a file counts at least: a disk has an end of names, too
_VARIABLE = "GRADIO_TEMP_DIR"


def choose_folder(port: int, environ: MutableMapping[str, str] = os.environ) -> Path:
    """Gives this server a folder of its own for uploads; call it before Gradio is imported.

    It lies in the folder that ``GRADIO_TEMP_DIR`` names, else in the system's for temporary files,
    and ``GRADIO_TEMP_DIR`` names it afterwards. Gradio's own choice, ``/tmp/gradio``, stops the
    start where another account has it already.

    Returns:
        The folder, which `remove` takes away at the end.

    Raises:
        SettingsError: No folder can be written, as on a disk that is read-only.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    name = f"mood-{user}-{port}"
    try:
        folder = Path(environ.get(_VARIABLE) or tempfile.gettempdir()) / name
        if not _is_own(folder):
            other = Path(tempfile.mkdtemp(prefix=f"{name}-"))
            _log.warning("%s cannot be used; uploads go to %s (see %s)", folder, other, _VARIABLE)
            folder = other
    except OSError as error:
        raise SettingsError(
            f"No folder for temporary files can be written. Let {_VARIABLE} name one that can."
        ) from error
    environ[_VARIABLE] = str(folder)
    return folder


def remove(folder: Path) -> None:
    """Removes the folder with all that is in it, as far as that is possible."""
    shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    """Makes a folder, and says whether it can be used: it is no link, and nobody else's."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
            return False
        folder.chmod(0o700)  # it may have been there, and open to all
        return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


@dataclass
class _Kept:
    """A file here: who sent it, what it counts in bytes, since when, whether it was read."""

    address: str
    size: int
    since_s: float
    read: bool = False


class UploadFolder:
    """A folder with a quota for all and one for each address; use it from the event loop only.

    Attributes:
        path: Where it lies.

    Args:
        path: Where it lies; it need not exist.
        quota_mb: Disk that files may take together; one address may have a quarter of it.
        file_mb: The largest file, for which there is always room in an address's share.
        age_s: How old a file becomes.
        clock: Seconds that only grow.
        wall_clock: The time of the file system, in seconds.
    """

    def __init__(
        self,
        path: Path,
        quota_mb: float,
        file_mb: float,
        *,
        age_s: float = _AGE_S,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self._quota = int(quota_mb * 1_000_000)
        self._share = max(self._quota // 4, int(file_mb * 1_000_000))
        self._age_s = age_s
        self._clock = clock
        self._wall_clock = wall_clock
        self._kept: dict[str, _Kept] = {}  # by path, the oldest first
        self._taken: Counter[str] = Counter()  # bytes by address, of what is on its way too
        self._strange = 0  # bytes of files of which nothing is known

    async def take(self, address: str, size: int) -> None:
        """Takes `size` bytes for an upload; files that have been read make room where needed.

        Raises:
            ShareError: The address has its share already.
            BusyError: All have the whole quota together.
        """
        gone = []
        try:
            while self._taken[address] + size > self._share:
                gone.append(self._give_up(address))
            while self._strange + self._taken.total() + size > self._quota:
                gone.append(self._give_up(None))
            self._taken[address] += size
        finally:
            if gone:
                await asyncio.to_thread(_remove, gone)

    def give_back(self, address: str, size: int) -> None:
        """Gives back what `take` took."""
        self._taken[address] -= size
        if not self._taken[address]:
            del self._taken[address]

    def _give_up(self, address: str | None) -> str:
        """The path of the oldest file that has been read, which counts no longer.

        Args:
            address: Whose; None for anybody's.
        """
        for path, kept in self._kept.items():
            if kept.read and address in (None, kept.address):
                self._forget(path)
                return path
        if address is None:
            raise BusyError("There is no room for uploads. Please try again in some minutes.")
        raise ShareError(
            "You have uploaded more than can be kept. Ask about these files, or try again in some "
            "minutes."
        )

    def _forget(self, path: str) -> None:
        kept = self._kept.pop(path)
        self.give_back(kept.address, kept.size)

    async def store(self, address: str, files: Sequence[tuple[str, int, IO[bytes]]]) -> list[str]:
        """Writes files into the folder, each into a folder of its own: all of them, or none.

        Args:
            address: Who sent them.
            files: Of each, a name that can be one, its size in bytes, and its content.

        Returns:
            Their absolute paths, which nobody can guess.

        Raises:
            BusyError: There is no room for them.
            OSError: The disk does not take them.
        """
        sizes = [max(size, _LEAST_SIZE) for _, size, _ in files]
        await self.take(address, sum(sizes))
        try:
            paths = await asyncio.to_thread(_write, self.path, files)
        except BaseException:
            self.give_back(address, sum(sizes))
            raise
        for path, size in zip(paths, sizes, strict=True):
            self._kept[path] = _Kept(address, size, self._clock())
        return paths

    def has_been_read(self, path: str) -> None:
        """Says that a question about a file was answered: its room may be used again."""
        kept = self._kept.get(path)
        if kept is not None:
            kept.read = True

    async def sweep(self) -> None:
        """Removes what is too old, whatever it is called and whoever left it."""
        now_s = self._clock()
        known = {path: now_s - kept.since_s for path, kept in self._kept.items()}
        left = await asyncio.to_thread(_sweep, self.path, known, self._wall_clock(), self._age_s)
        for path in known:
            if path not in left and path in self._kept:
                self._forget(path)
        strangers = (size for path, size in left.items() if path not in self._kept)
        self._strange = sum(max(size, _LEAST_SIZE) for size in strangers)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: Any = None) -> AsyncIterator[None]:
        """While it holds, the folder is looked through each minute; after it, it is empty."""
        sweeping = asyncio.create_task(self._keep_sweeping())
        try:
            yield
        finally:
            sweeping.cancel()
            await asyncio.to_thread(remove, self.path)
            self._kept.clear()
            self._taken.clear()

    async def _keep_sweeping(self) -> None:
        while True:
            await self.sweep()
            await asyncio.sleep(_LOOK_EVERY_S)


def _write(folder: Path, files: Sequence[tuple[str, int, IO[bytes]]]) -> list[str]:
    paths: list[str] = []
    try:
        for name, _, content in files:
            place = folder / secrets.token_hex(16)
            place.mkdir(mode=0o700, parents=True)
            paths.append(str(place / name))
            with (place / name).open("xb") as file:
                shutil.copyfileobj(content, file)
    except BaseException:
        _remove([*paths, str(place / name)])
        raise
    return paths


def _remove(paths: Sequence[str]) -> None:
    """Removes files with the folder that each has for itself."""
    for path in paths:
        with contextlib.suppress(OSError):
            Path(path).unlink(missing_ok=True)
            Path(path).parent.rmdir()


def _sweep(
    folder: Path | str, known: Mapping[str, float], now_s: float, age_s: float
) -> dict[str, int]:
    """Removes what is too old below a folder; links are removed and never followed.

    Args:
        folder: Where.
        known: The age in seconds of files, by path; that of others is what the disk says.
        now_s: The time of the file system.
        age_s: From which age on something is too old.

    Returns:
        The size in bytes of each file that is left, by path.
    """
    left: dict[str, int] = {}
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                # A time to come is no younger: somebody has set the clock.
                old = known.get(entry.path, abs(now_s - found.st_mtime)) >= age_s
                if entry.is_dir(follow_symlinks=False):
                    left |= _sweep(entry.path, known, now_s, age_s)
                    if old:
                        Path(entry.path).rmdir()  # fails while there is something in it
                    continue
                left[entry.path] = found.st_size
                if old:
                    Path(entry.path).unlink()
                    del left[entry.path]
    return left
