"""What kind of machine and session this is: with a display, frozen, over ssh."""

import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

WITHOUT_SCREEN = frozenset({"offscreen", "minimal", "minimalegl", "vnc", "linuxfb"})
X11_PORT = 6000
REACH_SECONDS = 1.0


def is_frozen() -> bool:
    """Tell whether we run from a PyInstaller build."""
    return bool(getattr(sys, "frozen", False))


def reachable(display: str) -> bool:
    """Tell whether an X server answers at `display` (`:0`, `:77.0`, `host:10.0`). A stale DISPLAY is no display."""
    host, _, screen = display.rpartition(":")
    number = screen.split(".")[0]
    if not number.isdigit():
        return False
    if host in ("", "unix"):
        name = f"/tmp/.X11-unix/X{number}"  # noqa: S108  (where X servers listen, fixed by X itself)
        return _answers(socket.AF_UNIX, f"\0{name}") or _answers(socket.AF_UNIX, name)
    return _answers(socket.AF_INET, (host, X11_PORT + int(number)))


def _answers(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(REACH_SECONDS)
            line.connect(address)
    except (OSError, OverflowError, ValueError):
        return False
    return True


def has_display(
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
    *,
    is_reachable: Callable[[str], bool] = reachable,
) -> bool:
    """Tell whether a person could see a window of ours in this session."""
    environ = os.environ if environ is None else environ
    if environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in WITHOUT_SCREEN:
        return False
    if platform == "win32":
        return True
    if platform == "darwin":
        return "SSH_CONNECTION" not in environ
    wayland = environ.get("WAYLAND_DISPLAY")
    if wayland and Path(environ.get("XDG_RUNTIME_DIR", "/"), wayland).is_socket():
        return True
    display = environ.get("DISPLAY")
    return bool(display) and is_reachable(str(display))
