"""Who asks: the address behind proxies that are trusted, and the web page that a browser is on."""

from __future__ import annotations

import dataclasses
import ipaddress
import logging
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.types import Scope

from mood.settings import Settings, networks, origins

_log = logging.getLogger("mood.serving.admission")

PRIVATE = "10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
"""Where the proxies of a Hugging Face Space are; nobody else reaches it."""

HUGGING_FACE = r"https://([a-z0-9-]+\.)*(huggingface\.co|hf\.space)"
"""Pages that show a Space, as a regular expression."""

HOST = re.compile(r"[\w.\-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:.]{2,45}\](:\d{1,5})?", re.ASCII)

_PREFIX = re.compile(r"(/(?!\.{1,2}(/|$))[\w.~\-]+)+", re.ASCII)
_PREFIX_LETTERS = 200

_CLAIMS = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-gradio-server",
        b"x-real-ip",
    }
)
"""Headers by which a request says what it was before a proxy; nobody behind the gate sees them."""


def behind_known_proxies(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """On a Hugging Face Space, trusts the proxies there, unless the operator names some."""
    if "SPACE_ID" not in environ or settings.trusted_proxies:
        return settings
    return dataclasses.replace(settings, trusted_proxies=PRIVATE)


class Proxies:
    """Tells who asked, where a proxy hands requests on.

    Args:
        trusted: Networks whose word is believed, as `mood.settings.Settings.trusted_proxies`.
        hops: Which entry is the visitor's, counted from the right.
    """

    def __init__(self, trusted: str, hops: int) -> None:
        self._trusted = networks(trusted)
        self._hops = hops

    def resolve(self, scope: Scope) -> Scope:
        """The same request as its visitor sent it: address, scheme, host, and path.

        A proxy that names a prefix has taken it off: `root_path` and `path` have it again.
        """
        peer, port = scope.get("client") or ("", 0)
        said = {name: value.decode("latin-1") for name, value in scope["headers"]}
        headers = [pair for pair in scope["headers"] if pair[0] not in _CLAIMS]
        if len(headers) == len(scope["headers"]):
            return {**scope, "headers": headers}
        if not self._trusts(peer):
            _log.warning(
                "X-Forwarded-… from an address that MOOD_TRUSTED_PROXIES does not name is ignored"
            )
            return {**scope, "headers": headers}
        address = _plain_address(self._entry(said.get(b"x-forwarded-for", "")))
        scheme = self._entry(said.get(b"x-forwarded-proto", ""))
        host = self._entry(said.get(b"x-forwarded-host", ""))
        if HOST.fullmatch(host):
            headers = [pair for pair in headers if pair[0] != b"host"]
            headers.append((b"host", host.encode()))
        prefix = self._entry(said.get(b"x-forwarded-prefix", "")).rstrip("/")
        return {
            **(_below(prefix, scope) if _is_prefix(prefix) else scope),
            "headers": headers,
            "client": (address, port) if address else (peer, port),
            "scheme": scheme if scheme in {"http", "https"} else scope.get("scheme", "http"),
        }

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _entry(self, value: str) -> str:
        """The entry of a list that the outermost trusted proxy wrote."""
        entries = [entry.strip() for entry in value.split(",")]
        return entries[-self._hops] if len(entries) >= self._hops else entries[0]


def _is_prefix(text: str) -> bool:
    return len(text) <= _PREFIX_LETTERS and _PREFIX.fullmatch(text) is not None


def _below(prefix: str, scope: Scope) -> Scope:
    path: str = scope.get("path", "/")
    raw = scope.get("raw_path") or path.encode()
    return {
        **scope,
        "root_path": prefix,
        "path": prefix + path,
        "raw_path": prefix.encode() + raw,
    }


def _plain_address(entry: str) -> str | None:
    """An address without port and brackets, or None where it is none."""
    for text in (entry, entry.partition("]")[0].lstrip("["), entry.partition(":")[0]):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return None


class Origins:
    """Which web pages may let their visitors' browsers ask.

    Args:
        allowed: Origins besides the page's own and Hugging Face's, as
            `mood.settings.Settings.origins`.
    """

    def __init__(self, allowed: str) -> None:
        self.named = origins(allowed)
        self._pattern = re.compile(HUGGING_FACE)

    def admits(self, scope: Scope) -> bool:
        """Whether the page that asks may; programs, which name none, may."""
        said = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = said.get(b"origin")
        if origin is None or said.get(b"sec-fetch-site") == "same-origin":
            return True
        if "*" in self.named or origin in self.named or self._pattern.fullmatch(origin):
            return True
        try:
            host = urlsplit(origin).netloc
        except ValueError:
            return False
        return bool(host) and _without_port(host, origin) == _without_port(
            said.get(b"host", ""), origin
        )


def _without_port(host: str, origin: str) -> str:
    """A host without the port that its scheme implies: some proxies add it, browsers do not."""
    implied = ":443" if origin.startswith("https:") else ":80"
    return host.lower().removesuffix(implied)
