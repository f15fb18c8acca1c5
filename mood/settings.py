"""Every environment variable of the program, its default and its bounds, in one place."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mood.errors import SettingsError

FRAME_ANCESTORS = "'self' https://huggingface.co https://*.hf.space"
"""Who may show the page in a frame, unless the operator says otherwise: Spaces do."""

_TOKEN_LENGTH = 16
_ORIGIN = re.compile(r"\*|null|[a-z][a-z\d+.\-]*://[^\s/,]+", re.ASCII | re.IGNORECASE)
_ANCESTOR = re.compile(r"\*|https?://(\*\.)?[\w\-]+(\.[\w\-]+)*(:(\d{1,5}|\*))?", re.ASCII)


def _variable(
    name: str,
    default: float | str,
    text: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    """A field of `Settings`, read from the environment variable `name`."""
    metadata = {"env": name, "text": text, "minimum": minimum, "maximum": maximum}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the program behaves."""

    host: str = _variable("MOOD_HOST", "0.0.0.0", "address to listen on")  # noqa: S104
    port: int = _variable("PORT", 7860, "port to listen on", minimum=1, maximum=65535)
    log_level: str = _variable("MOOD_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")

    model: str = _variable(
        "MOOD_MODEL",
        "auto",
        "expression network: auto, ferplus, mobilefacenet, mini, a path, or "
        "hf://owner/repo/file.onnx@revision",
    )
    detector: str = _variable(
        "MOOD_DETECTOR", "auto", "face detector: auto, yunet, libfacedetection, none"
    )
    hub_wait_s: float = _variable(
        "MOOD_HUB_WAIT_S",
        2.0,
        "seconds that a picture waits for a sign of life from the Hugging Face Hub",
        minimum=0,
        maximum=60,
    )
    download_limit_s: float = _variable(
        "MOOD_DOWNLOAD_LIMIT_S",
        120.0,
        "seconds that a picture waits for a download that is under way",
        minimum=0,
        maximum=3600,
    )
    hub_retry_s: float = _variable(
        "MOOD_HUB_RETRY_S",
        300.0,
        "seconds until a Hub that failed is asked again",
        minimum=1,
        maximum=86_400,
    )
    threads: int = _variable("MOOD_THREADS", 1, "threads of one inference", minimum=1, maximum=64)
    run_limit_s: float = _variable(
        "MOOD_RUN_LIMIT_S",
        30.0,
        "seconds after which one inference is stopped, and its sender told so",
        minimum=1,
        maximum=3600,
    )
    certainty: float = _variable(
        "MOOD_CERTAINTY",
        0.0,
        "probability from which on a verdict is certain; 0 takes the network's own threshold",
        minimum=0,
        maximum=1,
    )
    calibration: str = _variable(
        "MOOD_CALIBRATION",
        "",
        "file with what was measured of a network that comes uncalibrated, such as ferplus",
    )
    detection_side: int = _variable(
        "MOOD_DETECTION_SIDE",
        640,
        "pixels of the longer side at which faces are looked for",
        minimum=160,
        maximum=1920,
    )
    max_faces: int = _variable(
        "MOOD_MAX_FACES",
        100,
        "faces that the server reads in one picture, the largest; the answer counts the others",
        minimum=1,
        maximum=10_000,
    )
    smallest_face: int = _variable(
        "MOOD_SMALLEST_FACE",
        16,
        "faces lower than this many pixels are left out",
        minimum=8,
        maximum=1000,
    )

    max_upload_mb: int = _variable(
        "MOOD_MAX_UPLOAD_MB", 20, "largest picture file, in MB", minimum=1, maximum=500
    )
    max_megapixels: float = _variable(
        "MOOD_MAX_MEGAPIXELS", 50.0, "largest picture, by its header", minimum=0.1, maximum=500
    )
    max_decoded_megapixels: float = _variable(
        "MOOD_MAX_DECODED_MEGAPIXELS",
        25.0,
        "most that is decoded at once; only JPEG can be decoded smaller than it is",
        minimum=0.1,
        maximum=500,
    )
    max_side: int = _variable(
        "MOOD_MAX_SIDE",
        1600,
        "larger pictures are scaled down to this longer side before they are analysed",
        minimum=320,
        maximum=8192,
    )

    concurrency: int = _variable(
        "MOOD_CONCURRENCY", 1, "pictures analysed at the same time", minimum=1, maximum=64
    )
    queue_size: int = _variable(
        "MOOD_QUEUE_SIZE",
        32,
        "requests that may wait; one more is told to try again",
        minimum=1,
        maximum=10_000,
    )

    live_viewers: int = _variable(
        "MOOD_LIVE_VIEWERS",
        4,
        "webcams analysed at the same time; one more is told to wait",
        minimum=1,
        maximum=100,
    )

    live: str = _variable(
        "MOOD_LIVE",
        "auto",
        "where live video is read: auto (in the browser where that can, else here, once the "
        "visitor agreed), browser (nowhere else; no frame is taken) or server",
    )

    wait_limit_s: float = _variable(
        "MOOD_WAIT_LIMIT_S",
        60.0,
        "seconds that a picture waits for its turn before its sender is told to try again",
        minimum=1,
        maximum=600,
    )
    memory_limit_mb: float = _variable(
        "MOOD_MEMORY_LIMIT_MB",
        0.0,
        "memory that the process may hold, in MB; 0 asks the container",
        minimum=0,
        maximum=1_000_000,
    )

    trusted_proxies: str = _variable(
        "MOOD_TRUSTED_PROXIES",
        "",
        "networks whose X-Forwarded-… is believed, with commas between, such as 10.0.0.0/8",
    )
    proxy_hops: int = _variable(
        "MOOD_PROXY_HOPS",
        1,
        "which entry of X-Forwarded-For is the visitor, counted from the right",
        minimum=1,
        maximum=10,
    )
    origins: str = _variable(
        "MOOD_ORIGINS",
        "",
        "web pages elsewhere that may ask, such as https://example.org, with commas between; "
        "* lets all",
    )
    frame_ancestors: str = _variable(
        "MOOD_FRAME_ANCESTORS",
        FRAME_ANCESTORS,
        "web pages that may show this one in a frame: origins such as https://example.org, 'self', "
        "or *, with spaces or commas between",
    )
    address_share: int = _variable(
        "MOOD_ADDRESS_SHARE",
        16,
        "pictures that one address may have waiting and being read",
        minimum=1,
        maximum=10_000,
    )
    uploads_mb: int = _variable(
        "MOOD_UPLOADS_MB",
        500,
        "disk that uploaded files may take together; one address may have a quarter of it",
        minimum=1,
        maximum=1_000_000,
    )

    mcp: int = _variable(
        "MOOD_MCP",
        0,
        "1 offers the API as tools for language models too; needs the package mcp",
        minimum=0,
        maximum=1,
    )

    warmup_token: str = _variable(
        "MOOD_WARMUP_TOKEN",
        "",
        "bearer token of POST /warmup, 16 characters or more; unset, the route does not exist",
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            low, high = field.metadata["minimum"], field.metadata["maximum"]
            if low is not None and not low <= value <= high:
                raise SettingsError(
                    f"{field.metadata['env']} is {value}. It must lie between {low} and {high}."
                )
        if self.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise SettingsError(
                f"MOOD_LOG_LEVEL is “{self.log_level}”. Use DEBUG, INFO, WARNING or ERROR."
            )
        if self.live not in {"auto", "browser", "server"}:
            raise SettingsError(f"MOOD_LIVE is “{self.live}”. Use auto, browser or server.")
        networks(self.trusted_proxies)
        origins(self.origins)
        ancestors(self.frame_ancestors)
        if 0 < len(self.warmup_token) < _TOKEN_LENGTH:
            raise SettingsError(
                f"MOOD_WARMUP_TOKEN is too short. Give it {_TOKEN_LENGTH} characters or more."
            )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings that the environment asks for; unset and empty variables mean the default.

        Raises:
            SettingsError: A value cannot be read or is out of bounds.
        """
        values: dict[str, Any] = {
            field.name: _parse(field.metadata["env"], text, type(field.default))
            for field in dataclasses.fields(cls)
            if (text := environ.get(field.metadata["env"], "").strip())
        }
        return cls(**values)


def networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks of ``MOOD_TRUSTED_PROXIES``.

    Raises:
        SettingsError: One of them is none.
    """
    try:
        return [ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip()]
    except ValueError as error:
        raise SettingsError(
            f"MOOD_TRUSTED_PROXIES is “{text}”. It must be networks such as 10.0.0.0/8 or "
            "addresses, with commas between."
        ) from error


def origins(text: str) -> list[str]:
    """The origins of ``MOOD_ORIGINS``, as browsers name them.

    Raises:
        SettingsError: One of them is none.
    """
    each = [one.strip().rstrip("/") for one in text.split(",") if one.strip()]
    if not all(_ORIGIN.fullmatch(one) for one in each):
        raise SettingsError(
            f"MOOD_ORIGINS is “{text}”. It must be origins such as https://example.org, or *, with "
            "commas between."
        )
    return each


def ancestors(text: str) -> str:
    """``MOOD_FRAME_ANCESTORS`` as a content policy has it.

    Raises:
        SettingsError: One of them is no origin.
    """
    # Shells take the quotes away, and people write an address as they see it.
    named = text.replace(",", " ").split()
    each = ["'self'" if one.strip("'") == "self" else one.rstrip("/") for one in named]
    odd = [one for one in each if one != "'self'" and not _ANCESTOR.fullmatch(one)]
    if odd or not each:
        raise SettingsError(
            f"MOOD_FRAME_ANCESTORS is “{text}”. It must be origins such as https://example.org, "
            "'self', or *, with spaces or commas between."
        )
    return " ".join(each)


def _parse(variable: str, text: str, kind: type) -> float | str:
    try:
        return kind(text)  # type: ignore[no-any-return]
    except ValueError as error:
        wanted = {int: "a whole number", float: "a number"}[kind]
        raise SettingsError(f"{variable} is “{text}”. It must be {wanted}.") from error
