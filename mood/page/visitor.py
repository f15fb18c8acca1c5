"""Who asks."""

from __future__ import annotations

import gradio as gr
from fastapi import Request

from mood.resources.household import household


def address_of(request: gr.Request | Request) -> str:
    """Whose share a request takes from, by its address; empty where that is not known."""
    client = request.client
    return household(client.host) if client else ""
