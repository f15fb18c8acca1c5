"""A port whose app comes when a file appears, and whose /slow answers when another does."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
STARTING = "The server is starting. Please try again in a moment."
STOPPING = "The server is stopping. Please try again in a moment."

PROGRAM = """
import asyncio, os, pathlib, sys, time
from mood.serving import server, startup
startup._HOLD_S = float(os.environ.get("HOLD_S", "0.2"))

def load():
    while not pathlib.Path(sys.argv[2]).exists():
        time.sleep(0.02)
    if pathlib.Path(sys.argv[2]).read_text() == "broken":
        raise RuntimeError("broken")
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
    from starlette.routing import Route
    async def health(request):
        return JSONResponse({"status": "ok"})
    async def slow(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        while not pathlib.Path(sys.argv[2] + ".done").exists():
            await asyncio.sleep(0.02)
        return PlainTextResponse("done")
    async def hung(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        await asyncio.to_thread(time.sleep, 1000)
    async def stuck(request):
        pathlib.Path(sys.argv[2] + ".slow").write_text("")
        time.sleep(1000)
    async def events(request):
        async def tell():
            yield b"data: begun"
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                yield f"data: {error} /path/of/a/file.py".encode()
                raise
        return StreamingResponse(tell())
    async def heartbeat(request):
        async def beat():
            yield b"alive"
            await asyncio.Event().wait()
        return StreamingResponse(beat())
    async def call(request):
        return PlainTextResponse("the call")
    async def page(request):
        return PlainTextResponse("the page")
    return Starlette(routes=[Route("/health", health), Route("/", page), Route("/slow", slow),
                             Route("/gradio_api/component_server/", slow, methods=["POST"]),
                             Route("/gradio_api/call/analyze/1", call),
                             Route("/hung", hung), Route("/stuck", stuck),
                             Route("/call/analyze/0", events), Route("/call/analyze/1", page),
                             Route("/heartbeat/visitor", heartbeat)])

async def warm_up(app):
    pathlib.Path(sys.argv[2] + ".warm").write_text("")
    raise RuntimeError("forgot the words")

def turn_away(app, working):
    with pathlib.Path(sys.argv[2] + ".told").open("a") as told:
        print(working, file=told)

server.serve(load, warm_up, turn_away, "127.0.0.1", int(sys.argv[1]))
"""


class Program:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.sign = folder / "ready"
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.port), str(self.sign)],
            cwd=ROOT,
            env=os.environ,
            stderr=subprocess.PIPE,
        )
        self.until(lambda: self.get("/health")[0])

    def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Status and body; status 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            assert answer.status != 503 or answer.headers["retry-after"]
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def until(self, happened) -> None:
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def open(self) -> None:
        self.sign.write_text("go")
        self.until(lambda: self.get("/health")[0] == 200)
