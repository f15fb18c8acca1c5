"""What a browser fetches: files below `static/`, example photos and clients, what was made here.

They lie under an address that changes with them, and that tells nothing of the server's folders.

The address holds a stamp of all paths and contents, so a browser keeps what it has for a year and
still never mixes two versions. The stamp stands in the folder: modules that import each other by
relative paths carry it along, and no file is rewritten.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from mood.examples import EXAMPLES

STATIC = Path(__file__).parent / "static"

_SERVED = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".wasm": "application/wasm",
    ".txt": "text/plain",
}
"""What is served of `static/`, and as what. Hosts are not asked: some are wrong."""

_CLIENTS = (".sh", ".py", ".mjs")
_KINDS = {**_SERVED, **dict.fromkeys(_CLIENTS, "text/plain"), ".bin": "application/octet-stream"}

_DENSE = (".jpg", ".webp", ".png")  # pictures, which no further compression makes smaller
_LEAST = 500  # bytes that are worth compressing

_GZIP = b"\x1f\x8b"
_NOTHING: Mapping[str, Callable[[], bytes]] = MappingProxyType({})
_YEAR = "public, max-age=31536000, immutable"
_BEST = ("three_people", "astronaut", "opera", "mariachi")
_FIRST = ("shared/", "photo/")  # folders that the tab which opens first needs

# What only people read: comments that have their lines for themselves.
_COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.S | re.M)
_COMMENTED = (".css", ".js")

# The address is the one that the page came from, as it is for Gradio's own scripts: behind a proxy
# the server's idea of its own name may be another.
_LOADER = """\
import(new URL("{module}", document.baseURI))
  .then((panel) => panel.start({{ element, props, server, upload }}))
  .catch((error) => {{
    element.textContent = "This part of the page could not be fetched. Please reload the page.";
    throw error;
  }});"""


@functools.cache
def text(name: str) -> str:
    """A file below `static/`, such as ``photo/photo.html``."""
    return (STATIC / name).read_text("utf-8")


def markup(name: str) -> str:
    """The same for HTML, without the spaces at the beginning of its lines, which nobody sees."""
    return "\n".join(line.lstrip() for line in text(name).splitlines())


def loader(module: str) -> str:
    """What Gradio runs when a panel is drawn: it imports ``photo/photo.js`` and calls `start`."""
    return _LOADER.format(module=address(module))


@functools.cache
def head() -> str:
    """Links for the page's head: what the first tab needs is fetched before its panel asks."""
    kinds = {".css": 'rel="preload" as="style"', ".js": 'rel="modulepreload"'}
    return "".join(
        f'<link {kinds[Path(name).suffix]} href="{address(name)}">'
        for name in _files()
        if name.startswith(_FIRST) and Path(name).suffix in kinds
    )


def mount(made: Mapping[str, Callable[[], bytes]] = _NOTHING) -> tuple[str, Router]:
    """The path to mount at, and the app that answers there from memory.

    Each file is compressed once, when it is first asked for: at each visit that would take longer
    than all else.

    Args:
        made: Files that lie beside those below `static/`: paths, which change with their contents,
            and what makes these when they are first asked for.
    """
    compressed: dict[str, bytes] = {}
    lock = threading.Lock()

    def find(name: str) -> bytes | None:
        with lock:
            if name not in compressed:
                content = made[name]() if name in made else _files().get(name)
                if content is None:
                    return None
                worth = len(content) >= _LEAST and not name.endswith(_DENSE)
                compressed[name] = gzip.compress(content, 6, mtime=0) if worth else content
            return compressed[name]

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        content = compressed.get(name) or await asyncio.to_thread(find, name)
        headers = {"cache-control": _YEAR}
        if content is None:
            return Response(status_code=404)
        if content.startswith(_GZIP):
            headers["vary"] = "Accept-Encoding"
            if "gzip" in request.headers.get("accept-encoding", ""):
                headers["content-encoding"] = "gzip"
            else:
                content = await asyncio.to_thread(gzip.decompress, content)
        return Response(content, media_type=_KINDS[Path(name).suffix], headers=headers)

    return f"/{address('').rstrip('/')}", Router([Route("/{name:path}", answer)])


def address(name: str) -> str:
    """Where a file is found, relative to the page."""
    return f"page/{_stamp()}/{name}"


def examples() -> list[str]:
    """The names of the example photos, without ``.jpg``: first those that show most."""
    photos = (Path(name) for name in _files() if name.startswith("examples/"))
    names = [path.stem for path in photos if path.suffix == ".jpg"]
    return [*(name for name in _BEST if name in names), *(n for n in names if n not in _BEST)]


def thumbnail(name: str) -> str:
    """The address of a small picture of an example; of the photo itself where none was made."""
    small = f"small/{name}.webp"
    return address(small if small in _files() else f"examples/{name}.jpg")


@functools.cache
def _stamp() -> str:
    digest = hashlib.sha256()
    for name, content in _files().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


@functools.cache
def _files() -> dict[str, bytes]:
    """All that is served: paths below `static/` with slashes, in their order, and contents.

    The photos and the clients are beside them, as if the folder `examples/` lay there.
    """
    own = sorted(path for path in STATIC.rglob("*") if path.suffix in _SERVED)
    beside = sorted(EXAMPLES.glob("*.jpg"))
    beside += sorted(path for path in EXAMPLES.glob("clients/*") if path.suffix in _CLIENTS)
    names = {path.relative_to(STATIC).as_posix(): path for path in own}
    names |= {f"examples/{path.relative_to(EXAMPLES).as_posix()}": path for path in beside}
    return {name: _content(path) for name, path in names.items()}


def _content(path: Path) -> bytes:
    if path.suffix not in _COMMENTED:
        return path.read_bytes()
    return _COMMENT.sub("", path.read_text("utf-8")).encode()
