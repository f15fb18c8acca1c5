"""Firefox as people have it, driven by WebDriver BiDi: what Playwright's own build cannot show.

Source: https://www.w3.org/TR/webdriver-bidi/
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

_LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_PATIENCE = 60.0  # seconds
_QUIET = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
"""Preferences that keep Firefox from asking and from calling home."""


class FirefoxPage:
    """One page of a Firefox that runs.

    Raises:
        AssertionError: Where a script of the page throws or what is waited for does not come.
    """

    def __init__(self, socket: Connection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.send("session.new", capabilities={"alwaysMatch": {}})
        self._context = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Sends a command of the protocol and returns its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=_PATIENCE))
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer['message']}"
                return dict(answer["result"])

    def before_scripts(self, script: str) -> None:
        """Has a script run before those of each page that is opened from now on."""
        self.send("script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}")

    def size(self, width: int, height: int) -> None:
        """Sets the size of the window's inside, in CSS pixels."""
        viewport = {"width": width, "height": height}
        self.send("browsingContext.setViewport", context=self._context, viewport=viewport)

    def open(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait(self, expression: str) -> None:
        """Waits until an expression is true."""
        deadline = time.monotonic() + _PATIENCE
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"never came: {expression}\n{self.text('body')}"
            time.sleep(0.1)

    def text(self, selector: str) -> str:
        """The text of the first element, as it is seen; empty where there is none."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def says(self, selector: str, words: str) -> None:
        """Waits until an element shows some words."""
        value = f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"
        self.wait(f"({value}).includes({json.dumps(words)})")

    def click(self, selector: str) -> None:
        """Presses what is there, with the pointer, in its middle."""
        quoted = json.dumps(selector)
        self.wait(f"document.querySelector({quoted})?.checkVisibility()")
        self.run(f"document.querySelector({quoted}).scrollIntoView({{ block: 'center' }})")
        element = {"type": "element", "element": self._element(selector)}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": element}
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._perform({"type": "pointer", "id": "mouse", "actions": [move, *press]})

    def press(self, key: str) -> None:
        """Presses a key: a sign, or a code of WebDriver such as U+E012 (left)."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._perform({"type": "key", "id": "keys", "actions": actions})

    def choose(self, selector: str, *files: Path) -> None:
        """Chooses files in a file input."""
        self.send(
            "input.setFiles",
            context=self._context,
            element=self._element(selector),
            files=[str(file) for file in files],
        )

    def picture(self) -> bytes:
        """A screenshot as a PNG file, as base64."""
        answer = self.send("browsingContext.captureScreenshot", context=self._context)
        return str(answer["data"]).encode()

    def _perform(self, source: dict[str, Any]) -> None:
        self.send("input.performActions", context=self._context, actions=[source])

    def _element(self, selector: str) -> dict[str, Any]:
        locator = {"type": "css", "value": selector}
        found = self.send("browsingContext.locateNodes", context=self._context, locator=locator)
        assert found["nodes"], f"there is no {selector}"
        return {"sharedId": found["nodes"][0]["sharedId"]}


def program() -> str | None:
    """Where Firefox is on this machine, if anywhere."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


@contextlib.contextmanager
def firefox(folder: Path, **preferences: bool | int | str) -> Iterator[FirefoxPage]:
    """A headless Firefox with a profile of its own below `folder`.

    Args:
        folder: An empty folder, for the profile and what is downloaded.
        **preferences: Those of ``about:config``, a double underscore for each dot.
    """
    profile, downloads = folder / "profile", folder / "downloads"
    profile.mkdir(parents=True)
    downloads.mkdir()
    own = {name.replace("__", "."): value for name, value in preferences.items()}
    saving = {"browser.download.folderList": 2, "browser.download.dir": str(downloads)}
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
        for name, value in (_QUIET | saving | own).items()
    ]
    (profile / "user.js").write_text("".join(lines))
    command = [str(program()), "--headless", "--no-remote", "--profile", str(profile)]
    log = folder / "firefox.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, "--remote-debugging-port", "0"], stdout=output, stderr=output
        ) as process,
    ):
        try:
            with connect(f"{_address(process, log)}/session", max_size=None) as socket:
                yield FirefoxPage(socket)
        finally:
            process.kill()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _PATIENCE
    while not (found := _LISTENS.search(log.read_text())):
        assert process.poll() is None, f"Firefox ended:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"Firefox did not start:\n{log.read_text()}"
        time.sleep(0.1)
    return found[1]
