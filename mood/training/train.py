"""Trains the embedded network: ``python -m mood.training.train``.

The network learns the distribution of the annotators' votes. Rare expressions weigh more, by a
power of their frequency; a moving average of the weights is what is kept; from a third of the way
on, the average's own answers on clean pictures, themselves averaged over time (temporal ensembling,
Laine and Aila, ICLR 2017), become part of the target. The first two fifths are harder: pictures are
mixed (Zhang et al., ICLR 2018) and more of them are spoilt.

That leaves the network short of what it could learn: it does hardly better on the pictures that it
learned from than on others. So a second run goes on from it with gentler pictures and less dropout:
``python -m mood.training.train --refine runs/mini/last.pt --out runs/refined``.

An interrupted run goes on where its last epoch ended.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mood.training.augment import augment
from mood.training.data import CLASSES, FaceSet, load
from mood.training.network import MiniNet

DEFAULT_DATA = Path("../shared/data/ferplus.npz")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run."""

    epochs: int = 85
    batch: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warm_up: float = 0.08
    average: float = 0.999
    rarity_power: float = 0.3
    mixup: float = 0.3
    hard_until: float = 0.4
    hardship_after: float = 0.6
    misplacement_after: float = 1.0
    dropout: float = 0.2
    self_weight: float = 0.4
    seed: int = 0


FIRST = Recipe()
REFINEMENT = Recipe(
    epochs=66,
    learning_rate=1e-3,
    hard_until=0.0,
    hardship_after=0.5,
    misplacement_after=0.85,
    dropout=0.1,
    self_weight=0.5,
)


class Trainer:
    """One run: network, moving average, optimiser, self-made targets, and the log of epochs."""

    def __init__(self, data: FaceSet, validation: FaceSet, recipe: Recipe, folder: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder = recipe, folder
        self.images = torch.from_numpy(data.images)[:, None]
        self.votes = torch.from_numpy(data.distributions)
        self.own = torch.zeros_like(self.votes)
        self.validation = validation
        prior = self.votes.mean(dim=0)
        weights = prior.clamp_min(1e-4) ** -recipe.rarity_power
        self.weights = weights / (weights * prior).sum()
        self.network: MiniNet = MiniNet(dropout=recipe.dropout).to(  # type: ignore[call-overload]
            memory_format=torch.channels_last
        )
        self.average = copy.deepcopy(self.network).requires_grad_(requires_grad=False).eval()
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [{"params": decayed}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(
            groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.epoch = 0
        self.step = 0
        self.steps = recipe.epochs * (len(self.images) // recipe.batch)

    def refine(self, checkpoint: Path) -> None:
        """Begins with the average and the own answers of a finished run, not from nothing."""
        state = torch.load(checkpoint)
        self.network.load_state_dict(state["average"])
        self.average.load_state_dict(state["average"])
        self.own = state["own"]

    def run(self) -> None:
        """Trains until the last epoch; saves after each."""
        self._resume()
        while self.epoch < self.recipe.epochs:
            start = time.perf_counter()
            if self.epoch >= self.recipe.epochs // 3 and self.epoch % 4 == 0:
                self._teach_itself()
            loss = self._one_epoch()
            self.epoch += 1
            accuracy, recall = self.validate()
            self._log(loss, accuracy, recall, time.perf_counter() - start)
            self._save()

    def _one_epoch(self) -> float:
        self.network.train()
        batch = self.recipe.batch
        order = torch.randperm(len(self.images))
        total = 0.0
        count = len(order) // batch
        for start in range(0, count * batch, batch):
            chosen = order[start : start + batch]
            target = self.votes[chosen]
            own = self.own[chosen]
            known = own.sum(dim=1, keepdim=True) > 0
            share = self.recipe.self_weight
            target = torch.where(known, (1 - share) * target + share * own, target)
            views = augment(self.images[chosen].float(), *self._spoilage)
            total += self._update(views, target)
        return total / count

    def _update(self, pixels: Tensor, target: Tensor) -> float:
        self.step += 1
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * self._schedule()
        if self._hard and torch.rand(()) < 0.5:
            share = float(np.random.default_rng(self.step).beta(self.recipe.mixup, 1.0)) / 2
            pixels = pixels.lerp(pixels.flip(0), share)
            target = target.lerp(target.flip(0), share)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(pixels.contiguous(memory_format=torch.channels_last))
        cross = -(target * functional.log_softmax(logits.float(), dim=1)).sum(dim=1)
        loss = (cross * (target @ self.weights)).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self._follow()
        return float(loss)

    @property
    def _hard(self) -> bool:
        return self.epoch < self.recipe.hard_until * self.recipe.epochs

    @property
    def _spoilage(self) -> tuple[float, float]:
        """Hardship and misplacement of this epoch's pictures."""
        if self._hard:
            return 1.0, 1.0
        return self.recipe.hardship_after, self.recipe.misplacement_after

    def _schedule(self) -> float:
        """One cycle: a linear rise, then half a cosine down to a hundredth."""
        rise = self.recipe.warm_up * self.steps
        if self.step < rise:
            return self.step / rise
        done = (self.step - rise) / max(1.0, self.steps - rise)
        return 0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, done))) / 2

    @torch.no_grad()
    def _follow(self) -> None:
        """Moves the average one step; at the start it follows faster."""
        decay = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        state = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(state[name], 1 - decay)
            else:
                value.copy_(state[name])

    def _teach_itself(self) -> None:
        answers = predict(self.average, self.images).softmax(dim=1)
        started = bool(self.own.any())
        self.own = self.own.lerp(answers, 0.4) if started else answers

    def validate(self) -> tuple[float, float]:
        """Accuracy and mean recall of the average on the validation split, 0 to 1."""
        logits = predict(self.average, torch.from_numpy(self.validation.images)[:, None])
        found = logits.argmax(dim=1).numpy()
        labels = self.validation.labels
        recalls = [
            float((found[labels == k] == k).mean()) for k in range(CLASSES) if (labels == k).any()
        ]
        return float((found == labels).mean()), float(np.mean(recalls))

    def _log(self, loss: float, accuracy: float, recall: float, seconds: float) -> None:
        path = self.folder / "log.csv"
        new = not path.exists()
        with path.open("a", newline="") as stream:
            writer = csv.writer(stream)
            if new:
                writer.writerow(["epoch", "loss", "accuracy", "mean_recall", "seconds"])
            writer.writerow(
                [self.epoch, f"{loss:.4f}", f"{accuracy:.4f}", f"{recall:.4f}", f"{seconds:.0f}"]
            )
        print(
            f"epoch {self.epoch}/{self.recipe.epochs}  loss {loss:.4f}  validation accuracy "
            f"{accuracy:.4f}  mean recall {recall:.4f}  {seconds:.0f} s",
            flush=True,
        )

    def _save(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "own": self.own,
            "epoch": self.epoch,
            "step": self.step,
            "random": torch.get_rng_state(),
        }
        partial = self.folder / "last.partial"
        torch.save(state, partial)
        partial.replace(self.folder / "last.pt")

    def _resume(self) -> None:
        path = self.folder / "last.pt"
        if not path.exists():
            return
        state = torch.load(path)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.own, self.epoch, self.step = state["own"], state["epoch"], state["step"]
        torch.set_rng_state(state["random"])
        print(f"going on after epoch {self.epoch}", flush=True)


@torch.no_grad()
def predict(network: MiniNet, images: Tensor, batch: int = 512) -> Tensor:
    """Logits (N, 8) of pictures (N, 1, 48, 48), averaged with those of their mirror images."""
    network.eval()
    parts = []
    for part in images.split(batch):
        pixels = part.float().contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            parts.append((network(pixels) + network(pixels.flip(3))).float() / 2)
    return torch.cat(parts)


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Train the embedded network on FER+.")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the FER+ .npz")
    parser.add_argument("--out", type=Path, default=Path("runs/mini"), help="checkpoints and log")
    parser.add_argument("--refine", type=Path, help="go on from this checkpoint, more gently")
    parser.add_argument("--epochs", type=int, help="how many, if not as many as the recipe says")
    parser.add_argument("--seed", type=int, default=FIRST.seed)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    data = load(options.data, "train", ties=True)
    validation = load(options.data, "validation")
    validation = validation.where(~validation.duplicate)
    recipe = REFINEMENT if options.refine else FIRST
    recipe = replace(recipe, epochs=options.epochs or recipe.epochs, seed=options.seed)
    trainer = Trainer(data, validation, recipe, options.out)
    if options.refine:
        trainer.refine(options.refine)
    trainer.run()


if __name__ == "__main__":
    main()
