"""The files of the Hub that somebody wanted: which are here, on their way, or not to be had."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mood import forks
from mood.errors import ModelError, WeightsCorruptError, WeightsUnavailableError
from mood.models import hub
from mood.models.download import Download, Progress
from mood.models.specs import HubFile
from mood.models.verified import Mark, mark, verified_download, verify
from mood.settings import Settings
from mood.types import Source

_log = logging.getLogger(__name__)


class Standing(StrEnum):
    """Whether a network can be had.

    It is here, or is downloaded once; the Hub may not be asked, or could not be reached a moment
    ago; or its file is of no use on this machine.
    """

    READY = "ready"
    DOWNLOAD = "download"
    OFFLINE = "offline"
    FAILED = "failed"
    REJECTED = "rejected"


@dataclass(slots=True)
class _Entry:
    """What is known of one file.

    Attributes:
        verified: Where it is, and what `mark` said of it when it was found whole.
        download: The last one.
        retry_at: Before this, by the clock, the Hub is not asked again.
        failure: Why the last download failed, or the file is rejected.
        rejected: Whether it is whole and yet of no use here.
    """

    verified: tuple[Path, Mark] | None = None
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
        if known is not None and mark(known[0]) == known[1]:
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
            path = verified_download(file, name, report)
            self._found(file, path)
        return path

    def standing(self, file: HubFile) -> Standing:
        """Whether a file can be had, as far as is known; reads no file and asks no network."""
        with self._lock:
            entry = self._entry(file)
            if entry.rejected:
                return Standing.REJECTED
            if entry.verified is not None:
                return Standing.READY
            failed = entry.failure is not None and self._clock() < entry.retry_at
        if hub.in_cache(file) is not None:
            return Standing.READY
        if hub.is_offline():
            return Standing.OFFLINE
        return Standing.FAILED if failed else Standing.DOWNLOAD

    def obstacle(self, file: HubFile, name: str) -> str | None:
        """Why a file cannot be had, as a sentence; None where it may be. Asks no network."""
        standing = self.standing(file)
        if standing is Standing.OFFLINE:
            return str(hub.offline_error(name))
        return self.failure() if standing in {Standing.FAILED, Standing.REJECTED} else None

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
        """The downloads under way; asking changes nothing and never waits."""
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
            self._entry(file).verified = (path, mark(path)) if path else None

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
