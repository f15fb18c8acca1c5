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
"""What stands before the probabilities of a row."""

SIZE_COLUMNS = ("width", "height")
"""What stands behind them."""


def to_csv(analysis: Analysis) -> str:
    """A table with a header and a row for each face.

    Columns: `CSV_COLUMNS`, the probability of each expression, `SIZE_COLUMNS`: those of the picture
    in whose pixels the box is, which may lie over its border (`Analysis.clipped`). Probabilities
    are 0 to 1. ``verdict`` is ``certain``, ``uncertain`` or ``unreadable``, ``reason`` says why it
    is the last, and ``expression`` is empty unless it is the first. Of what is unreadable there are
    no probabilities.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *Expression, *SIZE_COLUMNS])
    answer = analysis.to_dict()
    for number, face in enumerate(answer["faces"], start=1):
        shares: list[object] = [face["probability"]]
        shares += [face["probabilities"][name] for name in Expression]
        if face["verdict"] == Verdict.UNREADABLE:
            shares = [""] * len(shares)
        said = face["verdict"], face["reason"] or "", face["expression"] or ""
        row = [number, *face["bbox_xyxy"], face["confidence"], *said, *shares]
        writer.writerow([*row, answer["width"], answer["height"]])
    return text.getvalue()
