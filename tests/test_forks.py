"""A process that is forked while other threads work: its child works, too.

Each in a program of its own, whose children are given up after a while.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")

BEGIN = """
import faulthandler, os, sys, threading
from mood.analyzer import MoodAnalyzer
from mood.settings import Settings

def child(work):
    '''What becomes of a child that does this: its exit code.'''
    pid = os.fork()
    if pid == 0:
        faulthandler.dump_traceback_later(60, exit=True)
        sys.exit(0 if work() else 2)  # as an ordinary program ends, everything is freed
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def smiles(analyzer):
    return analyzer.analyze("examples/astronaut.jpg").faces[0].top == "happiness"
"""

BUSY = """
settings = Settings(model="mini", detector="libfacedetection", threads=int(sys.argv[1]))
analyzer = MoodAnalyzer(settings)
assert smiles(analyzer)
over = threading.Event()

def work():
    while not over.is_set():
        analyzer.analyze("examples/mariachi.jpg")

threads = [threading.Thread(target=work) for _ in range(2)]
for each in threads: each.start()
codes = [child(lambda: smiles(analyzer)) for _ in range(4)]
over.set()
for each in threads: each.join()
assert codes == [0] * 4, codes
assert smiles(analyzer), "the parent goes on"
"""

TURN = """
from mood.resources.queue import Queue
settings = Settings(model="mini", detector="libfacedetection")
queue = Queue()
analyzer = MoodAnalyzer(settings, queue=queue)
began, over = threading.Event(), threading.Event()

def hold():
    with queue.turn():
        began.set()
        over.wait()

thread = threading.Thread(target=hold)
thread.start()
began.wait()
code = child(lambda: smiles(analyzer))
waiting = threading.Thread(target=lambda: analyzer.analyze("examples/astronaut.jpg"))
waiting.start()
code = code or child(lambda: smiles(analyzer) and analyzer.counters.counts.waiting == 0)
over.set()
thread.join()
waiting.join()
assert code == 0, code
"""

DOWNLOAD = """
import tempfile, time
from pathlib import Path
from mood.models import hub
from mood.models.files import HubFiles
from mood.models.specs import HubFile

file = HubFile("owner/repo", "network.onnx", "main")
began, over = threading.Event(), threading.Event()
parent = os.getpid()

def download(*_):
    began.set()
    if os.getpid() == parent:
        over.wait()
    return Path(__file__)

hub.download, hub.in_cache, hub.is_offline = download, lambda _: None, lambda: False
files = HubFiles(Settings(), time.monotonic)
first = files.begin(file, "network")
began.wait()

def fetch():
    assert files.progress() == ()
    own = files.begin(file, "network")
    return files.wait(file, "network", own, time.monotonic() + 30)[0] == Path(__file__)

code = child(fetch)
over.set()
assert code == 0, code
"""


@pytest.mark.parametrize(
    ("program", "arguments"),
    [(BUSY, ["1"]), (BUSY, ["2"]), (TURN, []), (DOWNLOAD, [])],
    ids=["analysing", "analysing with two threads each", "in turns", "downloading"],
)
def test_a_child_works_whatever_other_threads_do_when_it_is_forked(tmp_path, program, arguments):
    path = tmp_path / "program.py"
    path.write_text(BEGIN + program)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", str(path), *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
