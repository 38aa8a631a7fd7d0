"""A real browser for tests: headless Chromium, driven through its DevTools protocol."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
STARTING = 90
PATIENCE = 15.0
LARGEST = 256 * 1024 * 1024


def program() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """A browser of its own profile. Ends with its ``with`` block, and leaves nothing behind."""

    def __enter__(self) -> Self:
        executable = program()
        assert executable is not None
        self.folder = Path(tempfile.mkdtemp(prefix="conformance-chromium-"))
        self.process = subprocess.Popen(
            [
                executable,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--remote-debugging-port=0",
                f"--user-data-dir={self.folder}",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.port = self._port()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _port(self) -> int:
        told = self.folder / "DevToolsActivePort"
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            lines = told.read_text().split() if told.is_file() else []
            if lines:
                return int(lines[0])
            assert self.process.poll() is None, "the browser ended before it began"
            time.sleep(0.05)
        raise AssertionError("the browser does not say its port")

    def page(self, width: int = 1400, height: int = 900) -> Page:
        """A fresh tab."""
        with urlopen(f"http://127.0.0.1:{self.port}/json/version", timeout=PATIENCE) as answer:
            address = json.load(answer)["webSocketDebuggerUrl"]
        return Page(address, width, height)


class Page:
    """A tab. ``requests`` are the addresses that it asked for, ``complaints`` what went to its console."""

    def __init__(self, address: str, width: int, height: int) -> None:
        self.closing = ExitStack()
        self.socket: ClientConnection = self.closing.enter_context(
            connect(address, max_size=LARGEST, proxy=None)
        )
        self.number = 0
        self.session = ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.size(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        session, self.session = self.session, ""
        assert session
        self.call("Target.closeTarget", targetId=self.target)
        self.closing.close()

    def call(self, method: str, **params: Any) -> Any:
        """What a command of the protocol answers."""
        self.number += 1
        asked = {"id": self.number, "method": method, "params": params}
        if self.session:
            asked["sessionId"] = self.session
        self.socket.send(json.dumps(asked))
        until = time.monotonic() + PATIENCE * 2
        while True:
            told = json.loads(self.socket.recv(timeout=max(0.1, until - time.monotonic())))
            if told.get("id") == asked["id"]:
                assert "error" not in told, (method, told["error"])
                return told["result"]
            self._event(told)

    def _event(self, told: dict[str, Any]) -> None:
        name, params = told.get("method", ""), told.get("params", {})
        self.events.append(name)
        if name == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif name == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"])[:1000])
        elif name == "Runtime.consoleAPICalled":
            self.complaints.append(json.dumps(params["args"])[:1000])
        elif name == "Log.entryAdded":
            self.complaints.append(params["entry"]["text"])

    def size(self, width: int, height: int) -> None:
        """How large the window is."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def scheme(self, value: str) -> None:
        """``light`` or ``dark``, as the system has it."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}])

    def open(self, address: str) -> None:
        """Goes to an address and waits until the page is complete."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, expression: str) -> Any:
        """What an expression of JavaScript gives; a promise is awaited."""
        told = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in told, json.dumps(told["exceptionDetails"])[:2000]
        return told["result"].get("value")

    def until(self, condition: str) -> None:
        """Waits until a condition holds."""
        until = time.monotonic() + PATIENCE
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < until, f"never: {condition}"
            time.sleep(0.03)

    def key(self, key: str, text: str = "", modifiers: int = 0) -> None:
        """Presses a key; ``modifiers``: 8 is shift."""
        codes = {
            "Tab": 9,
            "Enter": 13,
            "Escape": 27,
            "ArrowRight": 39,
            "ArrowDown": 40,
            "ArrowLeft": 37,
            "End": 35,
        }
        number = codes.get(key, ord(key[0].upper()))
        if key == "Enter":
            text = "\r"
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=number,
                modifiers=modifiers, **({"text": text} if text and kind == "keyDown" else {}),
            )  # fmt: skip

    def type(self, text: str) -> None:
        """Types into what has the focus."""
        self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Clicks with a real mouse into the middle of an element."""
        spot = self.run(
            f"(() => {{ const found = document.querySelector({json.dumps(selector)});"
            " found.scrollIntoView({block: 'center', behavior: 'instant'});"
            " const box = found.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1
            )

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the window, or of the whole page."""
        told = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))
