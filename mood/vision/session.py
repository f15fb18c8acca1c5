"""The one place that makes an ONNX Runtime session."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

# The Linux wheels send telemetry unless this is set before the import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state

from mood import forks
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


_RUN_ERRORS: tuple[type[Exception], ...] = (
    *_ORT_ERRORS,
    TypeError,
    ValueError,
)  # the last two of odd outputs
_LOOK_EVERY_S = 1.0
_NUMBERS: dict[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(double)": np.dtype(np.float64),
}
"""Types of input, as the runtime calls them."""


class Session(Protocol):
    """A loaded network with one input and one output."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input; None where any size goes."""

    def run(self, batch: FloatArray) -> FloatArray:
        """The output for `batch`, both float32, whatever the network itself works with."""


class OnnxSession:
    """A network on the processor.

    Args:
        path: The ONNX file.
        threads: Threads of one inference.
        run_limit_s: Seconds after which an inference is stopped.
        weights: By name, the arrays that the file says lie outside.
        keeps_buffers: Whether the memory of one inference is kept for the next: faster, where all
            are about as large.

    Raises:
        ModelLoadError: The file cannot be run, or has not one input, of floating-point numbers.
    """

    def __init__(
        self,
        path: Path,
        threads: int = 1,
        run_limit_s: float = 30.0,
        weights: Mapping[str, FloatArray] | None = None,
        keeps_buffers: bool = False,
    ) -> None:
        self._path = path
        self._run_limit_s = run_limit_s
        self._threads, self._keeps_buffers = threads, keeps_buffers
        self._weights = weights or {}
        session = self._session = self._new()
        inputs = session.get_inputs()
        if len(inputs) != 1:
            raise ModelLoadError(f"The network {path.name} wants {len(inputs)} inputs, not one.")
        if inputs[0].type not in _NUMBERS:
            raise ModelLoadError(
                f"The network {path.name} wants {inputs[0].type} as its input; pictures are given "
                f"as {', '.join(_NUMBERS)}. Please export it anew."
            )
        self._input, self._kind = inputs[0].name, _NUMBERS[inputs[0].type]
        self._output = session.get_outputs()[0].name
        self.input_shape: tuple[int | None, ...] = tuple(
            size if isinstance(size, int) and size > 0 else None for size in inputs[0].shape
        )
        forks.remember(self)

    def after_fork(self) -> None:
        """The child loads its own: threads and locks of this one stay with the parent."""
        forks.leave_behind(self._session)
        self._session = None

    def _new(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_cpu_mem_arena = self._keeps_buffers
        options.enable_mem_pattern = False  # it would plan for each size anew
        options.log_severity_level = 4  # what fails is raised, and said once
        if self._weights:
            values = map(ort.OrtValue.ortvalue_from_numpy, self._weights.values())
            options.add_external_initializers(list(self._weights), list(values))
        providers = ["CPUExecutionProvider"]
        try:
            with forks.undivided():
                return ort.InferenceSession(self._path, options, providers=providers)
        except _ORT_ERRORS as error:
            raise self._failure(error) from error

    def run(self, batch: FloatArray) -> FloatArray:
        """The first output for `batch`, both float32.

        Raises:
            ModelLoadError: The network fails, takes too long, or answers with what is no number.
        """
        session = self._session = self._session or self._new()
        try:
            with np.errstate(over="ignore"), _watch.over(self._run_limit_s) as options:
                given = {self._input: batch.astype(self._kind, copy=False)}
                (answer,) = session.run([self._output], given, options)
            output = np.asarray(answer, dtype=np.float32)
        except _RUN_ERRORS as error:
            if options.terminate:
                raise ModelLoadError(
                    f"The network {self._path.name} was stopped after {self._run_limit_s:g} s. "
                    "Please choose another one."
                ) from error
            raise self._failure(error) from error
        if not np.isfinite(output).all():
            raise ModelLoadError(
                f"The network {self._path.name} answers with what is no number (NaN). "
                "Please choose another one."
            )
        return output

    def _failure(self, error: Exception) -> ModelLoadError:
        # ONNX Runtime names files with their folder, which is nobody's business, in several lines.
        why = " ".join(str(error).replace(f"{self._path.parent}{os.sep}", "").split())
        return ModelLoadError(f"The network {self._path.name} cannot be run: {why}")


class _Watch:
    """Stops inferences that take too long, by the runtime's own flag, from a thread of its own."""

    def __init__(self) -> None:
        self.after_fork()
        forks.remember(self)

    def after_fork(self) -> None:
        """The thread and what it watched stay with the parent."""
        self._lock = threading.Lock()
        self._until: dict[ort.RunOptions, float] = {}
        self._looks = False

    @contextmanager
    def over(self, limit_s: float) -> Iterator[ort.RunOptions]:
        """Options for an inference, which is stopped if the block takes longer."""
        options = ort.RunOptions()
        with self._lock:
            self._until[options] = time.monotonic() + limit_s
            if not self._looks:
                self._looks = True
                threading.Thread(target=self._look, name="inference", daemon=True).start()
        try:
            yield options
        finally:
            with self._lock:
                del self._until[options]

    def _look(self) -> None:
        while True:
            time.sleep(_LOOK_EVERY_S)
            now = time.monotonic()
            with self._lock:
                for options, until in self._until.items():
                    options.terminate = options.terminate or now > until


_watch = _Watch()
