"""Networks as flat files: the numbers that the browser's engine reads, in its order.

Each array begins at a multiple of 16 bytes. `page/wasm/engine.c` knows the sizes; what its loops
want side by side lies side by side here, so that it only has to point at most of them. Weights of
outputs stand in groups of eight: for each number that comes in, those of eight outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from mood.models.onnx_file import Array, Graph, Node, read
from mood.types import FloatArray

_STRIDES = (8, 16, 32)
_UNITS = (
    "stage0",
    *(f"stage{number}.{part}" for number in range(1, 6) for part in ("first", "second")),
    *(f"neck{stride}" for stride in _STRIDES),
    *(f"head{stride}" for stride in _STRIDES),
)


def detector(arrays: Mapping[str, FloatArray]) -> bytes:
    """The detector, from the arrays of `mood.models.arrays`."""

    def parts() -> Iterator[Array]:
        yield from (_by_taps(arrays["stem.weight"]), arrays["stem.bias"])
        for unit in _UNITS:
            point, depth = arrays[f"{unit}.pointwise.weight"], arrays[f"{unit}.depthwise.weight"]
            yield from (_by_taps(point), arrays[f"{unit}.pointwise.bias"])
            yield depth.reshape(-1, 4, 9).transpose(0, 2, 1)
            yield arrays[f"{unit}.depthwise.bias"]

    return _joined(parts())


def readable(content: bytes) -> bytes:
    """The network that says whether a face can be read, from its ONNX file."""
    graph = read(content)

    arrays = graph.arrays

    def parts() -> Iterator[Array]:
        stem, *convolutions = _of_kind(graph, "Conv")
        yield from _in_floats(graph, stem)
        layers = _of_kind(graph, "Gemm")
        for number, block in enumerate(_blocks([arrays[e.inputs[1]].shape for e in convolutions])):
            for place in block:
                yield from _in_floats(graph, convolutions[place])
            yield from _layers(graph, layers[2 * number : 2 * number + 2])
        yield from _layers(graph, layers[-1:])

    return _joined(parts())


def mini(content: bytes) -> bytes:
    """The embedded expression network, from its ONNX file."""
    graph = read(content)
    arrays = graph.arrays

    def parts() -> Iterator[Array]:
        (stem,) = _of_kind(graph, "Conv")
        yield from _in_floats(graph, stem)
        to_bytes = _of_kind(graph, "QuantizeLinear")  # the stem's output, then each block's weights
        yield arrays[to_bytes[0].inputs[1]]
        convolutions, layers = _of_kind(graph, "QLinearConv"), _of_kind(graph, "Gemm")
        for number, block in enumerate(_blocks([arrays[e.inputs[3]].shape for e in convolutions])):
            first, second, *short = (convolutions[place] for place in block)
            yield from _in_bytes(graph, first, whole=bool(short))
            yield from _in_bytes(graph, second, whole=False)
            for each in short:
                yield from _in_bytes(graph, each, whole=True)
            yield from _layers(graph, layers[2 * number : 2 * number + 2])
            product = _of_kind(graph, "QLinearMul")[number]
            total = _of_kind(graph, "QLinearAdd")[number]
            yield _numbers(graph, second, to_bytes[number + 1], product, total)
        yield arrays[_of_kind(graph, "DequantizeLinear")[-1].inputs[1]]
        yield from _layers(graph, layers[-1:])

    return _joined(parts())


def _of_kind(graph: Graph, kind: str) -> list[Node]:
    return [node for node in graph.nodes if node.kind == kind]


def _blocks(shapes: list[tuple[int, ...]]) -> Iterator[list[int]]:
    """Of each residual block, the places of its convolutions: first, second, the short cut if any.

    In the graph a short cut, which is two pixels wide, stands before the two others.
    """
    place = 0
    while place < len(shapes):
        has_short = shapes[place][-1] == 2
        yield [place + 1, place + 2, place] if has_short else [place, place + 1]
        place += 3 if has_short else 2


def _by_taps(weight: Array) -> Array:
    """Weights (outs, c, h, w) as (outs / 8, h · w · c, 8)."""
    rows = weight.transpose(0, 2, 3, 1).reshape(len(weight) // 8, 8, -1)
    return rows.transpose(0, 2, 1)


def _layers(graph: Graph, nodes: list[Node]) -> Iterator[Array]:
    for node in nodes:
        yield from (graph.arrays[name] for name in node.inputs[1:])


def _in_floats(graph: Graph, node: Node) -> Iterator[Array]:
    weight, bias = (graph.arrays[name] for name in node.inputs[1:])
    yield from (_by_taps(weight), bias)


def _in_bytes(graph: Graph, node: Node, *, whole: bool) -> Iterator[Array]:
    """A convolution in 8-bit integers: its weights, what its sums are multiplied by, its bias.

    The weights are in pairs of inputs, (outs / 8, pairs, 8, 2): of taps and channels where `whole`,
    else of channels, with nine taps each.
    """
    arrays = graph.arrays
    _, scale_in, _, weight, scales, _, scale_out, _, bias = node.inputs
    rows = arrays[weight]
    outs, channels = rows.shape[:2]
    if whole:
        yield rows.transpose(0, 2, 3, 1).reshape(outs // 8, 8, -1, 2).transpose(0, 2, 1, 3)
    else:
        yield rows.reshape(outs // 8, 8, channels // 2, 2, 9).transpose(0, 2, 1, 3, 4)
    yield arrays[scale_in] * arrays[scales] / arrays[scale_out]
    yield arrays[bias]


def _numbers(graph: Graph, second: Node, weights: Node, product: Node, total: Node) -> Array:
    """How a block ends.

    What `weigh_whole` of the engine wants: zero of the second convolution, factor and zero of the
    product, what the product and the short cut count in the sum, and what else is added to it. Then
    the scales of the second convolution and of the channels' weights, and the short cut's zero.
    """
    arrays = graph.arrays
    zero, scale = arrays[second.inputs[7]], arrays[second.inputs[6]]
    one, other, result = (arrays[product.inputs[place]] for place in (1, 4, 6))
    a, a_zero, b, b_zero, c, c_zero = (
        np.float32(arrays[name]) for name in (*total.inputs[1:3], *total.inputs[4:])
    )
    ratio, short_ratio = a / c, b / c
    fixed = c_zero - (ratio * a_zero + short_ratio * b_zero)
    ending = (zero, one * other / result, arrays[product.inputs[7]], ratio, short_ratio, fixed)
    return np.array([*ending, scale, arrays[weights.inputs[1]], b_zero], dtype=np.float32)


def _joined(parts: Iterator[Array]) -> bytes:
    content = bytearray()
    for part in parts:
        content += part.astype(part.dtype.newbyteorder("<")).tobytes()
        content += bytes(-len(content) % 16)
    return bytes(content)
