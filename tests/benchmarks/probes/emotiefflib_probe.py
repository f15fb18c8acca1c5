"""EmotiEffLib in ONNX Runtime; it brings no detector, so OpenCV's cascade finds the faces."""

from __future__ import annotations

from measuring import measure


def imported():
    import cv2
    from emotiefflib.facial_analysis import EmotiEffLibRecognizer

    return cv2, EmotiEffLibRecognizer


def reader(peer):
    cv2, recognizer = peer
    network = recognizer(engine="onnx", model_name="enet_b0_8_best_vgaf", device="cpu")
    cascade = cv2.data.haarcascades + "haarcascade_frontalface_default.xml"
    detector = cv2.CascadeClassifier(cascade)

    def read(path):
        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        found = [(x, y, x + w, y + h) for x, y, w, h in detector.detectMultiScale(grey, 1.1, 5)]
        for left, top, right, bottom in found:
            network.predict_emotions(image[top:bottom, left:right], logits=False)
        return found

    return read


measure(imported, reader)
