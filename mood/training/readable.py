"""Trains the network ``readable``: ``python -m mood.training.readable --data ../shared/data``.

It learns to tell faces of FER+ and of press pictures from the same made unreadable, jumbled, or
badly framed. The finds in everyday photos (``not-faces.npz``) are no part of it: by them the
regression above it is fitted and judged (``python tests/benchmarks/readable.py``), and 202 of them
would be learnt by heart.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor
from torch.nn import functional

from mood.training.augment import augment, some
from mood.training.export import to_onnx
from mood.training.network import ReadableNet
from mood.training.readable_data import Pictures, load_faces
from mood.training.train import follow, schedule
from mood.training.unreadable import jumbled, spoil, turned_away

Weights = Mapping[str, Tensor]

_WARM_UP = 0.1  # share of the steps
_AVERAGE = 0.99  # that is kept in a step


@dataclass(frozen=True)
class Stage:
    """How one stage of training goes; the numbers of pictures are those of one step.

    Attributes:
        steps: How many there are.
        rate: Highest learning rate.
        fer, press: Faces of FER+ and of press pictures.
        spoiled: Faces made unreadable.
        nothing: Pictures without a face.
    """

    steps: int
    rate: float
    fer: int = 56
    press: int = 40
    spoiled: int = 80
    nothing: int = 16


STAGES = (Stage(1500, 4e-3), Stage(1200, 2e-3), Stage(900, 2e-3))


class Trainer:
    """Trains one network.

    Args:
        faces: What to learn from.
        seed: Of all chance.
    """

    def __init__(self, faces: Pictures, seed: int) -> None:
        torch.manual_seed(seed)
        self.faces = faces
        self.network = ReadableNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network)

    def run(self, stage: Stage) -> Weights:
        """Trains, and returns the weights, averaged over the last steps."""
        optimiser = torch.optim.AdamW(self.network.parameters(), lr=stage.rate, weight_decay=0.02)
        self.network.train()
        total = 0.0
        for step in range(1, stage.steps + 1):
            for group in optimiser.param_groups:
                group["lr"] = stage.rate * schedule(step, stage.steps, _WARM_UP)
            pixels, target = self._batch(stage)
            with torch.autocast("cpu", torch.bfloat16):
                said = self.network(pixels.contiguous(memory_format=torch.channels_last))
            loss = functional.binary_cross_entropy_with_logits(said[:, 0].float(), target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            optimiser.step()
            follow(self.average, self.network, step, _AVERAGE)
            total += float(loss.detach())
            if step % 100 == 0:
                print(f"  step {step}/{stage.steps}  loss {total / 100:.4f}", flush=True)
                total = 0.0
        return {name: value.clone() for name, value in self.average.state_dict().items()}

    def _batch(self, stage: Stage) -> tuple[Tensor, Tensor]:
        """Pictures (N, 1, 48, 48) and whether each can be read (N,), a little less than surely."""
        readable = self._some(stage.fer, stage.press)
        readable = augment(readable, 0.5, 0.7)
        turned = some(len(readable), 0.3)
        readable = torch.where(turned, turned_away(readable, 0.5, 0.68), readable)
        pieces = jumbled(self._some(stage.nothing, 0))
        others = _draw(self.faces.nothing, stage.nothing).float()
        empty = torch.where(some(stage.nothing, 0.9), pieces, others)
        whole = augment(self._some(stage.spoiled // 2, (stage.spoiled + 1) // 2), 0.2, 0.8)
        spoiled = spoil(whole[torch.randperm(len(whole))], empty)
        bad = torch.cat([spoiled, augment(empty, 0.5, 0.7)])
        target = torch.cat([torch.full((len(readable),), 0.97), torch.full((len(bad),), 0.03)])
        return torch.cat([readable, bad]), target

    def _some(self, fer: int, press: int) -> Tensor:
        return torch.cat([_draw(self.faces.fer, fer), _draw(self.faces.press, press)]).float()


def _draw(pictures: Tensor, count: int) -> Tensor:
    return pictures[torch.randint(len(pictures), (count,))]


def write(weights: Weights, path: Path) -> None:
    """Writes the network as float32 ONNX with folded constants: one view, for the sake of time."""
    network = ReadableNet()
    network.load_state_dict(dict(weights))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        to_onnx(network, plain, both_ways=False)
        quant_pre_process(plain, path, skip_symbolic_shape=True)


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Train the network readable.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the .npz files")
    parser.add_argument("--out", type=Path, default=Path("runs/readable/readable.onnx"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2, help="1 where others work too")
    parser.add_argument("--steps", type=float, default=1.0, help="share of the steps, for a trial")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    start = time.perf_counter()
    trainer = Trainer(load_faces(options.data), options.seed)
    for stage in STAGES:
        weights = trainer.run(replace(stage, steps=max(1, round(stage.steps * options.steps))))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    write(weights, options.out)
    data = options.out.read_bytes()
    print(f"{options.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    print(f"{(time.perf_counter() - start) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
