"""From a network's name to a file on disk that is safe to load: cache, then Hub, then embedded.

The Hugging Face Hub is asked in threads of their own, so that nobody waits for a Hub that is not
there: a request waits `Settings.hub_wait_s` for a sign of life, and as long as bytes keep coming up
to `Settings.download_limit_s`. What arrives later is used later. Every file is checked against the
size and the SHA-256 of the catalogue before it is handed out.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mood.errors import ModelError, WeightsCorruptError, WeightsUnavailableError
from mood.models.catalogue import (
    CATALOGUE,
    EMBEDDED_DEFAULT,
    EMBEDDED_DIR,
    HUB_DEFAULT,
    ModelSpec,
    Task,
    find,
)
from mood.models.custom import describe, description_of, hub_address, is_user_model
from mood.settings import Settings
from mood.types import Source

# The client's larger downloader keeps buffers that 512 MB have no room for.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

_log = logging.getLogger(__name__)

_CHUNK = 256 * 1024

Wish = tuple[str, Task]
"""The name of a network, or ``auto``, and what it is for."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A network that can be loaded.

    Attributes:
        spec: Which one.
        path: Its verified file, or None where the weights are inside a Python package.
        source: Where it came from.
    """

    spec: ModelSpec
    path: Path | None
    source: Source


@dataclass(frozen=True, slots=True)
class Progress:
    """A download under way.

    Attributes:
        name: Of the network.
        done: Bytes that have arrived.
        total: Bytes in all.
    """

    name: str
    done: int
    total: int


class WeightsStore:
    """Finds the files of networks, downloads them where it may, and remembers what failed.

    Args:
        settings: Time limits.
        catalogue: The networks there are.
        hub_default: What ``auto`` takes where the Hub or its cache has it.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        settings: Settings,
        catalogue: Mapping[str, ModelSpec] = CATALOGUE,
        hub_default: Mapping[Task, ModelSpec] = HUB_DEFAULT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._hub_default = hub_default
        self._clock = clock
        self._lock = threading.Lock()
        self._downloads: dict[str, _Download] = {}
        self._retry_at: dict[str, float] = {}
        self._failures: dict[str, ModelError] = {}
        self._verified: dict[str, tuple[Path, float]] = {}
        self._rejected: set[str] = set()

    def resolve(self, wishes: Sequence[Wish]) -> list[Weights]:
        """The networks that are wished for, all within the same time.

        ``auto`` is the Hub's network if its cache holds it or the Hub delivers it in time, else the
        embedded one. A named network never becomes another.

        Raises:
            ModelError: A named network is unknown or cannot be had.
        """
        deadline = self._clock() + self._settings.hub_wait_s
        specs = [self._wanted(name, task, deadline) for name, task in wishes]
        self._start([spec for spec in specs if spec.repo and self.cached(spec) is None])
        return [
            self._result(spec, name == "auto", deadline)
            for spec, (name, _) in zip(specs, wishes, strict=True)
        ]

    def news(self, current: Iterable[Weights], wishes: Sequence[Wish]) -> bool:
        """Whether a network that ``auto`` had to do without can be had by now.

        Starts the next try in the background when its time has come; never waits.
        """
        arrived = False
        for weights, (name, task) in zip(current, wishes, strict=True):
            if name != "auto" or weights.spec.name == self._hub_default[task].name:
                continue
            spec = self._hub_default[task]
            if spec.name in self._rejected:
                continue
            if spec.name in self._verified:
                arrived = True
            else:
                self._start([spec])
        return arrived

    def reject(self, spec: ModelSpec, error: ModelError) -> None:
        """From now on ``auto`` does without a network that is there but cannot be run here."""
        self._rejected.add(spec.name)
        self._failures[spec.name] = error

    def cached(self, spec: ModelSpec) -> Path | None:
        """The verified file in the cache, or None; asks no network.

        A file that is not the one of the catalogue is deleted.
        """
        known = self._verified.get(spec.name)
        if known is not None and _changed_at(known[0]) == known[1]:
            return known[0]
        path = _in_cache(spec)
        if path is None:
            self._verified.pop(spec.name, None)
            return None
        try:
            verify(path, spec)
        except WeightsCorruptError as error:
            _log.warning("%s It is deleted.", error)
            _delete(path)
            self._verified.pop(spec.name, None)
            return None
        self._verified[spec.name] = (path, _changed_at(path))
        return path

    def progress(self) -> tuple[Progress, ...]:
        """The downloads under way."""
        return tuple(
            Progress(name, download.done, download.total)
            for name, download in list(self._downloads.items())
            if not download.finished.is_set()
        )

    def failure(self) -> str | None:
        """Why the Hub's network is not there, as a sentence; None where nothing failed."""
        return next((str(error) for error in list(self._failures.values())), None)

    def fetch(self, spec: ModelSpec, report: Callable[[int, int], None] | None = None) -> Path:
        """Downloads a network unless the cache holds it; takes the time that it takes.

        Args:
            spec: Which one; of the Hub.
            report: Called with the bytes that have arrived and the bytes in all.

        Raises:
            WeightsUnavailableError: It cannot be had.
            WeightsCorruptError: What came, twice, is not the file of the catalogue.
        """
        path = self.cached(spec)
        if path is not None:
            return path
        for last_try in (False, True):
            path = _from_hub(spec, report or (lambda _done, _total: None))
            try:
                verify(path, spec)
            except WeightsCorruptError as error:
                _log.warning("%s It is deleted%s.", error, "" if last_try else " and fetched anew")
                _delete(path)
                if last_try:
                    raise
            else:
                break
        assert path is not None
        self._verified[spec.name] = (path, _changed_at(path))
        return path

    def _wanted(self, name: str, task: Task, deadline: float) -> ModelSpec:
        if name == "auto":
            spec = self._hub_default[task]
            return EMBEDDED_DEFAULT[task] if spec.name in self._rejected else spec
        if task is Task.EXPRESSION and is_user_model(name):
            return self._described(name, deadline)
        return find(name, task, self._catalogue)

    def _described(self, name: str, deadline: float) -> ModelSpec:
        """The spec of a user's network, from the description beside its file."""
        if not name.startswith("hf://"):
            path = Path(name).expanduser().absolute()
            if not path.is_file():
                raise WeightsUnavailableError(f"There is no file {path}. Correct MOOD_MODEL.")
            return describe(path.stem, str(path), path.with_suffix(".json"))
        repo, filename, revision = hub_address(name)
        note = ModelSpec(
            name=f"{name} (its description)",
            task=Task.EXPRESSION,
            title="",
            licence="",
            source=name,
            filename=description_of(filename),
            repo=repo,
            revision=revision,
        )
        if self.cached(note) is None:
            self._start([note])
        description = self._result(note, auto=False, deadline=deadline).path
        assert description is not None
        return describe(name, filename, description, repo=repo, revision=revision)

    def _start(self, specs: Iterable[ModelSpec]) -> None:
        """Starts a download of each, unless one is under way or it is too early to try again."""
        with self._lock:
            for spec in specs:
                running = self._downloads.get(spec.name)
                if running is not None and not running.finished.is_set():
                    continue
                if self._clock() < self._retry_at.get(spec.name, float("-inf")):
                    continue
                if is_offline():
                    self._failures[spec.name] = _explained(OSError(), spec)
                    continue
                self._downloads[spec.name] = _Download(spec, self)

    def ended(self, spec: ModelSpec, error: ModelError | None, wait_s: float) -> None:
        """Called by a download when it is over, with what went wrong."""
        if error is None:
            self._failures.pop(spec.name, None)
            self._retry_at.pop(spec.name, None)
            return
        pause = max(self._settings.hub_retry_s, wait_s)
        self._failures[spec.name] = error
        self._retry_at[spec.name] = self._clock() + pause
        _log.warning("%s not downloaded, next try in %.0f s: %s", spec.name, pause, error)

    def _result(self, spec: ModelSpec, auto: bool, deadline: float) -> Weights:
        if spec.repo is None:
            return _local(spec)
        path = self.cached(spec)
        if path is not None:
            return Weights(spec, path, Source.CACHE)
        download = self._downloads.get(spec.name)
        if download is not None:
            download.wait(self._clock, deadline, self._settings.download_limit_s)
            if download.path is not None:
                return Weights(spec, download.path, Source.HUB)
        if auto:
            _log.info("%s is not there yet, using %s", spec.name, EMBEDDED_DEFAULT[spec.task].name)
            return _local(EMBEDDED_DEFAULT[spec.task])
        error = self._failures.get(spec.name)
        if error is not None:
            raise type(error)(str(error)) from error
        raise WeightsUnavailableError(
            f"The network {spec.name} is still on its way from the Hugging Face Hub. "
            "Please try again in a moment."
        )


class _Download:
    """A download in a thread of its own.

    Attributes:
        done: Bytes that have arrived.
        total: Bytes in all.
        signs: How often the Hub gave a sign of life.
        path: The verified file, once it is there.
        finished: Set when it is over, well or not.
    """

    def __init__(self, spec: ModelSpec, store: WeightsStore) -> None:
        self.done = 0
        self.total = spec.size_bytes or 0
        self.signs = 0
        self.path: Path | None = None
        self.finished = threading.Event()
        self._spec = spec
        self._store = store
        self._tenth = 0
        threading.Thread(target=self._run, name=f"download {spec.name}", daemon=True).start()

    def wait(self, clock: Callable[[], float], deadline: float, limit_s: float) -> None:
        """Returns when it is over, or at the deadline for the first sign of life.

        While bytes arrive, and never without one for as long as that, up to `limit_s`.
        """
        start = clock()
        patience = max(0.0, deadline - start)
        seen = self.signs
        while not self.finished.wait(0.02):
            now = clock()
            if self.signs != seen:
                seen, deadline = self.signs, now + max(patience, 1.0)
            if now >= deadline or now >= start + limit_s:
                return

    def _run(self) -> None:
        _log.info("downloading %s from the Hugging Face Hub", self._spec.name)
        error: ModelError | None = None
        try:
            self.path = self._store.fetch(self._spec, self._report)
            _log.info("downloaded %s, %.1f MB", self._spec.name, self.path.stat().st_size / 1e6)
        except ModelError as caught:
            error = caught
        finally:
            self._store.ended(self._spec, error, getattr(error, "retry_after_s", 0.0))
            self.finished.set()

    def _report(self, done: int, total: int) -> None:
        self.done, self.total, self.signs = done, total or self.total, self.signs + 1
        tenth = 10 * self.done // self.total if self.total else 0
        if tenth > self._tenth:
            self._tenth = tenth
            _log.info("%s: %d of %d bytes", self._spec.name, self.done, self.total)


def verify(path: Path, spec: ModelSpec) -> None:
    """Checks a file against the catalogue.

    Raises:
        WeightsCorruptError: Its size or its SHA-256 is another.
    """
    size = path.stat().st_size
    if spec.size_bytes is not None and size != spec.size_bytes:
        raise WeightsCorruptError(
            f"The file of {spec.name} has {size} bytes, not {spec.size_bytes}."
        )
    if spec.sha256 is not None:
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != spec.sha256:
            raise WeightsCorruptError(f"The file of {spec.name} has the SHA-256 {found}.")


def _local(spec: ModelSpec) -> Weights:
    """A network that is embedded, or a file of the user's, whose name is then a whole path."""
    path = EMBEDDED_DIR / spec.filename if spec.filename else None
    if path is not None:
        verify(path, spec)
    own = path is not None and path.parent != EMBEDDED_DIR
    return Weights(spec, path, Source.FILE if own else Source.EMBEDDED)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return -1.0


def _delete(path: Path) -> None:
    """Removes a file of the cache: the link that leads to it, and what it leads to."""
    target = path.resolve()
    for each in (path, target):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def _in_cache(spec: ModelSpec) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    assert spec.repo is not None
    assert spec.filename is not None
    try:
        found = try_to_load_from_cache(spec.repo, spec.filename, revision=spec.revision)
    except OSError:
        return None
    path = Path(found) if isinstance(found, str) else None
    return path if path is not None and path.is_file() else None


def _from_hub(spec: ModelSpec, report: Callable[[int, int], None]) -> Path:
    """Downloads the file; raises `WeightsUnavailableError` with a sentence that says what to do."""
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
    from huggingface_hub.errors import HfHubHTTPError

    assert spec.repo is not None
    assert spec.filename is not None
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it logs each of its retries
    # The errors of the client's HTTP library, whichever that is, and OSError.
    http_errors: Any = HfHubHTTPError.__bases__
    try:
        # A question that is not repeated: the download itself tries for 20 seconds.
        url = hf_hub_url(spec.repo, spec.filename, revision=spec.revision)
        report(0, get_hf_file_metadata(url).size or 0)
        if hasattr(constants, "DOWNLOAD_CHUNK_SIZE"):
            constants.DOWNLOAD_CHUNK_SIZE = _CHUNK  # 10 MB: too much memory, too little progress
        return Path(
            hf_hub_download(
                spec.repo, spec.filename, revision=spec.revision, tqdm_class=_reporter(report)
            )
        )
    except http_errors as error:
        raise _explained(error, spec) from error


def _explained(error: BaseException, spec: ModelSpec) -> WeightsUnavailableError:
    """What happened to a download, in a sentence or two."""
    from huggingface_hub.errors import (
        EntryNotFoundError,
        HfHubHTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    causes = [error]
    while (cause := causes[-1].__cause__) is not None:
        causes.append(cause)
    answer = next((each for each in causes if isinstance(each, HfHubHTTPError)), None)
    instead = "With MOOD_MODEL=auto and MOOD_DETECTOR=auto the embedded networks do meanwhile."
    if is_offline():
        return WeightsUnavailableError(
            f"The network {spec.name} is not in the cache, and HF_HUB_OFFLINE forbids to fetch it. "
            f"Run `python -m mood models pull {spec.name}` where there is a network. {instead}"
        )
    if isinstance(answer, RevisionNotFoundError | EntryNotFoundError):
        return WeightsUnavailableError(
            f"{spec.repo} on the Hugging Face Hub has no {spec.filename} at {spec.revision}. "
            f"{instead}"
        )
    status = answer.response.status_code if answer is not None else 0
    if isinstance(answer, RepositoryNotFoundError) or status in {401, 403, 404}:
        return WeightsUnavailableError(
            f"There is no access to {spec.repo} on the Hugging Face Hub. Check the name, or set "
            f"HF_TOKEN to a token that may read it. {instead}"
        )
    if answer is not None:
        unavailable = WeightsUnavailableError(
            f"The Hugging Face Hub answered {status} when asked for {spec.name}. {instead}"
        )
        unavailable.retry_after_s = _seconds(answer.response.headers.get("retry-after"))
        return unavailable
    if isinstance(error, OSError) and error.errno is not None:
        return WeightsUnavailableError(
            f"The network {spec.name} cannot be stored in the cache: {error.strerror}. "
            f"Set HF_HOME to a folder that can be written and has room. {instead}"
        )
    return WeightsUnavailableError(
        f"The Hugging Face Hub cannot be reached, so {spec.name} is not there. {instead}"
    )


def is_offline() -> bool:
    """Whether the environment forbids to ask the Hub."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "TRUE", "YES", "ON"}


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0


def _reporter(report: Callable[[int, int], None]) -> Any:
    """A class that looks like tqdm to huggingface_hub, and reports bytes instead of drawing."""

    class Reporter:
        def __init__(self, *_: Any, total: float | None = None, initial: float = 0, **__: Any):
            self.total, self.n = int(total or 0), int(initial or 0)
            report(self.n, self.total)

        def update(self, count: float | None = 1) -> None:
            self.n += int(count or 0)
            report(self.n, self.total)

        def close(self) -> None:
            """Nothing is drawn, so nothing is left to clean."""

        def __enter__(self) -> Reporter:
            return self

        def __exit__(self, *_: Any) -> None:
            self.close()

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: None

    return Reporter
