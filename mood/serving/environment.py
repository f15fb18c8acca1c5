"""What makes the server start sooner and stay smaller than the libraries would by themselves.

Each lever is a function of its own, says what it saves, and does nothing where what it touches is
not there any more; `tests/test_startup.py` tells which upgrade of a library broke which lever.
Importing this module imports nothing heavy.
"""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradio import Blocks

_log = logging.getLogger(__name__)

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",  # Gradio's own telemetry
    # After so many calls its queue sums them up with pandas, by default after each one: 30 MB.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "200",  # calls that its queue remembers; 10,000 by default
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",  # a downloader that keeps large buffers
    "ORT_DISABLE_TELEMETRY": "1",
}
"""What must stand in the environment before the libraries are imported."""

ALLOCATOR = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "2097152",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
}
"""What glibc reads when the process starts: after a burst it then gives most memory back.

One arena for all threads: with two, 5,000 visitors leave 10 MB behind instead of 6.
"""

_STARTED_AGAIN = "MOOD_STARTED_AGAIN"
_QUEUE_POLL_S = 0.05
_PROGRESS_POLL_S = 0.5
_SESSIONS = 200


def quiet_libraries(environ: MutableMapping[str, str] = os.environ) -> None:
    """Switches off telemetry and what costs memory, unless the environment says otherwise."""
    for name, value in QUIET.items():
        environ.setdefault(name, value)


def allocator_environment(environ: Mapping[str, str], platform: str) -> dict[str, str] | None:
    """The environment to start again with, or None where that is not needed or would not help.

    It helps with glibc only, which reads the variables before Python runs.
    """
    if environ.get(_STARTED_AGAIN) or all(name in environ for name in ALLOCATOR):
        return None
    if platform != "linux" or not _has_glibc():
        return None
    return {**ALLOCATOR, **environ, _STARTED_AGAIN: "1"}


def start_again_with_allocator() -> None:
    """Replaces the process by itself with the allocator's variables set; returns if they are.

    A Dockerfile or render.yaml that sets them saves this, about 0.02 s of processor time.
    """
    environ = allocator_environment(os.environ, sys.platform)
    if environ is not None:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environ)  # noqa: S606


def _has_glibc() -> bool:
    try:
        return "glibc" in (os.confstr("CS_GNU_LIBC_VERSION") or "")
    except (AttributeError, ValueError, OSError):
        return False


class _Later(ModuleType):
    """Stands in for a module while gradio is imported; what is taken from it imports it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Taken(self.__name__, name)


class _Taken:
    """A name from a module that is imported when the name is used."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def _real(self) -> Any:
        return getattr(importlib.import_module(self._module), self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    # What was never imported has no instances and no subclasses.

    def __instancecheck__(self, thing: object) -> bool:
        return self._imported and isinstance(thing, self._real())

    def __subclasscheck__(self, kind: type) -> bool:
        return self._imported and issubclass(kind, self._real())

    @property
    def _imported(self) -> bool:
        module = sys.modules.get(self._module)
        return module is not None and not isinstance(module, _Later)


_POSTPONED = (
    "gradio.cli",  # the command line, with typer and rich
    "gradio.external",  # gr.load: demos of other people
    "gradio.workflow",  # gr.Workflow
    "hf_gradio.cli",  # snippets for another command line
    "huggingface_hub.hf_api",  # the API of the Hub, for logins and histories of runs
    "pandas",  # gr.cache of tables
    "pydantic.v1",  # FastAPI asks of each type whether it is one of these
)
_WITHOUT = ("httpx._main",)  # a command line again; httpx goes on without it


@contextmanager
def without_unused_modules() -> Iterator[None]:
    """While it holds, modules that this program never uses are not imported.

    Whoever needs one of them afterwards imports it as ever, also through gradio.
    """
    stand_ins: dict[str, ModuleType | None] = {
        name: _Later(name) for name in _POSTPONED if name not in sys.modules
    }
    stand_ins |= {name: None for name in _WITHOUT if name not in sys.modules}
    modules: dict[str, Any] = sys.modules
    modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if modules.get(name) is stand_in:
                del modules[name]


@contextmanager
def without_stub_writer() -> Iterator[None]:
    """While it holds, defining a component of gradio does not rewrite its type stub.

    Gradio parses the source of each component to refresh a ``.pyi`` file for editors, which takes
    half of its import. It leaves out a class whose source file cannot be told
    (`inspect.getfile` raises `OSError`), so that is what it hears for every class.
    """
    getfile = inspect.getfile

    def hide(thing: Any) -> str:
        if isinstance(thing, type):
            raise OSError("left out at start-up")
        return getfile(thing)

    inspect.getfile = hide  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = getfile


class _PlainTemplate:
    """A template of jinja2 that knows ``{{ name }}`` and nothing else, and need not be compiled."""

    def __init__(self, source: str) -> None:
        self._source = source

    def render(self, **values: str) -> str:
        def value(match: re.Match[str]) -> str:
            return values.get(match[1], match[0])

        return re.sub(r"\{\{\s*(\w+)\s*\}\}", value, self._source)


@contextmanager
def without_compiled_docs() -> Iterator[None]:
    """While it holds, the docstrings of gradio's 200 events are not compiled as templates."""
    import jinja2

    template = jinja2.Template
    jinja2.Template = _PlainTemplate  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        jinja2.Template = template  # type: ignore[misc]
        for name in ("gradio.events", "gradio.component_meta"):
            module = sys.modules.get(name)
            if getattr(module, "Template", None) is _PlainTemplate:
                module.Template = template  # type: ignore[union-attr]


@contextmanager
def with_one_tls_context() -> Iterator[None]:
    """While it holds, clients that are made share one list of certificates.

    Gradio makes three clients at import; each reads 150 certificates, 0.03 s and 1 MB.
    """
    import ssl

    make = ssl.create_default_context
    ssl.create_default_context = functools.cache(make)  # type: ignore[assignment]
    try:
        yield
    finally:
        ssl.create_default_context = make


@contextmanager
def with_deferred_models() -> Iterator[None]:
    """While it holds, classes of pydantic that are made get their validators at their first use.

    That is pydantic's own option `defer_build`; most of the 100 classes are never used here.
    """
    from pydantic import BaseModel

    config = BaseModel.model_config
    BaseModel.model_config = {**config, "defer_build": True}
    try:
        yield
    finally:
        BaseModel.model_config = config


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """While it holds, nothing is searched for garbage: an import makes almost none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def quick_import() -> Iterator[None]:
    """Everything above at once; import gradio and define components inside."""
    with ExitStack() as stack:
        stack.enter_context(without_garbage_collection())
        stack.enter_context(without_unused_modules())
        stack.enter_context(without_stub_writer())
        stack.enter_context(without_compiled_docs())
        stack.enter_context(with_one_tls_context())
        stack.enter_context(with_deferred_models())
        yield


@contextmanager
def without_spare_apps() -> Iterator[None]:
    """While it holds, building a demo does not build a web app around it each time.

    Gradio builds three that nobody sees, 0.04 s each, before `gradio.mount_gradio_app` builds the
    one that serves; call `adopt_app` after that.
    """
    from gradio.routes import App

    create = App.__dict__.get("create_app")
    if not isinstance(create, staticmethod):
        yield
        return
    App.create_app = staticmethod(lambda *_, **__: None)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        App.create_app = create  # type: ignore[method-assign]


def adopt_app(demo: Blocks, served: Any) -> None:
    """Tells the demo which web app serves it: the one that is mounted in `served`."""
    app = mounted_app(served)
    if app is not None:
        demo.app = app


def mounted_app(served: Any) -> Any:
    """The web app of Gradio that is mounted in `served`, or None."""
    from gradio.routes import App

    apps = (getattr(route, "app", None) for route in served.routes)
    return next((app for app in apps if isinstance(app, App)), None)


def calm_queue(demo: Blocks) -> None:
    """Lets the queue look for work 20 times a second instead of 1,000 times.

    Idle, that saves 4.7 % of a core, half of a small plan. Call it after `Blocks.queue`.
    """
    queue: Any = getattr(demo, "_queue", None)
    if hasattr(queue, "sleep_when_free"):
        queue.sleep_when_free = _QUEUE_POLL_S
        queue.progress_update_sleep_when_free = _PROGRESS_POLL_S  # this page shows no progress bars
    else:
        _log.warning("this version of gradio polls its queue by other means")


def cap_sessions(demo: Blocks) -> None:
    """Keeps the state of the last 200 visitors instead of 10,000; call it before mounting."""
    if hasattr(demo, "state_session_capacity"):
        demo.state_session_capacity = _SESSIONS
    else:
        _log.warning("this version of gradio caps the state of visitors by other means")


def freeze_garbage() -> None:
    """Exempts what start-up made from garbage collection: it stays for good.

    It is not collected first: that would take a second of a tenth of a processor, for little.
    """
    gc.freeze()
