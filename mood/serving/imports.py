"""What makes importing gradio quicker and smaller than the libraries would by themselves.

Each lever is a function of its own, says what it saves, and does nothing where what it touches is
not there any more; `tests/serving/test_imports.py` tells which upgrade of a library broke which.
Importing this module imports nothing heavy.
"""

from __future__ import annotations

import functools
import gc
import importlib
import inspect
import re
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


def freeze_garbage() -> None:
    """Exempts what start-up made from garbage collection: it stays for good.

    It is not collected first: that would take a second of a tenth of a processor, for little.
    """
    gc.freeze()
