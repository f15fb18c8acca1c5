"""``python -m tests.small_host.seed EXPRESSIONS.onnx YUNET.onnx``: the same, written plainly.

What a careful developer writes in an hour, to compare with.
"""

import os
import sys
from functools import cache

import cv2
import gradio as gr
import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI
from PIL import Image, ImageOps

LABELS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"]
app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}


@cache  # so the first photo loads it
def network():
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(sys.argv[1], options)


@cache
def detector():
    return cv2.FaceDetectorYN.create(sys.argv[2], "", (640, 640), 0.7)


def analyze(path):
    with Image.open(path) as image:
        image.thumbnail((640, 640))  # drafts: a JPEG is decoded no larger than it needs to be
        photo = ImageOps.exif_transpose(image).convert("RGB")
    detector().setInputSize(photo.size)
    rows = detector().detect(cv2.cvtColor(np.asarray(photo), cv2.COLOR_RGB2BGR))[1]
    faces = []
    for x, y, w, h in [] if rows is None else rows[:, :4].tolist():
        crop = photo.crop((x, y, x + w, y + h)).convert("L").resize((64, 64))
        grey = np.asarray(crop, dtype=np.float32)[np.newaxis, np.newaxis]
        logits = network().run(None, {"Input3": grey})[0][0]
        odds = np.exp(logits - logits.max())
        probabilities = dict(zip(LABELS, (odds / odds.sum()).tolist(), strict=True))
        faces.append({"box": [x, y, w, h], "probabilities": probabilities})
    return {"size": photo.size, "faces": faces}


if __name__ == "__main__":
    page = gr.Interface(analyze, gr.Image(type="filepath"), gr.JSON(), api_name="analyze")
    served = gr.mount_gradio_app(app, page, path="/", ssr_mode=False)
    uvicorn.run(served, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
