"""Who asks."""

from __future__ import annotations

import gradio as gr
from fastapi import Request


def address_of(request: gr.Request | Request) -> str:
    """The address of who sent a request, as the server knows it; empty where it knows none."""
    client = request.client
    return client.host if client else ""
