"""Answers that nobody fetches do not pile up."""

from __future__ import annotations

import asyncio
from functools import partial

from mood.serving import app as server
from mood.serving.answers import Answers
from tests.serving.test_gradio_queue import Served, ask, fetch, picture, run, until


def test_answers_that_nobody_fetches_are_few():
    async def main(served: Served) -> None:
        async with served.visitor() as http, served.visitor("203.0.113.2") as other:
            kept = await ask(other, picture())
            jobs = []
            for _ in range(40):
                jobs.append(await ask(http, picture()))
                await until(lambda: not served.queue.event_ids_to_events)
            await asyncio.sleep(0.1)
            assert served.kept_of_jobs["pending_messages_per_session"] == 17
            assert "faces" in await fetch(http, jobs[-1])
            assert "faces" in await fetch(other, kept)
            gone = await http.get(f"/gradio_api/call/analyze/{jobs[0]}")
            assert gone.status_code == 404

    run(main)


def test_answers_that_nobody_fetches_are_forgotten_in_time(monkeypatch):
    monkeypatch.setattr(server, "Answers", partial(Answers, keep_s=0.2))

    async def main(served: Served) -> None:
        async with served.visitor() as http:
            for name in ("one", "one", "two"):
                await ask(http, picture(), session_hash=name)
            await until(lambda: served.counters.counts.pictures == 3)
            assert served.kept_of_jobs["pending_messages_per_session"] == 2
            await until(lambda: served.kept_of_jobs["pending_messages_per_session"] == 0)
            assert served.kept_of_jobs["pending_event_ids_session"] == 0

    run(main)
