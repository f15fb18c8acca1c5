"""The engine's file is what its source says, and no more than browsers are to fetch."""

from __future__ import annotations

import importlib.util

import pytest

from mood.page.wasm import build


@pytest.mark.skipif(
    importlib.util.find_spec("ziglang") is None,
    reason="the compiler is not installed (pip install -e .[engine])",
)
def test_the_source_builds_the_file_that_is_served(tmp_path):
    built = tmp_path / "engine.wasm"
    build.build(built)
    assert built.read_bytes() == build.TARGET.read_bytes()


def test_the_file_is_small_and_its_source_can_be_read():
    assert build.TARGET.stat().st_size <= 30_000
    lines = build.SOURCE.read_text("utf-8").splitlines()
    assert len(lines) <= 400
    assert max(map(len, lines)) <= 120


def test_it_imports_nothing():
    """Of a module's sections, imports have the number 2."""
    content = build.TARGET.read_bytes()
    assert content[:8] == b"\0asm\1\0\0\0"
    at, sections = 8, []
    while at < len(content):
        sections.append(content[at])
        size, shift = 0, 0
        at += 1
        while True:
            byte = content[at]
            size |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                break
        at += size
    assert at == len(content)
    assert 2 not in sections
