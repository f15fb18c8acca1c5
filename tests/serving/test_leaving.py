"""From the signal to the end: who is answered, who is told, and that it ends."""

from __future__ import annotations

import http.client
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.program import STOPPING


@pytest.fixture
def at_work(program, request) -> Iterator[list[tuple[int, str]]]:
    """What the visitor was answered whose call is in work when the signal comes."""
    program.open()
    answers: list[tuple[int, str]] = []
    asked = getattr(request, "param", ("/slow", "GET"))
    work = threading.Thread(target=lambda: answers.append(program.get(*asked)))
    work.start()
    program.until(Path(f"{program.sign}.slow").exists)
    program.process.send_signal(signal.SIGTERM)
    yield answers
    program.process.kill()
    work.join()


def test_at_the_signal_the_work_is_done_and_nobody_else_let_in(program, at_work):
    program.until(lambda: program.get("/") == (503, json.dumps({"detail": STOPPING})))
    assert json.loads(program.get("/health")[1]) == {"status": "stopping"}
    Path(f"{program.sign}.done").write_text("")
    program.until(lambda: at_work)
    assert at_work == [(200, "done")]
    assert program.process.wait(20) == 0
    assert program.get("/")[0] == 0


def test_work_that_takes_too_long_is_told_to_come_again(program, at_work):
    assert program.process.wait(20) == 0
    program.until(lambda: at_work)
    assert at_work == [(503, json.dumps({"detail": STOPPING}))]
    told = Path(f"{program.sign}.told").read_text().split()
    assert told == ["False", "True"], "first those who wait, then who is at work"


@pytest.mark.parametrize("at_work", [("/gradio_api/component_server/", "POST")], indirect=True)
def test_the_page_is_told_in_the_only_form_that_it_shows(program, at_work):
    busy = {"error": "busy", "message": STOPPING, "retry_after_s": 10, "state": "busy"}
    newcomer = program.get("/gradio_api/component_server/", "POST")
    assert (newcomer[0], json.loads(newcomer[1])) == (200, busy)
    program.until(lambda: at_work)
    assert [(status, json.loads(body)) for status, body in at_work] == [(200, busy)]


def test_who_has_asked_already_may_fetch_the_answer(program, at_work):
    program.until(lambda: program.get("/")[0] == 503)
    assert program.get("/call/analyze/1") == (200, "the page")


@pytest.mark.parametrize("at_work", [("/hung", "GET")], indirect=True)
def test_a_thread_that_never_ends_does_not_keep_it_from_leaving(program, at_work):
    assert program.process.wait(20) == 0
    assert at_work == [(503, json.dumps({"detail": STOPPING}))]


@pytest.mark.parametrize("at_work", [("/stuck", "GET")], indirect=True)
def test_it_leaves_even_when_nothing_moves_any_more(program, at_work):
    assert program.process.wait(20) == 0
    assert b"not everything ended in time" in program.process.stderr.read()


def test_a_second_signal_ends_it_at_once(program, at_work):
    program.until(lambda: program.get("/")[0] == 503)
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(20) == 0
    assert at_work in ([], [(0, "")]), "nobody waited for the work"


def after_the_end(program, path: str, begun: bytes) -> bytes:
    """What a stream holds behind its beginning, when the server is told to stop and leaves."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.read(len(begun)) == begun
    program.process.send_signal(signal.SIGTERM)
    rest = answer.read()
    assert program.process.wait(20) == 0
    connection.close()
    return rest


def test_events_that_are_cut_off_do_not_say_by_what(program):
    program.open()
    assert after_the_end(program, "/call/analyze/0", b"data: begun") == b""


def test_a_browser_that_stays_open_does_not_keep_it_from_leaving(program):
    program.open()
    assert after_the_end(program, "/heartbeat/visitor", b"alive") == b"", "the stream ends properly"
    assert b"graceful shutdown exceeded" not in program.process.stderr.read()
