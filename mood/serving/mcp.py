"""The calls of the API as tools for language models (MCP), by Gradio's own server.

It runs where ``MOOD_MCP`` is 1, which needs the package mcp. `tests/e2e/test_mcp.py` tells
which upgrade of Gradio broke what is changed here.
"""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mood.errors import SettingsError
from mood.settings import Settings

if TYPE_CHECKING:
    from gradio import Blocks

_DATA_URL = "data:image/jpeg;base64,"


def check(settings: Settings) -> None:
    """Looks whether all is there that is wanted.

    Raises:
        SettingsError: The package mcp is not installed.
    """
    if settings.mcp and importlib.util.find_spec("mcp") is None:
        raise SettingsError(
            "MOOD_MCP is 1, and the package mcp is not installed. Run pip install 'mcp>=1.21,<2', "
            "or unset MOOD_MCP."
        )


def answer_here(demo: Blocks) -> None:
    """Lets tools be answered in the request that calls them, as JSON and pictures.

    Gradio's server asks its own address, which is what the first caller's header Host says, and
    writes answers as Python does. Call it after the demo is mounted.
    """
    server: Any = demo.mcp_server_obj
    if server is None:
        raise SettingsError(f"MOOD_MCP is 1, and its server cannot be started. {demo.mcp_error}")
    find = server.get_block_fn_from_endpoint_name

    def found(name: str) -> Any:
        function = copy.copy(find(name))
        function.queue = False
        return function

    server.get_block_fn_from_endpoint_name = found
    server.postprocess_output_data = _said


def _said(data: Sequence[Any], _: str) -> list[Any]:
    from mcp.types import ImageContent, TextContent

    said: list[Any] = []
    for value in data:
        if isinstance(value, str) and value.startswith(_DATA_URL):
            picture = value.removeprefix(_DATA_URL)
            said.append(ImageContent(type="image", data=picture, mimeType="image/jpeg"))
        else:
            said.append(TextContent(type="text", text=json.dumps(value, ensure_ascii=False)))
    return said
