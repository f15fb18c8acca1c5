"""The one adapter of ``huggingface_hub``: its cache, its downloads, its errors as sentences.

Importing this module imports nothing heavy; the library comes when it is first asked.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mood.errors import WeightsUnavailableError, of_system
from mood.models.hub_environment import (
    causes,
    client_fault,
    connection_fault,
    defuse,
    token_fault,
)

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils.tqdm import tqdm

    from mood.models.specs import HubFile

QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",  # a downloader whose buffers 512 MB have no room for
}
"""What must stand in the environment before anybody, Gradio too, imports ``huggingface_hub``."""

for _variable, _value in QUIET.items():
    os.environ.setdefault(_variable, _value)
_unusable = defuse()

Report = Callable[[int, int], None]
"""Is told how many bytes have arrived, and how many there are in all; 0 where nobody knows."""

_CHUNK = 256 * 1024
_INSTEAD = "With MOOD_MODEL=auto and MOOD_DETECTOR=auto the embedded networks do meanwhile."


def home() -> Path:
    """The folder that holds the cache, and what else is downloaded."""
    from huggingface_hub.constants import HF_HOME

    return Path(HF_HOME)


def is_offline() -> bool:
    """Whether the environment forbids to ask the Hub."""
    from huggingface_hub import is_offline_mode

    return is_offline_mode()


def offline_error(name: str) -> WeightsUnavailableError:
    """Why the network `name` cannot be had where `is_offline`."""
    return WeightsUnavailableError(
        f"The network {name} is not in the cache, and HF_HUB_OFFLINE forbids to fetch it. "
        f"Run `python -m mood models pull {name}` where there is a network. {_INSTEAD}"
    )


def may_be_repo(name: str) -> bool:
    """Whether ``owner/name`` has the form of a repository's name."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def in_cache(file: HubFile) -> Path | None:
    """Where the cache holds a file, or None; asks no network and checks no content."""
    from huggingface_hub import try_to_load_from_cache

    try:
        found = try_to_load_from_cache(file.repo, file.filename, revision=file.revision)
    except (OSError, ValueError):  # a cache that cannot be read; an address that cannot be one
        return None
    path = Path(found) if isinstance(found, str) else None
    return path if path is not None and path.is_file() else None


def sha256_of(path: Path) -> str | None:
    """What the Hub said was the SHA-256 of a file in the cache; None where it said none.

    The cache calls large files by it.
    """
    name = path.resolve().name
    return name if re.fullmatch("[0-9a-f]{64}", name) else None


def discard(path: Path) -> None:
    """Removes a file of the cache: the link that leads to it, and what it leads to."""
    target = path.resolve()
    for each in (path, target):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def download(file: HubFile, name: str, report: Report | None = None) -> Path:
    """Downloads a file into the cache, going on where an earlier try stopped.

    Args:
        file: Which one.
        name: What to call it in errors.
        report: Called with each sign of life; without it the library draws its own bar where
            somebody sees it.

    Raises:
        WeightsUnavailableError: It cannot be had; the sentence says what to do.
    """
    from httpx2 import HTTPError, InvalidURL
    from huggingface_hub import constants, get_hf_file_metadata, hf_hub_download, hf_hub_url

    if is_offline():
        raise offline_error(name)
    _prepare()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it logs each of its retries
    constants.DOWNLOAD_CHUNK_SIZE = _CHUNK  # 10 MB: too much memory, too little progress
    try:
        # A question that is not repeated: the download itself tries for 20 seconds.
        url = hf_hub_url(file.repo, file.filename, revision=file.revision)
        found = get_hf_file_metadata(url)
        if report is not None:
            report(0, found.size or 0)
        _discard_halves(file, found.etag)
        bar = _reporter(report) if report is not None else None
        return Path(
            hf_hub_download(file.repo, file.filename, revision=file.revision, tqdm_class=bar)
        )
    except (HTTPError, InvalidURL, OSError, ValueError) as error:
        raise _explained(error, file, name) from error


def _discard_halves(file: HubFile, etag: str | None) -> None:
    """Removes what is left of downloads whose process was killed: the library lets it lie."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name
    from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]

    folder = repo_folder_name(repo_id=file.repo, repo_type="model")
    cache = Path(constants.HF_HUB_CACHE)
    # Who downloads holds the lock, so while it is ours, no half is anybody's. OSError: it is not.
    lock = cache / ".locks" / folder / f"{etag}.lock"
    with contextlib.suppress(OSError), WeakFileLock(lock, timeout=0.1):
        for half in (cache / folder / "blobs").glob(f"{etag}.*.incomplete"):
            half.unlink(missing_ok=True)


def _prepare() -> None:
    """Makes the client that all downloads share, unless it is there.

    It reads the proxies and certificates of the environment: what fails here is their fault.

    Raises:
        WeightsUnavailableError: It cannot be made; the sentence names the variable.
    """
    from httpx2 import InvalidURL
    from huggingface_hub import get_session

    if _unusable is not None:
        raise WeightsUnavailableError(f"{_unusable} {_INSTEAD}")
    try:
        get_session()
    except (ImportError, InvalidURL, OSError, ValueError) as error:
        raise WeightsUnavailableError(f"{client_fault(error)} {_INSTEAD}") from error


def _explained(error: Exception, file: HubFile, name: str) -> WeightsUnavailableError:
    """What happened to a download, in a sentence or two."""
    from httpx2 import LocalProtocolError
    from huggingface_hub import constants
    from huggingface_hub.errors import HFValidationError

    answer = _answer_behind(error)
    if answer is not None:
        return _refusal(answer, file, name)
    # Text that no header takes, or a file that may not be read.
    if isinstance(error, UnicodeError | LocalProtocolError) or _is_of_token(error):
        return WeightsUnavailableError(f"{token_fault(constants.HF_TOKEN_PATH)} {_INSTEAD}")
    if isinstance(error, HFValidationError):
        return WeightsUnavailableError(
            f"The Hugging Face Hub can have no {file.filename} in “{file.repo}”. "
            f"Correct the address. {_INSTEAD}"
        )
    if isinstance(error, OSError) and error.errno is not None:
        return WeightsUnavailableError(
            f"The network {name} cannot be stored in the cache: {of_system(error)}. "
            f"Set HF_HOME to a folder that can be written and has room. {_INSTEAD}"
        )
    advice = connection_fault(error)
    return WeightsUnavailableError(
        f"The Hugging Face Hub cannot be reached, so {name} is not there. "
        f"{advice}{' ' if advice else ''}{_INSTEAD}"
    )


def _is_of_token(error: Exception) -> bool:
    from huggingface_hub.constants import HF_TOKEN_PATH

    own = isinstance(error, PermissionError) and error.filename == HF_TOKEN_PATH
    return own and os.access(Path(HF_TOKEN_PATH).parent, os.X_OK)


def _answer_behind(error: BaseException) -> HfHubHTTPError | None:
    """The Hub's answer that caused an error, where it gave one."""
    from huggingface_hub.errors import HfHubHTTPError

    return next((each for each in causes(error) if isinstance(each, HfHubHTTPError)), None)


def _refusal(answer: HfHubHTTPError, file: HubFile, name: str) -> WeightsUnavailableError:
    from huggingface_hub.errors import (
        EntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(answer, RevisionNotFoundError | EntryNotFoundError):
        return WeightsUnavailableError(
            f"{file.repo} on the Hugging Face Hub has no {file.filename} at {file.revision}. "
            f"{_INSTEAD}"
        )
    status = answer.response.status_code
    if isinstance(answer, RepositoryNotFoundError) or status in {401, 403, 404}:
        return WeightsUnavailableError(
            f"There is no access to {file.repo} on the Hugging Face Hub. Check the name, or set "
            f"HF_TOKEN to a token that may read it. {_INSTEAD}"
        )
    refusal = WeightsUnavailableError(
        f"The Hugging Face Hub answered {status} when asked for {name}. {_INSTEAD}"
    )
    refusal.retry_after_s = _seconds(answer.response.headers.get("retry-after"))
    return refusal


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0


def _reporter(report: Report) -> type[tqdm]:
    """A tqdm that reports bytes where others draw."""
    from huggingface_hub.utils.tqdm import tqdm

    class Reporter(tqdm):
        monitor_interval = 0  # no thread that watches for bars that stand still

        def __init__(self, *args: Any, **options: Any) -> None:
            options["disable"] = True  # it then draws nothing, and counts nothing
            super().__init__(*args, **options)  # type: ignore[no-untyped-call]
            self._tell()

        def update(self, n: float | None = 1) -> None:
            self.n += n or 0
            self._tell()

        def _tell(self) -> None:
            report(int(self.n), int(self.total or 0))

    return Reporter
