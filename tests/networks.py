"""Networks as nobody wants them, written in a few lines of ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def network(
    path: Path,
    *nodes: onnx.NodeProto,
    constants: dict[str, np.ndarray] | None = None,
    side: int = 48,
) -> Path:
    """A file with a network from x (1, 1, side, side) to y (1, 8)."""
    tensors = [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("x", [1, 1, side, side]), ("y", None))
    ]
    graph = helper.make_graph(nodes, "network", ends[:1], ends[1:], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def endless(path: Path, side: int = 48) -> Path:
    """A loop that goes on for ever."""
    values = {
        name: helper.make_tensor_value_info(name, kind, shape)
        for name, kind, shape in (
            ("i", TensorProto.INT64, []),
            ("on", TensorProto.BOOL, []),
            ("v", TensorProto.FLOAT, None),
            ("on2", TensorProto.BOOL, []),
            ("v2", TensorProto.FLOAT, None),
        )
    }
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on2"]),
            helper.make_node("Tanh", ["v"], ["v2"]),
        ],
        "body",
        [values["i"], values["on"], values["v"]],
        [values["on2"], values["v2"]],
    )
    loop = helper.make_node("Loop", ["", "true", "x"], ["y"], body=body)
    return network(path, loop, constants={"true": np.array(True)}, side=side)


def not_a_number(path: Path, side: int = 48) -> Path:
    """Nothing by nothing."""
    nodes = [helper.make_node("Sub", ["x", "x"], ["n"]), helper.make_node("Div", ["n", "n"], ["y"])]
    return network(path, *nodes, side=side)


def failing(path: Path, side: int = 48) -> Path:
    """It asks for a shape that its input cannot have."""
    reshape = helper.make_node("Reshape", ["x", "shape"], ["y"])
    return network(path, reshape, constants={"shape": np.array([7, 7])}, side=side)
