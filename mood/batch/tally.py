"""What a run found, counted as it goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mood.batch.reading import Outcome
from mood.batch.rows import Record, is_failure
from mood.types import Expression, Verdict

MOST_TOLD = 1000
"""Failures that the table at the end names; the output names all."""


@dataclass(slots=True)
class Tally:
    """Counts of one run.

    Attributes:
        photos: Photos that were read.
        films: Films that were read.
        skipped: Items that the output held already.
        failed: What could not be read: photos, films, and stretches of films.
        failures: The first of them, each with the reason.
        verdicts: How many faces got each verdict, those of films once for each frame.
        expressions: How many faces showed each, of those that are certain.
    """

    photos: int = 0
    films: int = 0
    skipped: int = 0
    failed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    expressions: Counter[str] = field(default_factory=Counter)

    def counted(self, outcome: Outcome) -> Iterator[Record]:
        """The records of an outcome, each counted as it passes."""
        if outcome.spooled is not None:
            self.films += 1
        elif not outcome.failed:
            self.photos += 1
        for record in outcome.records():
            self._count(record)
            yield record
        if outcome.unframed:
            self.fail(str(outcome.item.path), outcome.unframed)

    def fail(self, name: str, why: str) -> None:
        """Counts something that could not be done."""
        self.failed += 1
        if len(self.failures) < MOST_TOLD:
            self.failures.append((name, why))

    def _count(self, record: Record) -> None:
        if is_failure(record) or record.get("error"):
            self.fail(record["photo"], record["error"])
        self.verdicts.update(face["verdict"] for face in record["faces"])
        self.expressions.update(face["expression"] for face in record["faces"])

    def table(self) -> Iterable[str]:
        """What could not be read, a line each."""
        width = min(60, max((len(name) for name, _ in self.failures), default=0))
        yield f"{_some(self.failed, 'thing')} could not be done:"
        for name, why in self.failures:
            yield f"  {name:<{width}}  {why}"
        if self.failed > len(self.failures):
            yield f"  … and {self.failed - len(self.failures):,} more"

    def summary(self) -> Iterable[str]:
        """How many faces show what, and how many cannot be read."""
        faces = self.verdicts.total()
        read = f"{_some(self.photos, 'photo')}, {_some(self.films, 'film')}"
        yield f"{read}, {_some(faces, 'face')}"
        for name in Expression:
            yield _share(name, self.expressions[name], faces)
        for verdict in (Verdict.UNCERTAIN, Verdict.UNREADABLE):
            yield _share(verdict, self.verdicts[verdict], faces)
        if self.skipped:
            yield f"{self.skipped:,} were done before, and are not counted"
        yield f"{_some(self.failed, 'failure')}"


def _some(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _share(name: str, count: int, whole: int) -> str:
    return f"  {name:<10} {count:>9,}  {count / whole if whole else 0:>6.1%}"
