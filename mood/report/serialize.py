"""An `Analysis` as a table; as JSON it tells itself: `Analysis.to_dict`."""

from __future__ import annotations

import csv
import io

from mood.types import Analysis, Expression

CSV_COLUMNS = ("face", "left", "top", "right", "bottom", "confidence", "verdict", "probability")


def to_csv(analysis: Analysis) -> str:
    """A table with a header and a row for each face.

    Columns: `CSV_COLUMNS`, then the probability of each expression. Pixels, which may lie over the
    border of the picture (`Analysis.clipped`); probabilities 0 to 1; ``verdict`` is an expression
    or ``uncertain``.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*CSV_COLUMNS, *Expression])
    for number, face in enumerate(analysis.to_dict()["faces"], start=1):
        verdict = face["expression"] or "uncertain"
        certainly = face["confidence"], verdict, face["probability"]
        odds = (face["probabilities"][name] for name in Expression)
        writer.writerow([number, *face["bbox_xyxy"], *certainly, *odds])
    return text.getvalue()
