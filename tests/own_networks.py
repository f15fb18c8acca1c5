"""Tiny networks of a user's own, as files with descriptions beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from mood.types import Expression

RGB = {
    "labels": list(Expression),
    "input_hw": [48, 48],
    "colour": "rgb",
    "mean": 127.5,
    "std": 127.5,
}
IMAGENET = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}
"""What networks that were trained on it want, for each channel from 0 to 255, red first."""


def write(
    folder: Path,
    description: object = RGB,
    *,
    shape: Sequence[int | str] | None = ("n", 3, 48, 48),
    kind: int = TensorProto.FLOAT,
    mean: Sequence[float] = (127.5, 127.5, 127.5),
    std: Sequence[float] = (127.5, 127.5, 127.5),
    outputs: int = 8,
    channels_last: bool = False,
    shift: float = 0.0,
    answer: str = "logits",
    more: tuple[str, ...] = (),
) -> Path:
    """Writes a network that tells faces apart by the mean of each channel.

    With 8 outputs all say the same of a face, however it is shown to them.

    Args:
        folder: Where `own.onnx` and `own.json` go.
        description: What the latter says; a text as it stands.
        shape: Of the input; words for what is free, None for a network that does not say.
        kind: Of its numbers, inside and out.
        mean: What it wants subtracted from each channel, 0 to 255, red first.
        std: And then divided by.
        outputs: How many logits there are.
        channels_last: Whether channels are the last axis of the input.
        shift: Added to all logits.
        answer: Which is the output: logits, means (N, 3), one (a number), classes (N,), words.
        more: Others that follow it.
    """
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    weights = np.random.default_rng(18).normal(0, 3, (3, outputs)).round(2)
    bias = (np.array(mean) / 127.5 - 1) @ weights + shift
    weights = weights * np.array(std)[:, None] / 127.5
    axes = [1, 2] if channels_last else [2, 3]
    nodes = [
        helper.make_node("ReduceMean", ["face"], ["means"], axes=axes, keepdims=0),
        helper.make_node("Gemm", ["means", "w", "b"], ["logits"]),
        helper.make_node("ReduceMean", ["logits"], ["one"], keepdims=0),
        helper.make_node("ArgMax", ["logits"], ["classes"], axis=1, keepdims=0),
        helper.make_node("Gather", ["words of", "classes"], ["words"]),
    ]
    kinds = {"classes": TensorProto.INT64, "words": TensorProto.STRING}
    constants = [
        numpy_helper.from_array(weights.astype(dtype), "w"),
        numpy_helper.from_array(bias.astype(dtype), "b"),
        helper.make_tensor("words of", TensorProto.STRING, [8], [b"word"] * 8),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("face", kind, shape)],
        [
            helper.make_tensor_value_info(each, kinds.get(each, kind), None)
            for each in (answer, *more)
        ],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    path = folder / "own.onnx"
    path.write_bytes(model.SerializeToString())
    text = description if isinstance(description, str) else json.dumps(description)
    path.with_suffix(".json").write_text(text)
    return path
