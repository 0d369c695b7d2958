"""Labels, buttons and rules as the rest of the window needs them. Labels show plain text only: mail is hostile."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.ui.theme import TextSize, Theme


def plain_label(theme: Theme, size: TextSize = TextSize.BODY, *, bold: bool = False, tone: str = "") -> QLabel:
    """Return a label that never reads its text as markup. `tone` is `muted`, `bad` or empty."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.font(size, bold=bold))
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    if tone:
        label.setProperty("tone", tone)
    return label


def button(words: str, *, role: str = "", name: str = "") -> QPushButton:
    """Return a button; `role` picks its look, `name` is what a screen reader says when the words are not enough."""
    made = QPushButton(words)
    made.setAccessibleName(name or words)
    if role:
        made.setProperty("role", role)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def rule(parent: QWidget | None = None) -> QFrame:
    """Return a thin line between two parts."""
    line = QFrame(parent)
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def announce(widget: QWidget, sentence: str) -> None:
    """Let a screen reader say a sentence now, wherever the focus is."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # noqa: PLC0415  (2 ms no first paint needs)

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property it asks for has changed; one not shown yet will be anyway."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
