"""Odd requests: forms, headers, ranges, addresses, and what is no HTTP at all."""

from __future__ import annotations

import pytest

from tests.hard import wire
from tests.hard.beside import visitor
from tests.hard.refusals import CALL, CANCEL, JOIN, PAGE, RESET, UPLOAD, V2, wrong


@pytest.mark.parametrize("path", [CALL, V2, JOIN, CANCEL, RESET, PAGE])
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=b",
        "application/xml",
        "image/jpeg",
        "/",
        "x" * 3_000,
    ],
)
def test_bodies_of_another_kind(server, path, kind):
    form = b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n--b--\r\n'
    found = []
    for body in (form, wire.question(path, '"\\u0000"'), b""):
        found += wrong(server, path, body, kind=kind)
    assert not found, found


B = "multipart/form-data; boundary=b"
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nx\r\n--b--\r\n'
)
FORMS = {
    "nothing": (B, b""),
    "no parts": (B, b"--b--\r\n"),
    "no end": (B, FILE[:-8]),
    "no boundary": ("multipart/form-data", FILE),
    "empty boundary": ("multipart/form-data; boundary=", FILE),
    "another boundary": ("multipart/form-data; boundary=c", FILE),
    "long boundary": (f"multipart/form-data; boundary={'b' * 5_000}", FILE),
    "no field": (B, FILE.replace(b'; name="files"', b"")),
    "no file name": (B, FILE.replace(b'; filename="a.jpg"', b"")),
    "another field": (B, FILE.replace(b"files", b"file")),
    "no disposition": (B, FILE.replace(b"Content-Disposition", b"X")),
    "null in the field": (B, FILE.replace(b"files", b"fi\0les")),
    "odd charset": (B + "; charset=utf-16", FILE),
    "unknown charset": (B + "; charset=nothing", FILE),
    "not a form": ("application/json", b"{}"),
    "a form's fields": ("application/x-www-form-urlencoded", b"files=a"),
    "many headers": (B, FILE.replace(b"\r\n\r\n", b"\r\nX: y" * 500 + b"\r\n\r\n", 1)),
    "a long header": (B, FILE.replace(b"\r\n\r\n", b"\r\nX: " + b"y" * 50_000 + b"\r\n\r\n", 1)),
    "odd encoding": (B, FILE.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: x\r\n\r\n", 1)),
    "many parts": (B, FILE[:-7] * 1_100 + b"--b--\r\n"),
    "a mixture": ("multipart/mixed; boundary=b", FILE),
}


TAKEN = {"odd encoding", "odd charset", "unknown charset", "many headers", "a long header"}
"""These may be read as well."""


@pytest.mark.parametrize("form", FORMS)
def test_odd_forms(server, form):
    kind, body = FORMS[form]
    before = wire.lines(server)
    status, told = wire.ask(server.url, UPLOAD, body, kind=kind, timeout=10)
    # Nothing that is a file is an empty list for Gradio's clients, and no file is kept.
    empty = status == 200 and told == b"[]"
    taken = status == 200 and form in TAKEN
    assert 400 <= status < 500 or empty or taken, told
    assert len(told) <= 500
    assert wire.lines(server) - before <= 1


UNKNOWN = ["/gradio_api/queue/data?session_hash=unknown", "/gradio_api/queue/data"]
UNKNOWN += [f"{CALL}/unknown", f"{CALL}/{'f' * 32}", f"{V2}/{'f' * 32}", "/gradio_api/call/x/y"]
UNKNOWN += ["/static/../app.py", "/static/%00", "/assets/nothing.js", "/pwa_icon/x", "/page/x/y"]
UNKNOWN += ["/gradio_api/heartbeat/", "/gradio_api/heartbeat/%00", "/gradio_api/heartbeat/%ff"]
UNKNOWN += ["/%", "/%ff", "/%c0%af", "/\u00e9", "/" + "a" * 10_000, "/" * 5_000, "/..", "*"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_what_is_not_known(server, path):
    before = wire.lines(server)
    status, told = wire.ask(server.url, path, method="GET", timeout=3)
    stream = b'"success":false' in told or b"event: error" in told or b"event: unexpected" in told
    assert 400 <= status < 500 or (status == 200 and (stream or b"heartbeat" not in told)), told
    assert len(told) <= 1_000
    assert wire.lines(server) - before <= 1


RANGES = ["bytes=1-2-3", f"bytes={'9' * 5_000}-", f"bytes=-{'9' * 5_000}", "bytes=", "bytes=a-b"]
RANGES += ["x", "bytes=5-1", "bytes=--1", "bytes=0-0," * 1_000, "bytes=99999999-", "bytes=\xb2-"]


@pytest.mark.parametrize("text", RANGES)
def test_odd_ranges(server, text):
    with visitor(server.url, "192.0.2.41") as client:
        page = client.get("/").text
    stamped = page[page.index("page/") :].partition("/photo/")[0] if "/photo/" in page else "page/x"
    for path in (f"/{stamped}/photo/photo.js", "/", "/theme.css", "/favicon.ico", "/manifest.json"):
        before = wire.lines(server)
        status, _ = wire.ask(server.url, path, method="GET", Range=text)
        assert status in {200, 206, 400, 404, 416, 431}, path
        assert wire.lines(server) - before <= 1


@pytest.mark.parametrize(
    "fields",
    [
        {"Content_Encoding": "gzip"},
        {"Cookie": "a=" + "b" * 4_000},
        {"Cookie": ";;;=;\xff"},
        {"Accept_Encoding": "gzip;q=x, *;q=9"},
        {"Accept_Language": "\xff" * 100},
        {"Expect": "100-continue"},
        {"Expect": "everything"},
        {"Upgrade": "websocket", "Connection": "Upgrade"},
        {"Upgrade": "h2c", "HTTP2_Settings": "AAMAAABkAARAAAAAAAIAAAAA"},
        {"If_None_Match": '"' * 100},
        {"If_Modified_Since": "never"},
        {"Content_Type": ""},
        {"Authorization": "Basic \xff"},
        {"X_Forwarded_For": ", , ,"},
        {"X_Forwarded_For": "é\xff, 1.2.3"},
        {"X_Forwarded_For": "1.2.3.4, " * 500},
        {"X_Forwarded_Proto": "javascript"},
        {"Traceparent": "\xff"},
    ],
)
def test_odd_headers(server, fields):
    for path, method in (("/health", "GET"), ("/", "GET"), ("/config", "GET"), (CALL, "POST")):
        before = wire.lines(server)
        status, told = wire.ask(server.url, path, b"", method=method, timeout=5, **fields)
        assert 200 <= status < 500, (path, told[:200])
        assert wire.lines(server) - before <= 1


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        b"POST /config HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /config HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 400 + b"\r\n\r\n",
        b"POST /config HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST /config HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST /gradio_api/cancel HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /gradio_api/cancel HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 30_000 + b"\r\n",
        b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=lambda request_: str(len(request_)),
)
def test_what_is_no_http(server, request_):
    before = wire.lines(server)
    with wire.connect(server.url, 10) as out:
        try:
            out.sendall(request_)
            out.shutdown(1)
            status, told = wire.answer(out)
        except OSError:
            status, told = 0, b""
    assert status == 0 or 400 <= status < 500 or status == 200
    assert len(told) <= 1_000 or status == 200
    assert wire.lines(server) - before <= 1
    assert server.status("/health") == 200
