"""Odd values: each is refused kindly, in little, and with one line of the log at most."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.hard import wire
from tests.hard.beside import ask_panel, panel, photo, visitor
from tests.hard.refusals import CALL, CANCEL, JOIN, MARK, PAGE, RESET, V2, asked, wrong
from tests.small_host.host import Server

HUGE = 10**400
ODD = [None, True, -1, 0.5, HUGE, -HUGE, 2**63, "", MARK, "\0", [], {}, [[]], {"": MARK}]
ODD_JSON = [json.dumps(each) for each in ODD] + ["NaN", "Infinity", "-Infinity", "1e999", "-0"]
ODD_JSON += ['"\\ud800"', '"\\ud83d"', '"é"', '"\u2028"', '"\\u0000"', "1" * 5_000, "1e-99999"]

ODD_PICTURES = [
    "data:image/jpeg;base64,é",
    "data:image/jpeg;base64,\\ud800",
    "data:image/jpeg;base64,A",
    "data:image/jpeg;base64,AAA=AAA",
    "data:image/jpeg;base64,====",
    "data:image/jpeg;base64,",
    "data:image/jpeg;base64",
    "data:image/jpeg,abc",
    "data:;base64,AAAA",
    "data:text/html;base64,PGI+",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "data:image/jpeg;charset=x;base64,AAAA",
    "data:image/\\u0000;base64,AAAA",
    "data:",
    ",",
    "/etc/passwd\\u0000.jpg",
    "\\u0000",
    "/dev/zero",
    "/proc/self/environ",
    "/",
    ".",
    "~",
]


@pytest.fixture(scope="module")
def panels(server: Server) -> dict[str, int]:
    with visitor(server.url, "192.0.2.40") as client:
        numbers = {name: panel(client, name) for name in ("photo", "live")}
        # The first photo loads the networks, and the log says so.
        ask_panel(client, numbers["photo"], "read_photo", {"image": photo("astronaut", 320).url})
    return numbers


def to_panel(number: object, function: object, data: str, session: str = '"s"') -> bytes:
    head = f'{{"component_id": {json.dumps(number)}, "fn_name": {json.dumps(function)}'
    return f'{head}, "session_hash": {session}, "data": {data}}}'.encode()


FUNCTIONS = [
    ("photo", "read_photo", "image"),
    ("photo", "read_photo", "path"),
    ("photo", "annotate_photo", "image"),
    ("photo", "explain_face", "image"),
]


@pytest.mark.parametrize(("name", "function", "key"), FUNCTIONS)
def test_odd_pictures_on_the_page(server, panels, name, function, key):
    texts = [f'"{each}"' for each in ODD_PICTURES] + ODD_JSON
    found = []
    for text in texts:
        data = f'{{"{key}": {text}, "expression": "anger"}}'
        found += wrong(server, PAGE, to_panel(panels[name], function, data))
    assert not found, found


@pytest.mark.parametrize("key", ["model", "detector", "certainty", "smallest_face", "expressions"])
def test_odd_choices_on_the_page(server, panels, key):
    image = photo("astronaut", 320).url
    found = []
    for text in [*ODD_JSON, json.dumps("n" * 1_000), json.dumps(["n" * 900] * 9)]:
        before = wire.lines(server)
        data = f'{{"image": "{image}", "{key}": {text}}}'
        body = to_panel(panels["photo"], "read_photo", data)
        status, told = wire.ask(server.url, PAGE, body)
        logged = wire.lines(server) - before
        # What stands for no choice is none; the rest is refused.
        large = b'"error"' in told and len(told) > 1_000
        if not 200 <= status < 500 or logged > 2 or large:
            found.append((text[:50], status, told[:200], logged))
    assert not found, found


@pytest.mark.parametrize("key", ["viewer", "image", "width", "height", "time_s"])
def test_odd_frames(server, panels, key):
    frame = {"viewer": '"somebody"', "width": "640", "height": "480", "time_s": "1"}
    frame["image"] = json.dumps(photo("astronaut", 320).url)
    found = []
    for text in ODD_JSON:
        data = ", ".join(f'"{name}": {value}' for name, value in (frame | {key: text}).items())
        body = to_panel(panels["live"], "live_frame", f"{{{data}}}")
        status, told = wire.ask(server.url, PAGE, body)
        if not 200 <= status < 500 or b"NaN" in told or MARK.encode() in told:
            found.append((text[:50], status, told[:200]))
    assert not found, found


@pytest.mark.parametrize("function", ["live_frame", "live_leave", "live_clear", "live_export"])
def test_odd_questions_about_the_camera(server, panels, function):
    found = []
    for text in ODD_JSON:
        status, told = wire.ask(server.url, PAGE, to_panel(panels["live"], function, text))
        if not 200 <= status < 500 or len(told) > 1_000:
            found.append((text[:50], status, told[:200]))
    assert not found, found


def test_odd_names_of_components_functions_and_sessions(server, panels):
    found = []
    for each in [*ODD, 3.5, "3", 10**6, "get_block_name", "__class__", "postprocess"]:
        if each != panels["photo"]:
            found += wrong(server, PAGE, to_panel(each, "under_way", "{}"))
        found += wrong(server, PAGE, to_panel(panels["photo"], each, "{}"))
    for text in ODD_JSON:
        if text[:1] != '"':
            found += wrong(server, PAGE, to_panel(panels["photo"], "under_way", "{}", text))
    for key in ("data", "component_id", "fn_name", "session_hash"):
        body = json.loads(to_panel(panels["photo"], "under_way", "{}"))
        del body[key]
        found += wrong(server, PAGE, json.dumps(body).encode())
    assert not found, found


@pytest.mark.parametrize("path", [CALL, V2, JOIN])
def test_odd_questions_to_the_api(server, path):
    texts = [f'"{each}"' for each in ODD_PICTURES]
    texts += [f'{{"url": "{each}"}}' for each in ODD_PICTURES]
    texts += [f'{{"path": {each}}}' for each in ODD_JSON] + ODD_JSON
    found = []
    for text in texts:
        before = wire.lines(server)
        status, told, stream = asked(server, path, wire.question(path, text))
        logged = wire.lines(server) - before
        failed = b"event: error" in stream or b'"success":false' in stream
        refused = 400 <= status < 500 or failed
        about = told + stream
        speechless = b'"error": null' in stream or b'"error":null' in stream
        if status >= 500 or not refused or speechless or logged > 1 or len(about) > 1_500:
            found.append((text[:80], status, about[:200], logged))
        elif MARK.encode() in about:
            found.append((text[:80], "echoed", about[:200]))
    assert not found, found


def shapes(path: str) -> Iterator[bytes]:
    """Bodies that are not what the route wants."""
    yield from (b"", b" ", b"null", b"[]", b"{}", b"0", b'"text"', b"{", b"}", b"\0", b"\xff\xfe")
    yield b"data=1&b=" + MARK.encode()
    whole = wire.question(path, '{"url": "data:"}').decode()
    yield whole.encode("utf-16")
    yield whole.encode("utf-16-le")
    yield whole.encode("utf-32")
    yield whole.replace("data:", "\xe9").encode("latin-1")
    yield whole.replace("data:", "\0").encode()
    yield (whole[:-1] + "}}").encode()
    yield (whole[:-1] + f', "{MARK}": 1}}').encode()
    yield whole.replace("{", "{" * 2_000).encode()
    yield wire.question(path, "[" * 40 + "]" * 40)
    for key in ("session_hash", "fn_index", "event_id", "trigger_id", "data"):
        for text in ODD_JSON:
            if text not in ("null", "0", "-0") and not (text[0] == '"' and key != "data"):
                yield (whole[:-1] + f', "{key}": {text}}}').encode()


@pytest.mark.parametrize("path", [CALL, V2, JOIN, CANCEL, RESET, PAGE, "/gradio_api/call/nothing"])
def test_bodies_of_another_shape(server, path):
    found = []
    for body in shapes(path):
        problem = wrong(server, path, body)
        queued = path in {CALL, V2, JOIN} and problem and problem[0][3] == 200
        if queued and b"event_id" in problem[0][4]:  # what a route does not know, it leaves out
            asked(server, path, body)
        else:
            found += problem
    assert not found, found


def test_unknown_functions(server):
    found = []
    for number in ("-1", "1000000", str(HUGE), '"analyze"', "0.5", "[]", "null", "true"):
        body = f'{{"data": [{{"url": "data:"}}], "fn_index": {number}, "session_hash": "s"}}'
        if number != "true":
            found += wrong(server, JOIN, body.encode())
        cancel = f'{{"session_hash": "s", "fn_index": {number}, "event_id": "e"}}'
        status, told = wire.ask(server.url, CANCEL, cancel.encode())
        if status >= 500 or len(told) > 500:
            found.append((cancel, status, told[:200]))
    for name in ("nothing", "predict", "read_photo", "__init__", "%00", "0", "analyze%2f..", "%ff"):
        for version in ("", "v2/"):
            path = f"/gradio_api/call/{version}{name}"
            found += wrong(server, path, wire.question(CALL, '"data:"'))
    assert not found, found


def test_keys_that_stand_twice_are_one(server, panels):
    """Whoever measures and whoever reads must see the same one."""
    twice = to_panel(panels["photo"], "under_way", "{}")[:-1]
    for key, text in (("session_hash", f'"{"n" * 100}"'), ("fn_name", '"__class__"')):
        for body in (
            twice + f', "{key}": {text}}}'.encode(),
            twice.replace(b"{", f'{{"{key}": {text}, '.encode(), 1) + b"}",
        ):
            status, told = wire.ask(server.url, PAGE, body)
            assert status in {200, 400, 404, 422}, told
            assert len(told) <= 1_000
    assert not wrong(server, PAGE, twice + f', "session_hash": "{"n" * 100}"}}'.encode())
