"""How long "Why?" takes: ``python tests/benchmarks/explain.py``.

The heat map of the astronaut's smile, on one thread, without the way to the browser and back: by
the embedded network, and by one of FER+'s size with random weights.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from mood.analyzer import MoodAnalyzer
from mood.settings import Settings
from mood.types import Expression
from mood.vision.explain import occlusion
from tests.small_host.networks import large_network

PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
ROUNDS = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("mini", str(large_network(Path(folder)))):
            measure(name)


def measure(name: str) -> None:
    settings = Settings(model=name, detector="libfacedetection")
    analyzer = MoodAnalyzer(settings)
    (crop,) = analyzer.read(PHOTO).crops
    classifier = analyzer.pool.get().classifier
    times_ms = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        occlusion(classifier, crop, Expression.HAPPINESS)
        times_ms.append((time.perf_counter() - start) * 1000)
    print(
        f"{classifier.spec.name}: median {statistics.median(times_ms):.0f} ms, "
        f"longest {max(times_ms):.0f} ms"
    )


if __name__ == "__main__":
    main()
