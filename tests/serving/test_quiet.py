"""The log says once a minute what strangers make happen all the time."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from mood.serving.quiet import OncePerMinute
from tests import fresh


class Log:
    def __init__(self) -> None:
        self.time_s = 1000.0
        self.lines: list[str] = []
        self.logger = logging.getLogger("quiet test")
        self.logger.propagate = False
        self.handler = logging.Handler()
        self.handler.emit = lambda record: self.lines.append(self.handler.format(record))
        self.filter = OncePerMinute(lambda: self.time_s)


@pytest.fixture
def log() -> Iterator[Log]:
    log = Log()
    log.logger.addHandler(log.handler)
    log.logger.addFilter(log.filter)
    yield log
    log.logger.removeHandler(log.handler)
    log.logger.removeFilter(log.filter)


def test_of_one_kind_the_first_is_logged_and_the_next_says_how_many_there_were(log):
    for number in range(500):
        log.logger.warning("%d was odd", number)
    assert log.lines == ["0 was odd"]
    log.time_s += 61
    log.logger.warning("%d was odd", 500)
    log.logger.warning("%d was odd", 501)
    assert log.lines[1:] == ["500 was odd … and 499 more"]
    log.time_s += 61
    log.logger.warning("%d was odd", 502)
    assert log.lines[2:] == ["502 was odd … and 1 more"]


def test_one_a_minute_is_logged_as_it_is(log):
    for _ in range(3):
        log.logger.warning("odd")
        log.time_s += 60
    assert log.lines == ["odd"] * 3


def test_other_kinds_are_logged(log):
    log.logger.warning("odd")
    log.logger.warning("even")
    for error in (ValueError, KeyError, ValueError):
        try:
            raise error("no")
        except (ValueError, KeyError):
            log.logger.exception("Exception in ASGI application\n")
    assert [line.splitlines()[-1] for line in log.lines] == [
        "odd",
        "even",
        "ValueError: no",
        "KeyError: 'no'",
    ]


def test_addresses_of_objects_make_no_kinds_of_their_own(log):
    for _ in range(10):
        log.logger.error(f"Task exception was never retrieved\nfuture: {object()}")
    assert len(log.lines) == 1


def test_a_stranger_who_invents_kinds_fills_no_memory(log):
    letters = str.maketrans("0123456789", "abcdefghij")
    for number in range(10_000):
        log.logger.warning(f"kind {number}".translate(letters))
    assert len(log.filter._said) <= 201
    log.logger.warning("kind jjjj")
    assert len(log.lines) == 10_000


def test_values_in_a_template_make_no_kinds_of_their_own(log):
    for number in range(100):
        log.logger.warning(f"Expected {number}, got {number + 1} in header '{chr(65 + number)}'")
    assert len(log.lines) == 1


def test_it_is_installed_where_strangers_are_heard():
    program = """
import logging
from python_multipart import multipart
from mood.serving import quiet
logging.basicConfig()
quiet.install()
for _ in range(3):
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("mood.serving.anything").warning("refused")
    logging.getLogger("mood.analyzer").warning("found nothing")
for boundary in (b"x", b"yy", b"zzz"):
    parser = multipart.MultipartParser(boundary)
    try:
        parser.write(b"--other")
    except multipart.MultipartParseError:
        pass
"""
    said = fresh.python(program).stderr
    assert said.count("Expected boundary character") == 1
    assert said.count("refused") == 1
    assert said.count("Invalid HTTP") == 1
    assert said.count("found nothing") == 3
