"""A proxy before a server, which notes every request and its answer, whoever sends it."""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOP = {"connection", "keep-alive", "transfer-encoding", "host"}
"""Headers that are between two neighbours, and the one that `http.client` sets."""

NAMES = [
    (re.compile(pattern), name)
    for pattern, name in [
        (r"^/page/[0-9a-f]{12}/", "/page/STAMP/"),
        (r"^/assets/.*-[\w-]{8}\.(\w+)$", r"/assets/NAME-HASH.\1"),
        (r"^/static/.*\.(\w+)$", r"/static/NAME.\1"),
        (r"(/call(?:/v2)?/\w+)/\w+$", r"\1/EVENT"),
        (r"(/heartbeat)/\w+$", r"\1/SESSION"),
        (r"(/file=).*", r"\1PATH"),
    ]
]
"""What differs from visit to visit in a path → what stands for it in a pattern."""


@dataclass(frozen=True)
class Seen:
    """A request that was answered: method, path, the keys of its query in order, and status."""

    method: str
    path: str
    keys: tuple[str, ...]
    status: int

    @property
    def pattern(self) -> str:
        """The path without what differs from visit to visit."""
        found = self.path
        for pattern, name in NAMES:
            found = pattern.sub(name, found)
        return found


@dataclass(frozen=True)
class Recorder:
    """Where the proxy listens, without a slash at the end, and what it has seen so far."""

    url: str
    seen: list[Seen]


@contextlib.contextmanager
def recording(server: str, certificate: Path | None = None) -> Iterator[Recorder]:
    """Passes all on to `server`; with a certificate, it speaks https to the visitor and says so."""
    seen: list[Seen] = []
    target = urllib.parse.urlsplit(server)

    class Proxy(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in HOP
            }
            headers["Host"] = self.headers["Host"]
            headers["Connection"] = "close"
            if certificate:
                headers["X-Forwarded-For"] = self.client_address[0]
                headers["X-Forwarded-Proto"] = "https"
            behind = http.client.HTTPConnection(target.hostname or "", target.port, timeout=120)
            with contextlib.closing(behind):
                behind.request(self.command, self.path, body, headers)
                answer = behind.getresponse()
                asked = urllib.parse.urlsplit(self.path)
                keys = tuple(dict(urllib.parse.parse_qsl(asked.query, keep_blank_values=True)))
                seen.append(Seen(self.command, asked.path, keys, answer.status))
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # a visitor who has left
                    while piece := answer.read1(65_536):
                        self.wfile.write(piece)

        do_GET = do_HEAD = do_POST = do_OPTIONS = pass_on  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    proxy.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        scheme = "https" if certificate else "http"
        yield Recorder(f"{scheme}://127.0.0.1:{proxy.server_port}", seen)
    finally:
        proxy.shutdown()
        proxy.server_close()


def make_certificate(folder: Path) -> Path:
    """A key and a certificate that nobody vouches for, in one file."""
    path = folder / "proxy.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    done = subprocess.run([*command.split(), "-keyout", path, "-out", path], capture_output=True)
    assert done.returncode == 0, done.stderr
    return path
