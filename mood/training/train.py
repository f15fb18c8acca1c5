"""Trains the embedded network: ``python -m mood.training.train``.

Five runs, one after the other. Two teachers, a wide network and one of the final size, learn the
distribution of the annotators' votes; from a third of the way on their own answers, averaged over
time (temporal ensembling, Laine and Aila, ICLR 2017), become part of the target. The student learns
from the votes and, for the larger part, from the mean of what the teachers say of each spoilt
picture that it sees (Beyer et al., *Knowledge distillation: A good teacher is patient and
consistent*, CVPR 2022). Twice it is refined: a new run starts where the one before ended and learns
the same way from what that one says and from the small teacher, the first time from blended
pictures too. The last is kept.

In all runs rare expressions weigh more, by a power of their frequency, and a moving average of
the weights is what is kept. An interrupted run goes on where its last epoch ended.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from mood.training import metrics
from mood.training.augment import augment
from mood.training.data import DEFAULT_DATA, FaceSet, load
from mood.training.network import BothWays, MiniNet
from mood.training.recipes import REFINED, STUDENT, TEACHERS, Recipe


class Trainer:
    """One run: network, moving average, optimiser, self-made targets, and the log of epochs.

    It starts at the weights of `start`, if there is one, and learns from `teachers`, if any.
    """

    def __init__(
        self,
        data: FaceSet,
        validation: FaceSet,
        recipe: Recipe,
        folder: Path,
        *,
        teachers: Sequence[MiniNet] = (),
        start: MiniNet | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(recipe.seed)
        self.recipe, self.folder = recipe, folder
        self.images = torch.from_numpy(data.images)[:, None]
        self.votes = torch.from_numpy(data.distributions)
        self.answers = torch.zeros_like(self.votes)
        self.teachers = teachers
        self.validation = validation
        prior = self.votes.mean(dim=0)
        weights = prior.clamp_min(1e-4) ** -recipe.rarity_power
        self.weights = weights / (weights * prior).sum()
        self.network: MiniNet = MiniNet(recipe.widths, recipe.dropout).to(  # type: ignore[call-overload]
            memory_format=torch.channels_last
        )
        if start is not None:
            self.network.load_state_dict(start.state_dict())
        self.average: MiniNet = (
            copy.deepcopy(self.network).requires_grad_(requires_grad=False).eval()
        )
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [{"params": decayed}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(
            groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.epoch = 0
        self.step = 0
        self.steps = recipe.epochs * (self._pictures // recipe.batch)

    def run(self) -> None:
        """Trains until the last epoch; saves after each."""
        self._resume()
        while self.epoch < self.recipe.epochs:
            start = time.perf_counter()
            if self._own_answers_are_due:
                self._teach_itself()
            loss = self._one_epoch()
            self.epoch += 1
            accuracy, recall = self.validate()
            self._log(loss, accuracy, recall, time.perf_counter() - start)
            self._save()

    def _one_epoch(self) -> float:
        self.network.train()
        batch = self.recipe.batch
        blended = self.recipe.blended if 4 * self.epoch < 3 * self.recipe.epochs else 0.0
        order = self._order()
        total = 0.0
        count = len(order) // batch
        for start in range(0, count * batch, batch):
            total += self._update(*self._lesson(order[start : start + batch], blended))
        return total / count

    @property
    def _pictures(self) -> int:
        """How many pictures an epoch shows."""
        return len(self.images)

    def _order(self) -> Tensor:
        """Which pictures an epoch shows, one after the other."""
        return torch.randperm(len(self.images))

    def _lesson(self, chosen: Tensor, blended: float) -> tuple[Tensor, Tensor]:
        """Views (N, 1, 48, 48) of the pictures that were chosen, and what to say of them (N, 8)."""
        views = augment(self.images[chosen].float(), self.recipe.hardship, self.recipe.misplacement)
        target = self.votes[chosen]
        if self.answers.any():
            target = target.lerp(self.answers[chosen], self.recipe.answers)
        if torch.rand(()) < blended:
            views, target = _blend(views, target)
        views = views.contiguous(memory_format=torch.channels_last)
        if self.teachers:
            target = target.lerp(self._ask_teachers(views), self.recipe.answers)
        return views, target

    @torch.no_grad()
    def _ask_teachers(self, views: Tensor) -> Tensor:
        """What they say, on average, of the very views that the network sees, or of their mirror.

        Over many steps the network so learns the mean of both, and to answer both alike.
        """
        if torch.rand(()) < 0.5:
            views = views.flip(3)
        with torch.autocast("cpu", torch.bfloat16):
            answers = [teacher(views).float().softmax(dim=1) for teacher in self.teachers]
        return torch.stack(answers).mean(dim=0)

    def _update(self, pixels: Tensor, target: Tensor) -> float:
        self.step += 1
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * schedule(
                self.step, self.steps, self.recipe.warm_up
            )
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(pixels)
        cross = -(target * functional.log_softmax(logits.float(), dim=1)).sum(dim=1)
        loss = (cross * (target @ self.weights)).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        follow(self.average, self.network, self.step, self.recipe.average)
        return float(loss.detach())

    @property
    def _own_answers_are_due(self) -> bool:
        late = self.epoch >= self.recipe.epochs // 3
        return not self.teachers and late and self.epoch % 6 == 0

    def _teach_itself(self) -> None:
        answers = predict(self.average, self.images).softmax(dim=1)
        self.answers = self.answers.lerp(answers, 0.4) if self.answers.any() else answers

    def validate(self) -> tuple[float, float]:
        """Accuracy and mean recall of the average on the validation split, 0 to 1."""
        images = torch.from_numpy(self.validation.images)[:, None]
        logits = predict(self.average, images).double().numpy()
        labels = self.validation.labels
        return metrics.accuracy(logits, labels), metrics.mean_recall(logits, labels)

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
            "answers": self.answers,
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
        self.answers, self.epoch, self.step = state["answers"], state["epoch"], state["step"]
        torch.set_rng_state(state["random"])
        print(f"going on after epoch {self.epoch}", flush=True)


def schedule(step: int, steps: int, warm_up: float) -> float:
    """Share of the highest learning rate: a linear rise, then half a cosine down to a hundredth.

    Args:
        step: From 1 on.
        steps: How many there are.
        warm_up: Share of them in which it rises, 0 to 1.
    """
    rise = warm_up * steps
    if step < rise:
        return step / rise
    done = (step - rise) / max(1.0, steps - rise)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * min(1.0, done))) / 2


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int, slowest: float) -> None:
    """Moves the average of a network's weights one step; at the start it follows faster.

    Args:
        average: Of the same shape as the network.
        network: As it is after this step.
        step: From 1 on.
        slowest: Share of the average that is kept once many steps are done, 0 to 1.
    """
    kept = min(slowest, (1 + step) / (10 + step))
    state = network.state_dict()
    for name, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(state[name], 1 - kept)
        else:
            value.copy_(state[name])


def _blend(views: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Each picture with another of the batch shining through (mixup, Zhang et al., ICLR 2018)."""
    share = torch.rand(len(views), 1)
    other = torch.randperm(len(views))
    return views.lerp(views[other], share[..., None, None]), target.lerp(target[other], share)


@torch.no_grad()
def predict(network: MiniNet, images: Tensor, batch: int = 512) -> Tensor:
    """Logits (N, 8) of pictures (N, 1, 48, 48), averaged with those of their mirror images."""
    both = BothWays(network).eval()
    parts = []
    for part in images.split(batch):
        pixels = part.float().contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            parts.append(both(pixels).float())
    return torch.cat(parts)


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Train the embedded network on FER+.")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the FER+ .npz")
    parser.add_argument("--out", type=Path, default=Path("runs"), help="checkpoints and logs")
    parser.add_argument("--epochs", type=int, help="of each run, if not as the recipes say")
    parser.add_argument("--seed", type=int, default=0, help="added to the seeds of the recipes")
    options = parser.parse_args()
    data = load(options.data, "train", ties=True)
    validation = load(options.data, "validation")
    validation = validation.where(~validation.duplicate)

    def run(name: str, recipe: Recipe, *teachers: MiniNet, start: MiniNet | None = None) -> MiniNet:
        epochs, seed = options.epochs or recipe.epochs, recipe.seed + options.seed
        recipe = replace(recipe, epochs=epochs, seed=seed)
        folder = options.out / name
        trainer = Trainer(data, validation, recipe, folder, teachers=teachers, start=start)
        trainer.run()
        return trainer.average

    wide, small = (run(f"teacher-{number}", recipe) for number, recipe in enumerate(TEACHERS, 1))
    network = run("student", STUDENT, wide, small)
    for number, recipe in enumerate(REFINED, 1):
        network = run(f"refined-{number}", recipe, network, small, start=network)


if __name__ == "__main__":
    main()
