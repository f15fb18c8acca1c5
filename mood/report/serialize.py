"""An `Analysis` as a table; as JSON it tells itself: `Analysis.to_dict`."""

from __future__ import annotations

import csv
import io

from mood.types import Analysis, Expression, Verdict

CSV_COLUMNS = (
    "face",
    "left",
    "top",
    "right",
    "bottom",
    "confidence",
    "verdict",
    "reason",
    "expression",
    "probability",
)


def to_csv(analysis: Analysis) -> str:
    """A table with a header and a row for each face.

    Columns: `CSV_COLUMNS`, then the probability of each expression. Pixels, which may lie over the
    border of the picture (`Analysis.clipped`); probabilities 0 to 1. ``verdict`` is ``certain``,
    ``uncertain`` or ``unreadable``, ``reason`` says why it is the last, and ``expression`` is empty
    unless it is the first. Of what is unreadable there are no probabilities.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *Expression])
    for number, face in enumerate(analysis.to_dict()["faces"], start=1):
        shares: list[object] = [face["probability"]]
        shares += [face["probabilities"][name] for name in Expression]
        if face["verdict"] == Verdict.UNREADABLE:
            shares = [""] * len(shares)
        said = face["verdict"], face["reason"] or "", face["expression"] or ""
        writer.writerow([number, *face["bbox_xyxy"], face["confidence"], *said, *shares])
    return text.getvalue()
