"""A screen of our own (Xvfb), and hands on it (xdotool)."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable

import pytest

PATIENCE = 40.0


def wait_for(what: str, check: Callable[[], object], *, seconds: float = PATIENCE) -> object:
    """Return what `check` returns as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")


class Screen:
    """One X server on a display number of its own choice."""

    def __init__(self) -> None:
        for program in ("Xvfb", "xdotool"):
            if not shutil.which(program):
                pytest.skip(f"{program} is not installed (Debian: apt install xvfb xdotool)")
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"
        self.environ = {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(["xdotool", *words], env=self.environ, capture_output=True, text=True, check=False)
        return done.stdout

    def titles(self, name: str) -> list[str]:
        """Return the titles of the visible windows whose title has `name` in it."""
        windows = self._xdotool("search", "--onlyvisible", "--name", name).split()
        return [self._xdotool("getwindowname", window).strip() for window in windows]

    def press(self, name: str, *keys: str) -> None:
        """Press keys in the window with this title, as a person would."""
        windows = self._xdotool("search", "--onlyvisible", "--name", name).split()
        assert windows, f"there is no window {name}"
        self._xdotool("windowfocus", "--sync", windows[-1])
        for key in keys:
            self._xdotool("key", key)
            time.sleep(0.15)

    def shows(self, pattern: str) -> Callable[[], bool]:
        """Return a check for a window whose title matches."""
        return lambda: any(re.search(pattern, title) for title in self.titles("Dealside"))
