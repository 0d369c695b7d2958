"""Keys as they look on a keyboard: `Shift+Enter  or  A`."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space

HEIGHT = 22
OR = " or "


class Keycap(QWidget):
    """One key or a few, written `j` or `j or Down`; painted, because thirty framed labels cost more than they give."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = keys.split(OR)
        self._font = theme.font(TextSize.SMALL)
        self.setAccessibleName(keys)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Return the size all keys and the words between them take."""
        metrics = QFontMetrics(self._font)
        caps = sum(self._cap_width(metrics, key) for key in self._keys)
        gaps = (len(self._keys) - 1) * metrics.horizontalAdvance(OR)
        return QSize(caps + gaps + 1, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the keys from left to right."""
        del event
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        metrics, x = QFontMetrics(self._font), 0
        for number, key in enumerate(self._keys):
            if number:
                painter.setPen(QColor(colors.muted))
                painter.drawText(QRectF(x, 0, 99, HEIGHT), Qt.AlignmentFlag.AlignVCenter, OR)
                x += metrics.horizontalAdvance(OR)
            width = self._cap_width(metrics, key)
            cap = QRectF(x + 0.5, 0.5, width - 1, HEIGHT - 1)
            painter.setPen(QPen(QColor(colors.control)))
            painter.setBrush(QColor(colors.surface))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(QColor(colors.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            x += width

    @staticmethod
    def _cap_width(metrics: QFontMetrics, key: str) -> int:
        return max(HEIGHT, metrics.horizontalAdvance(key) + 2 * Space.S - 2)
