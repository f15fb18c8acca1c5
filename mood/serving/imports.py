"""What makes importing gradio quicker and smaller than the libraries would by themselves.

Each lever is a function of its own, says what it gains, and does nothing where what it touches is
not there any more; `tests/serving/test_imports.py` tells which upgrade of a library broke which.
Gains are processor time and resident memory of a start on a tenth of a processor, by
``python tests/benchmarks/startup.py``; all together 2.1 of 3.1 s, and 55 of 148 MB.

While they hold, they change things for the whole process. Beside the thread that imports, only
`mood.serving.startup` runs: uvicorn and a few answers, which have imported what they need, define
no class, compile no template and open no TLS connection.

Importing this module imports nothing heavy.
"""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any


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
        # Wanted while gradio is still being imported: then its module is imported now.
        if isinstance(sys.modules.get(self._module), _Later):
            del sys.modules[self._module]
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
_TOOLS = "mcp"  # tools for language models: 16 MB, which Gradio imports where it is installed


@contextmanager
def without_unused_modules(*, mcp: bool = False) -> Iterator[None]:
    """While it holds, modules that this program never uses are not imported: 0.5 s and 50 MB.

    `sys.modules` has stand-ins in their place. Whoever needs one of them afterwards imports it as
    ever, also through gradio.

    Args:
        mcp: Whether the package mcp is used.
    """
    without = _WITHOUT if mcp else (*_WITHOUT, _TOOLS)
    stand_ins: dict[str, ModuleType | None] = {
        name: _Later(name) for name in _POSTPONED if name not in sys.modules
    }
    stand_ins |= {name: None for name in without if name not in sys.modules}
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
    """While it holds, defining a component of gradio does not rewrite its type stub: 0.8 s, 1 MB.

    Gradio parses the source of each component to refresh a ``.pyi`` file for editors. It leaves out
    a class whose source file cannot be told (`inspect.getfile` raises `OSError`), so that is what
    it hears for every class.
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


@contextmanager
def with_docs_compiled_once() -> Iterator[None]:
    """While it holds, a template of jinja2 is compiled once only: 0.3 s and 1 MB.

    Gradio makes the docstrings of its 200 events from 36 templates, and compiles one for each.
    """
    import jinja2

    compile_template = jinja2.Environment.compile
    jinja2.Environment.compile = functools.cache(compile_template)  # type: ignore[assignment]
    try:
        yield
    finally:
        jinja2.Environment.compile = compile_template  # type: ignore[method-assign]


@contextmanager
def with_one_tls_context() -> Iterator[None]:
    """While it holds, clients that are made share one list of certificates: 0.1 s and 0.7 MB.

    Gradio makes three clients at import; each reads 150 certificates.
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
    """While it holds, classes of pydantic get their validators at their first use: 2 MB.

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
    """While it holds, nothing is searched for garbage, of which an import makes little: 0.1 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


_NETWORK = frozenset(
    {
        *("all_proxy", "http_proxy", "https_proxy", "no_proxy"),  # in either case
        *("ssl_cert_file", "ssl_cert_dir", "sslkeylogfile"),
    }
)


@contextmanager
def without_network_settings() -> Iterator[None]:
    """While it holds, clients that are made know nothing of the environment's proxies.

    Nor of its certificates. Gradio makes clients at import, which are never used here; a SOCKS
    proxy, an IPv6 address in ``NO_PROXY`` or a file of certificates that is not there would keep
    the page from starting. The Hub's client is made later, and its errors are told.
    """
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.lower() in _NETWORK}
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextmanager
def quick_import(*, mcp: bool = False) -> Iterator[None]:
    """Everything above at once; import gradio and define components inside.

    Args:
        mcp: See `without_unused_modules`.
    """
    with ExitStack() as stack:
        stack.enter_context(without_garbage_collection())
        stack.enter_context(without_unused_modules(mcp=mcp))
        stack.enter_context(without_stub_writer())
        stack.enter_context(with_docs_compiled_once())
        stack.enter_context(without_network_settings())
        stack.enter_context(with_one_tls_context())
        stack.enter_context(with_deferred_models())
        yield


def freeze_garbage() -> None:
    """Exempts what start-up made from garbage collection: it stays for good.

    It gains nothing at the start, and 0.07 s whenever memory is given back, as after the first
    photo: `mood.resources.memory.trim` looks for garbage then.
    """
    gc.freeze()
