"""py-feat's detector, with its defaults."""

from __future__ import annotations

from measuring import measure


def imported():
    from feat import Detectorv1

    return Detectorv1


def reader(peer):
    detector = peer(device="cpu")

    def read(path):
        faces = detector.detect(path, data_type="image", progress_bar=False)
        sides = zip(
            faces["FaceRectX"],
            faces["FaceRectY"],
            faces["FaceRectWidth"],
            faces["FaceRectHeight"],
            strict=True,
        )
        return [(left, top, left + width, top + height) for left, top, width, height in sides]

    return read


measure(imported, reader)
