"""Chromium without a window, spoken to through a pipe (its DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any


def _high_pipe() -> tuple[int, int]:
    """A pipe whose descriptors are none of those that the shell gives away."""
    import fcntl

    low = os.pipe()
    high = tuple(fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in low)
    for one in low:
        os.close(one)
    return high[0], high[1]


class Page:
    """A page opened at a width, light or dark, and what its console said."""

    def __init__(self, program: str, profile: Path) -> None:
        self._profile = profile
        self._program = program
        self._last = 0
        self._left = b""
        self.said: list[str] = []  # errors of the console, refusals of the policy
        self.asked: list[str] = []  # what the page wanted to load besides itself

    def __enter__(self) -> Page:
        """Start it. Its ends of the pipes must be the descriptors 3 and 4."""
        theirs_in, self._out = _high_pipe()
        self._in, theirs_out = _high_pipe()
        flags = "--headless --no-sandbox --disable-gpu --remote-debugging-pipe --hide-scrollbars"
        shell = (
            f'exec "$0" {flags} --user-data-dir="$1" about:blank '
            f"3<&{theirs_in} 4>&{theirs_out} {theirs_in}<&- {theirs_out}>&-"
        )
        # sh knows only descriptors of one digit, bash all of them.
        self._process = subprocess.Popen(
            ["bash", "-c", shell, self._program, str(self._profile)],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close it."""
        os.close(self._out)
        os.close(self._in)
        self._process.terminate()
        self._process.wait(30)

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, its answer."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if getattr(self, "_session", ""):
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        while (answer := self._next()).get("id") != self._last:
            self._heard(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return dict(answer.get("result", {}))

    def open(self, path: Path, *, width: int, height: int = 900, dark: bool = False) -> None:
        """Open a file and wait until it is loaded."""
        self("Emulation.setDeviceMetricsOverride", width=width, height=height,
             deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        self("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])  # fmt: skip
        self("Page.navigate", url=path.as_uri())
        while (message := self._next()).get("method") != "Page.loadEventFired":
            self._heard(message)

    def run(self, script: str) -> Any:
        """What an expression of JavaScript is worth in the page."""
        found = self("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def picture(self, path: Path, *, top: int = 0, height: int = 0) -> None:
        """A picture of the page, or of a strip of it."""
        size = self("Page.getLayoutMetrics")["cssContentSize"]
        clip = {
            "x": 0, "y": top, "width": size["width"], "height": height or size["height"] - top,
            "scale": 1,
        }  # fmt: skip
        found = self("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(found["data"]))

    def pdf(self, path: Path) -> None:
        """The page as it would be printed."""
        path.write_bytes(base64.b64decode(self("Page.printToPDF", preferCSSPageSize=True)["data"]))

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._left:
            more = os.read(self._in, 1 << 16)
            if not more:
                raise RuntimeError("Chromium is gone")
            self._left += more
        message, _, self._left = self._left.partition(b"\0")
        return dict(json.loads(message))

    def _heard(self, message: dict[str, Any]) -> None:
        about = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.said.append(about["entry"]["text"])
        if message.get("method") == "Runtime.exceptionThrown":
            self.said.append(json.dumps(about["exceptionDetails"])[:500])
        if message.get("method") == "Runtime.consoleAPICalled" and about["type"] in (
            "error",
            "warning",
        ):
            self.said.append(json.dumps(about["args"])[:500])
        if message.get("method") == "Network.requestWillBeSent":
            url = about["request"]["url"]
            if not url.startswith(("file:", "data:", "about:")):
                self.asked.append(url)
