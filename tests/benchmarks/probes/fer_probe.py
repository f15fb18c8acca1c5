"""fer, with OpenCV's cascade as by default, or with MTCNN (``--mtcnn``)."""

from __future__ import annotations

import sys

from measuring import measure


def imported():
    import cv2
    from fer.fer import FER

    return cv2, FER


def reader(peer):
    cv2, network = peer
    detector = network(mtcnn="--mtcnn" in sys.argv)

    def read(path):
        found = [face["box"] for face in detector.detect_emotions(cv2.imread(path))]
        return [(left, top, left + width, top + height) for left, top, width, height in found]

    return read


measure(imported, reader)
