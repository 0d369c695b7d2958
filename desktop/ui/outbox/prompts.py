"""The one question before a change is given up, asked in the page itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.ui import texts
from desktop.ui.theme import Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import announce, button, plain_label


class GiveUpPrompt(QFrame):
    """Says what is then not written. Enter gives up, Esc keeps it. `given_up` carries the subject."""

    given_up = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt")
        self.setProperty("ownKeys", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._subject = ""
        self._question = plain_label(theme, bold=True)
        self._sentence = plain_label(theme)
        self._question.setText(texts.GIVE_UP_QUESTION)
        self._go = button(texts.GIVE_UP_GO, name=texts.GIVE_UP_GO_NAME)
        self._keep = button(texts.GIVE_UP_KEEP, role="quiet", name=texts.GIVE_UP_KEEP_NAME)
        self._go.clicked.connect(self._give_up)
        self._keep.clicked.connect(self.close_prompt)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._question)
        words.addWidget(self._sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.S, Space.L, Space.S)
        row.setSpacing(Space.S)
        row.addLayout(words, 1)
        for made in (self._go, self._keep):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            row.addWidget(made)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is asked."""
        return self._sentence.text()

    def ask(self, subject: str, sentence: str) -> None:
        """Ask about a subject and take the focus."""
        self._subject = subject
        self._sentence.setText(sentence)
        spoken = f"{texts.GIVE_UP_QUESTION} {sentence} {texts.GIVE_UP_SPOKEN}"
        self.setAccessibleName(spoken)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        announce(self, spoken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter and Esc; everything else is left alone."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._give_up()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_prompt()

    def close_prompt(self) -> None:
        """Go away and change nothing."""
        self.hide()
        self.closed.emit()

    def _give_up(self) -> None:
        subject = self._subject
        self.close_prompt()
        self.given_up.emit(subject)
