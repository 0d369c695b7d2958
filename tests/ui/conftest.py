"""A window over services in memory, painted and ready for keys."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from desktop.ui.application import build_window
from desktop.ui.main_window import MainWindow
from desktop.ui.theme import Theme
from tests.fakes.clock import ManualClock
from tests.fakes.services import MemoryServices

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the offscreen plugin say that it cannot propagate size hints; every other Qt warning fails a test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    made = Theme(qapp)
    made.use(Qt.ColorScheme.Light)
    return made


@pytest.fixture
def open_window(qtbot, clock) -> Iterator[Callable[[MemoryServices], MainWindow]]:
    """Return a function that opens a window over services and waits until keys work."""
    opened: list[MainWindow] = []

    def opener(memory: MemoryServices) -> MainWindow:
        window = build_window(memory.services, clock)
        opened.append(window)
        ready: list[bool] = []
        window.begin(lambda: ready.append(True))
        qtbot.waitUntil(lambda: bool(ready))
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield opener
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def memory() -> MemoryServices:
    return MemoryServices()


@pytest.fixture
def window(open_window, memory) -> MainWindow:
    return open_window(memory)


@pytest.fixture
def press(qtbot, window, memory) -> Callable[..., None]:
    """Return a function that presses one key where the focus is and lets results come back."""

    def presser(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = window.focusWidget() or window
        qtbot.keyClick(target, key, modifier)
        qtbot.waitUntil(lambda: window.bridge.is_idle or memory.background.is_holding)

    return presser
