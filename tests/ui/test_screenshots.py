"""The README's pictures, and the proof that something is painted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop.ui.main_window import MainWindow
from desktop.ui.theme import Theme
from tests.fakes.services import MemoryServices


def colors_in(image: QImage) -> int:
    """Return how many colours a coarse grid over the picture meets."""
    step = 7
    return len({image.pixel(x, y) for x in range(0, image.width(), step) for y in range(0, image.height(), step)})


def take(window: MainWindow, name: str, folder) -> QImage:
    image = window.grab().toImage()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        assert image.save(str(folder / f"{name}.png"))
    return image


@pytest.mark.parametrize(
    ("name", "scheme"), [("review-light", Qt.ColorScheme.Light), ("review-dark", Qt.ColorScheme.Dark)]
)
def test_the_review_page_is_painted(window, press, screenshots, name, scheme) -> None:
    theme = window.findChild(Theme)
    theme.use(scheme)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    for _ in range(4):
        press(Qt.Key.Key_Tab)
    image = take(window, name, screenshots)
    theme.use(Qt.ColorScheme.Light)
    assert (image.width(), image.height()) == (1280, 800)
    assert colors_in(image) > 30


def test_a_conflict_shows_all_three_values(window, press, screenshots) -> None:
    for _ in range(3):
        press(Qt.Key.Key_J)
    image = take(window, "conflict", screenshots)
    assert colors_in(image) > 30
    assert window.page.view.panels


def test_an_empty_window_teaches(open_window, screenshots) -> None:
    window = open_window(MemoryServices([]))
    image = take(window, "empty", screenshots)
    assert colors_in(image) > 5
    assert window.page.empty.isVisible()


def test_the_outbox_is_painted(window, press, screenshots) -> None:
    press(Qt.Key.Key_4)
    image = take(window, "outbox", screenshots)
    assert colors_in(image) > 20
    assert window.is_in_outbox
