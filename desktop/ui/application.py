"""The window as a program: Qt's application object, the look, and the one window."""

import sys
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from desktop.domain.ports import Clock
from desktop.services import Services
from desktop.ui.main_window import MainWindow
from desktop.ui.theme import Theme


def build_window(services: Services, clock: Clock) -> MainWindow:
    """Build the window without showing it; call `begin` on it. The QApplication must exist already."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise TypeError("build_window needs a QApplication")
    theme = Theme(app)
    theme.follow_system()
    window = MainWindow(services, clock, theme, app)
    theme.setParent(window)
    return window


def run(services: Services, clock: Clock, *, on_ready: Callable[[], None] | None = None) -> int:
    """Show the window until it is closed; return the exit code. `on_ready` comes once the first page is painted."""
    # The style goes in by the command line: setStyle would hand a QStyle back and with it build 14 classes, 7 ms.
    app = QApplication.instance() or QApplication([*sys.argv[:1], "-style", "Fusion"])
    app.setApplicationName("Dealside")
    app.setApplicationVersion(services.version)
    window = build_window(services, clock)
    window.begin(on_ready)
    return app.exec()
