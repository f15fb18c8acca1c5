"""What is written of each photo and film: records, a line of JSON each, and rows of a table.

A record is a dict that JSON can hold: `Item.identity`, for films ``time_s``, then what
`mood.types.Analysis.to_dict` says. What could not be read has ``reason`` and ``error`` as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from mood.errors import UNFORESEEN, MoodError
from mood.types import VERSION as JSON_VERSION
from mood.types import Analysis, Expression, Verdict, cut
from mood.video.films import FilmMoment
from mood.video.tracking import TrackedFace

VERSION = 1
"""Of the table: grows when a column gets another meaning or goes, not when there is one more."""

Record: TypeAlias = dict[str, Any]

NO_FACE = "no_face"
UNDECODABLE = "undecodable"
UNFORESEEN_CODE = "unforeseen"

_PIXELS = "pixels of the upright picture"

COLUMNS: dict[str, tuple[type, str]] = {
    "photo": (str, "path of the photo or film, as it was found"),
    "bytes": (int, "size of the file in bytes"),
    "changed_ns": (int, "when the file was changed, nanoseconds since 1970"),
    "time_s": (float, "of films: seconds from the first frame"),
    "frame": (int, "which frame was read, counted from 0"),
    "face": (int, "number of the face, from 1: in its photo, or through its film"),
    "left": (float, _PIXELS),
    "top": (float, _PIXELS),
    "right": (float, _PIXELS),
    "bottom": (float, _PIXELS),
    "confidence": (float, "of the detector, 0 to 1; none in films"),
    "verdict": (str, "certain, uncertain or unreadable"),
    "reason": (str, f"why nothing is told: of a face, {NO_FACE}, or of what could not be read"),
    "expression": (str, "what the face shows, where the verdict is certain"),
    "probability": (float, "of the most probable expression, 0 to 1"),
    **{str(each): (float, "its probability, 0 to 1") for each in Expression},
    "width": (int, "pixels of the upright picture"),
    "height": (int, "pixels of the upright picture"),
    "model": (str, "network that read the expressions"),
    "detector": (str, "network that found the faces"),
    "error": (str, "what could not be read, as a sentence"),
    "version": (int, f"of these columns: {VERSION}"),
}
"""Column of the table → its kind, and its unit or meaning. What is not known is null."""


@dataclass(frozen=True, slots=True)
class Item:
    """A photo or film that is to be read.

    Attributes:
        path: Where it is.
        size: Bytes of the file; None where it cannot be asked.
        changed_ns: When it was changed, in nanoseconds since 1970; the same.
        problem: Why there is nothing to read, where that is known before.
    """

    path: Path
    size: int | None = None
    changed_ns: int | None = None
    problem: str = ""

    @classmethod
    def of(cls, path: Path, problem: str = "") -> Item:
        """The item as it is now."""
        try:
            found = path.stat()
        except (OSError, ValueError):
            return cls(path, problem=problem)
        return cls(path, found.st_size, found.st_mtime_ns, problem)

    @property
    def identity(self) -> Record:
        """How it is known again: ``photo``, ``bytes`` and ``changed_ns``."""
        return {"photo": str(self.path), "bytes": self.size, "changed_ns": self.changed_ns}


def photo_record(item: Item, analysis: Analysis) -> Record:
    """What was read of a photo."""
    return {**item.identity, **analysis.to_dict()}


def failed_record(item: Item, error: Exception | str) -> Record:
    """That an item could not be read, and why."""
    code = error.code if isinstance(error, MoodError) else UNFORESEEN_CODE
    if isinstance(error, str | OSError):
        code = "unreadable"
    return _without_faces(item, code, sentence(error))


def moment_record(item: Item, moment: FilmMoment) -> Record:
    """What was read of a frame of a film, or that a stretch of it cannot be decoded."""
    if moment.analysis is None:
        until_s = moment.until_s or moment.time_s
        why = f"The film cannot be decoded from {moment.time_s:.1f} s to {until_s:.1f} s."
        record = _without_faces(item, UNDECODABLE, why)
    else:
        record = {**item.identity, "time_s": 0.0, **moment.analysis.to_dict()}
        record["faces"] = [_tracked(face) for face in moment.faces]
    return record | {"time_s": round(moment.time_s, 3), "frame": moment.frame}


def sentence(error: Exception | str) -> str:
    """What is told of an error."""
    if isinstance(error, str | MoodError | OSError):
        return str(error)
    return f"Something unforeseen went wrong: {error!r}." if str(error) else UNFORESEEN


def is_failure(record: Record) -> bool:
    """Whether nothing of the item could be read, so that it is tried again."""
    return record.get("error") is not None and record.get("time_s") is None


def rows(record: Record) -> Iterator[list[Any]]:
    """The rows of a record in the order of `COLUMNS`: one a face, or one that says why not."""
    whole = {name: record.get(name) for name in COLUMNS} | {"version": VERSION}
    if not record["faces"]:
        whole["reason"] = record.get("reason") or NO_FACE
        yield list(whole.values())
    for number, face in enumerate(record["faces"], start=1):
        row = whole | {"face": face.get("face", number)}
        row |= zip(("left", "top", "right", "bottom"), face["bbox_xyxy"], strict=True)
        row |= {name: face.get(name) for name in ("confidence", "verdict", "reason", "expression")}
        if face["verdict"] != Verdict.UNREADABLE:
            row |= {"probability": face["probability"], **face["probabilities"]}
        yield list(row.values())


def _without_faces(item: Item, reason: str, error: str) -> Record:
    nothing = dict.fromkeys(("time_s", "width", "height"))
    told = {"reason": reason, "error": error, "version": JSON_VERSION, "faces": []}
    return {**item.identity, **nothing, **told}


def _tracked(face: TrackedFace) -> Record:
    top = max(face.probabilities, key=face.probabilities.__getitem__)
    return {
        "face": face.number,
        "bbox_xyxy": [round(float(each), 1) for each in face.bbox_xyxy],
        "verdict": str(face.verdict),
        "reason": None if face.reason is None else str(face.reason),
        "expression": None if face.expression is None else str(face.expression),
        "top": str(top),
        "probability": cut(face.probabilities[top]),
        "probabilities": {str(key): cut(value) for key, value in face.probabilities.items()},
    }
