"""The tools for language models, by the reference client of MCP."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image

from mood.options import Options
from tests.e2e.conftest import EXAMPLES, Server, serving

pytest.importorskip("mcp", reason="the package mcp is not installed")

PHOTO = (
    "data:image/jpeg;base64," + base64.b64encode((EXAMPLES / "astronaut.jpg").read_bytes()).decode()
)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("mcp"), MOOD_MCP="1") as running:
        yield running


def ask(server: Server, tool: str = "", **arguments: Any) -> Any:
    """The tools there are, or what one of them answers."""
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def main() -> Any:
        async with (
            streamable_http_client(f"{server.url}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            if not tool:
                return (await session.list_tools()).tools
            return await session.call_tool(tool, arguments)

    with ThreadPoolExecutor(1) as thread:  # here the browser's loop may run
        return thread.submit(asyncio.run, asyncio.wait_for(main(), 120)).result()


def test_the_tools_say_what_they_do_and_take(tools: Server):
    found = {tool.name: tool for tool in ask(tools)}
    assert list(found) == ["analyze", "analyze_batch", "annotate"]
    for tool in found.values():
        assert "picture" in tool.description
        properties = tool.inputSchema["properties"]
        assert set(Options.__slots__) < set(properties)
        assert all(each["description"] for each in properties.values())
        (picture,) = tool.inputSchema["required"]
        assert picture in {"image", "images"}


def test_a_tool_answers_in_json(tools: Server):
    answer = ask(tools, "analyze", image=PHOTO, model="mini")
    assert not answer.isError
    (content,) = answer.content
    assert [face["expression"] for face in json.loads(content.text)["faces"]] == ["happiness"]
    several = json.loads(ask(tools, "analyze_batch", images=[PHOTO, "x"]).content[0].text)
    assert [each.get("code") for each in several] == [None, "unreadable"]


def test_a_tool_answers_with_the_framed_picture(tools: Server):
    (content,) = ask(tools, "annotate", image=PHOTO).content
    assert (content.type, content.mimeType) == ("image", "image/jpeg")
    assert Image.open(io.BytesIO(base64.b64decode(content.data))).size == (512, 512)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"image": "https://example.org/a.jpg"}, "Addresses are not fetched."),
        ({"image": "/etc/passwd"}, "This is no uploaded file."),
        ({"image": PHOTO, "certainty": 7}, "7 is greater than the maximum of 1"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    tools: Server, arguments: dict[str, Any], sentence: str
):
    answer = ask(tools, "analyze", **arguments)
    assert answer.isError
    assert sentence in answer.content[0].text


def test_the_server_asks_no_address_that_a_caller_names(tools: Server):
    """Gradio's own way asks the host that the first request names."""
    call = {"name": "analyze", "arguments": {"image": PHOTO}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"host": "127.0.0.1:9", "accept": "application/json, text/event-stream"}
    address = f"{tools.url}/gradio_api/mcp/"
    answer = httpx.post(address, json=message, headers=headers, timeout=120)
    assert "happiness" in answer.text
    foreign = {**headers, "origin": "https://evil.example"}
    assert httpx.post(address, json=message, headers=foreign).status_code == 403


def test_without_the_variable_there_are_none(server: Server):
    assert httpx.post(f"{server.url}/gradio_api/mcp/", json={"jsonrpc": "2.0"}).status_code == 404
