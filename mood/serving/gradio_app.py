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


def share_state(demo: Blocks) -> None:
    """Gives all pages one state, instead of one of its own to each of the last 10,000.

    There is nothing of a visitor in it, with `keep_no_values`. To make one costs as much processor
    time as all else of a request but its picture, and so each page had to pay for the others where
    few are kept. Call it after `adopt_app`.
    """
    from gradio.state_holder import SessionState, StateHolder

    class OneState(StateHolder):
        """The state of whoever asks."""

        def set_blocks(self, blocks: Blocks) -> None:
            super().set_blocks(blocks)
            self._state = SessionState(blocks)

        def __getitem__(self, session_id: str) -> SessionState:
            return self._state

    if isinstance(getattr(demo.app, "state_holder", None), StateHolder):
        holder = OneState()  # type: ignore[no-untyped-call]
        holder.set_blocks(demo)
        demo.app.state_holder = holder
    else:
        _log.warning("this version of gradio keeps the state of visitors by other means")


def keep_no_values() -> None:
    """Lets no session keep what it was asked last, nor the answer.

    Gradio notes the last value of each component for each session, a picture of 6 MB too. It reads
    them again for its deep links only, which are not in the table of `mood.serving.routes`.
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


def fetch_nothing() -> None:
    """Takes what a request names as a file as it stands: the handlers look at it themselves.

    Gradio fetches addresses without a limit, and copies and hashes files, before a handler is asked
    and after it.
    """
    from gradio import processing_utils
    from gradio.data_classes import GradioModel, GradioRootModel

    async def as_it_is(data: Any, *_: Any, **__: Any) -> Any:
        return data.model_dump() if isinstance(data, GradioModel | GradioRootModel) else data

    if hasattr(processing_utils, "async_move_files_to_cache"):
        processing_utils.async_move_files_to_cache = as_it_is
    else:
        _log.warning("this version of gradio looks at the files of a request by other means")


def fill_in_choices(demo: Blocks) -> None:
    """Lets a call leave out values at its end: those of the parameters' defaults are taken.

    Gradio's own clients send them all, and who posts a list by himself would have to.
    """
    validate: Any = getattr(demo, "validate_inputs", None)
    if validate is None:
        _log.warning("this version of gradio counts the values of a call by other means")
        return

    def fill_in(function: Any, inputs: list[Any]) -> None:
        inputs += [part.value for part in function.inputs[len(inputs) :]] if inputs else []
        validate(function, inputs)

    demo.validate_inputs = fill_in  # type: ignore[method-assign, assignment]


def keep_no_bodies() -> None:
    """Lets no request keep its body when that is parsed: 4 MB for a photo of 3 MB that waits."""
    from starlette.requests import Request

    parse: Any = Request.json
    if parse.__name__ == "parse_and_forget":
        return  # done for an earlier app

    async def parse_and_forget(request: Any) -> Any:
        value = await parse(request)
        request.__dict__.pop("_body", None)
        return value

    Request.json = parse_and_forget  # type: ignore[method-assign, assignment]
