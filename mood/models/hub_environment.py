"""Which variable of the environment is at fault where the Hub cannot be asked, as a sentence.

Asks no network and imports nothing heavy.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

_TIMEOUTS = ("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT")
_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
_PROXIES = frozenset({"all_proxy", "http_proxy", "https_proxy"})  # in either case
_NOWHERE = "https://unusable.invalid"


def defuse(environ: MutableMapping[str, str] = os.environ) -> str | None:
    """Replaces values with which the Hub's library, and so Gradio, could not even be imported.

    Returns:
        What is wrong with one, as a sentence; None where all is well.
    """
    fault = None
    for name in _TIMEOUTS:
        try:
            int(environ.get(name) or 0)
        except ValueError:
            del environ[name]
            fault = f"{name} must be a whole number of seconds. Correct it."
    try:
        _ = urlsplit(environ.get("HF_ENDPOINT", "")).port
    except ValueError:
        environ["HF_ENDPOINT"] = _NOWHERE  # and not the Hub, which somebody did not want
        fault = "HF_ENDPOINT must be an address such as https://huggingface.co. Correct it."
    return fault


def client_fault(error: Exception) -> str:
    """Why no connection can be prepared: proxies and certificates are looked at then.

    Args:
        error: What the library raised.
    """
    if isinstance(error, OSError):
        return _certificate_fault(error)
    names = _proxies()
    socks = [name for name in names if os.environ[name].lower().startswith("socks")]
    if isinstance(error, ImportError) and socks:
        return (
            f"{_listed(socks)} names a SOCKS proxy, which needs a package that is not installed. "
            "Run pip install socksio, or name another proxy."
        )
    if names and not isinstance(error, ImportError):
        return f"{_listed(names)} names no usable proxy. Write http://host:port."
    return f"The Hugging Face Hub cannot be asked from here: {error}"


def token_fault(where: str) -> str:
    """What is said of a token that cannot be sent, and never the token.

    Args:
        where: The file that it is read from where no variable holds one.
    """
    names = [name for name in _TOKENS if os.environ.get(name)]
    place = names[0] if names else f"The file {where}"
    return f"{place} holds no token that can be sent. Write it anew, or leave it out."


def connection_fault(error: BaseException) -> str:
    """What to look at where the Hub cannot be reached, as a sentence; empty where nothing is set.

    Args:
        error: Why it cannot.
    """
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes(error)):
        return (
            "The certificate that was shown is not trusted. "
            "If it is that of a proxy, name the file of its certificates in SSL_CERT_FILE."
        )
    names = [*_proxies(), *(["HF_ENDPOINT"] if os.environ.get("HF_ENDPOINT") else [])]
    return f"Check {_listed(names)}." if names else ""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and one after the other what it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _certificate_fault(error: OSError) -> str:
    names = [name for name in _CERTIFICATES if os.environ.get(name)]
    missing = [name for name in names if not _is_there(name)]
    why = error.strerror or str(error)
    if not names:
        return f"The certificates of this machine cannot be read: {why}."
    return f"{_listed(missing or names)} cannot be used: {why}. Correct it, or leave it out."


def _is_there(name: str) -> bool:
    path = Path(os.environ[name])  # of keys: a file that will be made
    return (path.parent if name == "SSLKEYLOGFILE" else path).exists()


def _proxies() -> list[str]:
    """The variables that name a proxy, as they are spelled."""
    return sorted(name for name in os.environ if name.lower() in _PROXIES and os.environ[name])


def _listed(names: list[str]) -> str:
    return " or ".join(names)
