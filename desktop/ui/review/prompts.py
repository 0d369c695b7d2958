"""Two questions asked in the page itself, never in a dialog: until when to snooze, and why a card is dismissed."""

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from desktop.ui.moments import SnoozeChoice, snooze_choices
from desktop.ui.review.keys import is_plain
from desktop.ui.theme import Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.keycap import Keycap
from desktop.ui.widgets.plain import button, plain_label


class SnoozePrompt(QFrame):
    """Offers three moments on the keys 1, 2 and 3. `chosen` carries the moment, `closed` comes in any case."""

    chosen = Signal(object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt")
        self.setProperty("ownKeys", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._choices: tuple[SnoozeChoice, ...] = ()
        self._label = plain_label(theme, bold=True)
        self._label.setText("Snooze until")
        self._buttons = [button("", role="choice") for _ in range(3)]
        grid = QGridLayout(self)
        grid.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._label, 0, 0, 1, 2)
        for number, made in enumerate(self._buttons):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, number=number: self._choose(number))
            grid.addWidget(Keycap(theme, str(number + 1)), number + 1, 0)
            grid.addWidget(made, number + 1, 1)
        self.hide()

    def ask(self, now: datetime) -> None:
        """Show the choices as seen from `now` and take the focus."""
        self._choices = snooze_choices(now)
        for made, choice in zip(self._buttons, self._choices, strict=True):
            made.setText(choice.words)
            made.setAccessibleName(choice.words)
        spoken = ", ".join(f"{choice.key} {choice.words}" for choice in self._choices)
        self.setAccessibleName(f"Snooze until: {spoken}, Escape to leave it")
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take 1, 2, 3 and Esc; everything else is left alone."""
        keys = [choice.key for choice in self._choices]
        if event.text() in keys:
            self._choose(keys.index(event.text()))
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_S):
            self._close()

    def _choose(self, number: int) -> None:
        until = self._choices[number].until
        self._close()
        self.chosen.emit(until)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()


class ReasonPrompt(QFrame):
    """Asks why a whole card is dismissed; an empty reason will do. `given` carries it."""

    given = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt")
        self._label = plain_label(theme, bold=True)
        self._label.setText("Dismiss all?")
        self._reason = QLineEdit()
        self._reason.setPlaceholderText("Why? Enter dismisses, Esc keeps the card")
        self._reason.setAccessibleName("Reason for dismissing the card, optional. Enter dismisses, Escape keeps it.")
        self._reason.setMaxLength(500)
        self._reason.installEventFilter(self)
        self._go = button("Dismiss", name="Dismiss the whole card")
        self._go.clicked.connect(self._give)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.S)
        row.addWidget(self._label, 1)
        row.addWidget(self._reason, 3)
        row.addWidget(self._go)
        self.hide()

    @property
    def field(self) -> QLineEdit:
        """Where the reason is typed."""
        return self._reason

    def ask(self) -> None:
        """Show up empty and take the focus."""
        self._reason.clear()
        self.show()
        self._reason.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc out of the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_prompt()
                return True
            if is_plain(event.key(), Qt.Key.Key_Return):
                self._give()
                return True
        return super().eventFilter(watched, event)

    def close_prompt(self) -> None:
        """Go away without an answer."""
        self.hide()
        self.closed.emit()

    def _give(self) -> None:
        reason = self._reason.text().strip()
        self.close_prompt()
        self.given.emit(reason)
