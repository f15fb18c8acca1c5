"""The port: any answer within moments, 503 until the app is there, a clean end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.program import ROOT, STARTING, STOPPING, Program


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


def test_a_taken_port_ends_the_process_with_a_sentence_that_says_what_to_do(program):
    other = subprocess.run(
        program.process.args, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert other.returncode == 1
    said = f"Port {program.port} is taken by another program. Choose another: PORT=7861."
    assert other.stderr.splitlines() == [said]


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
