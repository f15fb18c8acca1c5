"""``python tests/small_host/leaking.py``: the whole server, with a network that leaks memory.

The leak is held by the loaded network, as that of a real one is by its session: unloading it gives
the memory back.
"""

from __future__ import annotations

import dataclasses
import logging
import sys

import numpy as np

from mood.analyzer import MoodAnalyzer
from mood.models.store import ExpressionWeights
from mood.page import build, mount_options
from mood.serving import startup as door
from mood.serving.app import create_app, rehearse
from mood.settings import Settings
from mood.types import FloatArray
from mood.vision.expression import ExpressionClassifier
from mood.vision.session import OnnxSession, Session

LEAK_MB = 8


@dataclasses.dataclass
class LeakingSession:
    """Keeps 8 MB for each batch."""

    session: Session
    kept: list[FloatArray] = dataclasses.field(default_factory=list)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        return self.session.input_shape

    def run(self, batch: FloatArray) -> FloatArray:
        self.kept.append(np.ones(LEAK_MB * 250_000, dtype=np.float32))
        return self.session.run(batch)


class LeakingAnalyzer(MoodAnalyzer):
    def _classifier(self, weights: ExpressionWeights) -> ExpressionClassifier:
        return ExpressionClassifier(weights.spec, LeakingSession(OnnxSession(weights.path)))


def main() -> int:
    logging.basicConfig(level="INFO")
    settings = Settings.from_env()

    def load() -> door.App:
        analyzer = LeakingAnalyzer(settings)
        analyzer.guard.start()
        return create_app(analyzer, settings, build(analyzer, settings), mount_options())

    return door.serve(load, rehearse, settings.host, settings.port)


if __name__ == "__main__":
    sys.exit(main())
