"""What the options of a session cost: ``python tests/benchmarks/sessions.py``.

Each row is a process of its own that loads a network of FER+'s size (35 MB, random weights) or the
embedded one, and runs it on one face. As root on Linux it does so inside 512 MB and a tenth of a
processor; elsewhere without limits, which it says. Times are processor time, which other programs
disturb little: a tenth of a processor takes ten times as long by the clock.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

LEVELS = ("disabled", "basic", "extended", "all")
ROUNDS = 20


def child(path: str, size: int, arena: bool, level: str) -> None:
    """Prints load ms, resident MB that the session takes, and ms for one face, as JSON."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    from mood.serving import environment

    environment.give_memory_back()
    import numpy as np
    import onnxruntime as ort

    from mood.resources.limits import resident_mb

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = arena
    options.log_severity_level = 3
    name = {"disabled": "ORT_DISABLE_ALL"}.get(level, f"ORT_ENABLE_{level.upper()}")
    options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, name)
    face = np.random.default_rng(0).uniform(0, 255, (1, 1, size, size)).astype(np.float32)
    before, start = resident_mb(), time.process_time()
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    loaded = time.process_time()
    feed = {session.get_inputs()[0].name: face}
    session.run(None, feed)
    start_runs = time.process_time()
    for _ in range(ROUNDS):
        session.run(None, feed)
    run_ms = (time.process_time() - start_runs) / ROUNDS * 1000
    figures = [(loaded - start) * 1000, resident_mb() - before, run_ms]
    sys.stdout.write(json.dumps(figures) + "\n")


def main() -> None:
    """Prints the table."""
    from mood.models.specs import EMBEDDED_DIR
    from tests.small_host.limits import Limits, why_not
    from tests.small_host.networks import ferplus_shaped

    obstacle = why_not()
    print("Inside 512 MB and 0.1 CPU." if obstacle is None else f"Without limits: {obstacle}.")
    print("\n| network | arena | optimisation | load ms | resident MB | one face ms |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        large = Path(name) / "large.onnx"
        large.write_bytes(ferplus_shaped())
        mini = EMBEDDED_DIR / "mini.onnx"
        for title, path, size in (("ferplus-shaped", large, 64), ("mini", mini, 48)):
            for arena in (True, False):
                for level in LEVELS:
                    command = [sys.executable, __file__, str(path), str(size), str(arena), level]
                    output = Path(name) / "out"
                    with output.open("wb") as stream:
                        if obstacle is None:
                            with Limits(512, 0.1) as limits:
                                code = limits.start(command, os.environ, stream, ROOT).wait()
                        else:
                            code = subprocess.call(command, stdout=stream)
                    text = output.read_text()
                    if code:
                        raise SystemExit(text)
                    load_ms, resident, run_ms = json.loads(text.splitlines()[-1])
                    switch = "on" if arena else "off"
                    print(
                        f"| {title} | {switch} | {level} | {load_ms:.0f} | {resident:.0f} "
                        f"| {run_ms:.1f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    if len(sys.argv) == 5:
        child(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "True", sys.argv[4])
    else:
        main()
