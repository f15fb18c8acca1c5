"""Networks of the Hub's size, with random weights, and those who serve them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from mood.errors import WeightsUnavailableError
from mood.models.catalogue import YUNET
from mood.types import Expression
from tests import yunet


def large_models(folder: Path) -> dict[str, str]:
    """Settings for networks of the Hub's size: random weights in FER+'s shape, and YuNet.

    Without YuNet's file, which is not part of this project, the embedded detector: who measures
    says which, ``MOOD_DETECTOR`` holds its name.
    """
    environ = {"MOOD_MODEL": str(large_network(folder)), "HF_HOME": str(folder / "hub")}
    try:
        detector = yunet.path()
    except WeightsUnavailableError:
        return environ | {"MOOD_DETECTOR": "libfacedetection"}
    file = YUNET.origin
    repo = folder / "hub" / "hub" / f"models--{file.repo.replace('/', '--')}"
    target = repo / "snapshots" / file.revision / file.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(detector, target)
    return environ | {"MOOD_DETECTOR": "yunet"}


def large_network(folder: Path) -> Path:
    """The file of an expression network of FER+'s shape, with its description beside it."""
    path = folder / "ferplus-shaped.onnx"
    if not path.exists():
        path.write_bytes(ferplus_shaped())
        content = path.read_bytes()
        description = {
            "labels": [str(each) for each in Expression],
            "input_hw": [64, 64],
            "fixed_batch": 1,
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        path.with_suffix(".json").write_text(json.dumps(description))
    return path


def seed(folder: Path) -> tuple[str, ...]:
    """Runs the page written plainly, with the networks that `large_models` left in `folder`."""
    return "-m", "tests.small_host.seed", str(folder / "ferplus-shaped.onnx"), str(yunet.path())


def ferplus_shaped() -> bytes:
    """An ONNX file with the layers of FER+'s VGG13 and random weights: 35 MB."""
    from onnx import TensorProto, checker, helper, numpy_helper

    random = np.random.default_rng(0)
    tensors, nodes = [], []

    def tensor(*shape: int) -> str:
        name = f"t{len(tensors)}"
        values = random.normal(0, 0.02, shape).astype(np.float32)
        tensors.append(numpy_helper.from_array(values, name))
        return name

    def layer(kind: str, source: str, *inputs: str, **attributes: Any) -> str:
        name = f"y{len(nodes)}"
        nodes.append(helper.make_node(kind, [source, *inputs], [name], **attributes))
        return name

    x, channels = "Input3", 1
    for width, depth in ((64, 2), (128, 2), (256, 3), (256, 3)):
        for _ in range(depth):
            weights, bias = tensor(width, channels, 3, 3), tensor(width)
            x = layer("Relu", layer("Conv", x, weights, bias, pads=[1, 1, 1, 1]))
            channels = width
        x = layer("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = layer("Flatten", x)
    for inner, outer in ((4096, 1024), (1024, 1024), (1024, 8)):
        x = layer("Gemm", x, tensor(inner, outer), tensor(outer))
        x = layer("Relu", x) if outer > 8 else x
    graph = helper.make_graph(
        nodes,
        "ferplus-shaped",
        [helper.make_tensor_value_info("Input3", TensorProto.FLOAT, [1, 1, 64, 64])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 8])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    file = io.BytesIO()
    file.write(model.SerializeToString())
    return file.getvalue()
