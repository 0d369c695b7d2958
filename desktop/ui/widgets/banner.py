"""A strip across the top for a notice, for what holds for now, or for trouble. It never takes the focus.

Passing words go elsewhere.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.ui.theme import Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import announce, button, plain_label, restyle


class Banner(QFrame):
    """Shows a notice or a trouble; the notice comes back when the trouble is closed."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._notice = ""
        self._standing = ""
        self._label = plain_label(theme)
        self._close = button("Close", role="quiet", name="Close this message")
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.XS, Space.S, Space.XS)
        row.addWidget(self._label, 1)
        row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now, or empty."""
        return self._label.text() if not self.isHidden() else ""

    def set_notice(self, sentence: str) -> None:
        """Say something that lasts; empty takes it away."""
        self._notice = sentence
        self.clear()

    def set_standing(self, sentence: str) -> None:
        """Say what holds for now (a CRM that is away), before any notice; empty takes it away."""
        if sentence != self._standing:
            had, self._standing = self._standing, sentence
            if self.property("kind") != "trouble" or self.isHidden() or self._label.text() == had:
                self.clear()
            if sentence and not had:
                announce(self, sentence)

    def trouble(self, sentence: str) -> None:
        """Say what went wrong; it stays until it is closed or something else is said."""
        self._show(sentence, kind="trouble", can_close=True)
        announce(self, sentence)

    def clear(self) -> None:
        """Go back to the lasting notice, or away."""
        if self._standing or self._notice:
            self._show(self._standing or self._notice, kind="", can_close=False)
        elif not self.isHidden():
            self.hide()
            self.closed.emit()

    def _show(self, sentence: str, *, kind: str, can_close: bool) -> None:
        self._label.setText(sentence)
        self.setAccessibleName(sentence)
        self._close.setVisible(can_close)
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            restyle(self)
        self.show()
