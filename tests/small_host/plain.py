"""``python -m tests.small_host.plain``: a plain Gradio page, to compare with."""

from __future__ import annotations

import os
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI


def analyze(image: Any) -> dict[str, Any]:
    return {"width": image.shape[1], "height": image.shape[0], "faces": []}


if __name__ == "__main__":
    app = FastAPI()

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    page = gr.Interface(analyze, gr.Image(type="numpy"), gr.JSON(), api_name="analyze")
    served = gr.mount_gradio_app(app, page, path="/", ssr_mode=False)
    uvicorn.run(served, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
