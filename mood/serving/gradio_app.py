"""What makes a Gradio app that serves smaller and calmer than it would be by itself.

Each lever is a function of its own, says what it saves, and does nothing where what it touches is
not there any more; `tests/serving/test_gradio_app.py` tells which upgrade of Gradio broke which.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradio import Blocks

_log = logging.getLogger(__name__)

_QUEUE_POLL_S = 0.05
_PROGRESS_POLL_S = 0.5
_SESSIONS = 200


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
    from gradio.routes import App

    for route in served.routes:
        app = getattr(route, "app", None)
        if isinstance(app, App):
            demo.app = app


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
