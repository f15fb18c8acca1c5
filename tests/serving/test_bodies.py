"""What a JSON body is made of is seen before anything of it is built."""

from __future__ import annotations

import asyncio
import json
import tracemalloc

import pytest

from mood.serving.bodies import CUT, Inflow, OddBodyError, TooLargeError, TooSlowError, outline

PICTURE = "data:image/jpeg;base64," + "A" * 1_000_000


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"data": [{"path": "/tmp/a.jpg", "meta": {"_type": "gradio.FileData"}}]},
        {"time_s": 12.75, "expressions": ["fear"], "none": None, "yes": True},
        {"names": ["Zoë", "愛", "a\\", 'quote"d', "\\\\", "\n"]},
        {"": ["", ""]},
        {"9999999999999999": -1.5e-12},
        {"time_s": 0.05790000021457672, "certainty": 0.06999999999999999, "least": 5e-324},
    ],
)
def test_the_outline_of_a_small_value_is_the_value(value):
    assert outline(json.dumps(value).encode()) == value
    assert outline(json.dumps(value, ensure_ascii=False, indent=2).encode()) == value


def test_long_texts_are_cut_wherever_they_are():
    body = {"data": [{"url": PICTURE}, "short"], "session_hash": 'x"\\' * 400}
    assert outline(json.dumps(body).encode()) == {
        "data": [{"url": CUT}, "short"],
        "session_hash": CUT,
    }


def test_nothing_is_allocated_for_a_long_text():
    body = json.dumps({"image": PICTURE}).encode()
    tracemalloc.start()
    try:
        outline(body)
        assert tracemalloc.get_traced_memory()[1] < 50_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,]",
        b'{"a": }',
        b'{"a": "no end}',
        b'{"a": "\\"}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e400}',
        b'{"a": ' + b"9" * 400 + b"}",
        b'{"a": "\\ud800"}',
        b'{"a": "' + b"\\" * 2_000 + b'"}',
        b"\xff\xfe" + '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-16"),
        '{"a": "ä"}'.encode("latin-1"),
        b"[" * 100 + b"]" * 100,
        b"[" + b"[]," * 1_000 + b"[]]",
        b"[" + b'"",' * 3_000 + b'""]',
        b"[" * 8_000_000,
        b" " * 100_000 + b"{}",
        b'"' * 8_000_000,
        b'"' + b'\\"' * 4_000_000 + b'"',
        b"[" + b'"' + b'a",' * 2_000_000 + b"]",
    ],
    ids=lambda body: repr(body[:16]),
)
def test_odd_bodies_are_refused_without_an_echo_and_without_memory(body):
    tracemalloc.start()
    try:
        with pytest.raises(OddBodyError) as refused:
            outline(body)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()
    assert len(str(refused.value)) < 120
    assert str(refused.value).endswith(".")


def arriving(*parts: bytes, pause_s: float = 0.0, ends: bool = True):
    """What a server receives: the parts, then nothing more."""
    left = list(parts)

    async def receive():
        await asyncio.sleep(pause_s)
        if not left:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or not ends}

    return receive


async def read(inflow: Inflow) -> bytes | None:
    """The body, as the gate reads JSON."""
    return await inflow.read()


async def stream(inflow: Inflow) -> bytes:
    """The same, as the gate hands on a form."""
    parts = []
    while True:
        message = await inflow.receive()
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)


WAYS = pytest.mark.parametrize("way", [read, stream])


def body(way, receive, most: int, window_s: float = 5.0) -> bytes | None:
    async def main() -> bytes | None:
        return await way(Inflow(receive, most, window_s))

    return asyncio.run(main())


@WAYS
def test_a_body_is_read_to_its_end_and_no_further_than_it_may(way):
    assert body(way, arriving(b"ab", b"", b"c"), 3) == b"abc"
    with pytest.raises(TooLargeError):
        body(way, arriving(b"ab", b"cd", ends=False), 3)


@WAYS
def test_who_sends_nothing_or_a_trickle_is_not_waited_for(way):
    for receive in (arriving(ends=False), arriving(*[b"x"] * 100, pause_s=0.01)):
        with pytest.raises(TooSlowError):
            body(way, receive, 100, window_s=0.1)


@WAYS
def test_who_sends_slowly_but_steadily_is_waited_for(way):
    steady = arriving(*[b"x" * 200] * 20, pause_s=0.02)
    assert body(way, steady, 10_000, window_s=0.1) == b"x" * 4_000


def test_a_sender_who_leaves_ends_the_reading():
    async def receive():
        return {"type": "http.disconnect"}

    assert body(read, receive, 100) is None
