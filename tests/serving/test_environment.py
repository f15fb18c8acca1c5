"""The levers of start-up: each works with the installed libraries, and leaves no trace.

Where one of these tests fails after an upgrade, the program still runs, but starts more slowly or
needs more memory: see what the lever's docstring says about the library.
"""

from __future__ import annotations

import ctypes
import os
import sys

import pytest

from mood.serving import environment
from tests import fresh


def test_telemetry_is_off_before_the_libraries_come():
    environ: dict[str, str] = {"HF_HUB_DISABLE_XET": "0"}
    environment.quiet_libraries(environ)
    assert environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environ["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert environ["HF_HUB_DISABLE_XET"] == "0", "what somebody set stays"


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"),
    reason="the allocator's options are those of glibc",
)
@pytest.mark.parametrize(("variables", "arenas"), [({}, 1), ({"MALLOC_ARENA_MAX": "3"}, 3)])
def test_all_threads_share_one_arena_unless_the_environment_says_otherwise(variables, arenas):
    code = """
import ctypes, threading
from mood.serving import environment
from tests import fresh
environment.give_memory_back()
barrier = threading.Barrier(4)
def work():
    kept = bytes(5000)
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads: each.start()
for each in threads: each.join()
ctypes.CDLL(None).malloc_stats()
"""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("MALLOC_")}
    assert fresh.python(code, environ | variables).stderr.count("Arena ") == arenas


def test_damaged_pictures_write_nothing_but_what_the_program_says():
    code = """
import sys
from mood.serving import environment
from tests import fresh
environment.quiet_libraries()
environment.quiet_decoders()
import logging
logging.basicConfig(level=logging.INFO)
from tests.vision.mutations import escape, sources
whole = sources()
assert not [seed for seed in range(1000) if escape(whole, seed)]
"""
    done = fresh.python(code)
    assert (done.stdout, done.stderr) == ("", "")
