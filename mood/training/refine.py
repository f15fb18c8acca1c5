"""Teaches the embedded network other faces too: ``python -m mood.training.refine``.

The run starts from the file itself (`mood.training.restore`) and learns from FER+, from press
photos (`mood.training.press`) and from what the file says of each view. Of the press photos, which
are nearly all neutral or happy, each epoch shows a part of these two and the others twice.

So that a frown counts without an open mouth, anger and neutral faces are shown with the mouth of a
neutral face, or with none, and keep their votes; the network that is asked for its answers would
say neutral there, and is not asked. The brows of all faces are shown with more or less contrast.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from mood.models.catalogue import MINI
from mood.models.specs import EMBEDDED_DIR
from mood.training import metrics
from mood.training.augment import augment, blurred
from mood.training.data import DEFAULT_DATA, FaceSet, load
from mood.training.network import MiniNet
from mood.training.press import DEFAULT_PRESS, for_validation, load_press
from mood.training.recipes import Recipe
from mood.training.restore import normalised, restored
from mood.training.train import Trainer, predict
from mood.types import Expression

RECIPE = Recipe(
    epochs=14, learning_rate=4e-4, warm_up=0.05, average=0.998, answers=0.5, hardship=0.5, seed=5
)
EMPHASIS = {Expression.NEUTRAL: 0.8, Expression.ANGER: 1.6}
"""What a vote weighs more or less than its rarity says."""

PRESS_ANSWERS = 0.4
"""Share of the file's own answer in the votes of a press photo: one annotator is often wrong."""

COMMON = (Expression.NEUTRAL, Expression.HAPPINESS)
COMMON_SHARE = 1 / 3
RARE_TIMES = 2
_MOUTH = 32.0  # row of 48 above which a face's mouth never begins
_BROWS = (8.0, 26.0)  # rows
_SOFT = 1.5  # rows over which one thing fades into another
_STILL = {Expression.ANGER: 0.5, Expression.NEUTRAL: 0.2}  # share that is shown with another mouth

_ORDER = list(Expression)


class Refiner(Trainer):
    """A run on two sets; see the module.

    Args:
        faces: Of FER+.
        press: Press photos, with one label each.
        validation: Of FER+; decides nothing.
        others: Press photos of other persons.
        recipe: Its numbers.
        folder: Of checkpoints and the log.
        start: Where it starts, and what it is taught by.
    """

    def __init__(
        self,
        faces: FaceSet,
        press: FaceSet,
        validation: FaceSet,
        others: FaceSet,
        recipe: Recipe,
        folder: Path,
        start: MiniNet,
    ) -> None:
        self._ours = len(faces)
        common = np.isin(press.labels, [_ORDER.index(each) for each in COMMON])
        self._common = torch.from_numpy(np.flatnonzero(common)) + self._ours
        self._rare = torch.from_numpy(np.flatnonzero(~common)) + self._ours
        super().__init__(
            _joined(faces, press), validation, recipe, folder, teachers=[start], start=start
        )
        answers = predict(start, self.images[self._ours :]).softmax(dim=1)
        self.votes[self._ours :] = self.votes[self._ours :].lerp(answers, PRESS_ANSWERS)
        prior = self.votes.mean(dim=0)
        for expression, factor in EMPHASIS.items():
            self.weights[_ORDER.index(expression)] *= factor
        self.weights = self.weights / (self.weights * prior).sum()
        self.others = others
        neutral = self.votes[:, _ORDER.index(Expression.NEUTRAL)] >= 0.8
        self._still = neutral.nonzero()[:, 0]

    @property
    def _pictures(self) -> int:
        shown = int(COMMON_SHARE * len(self._common))
        return self._ours + shown + RARE_TIMES * len(self._rare)

    def _order(self) -> Tensor:
        shown = int(COMMON_SHARE * len(self._common))
        common = self._common[torch.randperm(len(self._common))[:shown]]
        order = torch.cat([torch.arange(self._ours), common, *[self._rare] * RARE_TIMES])
        return order[torch.randperm(len(order))]

    def _lesson(self, chosen: Tensor, blended: float) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        pixels, votes = self.images[chosen].float(), self.votes[chosen]
        share = torch.zeros(len(chosen))
        for expression, part in _STILL.items():
            share[votes[:, _ORDER.index(expression)] >= 0.5] = part
        changed = torch.rand(len(chosen)) < share
        donors = self._still[torch.randint(len(self._still), (len(chosen),))]
        still = with_mouths(pixels, self.images[donors].float())
        pixels = torch.where(changed[:, None, None, None], still, pixels)
        pixels = with_brows(pixels)
        views = augment(pixels, self.recipe.hardship, self.recipe.misplacement)
        views = views.contiguous(memory_format=torch.channels_last)
        answers = votes.lerp(self._ask_teachers(views), self.recipe.answers)
        return views, torch.where(changed[:, None], votes, answers)

    def validate(self) -> tuple[float, float]:
        """Prints what it is on press photos too, and returns what `Trainer` does."""
        logits = predict(self.average, torch.from_numpy(self.others.images)[:, None])
        scores = logits.double().numpy()
        recalls = metrics.recalls(metrics.confusion(scores, self.others.labels))
        named = zip(Expression, recalls, strict=True)
        shown = ", ".join(f"{name} {recall:.2f}" for name, recall in named)
        accuracy = metrics.accuracy(scores, self.others.labels)
        print(f"press photos of other persons: accuracy {accuracy:.4f}; {shown}", flush=True)
        return super().validate()


def _joined(first: FaceSet, second: FaceSet) -> FaceSet:
    return FaceSet(
        np.concatenate([first.images, second.images]),
        np.concatenate([first.distributions, second.distributions]),
        np.concatenate([first.labels, second.labels]),
        np.concatenate([first.duplicate, second.duplicate]),
    )


def with_mouths(pixels: Tensor, donors: Tensor) -> Tensor:
    """Faces (N, 1, 48, 48) with the lower third of others, or, a third of them, with none.

    What is put in gets the mean and deviation of the face that it is put into.
    """
    fade = torch.sigmoid((torch.arange(48.0) - _MOUTH) / _SOFT).reshape(1, 1, 48, 1)
    mean, deviation = pixels.mean((2, 3), keepdim=True), pixels.std((2, 3), keepdim=True)
    theirs, wide = donors.mean((2, 3), keepdim=True), donors.std((2, 3), keepdim=True)
    mouths = (donors - theirs) * (deviation / (wide + 1)) + mean
    flat = mean + deviation * torch.randn_like(mean)
    mouths = torch.where(torch.rand(len(pixels), 1, 1, 1) < 1 / 3, flat, mouths)
    return pixels.lerp(mouths, fade).clamp(0, 255)


def with_brows(pixels: Tensor) -> Tensor:
    """Half of the faces (N, 1, 48, 48) with up to twice or half the contrast around their brows."""
    rows = torch.arange(48.0).reshape(1, 1, 48, 1)
    band = torch.sigmoid((rows - _BROWS[0]) / _SOFT) * torch.sigmoid((_BROWS[1] - rows) / _SOFT)
    count = len(pixels)
    power = (torch.rand(count, 1, 1, 1) * 2 - 1) * (torch.rand(count, 1, 1, 1) < 0.5)
    detail = pixels - blurred(pixels, 3.0)
    return (pixels + detail * band * (torch.exp(power * math.log(2)) - 1)).clamp(0, 255)


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Refine the embedded network on press photos too.")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the FER+ .npz")
    parser.add_argument("--press", type=Path, default=DEFAULT_PRESS, help="the press photos' .npz")
    parser.add_argument(
        "--start", type=Path, default=EMBEDDED_DIR / "mini.onnx", help="file that it starts from"
    )
    parser.add_argument("--out", type=Path, default=Path("runs/refined-3"), help="checkpoints, log")
    parser.add_argument("--epochs", type=int, default=RECIPE.epochs)
    parser.add_argument("--threads", type=int, help="of the processor, if not all")
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    faces = load(options.data, "train", ties=True)
    validation = load(options.data, "validation")
    validation = validation.where(~validation.duplicate)
    press, persons = load_press(options.press)
    kept = for_validation(persons)
    recipe = replace(RECIPE, epochs=options.epochs)
    torch.manual_seed(recipe.seed)
    sample = torch.from_numpy(faces.images[:2048])[:, None].float()
    start = normalised(
        restored(options.start), augment(sample, recipe.hardship, recipe.misplacement)
    )
    trainer = Refiner(
        faces,
        press.where(~kept),
        validation,
        press.where(kept),
        recipe,
        options.out,
        start,
    )
    print(f"{MINI.name}: {len(faces)} faces of FER+, {int((~kept).sum())} press photos", flush=True)
    if not (options.out / "last.pt").exists():
        trainer.validate()
    trainer.run()


if __name__ == "__main__":
    main()
