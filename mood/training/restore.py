"""From the embedded file back to a network that can be trained further.

The file has whole numbers in the residual blocks and no normalisation any more, which became part
of the convolutions before it. `restored` gives a `MiniNet` that says nearly what the file says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from mood.training.network import MiniNet

_NORMS = {"conv1": "norm1", "conv2": "norm2", "short.0": "short.1", "stem.0": "stem.1"}
"""Which normalisation follows a convolution."""

Arrays = dict[str, npt.NDArray[Any]]


def restored(path: Path) -> MiniNet:
    """The network of a file that `mood.training.export` wrote, of the usual widths.

    Weights are the file's whole numbers times their scales; what the activations lost is not in
    it. Every normalisation only adds the bias; `normalised` makes it one again.

    Raises:
        KeyError: The file is of another network.
    """
    model = onnx.load(path)
    arrays: Arrays = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    state = MiniNet().state_dict()
    with torch.no_grad():
        for name, weight, bias in _convolutions(model, arrays):
            end = next(end for end in _NORMS if name.endswith(end))
            norm = name.removesuffix(end) + _NORMS[end]
            state[f"{name}.weight"].copy_(torch.from_numpy(weight))
            state[f"{norm}.weight"].fill_(1)
            state[f"{norm}.bias"].copy_(torch.from_numpy(bias))
            state[f"{norm}.running_mean"].zero_()
            state[f"{norm}.running_var"].fill_(1 - nn.BatchNorm2d(1).eps)
        for name in state:
            if f"network.{name}" in arrays:  # the layers that were left in float32
                state[name].copy_(torch.from_numpy(arrays[f"network.{name}"].copy()))
    network = MiniNet()
    network.load_state_dict(state)
    network.eval()
    return network


def _convolutions(
    model: onnx.ModelProto, arrays: Arrays
) -> Iterator[tuple[str, npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
    """Name, weight and bias of each convolution, in float32."""
    for node in model.graph.node:
        name = ".".join(
            part for part in node.name.split("/")[2:-1] if part not in {"stages", "stem", "short"}
        )
        if node.op_type == "Conv":
            yield name, arrays[node.input[1]].copy(), arrays[node.input[2]].copy()
        elif node.op_type == "QLinearConv":
            scale = arrays[node.input[4]].astype(np.float32)
            whole = arrays[node.input[3]].astype(np.float32)
            zero = arrays[node.input[5]].astype(np.float32)
            weight = (whole - zero[:, None, None, None]) * scale[:, None, None, None]
            bias = arrays[node.input[8]] * (arrays[node.input[1]] * scale)
            yield name, weight, bias.astype(np.float32)


@torch.no_grad()
def normalised(network: MiniNet, pixels: Tensor) -> MiniNet:
    """The same network, whose normalisations do something again.

    Each takes off the mean and deviation that it meets for `pixels` (N, 1, 48, 48), and puts them
    back by its own weight and bias: the answers stay, and training with the statistics of batches
    starts where the network is. The filters before it get length 1, so that a learning rate means
    the same for all.
    """
    norms = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
    met: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def meet(norm: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        met[norm] = inputs[0].mean(dim=(0, 2, 3)), inputs[0].var(dim=(0, 2, 3))

    hooks = [norm.register_forward_hook(meet) for norm in norms]
    network.eval()(pixels)
    for hook in hooks:
        hook.remove()
    modules = list(network.modules())
    for norm in norms:
        convolution = _before(modules, norm)
        length = convolution.weight.flatten(1).norm(dim=1).clamp_min(1e-6)
        convolution.weight.div_(length[:, None, None, None])
        mean, variance = met[norm]
        norm.bias.add_(mean)
        norm.weight.copy_((variance / length**2 + norm.eps).sqrt() * length)
        norm.running_mean.copy_(mean / length)  # type: ignore[union-attr]
        norm.running_var.copy_(variance / length**2)  # type: ignore[union-attr]
    return network


def _before(modules: list[nn.Module], norm: nn.Module) -> nn.Conv2d:
    """The convolution that stands before a normalisation."""
    before = modules[modules.index(norm) - 1]
    if not isinstance(before, nn.Conv2d):
        raise TypeError(f"{before} stands before {norm}")
    return before
