"""``python tests/small_host/leaking.py``: the whole server, with a network that leaks memory.

The leak is held by the loaded network, as that of a real one is by its session: unloading it gives
the memory back.
"""

from __future__ import annotations

import dataclasses
import sys

import numpy as np

from mood.models.specs import ExpressionSpec
from mood.models.store import Weights
from mood.resources.pool import ModelPool
from mood.serving import app, serve
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


class LeakingPool(ModelPool):
    def _classifier(
        self, weights: Weights[ExpressionSpec], spec: ExpressionSpec
    ) -> ExpressionClassifier:
        return ExpressionClassifier(spec, LeakingSession(OnnxSession(weights.path)))


def main() -> int:
    app.ModelPool = LeakingPool
    return serve()


if __name__ == "__main__":
    sys.exit(main())
