"""Writes a checkpoint as ONNX: ``python -m mood.training.export runs/refined-2/last.pt OUT.onnx``.

The network in the file reads each face and its mirror image and gives the mean of both answers.
Its residual blocks count in 8-bit integers, with one scale for each output channel: a quarter of
the size of float32, and half of its time or less. Weights use seven of the eight bits, so that no
sum of products overflows on processors that lack the newer instructions for it.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import tempfile
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from mood.training.data import DEFAULT_DATA, load
from mood.training.network import BothWays, MiniNet, ReadableNet

OPSET = 17  # read by onnxruntime 1.20 and newer
CALIBRATION_FACES = 2048


def to_onnx(network: MiniNet | ReadableNet, path: Path, *, both_ways: bool = True) -> None:
    """Writes `BothWays` of the network, or itself, as float32.

    Its input is ``input`` (N, 1, 48, 48) float32 grey 0 to 255, its output ``logits`` (N, 8),
    of `ReadableNet` (N, 1).
    """
    network = network.float().eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    view: nn.Module = BothWays(network) if both_ways else network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter announces its successor
        torch.onnx.export(
            view.eval(),
            (torch.zeros(1, 1, 48, 48),),
            str(path),
            input_names=["input"],
            output_names=["logits"],
            dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )


class _Faces(CalibrationDataReader):
    """Gives faces (N, 48, 48) uint8 grey to the calibration, a few at a time."""

    def __init__(self, faces: npt.NDArray[np.uint8]) -> None:
        self._parts = iter(np.array_split(faces, math.ceil(len(faces) / 64)))

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        part = next(self._parts, None)
        return None if part is None else {"input": part[:, None].astype(np.float32)}


def quantise(source: Path, target: Path, faces: npt.NDArray[np.uint8]) -> None:
    """Writes a copy of the file whose residual blocks count in 8-bit integers.

    Args:
        source: What `to_onnx` wrote.
        target: Where to write; may be the same.
        faces: (N, 48, 48) uint8 grey; the range of each layer is what it gives for them.
    """
    first = ("/network/standardise/", "/network/stem/")  # one channel: float32 is faster there
    names = [node.name for node in onnx.load(source).graph.node]
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(source, prepared, skip_symbolic_shape=True)
        quantize_static(
            prepared,
            target,
            _Faces(faces),
            quant_format=QuantFormat.QOperator,
            op_types_to_quantize=["Conv", "Relu", "Mul", "Add"],
            nodes_to_exclude=[name for name in names if name.startswith(first)],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Write a checkpoint as ONNX.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--float32", action="store_true", help="keep the numbers as they are")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the FER+ .npz")
    options = parser.parse_args()
    network = MiniNet()
    network.load_state_dict(torch.load(options.checkpoint)["average"])
    to_onnx(network, options.out)
    if not options.float32:
        faces = load(options.data, "train").images[:CALIBRATION_FACES]
        quantise(options.out, options.out, faces)
    data = options.out.read_bytes()
    print(f"{options.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
