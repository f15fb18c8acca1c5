"""Writes a checkpoint as ONNX: ``python -m mood.training.export runs/refined/last.pt OUT.onnx``.

Weights are stored as 8-bit integers with one scale for each output channel, behind a cast and a
multiplication that ONNX Runtime folds away when it loads the file: a quarter of the size on disk,
the speed of float32 in use.
"""

from __future__ import annotations

import argparse
import hashlib
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from mood.training.network import MiniNet

OPSET = 17  # read by onnxruntime 1.20 and newer
_SMALLEST = 1024  # tensors with fewer numbers stay float32


def to_onnx(network: MiniNet, path: Path) -> None:
    """Writes the network as float32: input ``input`` (N, 1, 48, 48), output ``logits`` (N, 8)."""
    network = network.float().eval().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter announces its successor
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, 48, 48),),
            str(path),
            input_names=["input"],
            output_names=["logits"],
            dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}},
            opset_version=OPSET,
            dynamo=False,
        )


def quantise(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of the model with its large weights as 8-bit integers."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    graph = model.graph
    nodes, tensors = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST:
            tensors.append(tensor)
            continue
        name = tensor.name
        peak = np.abs(values).reshape(len(values), -1).max(axis=1)
        scale = np.maximum(peak, 1e-12).astype(np.float32) / 127
        scale = scale.reshape(-1, *[1] * (values.ndim - 1))
        whole = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        tensors.append(numpy_helper.from_array(whole, f"{name}.int8"))
        tensors.append(numpy_helper.from_array(scale, f"{name}.scale"))
        nodes.append(helper.make_node("Cast", [f"{name}.int8"], [f"{name}.cast"], to=1))
        nodes.append(helper.make_node("Mul", [f"{name}.cast", f"{name}.scale"], [name]))
    nodes.extend(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(tensors)
    graph.node.extend(nodes)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """The command line; see the module."""
    parser = argparse.ArgumentParser(description="Write a checkpoint as ONNX.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--float32", action="store_true", help="keep the weights as they are")
    options = parser.parse_args()
    network = MiniNet()
    network.load_state_dict(torch.load(options.checkpoint)["average"])
    to_onnx(network, options.out)
    if not options.float32:
        onnx.save(quantise(onnx.load(options.out)), options.out)
    data = options.out.read_bytes()
    print(f"{options.out}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
