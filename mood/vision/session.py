"""The one place that makes an ONNX Runtime session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import numpy as np

# The Linux wheels send telemetry unless this is set before the import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state

from mood.errors import ModelLoadError
from mood.types import FloatArray

# ONNX Runtime's exceptions have no base class of their own.
_ORT_ERRORS: tuple[type[Exception], ...] = (
    RuntimeError,
    *(
        kind
        for kind in vars(onnxruntime_pybind11_state).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ),
)


class Session(Protocol):
    """A loaded network with one input and one output."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input; None where any size goes."""

    def run(self, batch: FloatArray) -> FloatArray:
        """The output for `batch`, both float32."""


class OnnxSession:
    """A network on the processor.

    Args:
        path: The ONNX file.
        threads: Threads of one inference.

    Raises:
        ModelLoadError: The file cannot be run, or has not one input.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except _ORT_ERRORS as error:
            raise ModelLoadError(f"The network {path.name} cannot be run: {error}") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise ModelLoadError(f"The network {path.name} wants {len(inputs)} inputs, not one.")
        self._input = inputs[0].name
        self._output = self._session.get_outputs()[0].name
        self.input_shape: tuple[int | None, ...] = tuple(
            size if isinstance(size, int) else None for size in inputs[0].shape
        )

    def run(self, batch: FloatArray) -> FloatArray:
        """The first output for `batch`, both float32."""
        (output,) = self._session.run([self._output], {self._input: batch})
        return np.asarray(output, dtype=np.float32)
