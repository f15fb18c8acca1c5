"""``python -m tests.benchmarks.without LEVER``: the whole server without one of its levers.

Which levers there are and how to leave one out is known here only; the program has no switches for
it. Importing this module imports nothing heavy: that would disturb what is measured.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from mood.serving import environment, gradio_app, gradio_queue, imports, serve, server

Change = Callable[[], None]


def _no_context(module: Any, name: str) -> Change:
    return lambda: setattr(module, name, lambda **_: contextlib.nullcontext())


def _no_call(module: Any, name: str) -> Change:
    return lambda: setattr(module, name, lambda *_: None)


def _imported(name: str) -> Change:
    def change() -> None:
        for group in ("_POSTPONED", "_WITHOUT"):
            names = getattr(imports, group)
            setattr(imports, group, tuple(each for each in names if each != name))

    return change


def _spare_apps() -> None:
    _no_context(gradio_app, "without_spare_apps")()
    _no_call(gradio_app, "adopt_app")()


def _no_warm_up() -> None:
    serve_all = server.serve

    async def nothing(_app: object) -> None:
        pass

    server.serve = lambda load, _, *rest: serve_all(load, nothing, *rest)


def _none() -> None:
    for change in _SINGLE.values():
        change()


_SINGLE: dict[str, Change] = {
    **{
        name: _no_context(imports, name)
        for name in (
            "without_unused_modules",
            "without_stub_writer",
            "with_docs_compiled_once",
            "with_one_tls_context",
            "with_deferred_models",
            "without_garbage_collection",
        )
    },
    "freeze_garbage": _no_call(imports, "freeze_garbage"),
    "without_spare_apps": _spare_apps,
    "give_memory_back": _no_call(environment, "give_memory_back"),
}
START: dict[str, Change] = {
    **_SINGLE,
    **{name: _imported(name) for name in imports._POSTPONED + imports._WITHOUT},
    "all": _none,
}
"""The levers that pay while the program starts; a module's name imports that one after all."""

LATER: dict[str, Change] = {
    "poll_less": _no_call(gradio_app, "poll_less"),
    "warm_up": _no_warm_up,
    "freeze_garbage": _no_call(imports, "freeze_garbage"),
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": lambda: environment.QUIET.pop(
        "GRADIO_ANALYTICS_CACHE_FREQUENCY"
    ),
    "GRADIO_ANALYTICS_MAX_EVENTS": lambda: environment.QUIET.pop("GRADIO_ANALYTICS_MAX_EVENTS"),
    "keep_no_values": _no_call(gradio_app, "keep_no_values"),
    "forget_jobs": _no_call(gradio_queue, "forget_jobs"),
    "give_memory_back": _no_call(environment, "give_memory_back"),
}
"""The levers that pay once it serves."""


def main(levers: list[str]) -> int:
    """Serves without these levers."""
    for lever in levers:
        (START | LATER)[lever]()
    return serve()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
