"""Open an address in the rep's own browser, where there is one with a window."""

import os
import sys
import webbrowser


def open_in_browser(address: str) -> bool:
    """Return whether a browser was started. A browser in the terminal is none: it would take the terminal over."""
    has_screen = sys.platform in {"win32", "darwin"} or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    try:
        return has_screen and webbrowser.open(address, new=2)
    except (webbrowser.Error, OSError):
        return False
