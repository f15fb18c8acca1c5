"""Nodes and arrays of an ONNX file, read as data; enough for the networks of this repository.

ONNX files are messages of protocol buffers: fields of a number and a kind, of which those with a
length hold texts, packed numbers or further messages. The package ``onnx`` is not needed to run the
program, and what is needed of it is this.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_KINDS = {1: "<f4", 2: "u1", 3: "i1", 6: "<i4", 7: "<i8"}  # TensorProto.DataType
_VARINT, _EIGHT, _TEXT, _FOUR = 0, 1, 2, 5


class Node(NamedTuple):
    """One operation.

    Attributes:
        kind: Which one, such as ``Conv``.
        inputs: Names of what goes in.
        outputs: Names of what comes out.
    """

    kind: str
    inputs: list[str]
    outputs: list[str]


class Graph(NamedTuple):
    """A network.

    Attributes:
        nodes: In the order in which they are computed.
        arrays: The weights by name.
    """

    nodes: list[Node]
    arrays: dict[str, Array]


def read(content: bytes) -> Graph:
    """The graph of an ONNX file."""
    (graph,) = _fields(content)[7]
    found = _fields(graph)
    nodes = [_node(_fields(each)) for each in found[1]]
    return Graph(nodes, dict(_array(_fields(each)) for each in found[5]))


def _node(fields: dict[int, list[Any]]) -> Node:
    inputs, outputs = ([bytes(name).decode() for name in fields[number]] for number in (1, 2))
    return Node(bytes(fields[4][0]).decode(), inputs, outputs)


def _array(fields: dict[int, list[Any]]) -> tuple[str, Array]:
    shape = [number for each in fields[1] for number in _numbers(each)]
    kind = np.dtype(_KINDS[fields[2][0]])
    if fields[9]:
        values = np.frombuffer(fields[9][0], kind)
    elif fields[4]:  # float_data
        values = np.frombuffer(b"".join(fields[4]), kind)
    else:  # int32_data, which holds all smaller integers too
        numbers = [number for each in fields[5] for number in _numbers(each)]
        values = np.array(numbers, np.uint64).astype(np.int64).astype(kind)
    return bytes(fields[8][0]).decode(), values.reshape(
        [n for each in shape for n in _numbers(each)]
    )


def _numbers(field: int | memoryview) -> list[int]:
    """Integers that stand alone or are packed."""
    if isinstance(field, int):
        return [field]
    numbers, at = [], 0
    while at < len(field):
        number, at = _varint(field, at)
        numbers.append(number)
    return numbers


def _fields(message: bytes | memoryview) -> dict[int, list[Any]]:
    """What a message holds, by number: integers, and views of everything else."""
    view, at = memoryview(message), 0
    fields: dict[int, list[Any]] = defaultdict(list)
    while at < len(view):
        tag, at = _varint(view, at)
        kind = tag & 7
        if kind == _VARINT:
            value, at = _varint(view, at)
            fields[tag >> 3].append(value)
            continue
        size = {_EIGHT: 8, _FOUR: 4}.get(kind)
        if size is None:
            size, at = _varint(view, at)
        fields[tag >> 3].append(view[at : at + size])
        at += size
    return fields


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = view[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at
