"""A stand-in for the Hugging Face Hub on loopback, and networks to serve from it.

It speaks as much of the Hub's protocol as the real client uses to download a file: metadata by HEAD
with a redirect to a file server, ranges for resuming, ETags. It can also misbehave.
"""

from __future__ import annotations

import dataclasses
import hashlib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from mood.models import catalogue
from mood.models.specs import HubFile

FERPLUS = catalogue.FERPLUS.origin
MOBILEFACENET = catalogue.MOBILEFACENET.origin
YUNET = catalogue.YUNET.origin

COMMIT = "4d016bfebdb4122b1f37511c5a9d40b5c87054a8"


@dataclass
class Hub:
    """What is served, how, and what was asked.

    Attributes:
        url: The value for ``HF_ENDPOINT``.
        files: Content by name.
        status: Answer every request with this status instead.
        behaviour: ok, silent, drop (half of the first answer), trickle, or wrong (other bytes).
        requests: Method and path of every request, in order.
        authorizations: The header of that name of every request, empty where there was none.
        commit: The revision that the repositories are at.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    behaviour: str = "ok"
    requests: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    commit: str = COMMIT

    def downloads(self, filename: str) -> int:
        """How often the content of a file was asked for."""
        return self.requests.count(f"GET /cdn/{filename}")


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Tests are silent."""

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            hub.requests.append(f"{self.command} {self.path}")
            hub.authorizations.append(self.headers.get("Authorization", ""))
            if hub.behaviour == "silent":
                time.sleep(60)
                return
            if hub.status != 200:
                self._send(hub.status, {"Retry-After": "7"} if hub.status == 429 else {})
                return
            name = self.path.rsplit("/", 1)[-1]
            content = hub.files.get(name)
            if content is None:
                self._send(404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": hub.commit})
            elif "/resolve/" in self.path:
                self._send(
                    302,
                    {
                        # Another host, as the real one: the client asks it for content only.
                        "Location": f"{hub.url.replace('127.0.0.1', 'localhost')}/cdn/{name}",
                        "X-Repo-Commit": hub.commit,
                        "X-Linked-Size": str(len(content)),
                        "X-Linked-ETag": f'"{hashlib.sha256(content).hexdigest()}"',
                    },
                )
            else:
                self._content(content, name)

        def _content(self, content: bytes, name: str) -> None:
            start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
            if hub.behaviour == "wrong":
                content = bytes(len(content))
            part = content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(part)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            self.end_headers()
            if self.command == "HEAD":
                return
            if hub.behaviour == "drop" and hub.downloads(name) == 1:
                self.wfile.write(part[: len(part) // 2])
                self.wfile.flush()
                self.close_connection = True
            elif hub.behaviour == "trickle":
                step = len(part) // 8 + 1
                for at in range(0, len(part), step):
                    self.wfile.write(part[at : at + step])
                    self.wfile.flush()
                    time.sleep(0.5)
            else:
                self.wfile.write(part)

        def _send(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Clients that leave are part of the play."""


@contextmanager
def serve(
    files: dict[str, bytes], commit: str = COMMIT, certificate: Path | None = None
) -> Iterator[Hub]:
    """The stand-in, serving `files` until the end of the block; by https with a certificate."""
    hub = Hub(files=files, commit=commit)
    server = _Server(("127.0.0.1", 0), _handler(hub))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is made in the thread that answers: one that fails stops nobody else.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        hub.url = hub.url.replace("http://", "https://")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pinned(file: HubFile, content: bytes) -> HubFile:
    """The file, if it had this content."""
    return dataclasses.replace(
        file,
        revision=COMMIT,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def ferplus_network(hidden: int = 2130) -> bytes:
    """An ONNX file with the input and output of FER+; 35 MB of random weights by default.

    It calls every face surprised.
    """
    rng = np.random.default_rng(0)
    first = rng.normal(0, 1e-4, (4096, hidden)).astype(np.float32)
    second = np.zeros((hidden, 8), dtype=np.float32)
    bias = np.array([0, 0, 9, 0, 0, 0, 0, 0], dtype=np.float32)
    return _network("Input3", [1, 1, 64, 64], "Plus692_Output_0", [first, second], bias)


def mobilefacenet_network() -> bytes:
    """An ONNX file with the input and output of the OpenCV zoo's network. All faces are sad."""
    weights = np.zeros((3 * 112 * 112, 7), dtype=np.float32)
    bias = np.array([0, 0, 0, 0, 0, 9, 0], dtype=np.float32)
    return _network("data", [1, 3, 112, 112], "label", [weights], bias)


def _network(
    source: str, shape: list[int], target: str, weights: list[np.ndarray], bias: np.ndarray
) -> bytes:
    from onnx import TensorProto, checker, helper, numpy_helper

    tensors = [numpy_helper.from_array(bias, "bias")]
    nodes = [helper.make_node("Flatten", [source], ["x0"])]
    for index, matrix in enumerate(weights):
        tensors.append(numpy_helper.from_array(matrix, f"w{index}"))
        nodes.append(helper.make_node("MatMul", [f"x{index}", f"w{index}"], [f"x{index + 1}"]))
    nodes.append(helper.make_node("Add", [f"x{len(weights)}", "bias"], [target]))
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info(source, TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(target, TensorProto.FLOAT, [1, len(bias)])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


__all__ = [
    "FERPLUS",
    "MOBILEFACENET",
    "YUNET",
    "Hub",
    "ferplus_network",
    "mobilefacenet_network",
    "pinned",
    "serve",
]
