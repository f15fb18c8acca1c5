"""deepface, with its default detector (OpenCV's cascade)."""

from __future__ import annotations

from measuring import measure


def imported():
    from deepface import DeepFace

    return DeepFace


def reader(peer):
    def read(path):
        faces = peer.analyze(path, actions=["emotion"], enforce_detection=False, silent=True)
        # Where no face is found, the whole picture is one of confidence 0.
        found = [face["region"] for face in faces if face["face_confidence"]]
        return [(at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"]) for at in found]

    return read


measure(imported, reader)
