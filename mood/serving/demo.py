"""What the gate has to know of Gradio's demo: which functions there are, and what is under way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradio import Blocks


class Demo:
    """Looks into the Blocks that the page is; build it when they are complete, with their queue.

    Attributes:
        functions: Components → the names of their server functions.
        jobs: Numbers of the functions that the queue takes → how many values each is given.
        endpoints: Names of those among them that programs call → of their parameters.
    """

    def __init__(self, blocks: Blocks) -> None:
        parts: dict[int, Any] = blocks.blocks
        self.functions: Mapping[int, frozenset[str]] = {
            number: frozenset(each.__name__ for each in getattr(part, "server_fns", ()))
            for number, part in parts.items()
        }
        self.jobs: Mapping[int, int] = {n: len(job.inputs) for n, job in blocks.fns.items()}
        self.endpoints: Mapping[str, tuple[str, ...]] = {
            name: tuple(map(str, job.input_parameter_names))
            for job in blocks.fns.values()
            if isinstance(name := job.api_name, str)
        }
        self._queue: Any = blocks._queue

    def knows_session(self, session: str) -> bool:
        """Whether events of a session wait to be fetched."""
        return session in self._queue.pending_messages_per_session

    def knows_event(self, event: str) -> bool:
        """Whether there is such a job, or an answer of one that nobody has fetched."""
        queue = self._queue
        return (
            event in queue.event_ids_to_events
            or event in queue.pending_messages_per_session
            or any(event in events for events in queue.pending_event_ids_session.values())
        )
