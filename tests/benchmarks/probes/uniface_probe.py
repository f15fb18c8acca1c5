"""uniface: its default detector, RetinaFace, and its network of AffectNet's expressions."""

from __future__ import annotations

from measuring import measure


def imported():
    import cv2
    from uniface import Emotion, FaceAnalyzer

    return cv2, Emotion, FaceAnalyzer


def reader(peer):
    cv2, network, analyzer = peer
    faces = analyzer(recognizer=None, predictors=[network()])
    return lambda path: [face.bbox for face in faces.analyze(cv2.imread(path))]


measure(imported, reader)
