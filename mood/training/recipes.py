"""The numbers of the runs in which `mood.training.train` makes the embedded network."""

from __future__ import annotations

from dataclasses import dataclass

from mood.training.network import TEACHER_WIDTHS, WIDTHS


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run.

    Attributes:
        widths: Channels of the network; see `mood.training.network.WIDTHS`.
        epochs: How often each picture is seen.
        batch: Pictures in a step.
        learning_rate: Its peak, after `warm_up` of all steps; see `schedule`.
        weight_decay: Of AdamW, for matrices only.
        warm_up: Share of the steps, 0 to 1, in which the learning rate rises.
        average: Decay of the moving average of the weights for a step, 0 to 1.
        rarity_power: A vote weighs its expression's frequency to the power of minus this.
        hardship: How many pictures are spoilt, 0 to 1; see `augment`.
        misplacement: How far they are turned, scaled and moved, 0 to 1; see `augment`.
        dropout: Of the features before the last layer, 0 to 1.
        answers: Share of the target that is the teachers' or the network's own answers, 0 to 1.
        blended: Share of the steps of the first three quarters, 0 to 1, in which each picture is
            blended with another.
        seed: Of all that is drawn at random.
    """

    widths: tuple[int, int, int, int] = WIDTHS
    epochs: int = 76
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warm_up: float = 0.08
    average: float = 0.999
    rarity_power: float = 0.3
    hardship: float = 0.5
    misplacement: float = 0.85
    dropout: float = 0.0
    answers: float = 0.7
    blended: float = 0.0
    seed: int = 0


TEACHERS = (
    Recipe(
        widths=TEACHER_WIDTHS, epochs=40, hardship=0.35, misplacement=0.75, dropout=0.2, answers=0.4
    ),
    Recipe(epochs=85, dropout=0.1, answers=0.4, seed=1),
)
STUDENT = Recipe(seed=2)
REFINED = (
    Recipe(epochs=72, learning_rate=1e-3, warm_up=0.04, blended=0.5, seed=3),
    Recipe(epochs=38, learning_rate=8e-4, warm_up=0.05, seed=4),
)
