"""What the program did, as text for Prometheus.

The counts are plain numbers and no counters of prometheus-client: the shell and a library call
count too, and importing it takes 0.6 MB and 0.02 s, which only those pay who look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mood.resources.counters import Counts

if TYPE_CHECKING:
    from prometheus_client.core import Metric


@dataclass(frozen=True, slots=True)
class Figures:
    """All that /metrics tells.

    Attributes:
        counts: What the analyzer did.
        steps: Step of the memory guard → how often it was taken.
        resident_mb: What the process holds.
        limit_mb: What it may hold, if that is known.
        models: Names of what is loaded.
        requests: Status class such as ``2xx`` → HTTP requests that were answered so.
    """

    counts: Counts
    steps: dict[str, int]
    resident_mb: float
    limit_mb: float | None
    models: tuple[str, ...]
    requests: dict[str, int]


def prometheus_text(figures: Figures) -> bytes:
    """The figures in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Once(lambda: _metrics(figures)))
    return generate_latest(registry)


class _Once:
    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self.collect = collect

    def describe(self) -> list[Metric]:
        return []


def _metrics(figures: Figures) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily as Counter
    from prometheus_client.core import GaugeMetricFamily as Gauge

    counts = figures.counts
    by_outcome = Counter("mood_pictures", "Photos and webcam frames.", labels=["outcome"])
    by_outcome.add_metric(["analysed"], counts.pictures)
    by_outcome.add_metric(["failed"], counts.failures)
    by_outcome.add_metric(["refused"], counts.refusals)
    yield by_outcome
    yield Counter("mood_faces", "Faces found.", counts.faces)
    yield Counter("mood_inference_seconds", "Time in the networks.", counts.inference_s)
    yield Counter("mood_model_loads", "How often the models were loaded.", counts.loads)
    yield Counter("mood_model_load_seconds", "Time in that.", counts.load_s)
    yield Gauge("mood_waiting", "Pictures that wait for their turn.", counts.waiting)
    yield Gauge("mood_working", "Pictures that are analysed.", counts.working)
    loaded = Gauge("mood_models_loaded", "1 for each network in memory.", labels=["name"])
    for name in figures.models:
        loaded.add_metric([name], 1)
    yield loaded
    yield Gauge("mood_resident_bytes", "Memory that is held.", figures.resident_mb * 1e6)
    if figures.limit_mb is not None:
        yield Gauge("mood_memory_limit_bytes", "Memory there is.", figures.limit_mb * 1e6)
    steps = Counter("mood_memory_steps", "What the memory guard did.", labels=["step"])
    for step, times in figures.steps.items():
        steps.add_metric([step], times)
    yield steps
    requests = Counter("mood_http_requests", "HTTP requests by status.", labels=["status"])
    for status, times in sorted(figures.requests.items()):
        requests.add_metric([status], times)
    yield requests
