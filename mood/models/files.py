"""The files of the Hub that somebody wanted: which are here, on their way, or not to be had."""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mood import forks
from mood.errors import ModelError, WeightsCorruptError, WeightsUnavailableError
from mood.models import hub
from mood.models.download import Download, Progress
from mood.models.specs import File, HubFile
from mood.settings import Settings
from mood.types import Source

_log = logging.getLogger(__name__)


_Mark = tuple[int, ...]


@dataclass(slots=True)
class _Entry:
    """What is known of one file.

    Attributes:
        verified: Where it is, and what `_mark` said of it when it was found whole.
        download: The last one.
        retry_at: Before this, by the clock, the Hub is not asked again.
        failure: Why the last download failed, or the file is rejected.
        rejected: Whether it is whole and yet of no use here.
    """

    verified: tuple[Path, _Mark] | None = None
    download: Download | None = None
    retry_at: float = float("-inf")
    failure: ModelError | None = None
    rejected: bool = False


class HubFiles:
    """Finds files of the Hub in its cache, downloads them, and remembers what failed.

    Wherever a file is named, its `name` is what to call it in errors and in the log.

    Args:
        settings: Time limits.
        clock: Seconds that only grow.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._entries: dict[HubFile, _Entry] = {}
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """Downloads are the parent's; the child begins its own where it needs one."""
        self._lock = threading.RLock()  # of the entries; not held while a file is read or fetched
        for entry in self._entries.values():
            entry.download = None

    def cached(self, file: HubFile, name: str) -> Path | None:
        """The verified file in the cache, or None; asks no network.

        A file that is not the one that is described is deleted.
        """
        with self._lock:
            known = self._entry(file).verified
        if known is not None and _mark(known[0]) == known[1]:
            return known[0]
        path = hub.in_cache(file)
        if path is not None:
            try:
                verify(path, file, name)
            except WeightsCorruptError as error:
                _log.warning("%s It is deleted.", error)
                hub.discard(path)
                path = None
            except WeightsUnavailableError as error:
                _log.warning("%s", error)
                path = None
        self._found(file, path)
        return path

    def fetch(self, file: HubFile, name: str, report: hub.Report | None = None) -> Path:
        """Downloads a file unless the cache holds it; takes the time that it takes.

        Args:
            file: Which one.
            name: See the class.
            report: See `hub.download`.

        Raises:
            WeightsUnavailableError: It cannot be had.
            WeightsCorruptError: What came, twice, is not the file that is described.
        """
        path = self.cached(file, name)
        if path is None:
            path = _verified_download(file, name, report)
            self._found(file, path)
        return path

    def begin(self, file: HubFile, name: str) -> Download | None:
        """The download of a file that the cache does not hold.

        The one that is under way, else a new one; None where it is too early to try again.
        """
        return None if self.cached(file, name) is not None else self._start(file, name)

    def wait(
        self, file: HubFile, name: str, download: Download | None, deadline: float
    ) -> tuple[Path, Source]:
        """Waits for what `begin` gave; where the file is then, and where it came from.

        Args:
            file: Which one.
            name: See the class.
            download: What `begin` gave.
            deadline: Until when to wait for a sign of life, by the clock.

        Raises:
            ModelError: The file cannot be had, or not yet.
        """
        if download is not None:
            download.wait(self._clock, deadline, self._settings.download_limit_s)
            if download.path is not None:
                return download.path, Source.HUB
        elif (path := self.cached(file, name)) is not None:
            return path, Source.CACHE
        with self._lock:
            failure = self._entry(file).failure
        if failure is not None:
            raise type(failure)(str(failure)) from failure
        raise WeightsUnavailableError(
            f"The network {name} is still on its way from the Hugging Face Hub. "
            "Please try again in a moment."
        )

    def has_arrived(self, file: HubFile, name: str) -> bool:
        """Whether a file that was missed is here and of use.

        Starts the next try in the background when its time has come; never waits.
        """
        with self._lock:
            entry = self._entry(file)
            if entry.verified is None and not entry.rejected:
                self._start(file, name)
            return entry.verified is not None and not entry.rejected

    def reject(self, file: HubFile, error: ModelError) -> None:
        """Remembers that a file is whole and yet of no use here."""
        with self._lock:
            entry = self._entry(file)
            entry.rejected, entry.failure = True, error

    def is_rejected(self, file: HubFile) -> bool:
        """Whether it was rejected."""
        with self._lock:
            return self._entry(file).rejected

    def progress(self) -> tuple[Progress, ...]:
        """The downloads under way."""
        with self._lock:
            downloads = [entry.download for entry in self._entries.values() if entry.download]
        return tuple(each.progress for each in downloads if not each.future.done())

    def failure(self) -> str | None:
        """Why a file is not there or of no use, as a sentence; None where nothing failed."""
        with self._lock:
            failures = [entry.failure for entry in self._entries.values() if entry.failure]
        return str(failures[0]) if failures else None

    def _entry(self, file: HubFile) -> _Entry:
        with self._lock:
            return self._entries.setdefault(file, _Entry())

    def _found(self, file: HubFile, path: Path | None) -> None:
        with self._lock:
            self._entry(file).verified = (path, _mark(path)) if path else None

    def _start(self, file: HubFile, name: str) -> Download | None:
        with self._lock:
            entry = self._entry(file)
            if entry.download is not None and not entry.download.future.done():
                return entry.download
            if self._clock() < entry.retry_at:
                return None
            if hub.is_offline():
                entry.failure = hub.offline_error(name)
                return None
            fetch = functools.partial(self._fetch_in_background, file, name)
            entry.download = Download(name, file.size_bytes or 0, fetch)
            return entry.download

    def _fetch_in_background(self, file: HubFile, name: str, report: hub.Report) -> Path:
        """What a download's thread does."""
        _log.info("downloading %s from the Hugging Face Hub", name)
        try:
            path = self.fetch(file, name, report)
        except ModelError as error:
            self._failed(file, name, error)
            raise
        except Exception as error:  # the thread's edge: whatever it is, it is booked
            _log.exception("the download of %s failed", name)
            failure = WeightsUnavailableError(
                f"The network {name} could not be fetched from the Hugging Face Hub "
                f"({type(error).__name__}). The log says more."
            )
            self._failed(file, name, failure)
            raise failure from error
        with self._lock:
            entry = self._entry(file)
            entry.failure, entry.retry_at = None, float("-inf")
        _log.info("downloaded %s, %.1f MB", name, path.stat().st_size / 1e6)
        return path

    def _failed(self, file: HubFile, name: str, error: ModelError) -> None:
        asked_s = error.retry_after_s if isinstance(error, WeightsUnavailableError) else 0.0
        pause_s = max(self._settings.hub_retry_s, asked_s)
        with self._lock:
            entry = self._entry(file)
            entry.failure, entry.retry_at = error, self._clock() + pause_s
        _log.warning("%s not downloaded, next try in %.0f s: %s", name, pause_s, error)


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
            f"The file of {name} cannot be read: {error.strerror}."
        ) from error
    if file.size_bytes is not None and size != file.size_bytes:
        raise WeightsCorruptError(f"The file of {name} has {size} bytes, not {file.size_bytes}.")
    if found != wanted:
        raise WeightsCorruptError(f"The file of {name} has the SHA-256 {found}.")


def _verified_download(
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
        return _verified_download(file, name, report, last=True)
    return path


def _mark(path: Path) -> _Mark:
    """What is another after a file was changed, whoever put its time back; empty where it is not.

    The time of the change itself can be set by nobody.
    """
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
