"""How everything looks: one spacing scale, one type scale, one accent, in a light and a dark set of colours.

Widgets take colours and fonts from a Theme they are handed and repaint on `changed`. Fusion is the base style, so the
window looks the same on every platform.
"""

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from desktop.ui.stylesheet import stylesheet_of
from desktop.ui.tokens import DARK, LIGHT, Colors


class TextSize(IntEnum):
    """The type scale, in logical pixels."""

    SMALL = 12
    BODY = 13
    TITLE = 15
    HEADING = 20


@dataclass(frozen=True, slots=True)
class _Roles:
    """Which palette role takes which colour."""

    role: QPalette.ColorRole
    color: str


def _palette_of(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    rows = (
        _Roles(role.Window, colors.window),
        _Roles(role.WindowText, colors.text),
        _Roles(role.Base, colors.surface),
        _Roles(role.AlternateBase, colors.sunken),
        _Roles(role.Text, colors.text),
        _Roles(role.Button, colors.surface),
        _Roles(role.ButtonText, colors.text),
        _Roles(role.BrightText, colors.bad),
        _Roles(role.ToolTipBase, colors.surface),
        _Roles(role.ToolTipText, colors.text),
        _Roles(role.PlaceholderText, colors.muted),
        _Roles(role.Highlight, colors.accent),
        _Roles(role.HighlightedText, colors.on_accent),
        _Roles(role.Link, colors.accent),
        _Roles(role.Light, colors.surface),
        _Roles(role.Mid, colors.line),
        _Roles(role.Dark, colors.line),
        _Roles(role.Shadow, colors.line),
    )
    palette = QPalette()
    for row in rows:
        palette.setColor(row.role, QColor(row.color))
    for disabled in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, disabled, QColor(colors.muted))
    return palette


class Theme(QObject):
    """The look in use. `changed` says that colours are others now."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self.colors = LIGHT

    def follow_system(self) -> None:
        """Take the system's light or dark now and whenever it changes."""
        hints = self._app.styleHints()
        hints.colorSchemeChanged.connect(self.use)
        self.use(hints.colorScheme())

    def use(self, scheme: Qt.ColorScheme) -> None:
        """Paint everything in this scheme from now on; an unknown scheme is light."""
        self.colors = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        self._app.setPalette(_palette_of(self.colors))
        self._app.setFont(self.font())
        self._app.setStyleSheet(stylesheet_of(self.colors))
        self.changed.emit()

    def font(self, size: TextSize = TextSize.BODY, *, bold: bool = False) -> QFont:
        """Return the system's font in one size of the scale."""
        font = QFont(self._app.font())
        font.setPixelSize(size)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font
