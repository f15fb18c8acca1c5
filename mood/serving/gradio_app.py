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

    from mood.errors import MoodError

_log = logging.getLogger(__name__)

_QUEUE_POLL_S = 0.05
_PROGRESS_POLL_S = 0.5
_SESSIONS = 16


@contextmanager
def without_spare_apps() -> Iterator[None]:
    """While it holds, building a demo does not build a web app around it each time.

    Gradio builds three that nobody sees before `gradio.mount_gradio_app` builds the one that
    serves; call `adopt_app` after that. Gains 0.15 s and 3 MB (`tests/benchmarks/startup.py`).
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


def poll_less(demo: Blocks) -> None:
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
    """Keeps the state of the last 16 pages instead of 10,000; call it before mounting.

    There is nothing of a visitor in it, with `keep_no_values`: a page whose state has gone gets it
    anew with its next request.
    """
    if hasattr(demo, "state_session_capacity"):
        demo.state_session_capacity = _SESSIONS
    else:
        _log.warning("this version of gradio caps the state of visitors by other means")


def keep_no_values() -> None:
    """Lets no session keep what it was asked last, nor the answer.

    Gradio notes the last value of each component for each session, a picture of 6 MB too. It reads
    them again for its deep links only, and `mood.serving.middleware.ClosedRoutes` closes those.
    """
    from gradio.state_holder import SessionState

    if hasattr(SessionState, "_update_value_in_config"):
        SessionState._update_value_in_config = lambda *_: None  # type: ignore[method-assign]
    else:
        _log.warning("this version of gradio keeps the last values of visitors by other means")


def forget_description(demo: Blocks) -> None:
    """Lets the description of the API be made anew for the root of the next visitor who asks.

    Gradio keeps the one that it made for the first, whatever address that one came by, and tells it
    to all.
    """
    if hasattr(demo.app, "api_info"):
        demo.app.api_info = None
    else:
        _log.warning("this version of gradio keeps the description of its API by other means")


def forget_jobs(demo: Blocks) -> None:
    """Lets go of what a job was asked when it is done; call it after `Blocks.queue`.

    Gradio's queue holds on to the last one until the next comes: twice the size of its request. Its
    context keeps the request, too, where a coroutine ended with an error.
    """
    from gradio.context import LocalContext

    queue: Any = getattr(demo, "_queue", None)
    work = getattr(queue, "process_events", None)
    if work is None:
        _log.warning("this version of gradio works its queue off by other means")
        return

    async def work_and_forget(events: list[Any], *rest: Any) -> None:
        try:
            await work(events, *rest)
        finally:
            for event in events:
                event.data = event.request = None
            LocalContext.request.set(None)

    queue.process_events = work_and_forget


def turn_away(demo: Blocks, error: MoodError, working: bool) -> None:
    """Ends jobs of Gradio's queue as if they had raised `error`; call it in the event loop.

    When the server stops, Gradio itself tells nothing to those who wait, and to those who are
    cancelled by what, with paths of files.

    Args:
        demo: Whose queue it is.
        error: What they are told.
        working: Whether those at work are told too, and not only those that wait.
    """
    from gradio.server_messages import ProcessCompletedMessage
    from gradio.utils import error_payload

    from mood.page.api import told

    queue: Any = getattr(demo, "_queue", None)
    if not hasattr(queue, "event_queue_per_concurrency_id") or not hasattr(queue, "active_jobs"):
        _log.warning("this version of gradio keeps its jobs by other means")
        return
    jobs = []
    for line in queue.event_queue_per_concurrency_id.values():
        jobs += line.queue
        line.queue.clear()
    if working:
        jobs += [job for batch in queue.active_jobs for job in batch or ()]
    said = error_payload(told(error), show_error=False)
    for job in jobs:
        queue.send_message(job, ProcessCompletedMessage(output=dict(said), success=False))
        job.alive = False  # hears no more
        queue.event_ids_to_events.pop(job._id, None)
