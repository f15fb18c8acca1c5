"""What makes Gradio's queue forget: what was asked, who has gone, and answers nobody fetches.

The queue itself decides nothing here: each job begins at once, and waits for its turn with all who
ask, in `mood.resources.queue`. As in `mood.serving.gradio_app`, each lever is a function that says
what it saves and does nothing where Gradio has changed. Call all of them after `Blocks.queue`, and
before the demo is mounted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import weakref
from collections.abc import Callable, Iterable
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any

from mood.resources.household import household
from mood.serving.answers import Answers
from mood.serving.shares import HOLD

if TYPE_CHECKING:
    from gradio import Blocks

    from mood.errors import MoodError

_log = logging.getLogger(__name__)


def begin_at_once(demo: Blocks, jobs: int) -> None:
    """Lets so many jobs be under way, waiting for their turn elsewhere, instead of 40.

    Args:
        demo: Whose queue it is.
        jobs: More than may wait for a turn, so that this is never a second queue in the way.
    """
    queue = _queue(demo, "max_thread_count", "max_size")
    if queue is not None:
        queue.max_thread_count = jobs
        queue.max_size = None


def forget_jobs(demo: Blocks, answered: Callable[[str], None]) -> None:
    """Lets go of what a job was asked when it is done.

    Gradio's queue holds on to the last one until the next comes: twice the size of its request. Its
    context keeps the request, too, where a coroutine ended with an error.

    Args:
        demo: Whose queue it is.
        answered: Told the path of each upload that a job was about.
    """
    from gradio.context import LocalContext

    queue = _queue(demo, "process_events")
    if queue is None:
        return
    work = queue.process_events

    async def work_and_forget(events: list[Any], *rest: Any) -> None:
        paths = [path for event in events for path in _paths(event)]
        try:
            await work(events, *rest)
        finally:
            for event in events:
                event.data = event.request = None
                _is_gone(event)
            LocalContext.request.set(None)
            for path in paths:
                answered(path)

    queue.process_events = work_and_forget


def _paths(event: Any) -> Iterable[str]:
    """The files that a job is about."""
    first, *others = getattr(event.data, "data", None) or (None,)
    for value in first if isinstance(first, list) else (first, *others):
        path = value.get("path") if isinstance(value, dict) else value
        if isinstance(path, str) and not path.startswith("data:"):
            yield path


def hold_rooms(demo: Blocks) -> None:
    """Keeps what a request holds of the gate's room until its job is done or gone.

    The bodies that Starlette keeps with a request, as bytes and parsed, are dropped: 7 MB for a
    picture of 3 MB that waits.
    """
    queue = _queue(demo, "push", "event_ids_to_events")
    if queue is None:
        return

    def hold(event: Any, request: Any) -> None:
        for name in ("_body", "_json"):
            request.__dict__.pop(name, None)
        held = request.scope.get(HOLD)
        if held is not None:
            held.keep()
            _when_gone(event, held.release)

    _after_push(queue, hold)


def cancel_who_left(demo: Blocks) -> None:
    """Cancels the jobs of a caller who hung up, also those that have begun to wait for their turn.

    Gradio drops those only that have not begun.
    """
    parts = ("process_events", "clean_events", "pending_messages_per_session")
    queue = _queue(demo, *parts, "pending_event_ids_session")
    if queue is None:
        return
    work, clean = queue.process_events, queue.clean_events
    under_way: dict[Any, list[Any]] = {}

    async def work_noted(events: list[Any], *rest: Any) -> None:
        task = asyncio.current_task()
        under_way[task] = events
        try:
            await work(events, *rest)
        finally:
            under_way.pop(task, None)

    async def clean_all(*, session_hash: str | None = None, event_id: str | None = None) -> None:
        await clean(session_hash=session_hash, event_id=event_id)
        for task in [each for each, events in under_way.items() if not _alive(events)]:
            del under_way[task]  # once only: a second time would cut off its tidying up
            task.cancel()
        queue.pending_event_ids_session.pop(session_hash, None)
        queue.pending_messages_per_session.pop(session_hash, None)

    queue.process_events = work_noted
    queue.clean_events = clean_all


def _alive(events: list[Any]) -> bool:
    return any(event.alive for event in events)


def bound_answers(demo: Blocks, answers: Answers) -> None:
    """Forgets answers that nobody fetches in time, and at once that there was a session.

    Gradio keeps the answers of 2,000 sessions, and the names of all that there ever were.
    """
    parts = ("push", "event_ids_to_events", "pending_messages_per_session")
    queue = _queue(demo, *parts, "pending_event_ids_session")
    if queue is None:
        return
    queue.pending_messages_per_session = answers.messages
    queue.pending_event_ids_session = answers.sessions

    def watch(event: Any, request: Any) -> None:
        who = household(request.client.host if request.client else "")
        _when_gone(event, partial(answers.wait, event._id, event.session_hash, who))

    _after_push(queue, watch)


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

    queue = _queue(demo, "event_queue_per_concurrency_id", "active_jobs")
    if queue is None:
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


def _queue(demo: Blocks, *parts: str) -> Any:
    """The queue of a demo, if it has these parts; else None, and a warning."""
    queue: Any = getattr(demo, "_queue", None)
    if all(hasattr(queue, part) for part in parts):
        return queue
    _log.warning("this version of gradio has another queue, without %s", " or ".join(parts))
    return None


def _after_push(queue: Any, then: Callable[[Any, Any], None]) -> None:
    """Calls `then` with each job that is taken into the queue, and its request."""
    push = queue.push

    async def push_and_then(body: Any, request: Any, username: Any) -> Any:
        answer = await push(body=body, request=request, username=username)
        taken, number, _ = answer
        event = queue.event_ids_to_events.get(number) if taken else None
        if event is not None:
            then(event, request)
        return answer

    queue.push = push_and_then


def _when_gone(event: Any, then: Callable[[], None]) -> None:
    """Calls `then` in the event loop when a job is over: done, cancelled, or held by nobody."""
    loop = asyncio.get_running_loop()

    def soon() -> None:  # objects may die in any thread
        with contextlib.suppress(RuntimeError):  # the loop is closed already
            loop.call_soon_threadsafe(then, context=Context())

    end = weakref.finalize(event, soon)
    end.atexit = False
    event.ends = [*getattr(event, "ends", ()), end]


def _is_gone(event: Any) -> None:
    """Says that a job is over, also where an error still holds it."""
    for end in getattr(event, "ends", ()):
        end()
