"""The port: any answer within moments, 503 until the app is there, a clean end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STARTING = "The server is starting. Please try again in a moment."
STOPPING = "The server is stopping. Please try again in a moment."

# A port whose app comes when a file appears, and whose /slow answers when another does.
PROGRAM = """
import asyncio, os, pathlib, sys, time
from mood.serving import startup
startup._HOLD_S = float(os.environ.get("HOLD_S", "0.2"))

def load():
    while not pathlib.Path(sys.argv[2]).exists():
        time.sleep(0.02)
    if pathlib.Path(sys.argv[2]).read_text() == "broken":
        raise RuntimeError("broken")
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
    from starlette.routing import Route
    async def health(request):
        return JSONResponse({"status": "ok"})
    async def slow(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        while not pathlib.Path(sys.argv[2] + ".done").exists():
            await asyncio.sleep(0.02)
        return PlainTextResponse("done")
    async def hung(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        await asyncio.to_thread(time.sleep, 1000)
    async def stuck(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        time.sleep(1000)
    async def events(request):
        async def tell():
            yield b"data: begun"
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                yield f"data: {error} /path/of/a/file.py".encode()
                raise
        return StreamingResponse(tell())
    async def heartbeat(request):
        async def beat():
            yield b"alive"
            await asyncio.Event().wait()
        return StreamingResponse(beat())
    async def call(request):
        return PlainTextResponse("the call")
    async def page(request):
        return PlainTextResponse("the page")
    return Starlette(routes=[Route("/health", health), Route("/", page), Route("/slow", slow),
                             Route("/gradio_api/component_server/", slow, methods=["POST"]),
                             Route("/gradio_api/call/analyze/1", call),
                             Route("/hung", hung), Route("/stuck", stuck),
                             Route("/call/analyze/0", events), Route("/call/analyze/1", page),
                             Route("/heartbeat/visitor", heartbeat)])

async def warm_up(app):
    pathlib.Path(sys.argv[2] + ".warm").write_text("")
    raise RuntimeError("forgot the words")

def turn_away(app, working):
    with pathlib.Path(sys.argv[2] + ".told").open("a") as told:
        print(working, file=told)

startup.serve(load, warm_up, turn_away, "127.0.0.1", int(sys.argv[1]))
"""


class Program:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.sign = folder / "ready"
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.port), str(self.sign)],
            cwd=ROOT,
            env=os.environ,
            stderr=subprocess.PIPE,
        )
        self.until(lambda: self.get("/health")[0])

    def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Status and body; status 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            assert answer.status != 503 or answer.headers["retry-after"]
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def until(self, happened) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def open(self) -> None:
        self.sign.write_text("go")
        self.until(lambda: self.get("/health")[0] == 200)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path)
    with running.process:
        yield running
        running.process.kill()


def test_it_answers_before_the_app_is_there_and_then_lets_in(program):
    status, body = program.get("/health")
    assert (status, json.loads(body)) == (503, {"status": "starting"})
    assert program.get("/health", "HEAD") == (503, "")
    assert program.get("/ready")[0] == 503
    status, body = program.get("/gradio_api/info")
    assert (status, json.loads(body)["detail"]) == (503, STARTING)
    status, page = program.get("/")
    assert status == 200
    assert "waking up" in page
    program.open()
    assert json.loads(program.get("/health")[1]) == {"status": "ok"}
    assert program.get("/") == (200, "the page")


@pytest.fixture
def patient(tmp_path: Path, monkeypatch) -> Iterator[Program]:
    """A program that holds calls for as long as it takes."""
    monkeypatch.setenv("HOLD_S", "600")
    running = Program(tmp_path)
    with running.process:
        yield running
        running.process.kill()


def calls(program: Program, number: int) -> tuple[list[tuple[int, str]], list[threading.Thread]]:
    answers: list[tuple[int, str]] = []
    path = "/gradio_api/call/analyze/1"
    asking = [
        threading.Thread(target=lambda: answers.append(program.get(path))) for _ in range(number)
    ]
    for each in asking:
        each.start()
    return answers, asking


def test_calls_of_programs_wait_for_the_app_and_are_answered(patient):
    answers, asking = calls(patient, 5)
    assert patient.get("/health")[0] == 503, "machines hear at once how it is"
    assert patient.get("/")[0] == 200
    assert not answers
    patient.open()
    for each in asking:
        each.join()
    assert answers == [(200, "the call")] * 5


def test_no_more_than_32_calls_wait(patient):
    answers, asking = calls(patient, 40)
    patient.until(lambda: len(answers) == 8)
    assert answers == [(503, json.dumps({"detail": STARTING}))] * 8
    patient.open()
    for each in asking:
        each.join()
    assert sorted(answers)[:32] == [(200, "the call")] * 32


def test_calls_that_wait_are_told_when_the_server_stops(patient):
    answers, asking = calls(patient, 2)
    patient.get("/health")
    patient.process.send_signal(signal.SIGTERM)
    assert patient.process.wait(20) == 0
    for each in asking:
        each.join()
    assert answers == [(503, json.dumps({"detail": STOPPING}))] * 2


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


def test_events_that_are_cut_off_do_not_say_by_what(program):
    program.open()
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    connection.request("GET", "/call/analyze/0")
    answer = connection.getresponse()
    assert answer.read(11) == b"data: begun"
    program.process.send_signal(signal.SIGTERM)
    assert answer.read() == b""
    assert program.process.wait(20) == 0
    connection.close()


def test_a_browser_that_stays_open_does_not_keep_it_from_leaving(program):
    program.open()
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=20)
    connection.request("GET", "/heartbeat/visitor")
    answer = connection.getresponse()
    assert answer.read(5) == b"alive"
    program.process.send_signal(signal.SIGTERM)
    assert answer.read() == b"", "the stream ends properly"
    assert program.process.wait(20) == 0
    assert b"graceful shutdown exceeded" not in program.process.stderr.read()
    connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_app_is_still_coming(program, number):
    program.process.send_signal(number)
    assert program.process.wait(20) == 0


def test_when_nobody_asks_it_warms_up_and_a_failure_of_that_harms_nobody(program):
    program.open()
    warm = Path(f"{program.sign}.warm")
    program.until(lambda: program.get("/health")[0] == 200 and warm.exists())
    assert program.get("/") == (200, "the page")
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(20) == 0
    assert b"RuntimeError: forgot the words" in program.process.stderr.read()


def test_a_taken_port_ends_the_process(program):
    other = subprocess.run(program.process.args, cwd=ROOT, capture_output=True, timeout=60)
    assert other.returncode == 1
    assert b"address already in use" in other.stderr


def test_a_large_body_that_comes_while_the_app_is_still_coming_does_no_harm(program):
    head = b"POST /gradio_api/upload HTTP/1.1\r\nHost: here\r\nContent-Length: 10000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", program.port), timeout=20) as caller:
        caller.sendall(head + bytes(10_000_000))
        assert caller.recv(1000).startswith(b"HTTP/1.1 503")
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) < 60_000, "kB: it was not kept"


def test_an_app_that_cannot_be_loaded_ends_the_process_with_the_reason(program):
    program.sign.write_text("broken")
    assert program.process.wait(20) == 1
    assert program.process.stderr is not None
    assert b"RuntimeError: broken" in program.process.stderr.read()
