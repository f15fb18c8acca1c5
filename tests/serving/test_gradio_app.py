"""The levers of start-up: each works with the installed libraries, and leaves no trace.

Where one of these tests fails after an upgrade, the program still runs, but starts more slowly or
needs more memory: see what the lever's docstring says about the library.
"""

from __future__ import annotations

import asyncio

from mood.serving import gradio_app, gradio_queue
from mood.serving.answers import Answers
from tests.serving.levers import in_a_new_process


def test_a_demo_is_built_without_spare_apps_and_gets_the_one_that_serves():
    import gradio as gr
    from fastapi import FastAPI

    async def build() -> None:  # Blocks want an event loop
        with gradio_app.without_spare_apps(), gr.Blocks() as demo:
            pass
        assert demo.app is None
        served = gr.mount_gradio_app(FastAPI(), demo, path="/", ssr_mode=False)
        gradio_app.adopt_app(demo, served)
        assert demo.app.get_blocks() is demo

    asyncio.run(build())


def test_the_queue_polls_calmly():
    import gradio as gr

    async def build() -> None:
        with gr.Blocks() as demo:
            pass
        demo.queue()
        assert demo._queue.sleep_when_free < 0.01, "gradio calmed down by itself: drop the lever"
        assert hasattr(demo._queue, "progress_update_sleep_when_free")
        gradio_app.poll_less(demo)
        assert demo._queue.sleep_when_free == 0.05
        assert demo._queue.progress_update_sleep_when_free == 0.5

    asyncio.run(build())


def test_calls_are_not_summed_up_with_pandas():
    seen = in_a_new_process(
        """
import asyncio, sys
from mood.serving import environment, gradio_app, imports
environment.quiet_libraries()
with imports.quick_import():
    import gradio

async def build():
    with gradio.Blocks() as demo:
        pass
    demo.queue()
    record = {"function": "f", "status": "success", "process_time": 1.0}
    demo._queue.events_recorded = 50
    demo._queue.compute_analytics_summary([record] * 50)

asyncio.run(build())
seen["pandas"] = "pandas" in sys.modules
"""
    )
    assert seen["pandas"] is False


def test_levers_without_their_hold_only_warn(caplog, monkeypatch):
    from gradio import processing_utils
    from gradio.state_holder import SessionState

    class Other:
        _queue = app = None

    monkeypatch.delattr(SessionState, "_update_value_in_config")
    monkeypatch.delattr(processing_utils, "async_move_files_to_cache")
    gradio_app.poll_less(Other())
    gradio_app.share_state(Other())
    gradio_app.keep_no_values()
    gradio_app.fetch_nothing()
    gradio_queue.begin_at_once(Other(), 40)
    gradio_queue.forget_jobs(Other(), print)
    gradio_queue.hold_rooms(Other())
    gradio_queue.cancel_who_left(Other())
    gradio_queue.bound_answers(Other(), Answers(16))
    assert len(caplog.records) == 9
