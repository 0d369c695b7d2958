"""The reply: recipients as the mail gave them, subject and text the rep's to change. Every change is saved soon."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.domain.ids import DraftId
from desktop.domain.proposals import Draft, DraftState
from desktop.ui import texts
from desktop.ui.review.display_text import one_line, safe
from desktop.ui.review.keys import is_plain
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import button, plain_label, restyle

SAVE_AFTER_MS = 600
BODY_HEIGHT = 150


class DraftEditor(QFrame):
    """Shows one Draft. `save_wanted` carries (id, subject, body); `put_wanted` comes after the text is saved."""

    save_wanted = Signal(str, str, str)
    put_wanted = Signal()
    dismiss_wanted = Signal()
    undo_wanted = Signal()
    left = Signal()
    focused = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draft")
        self.setProperty("current", "false")
        self._theme = theme
        self._draft: Draft | None = None
        self._saved = ("", "")
        self._heading = plain_label(theme, bold=True)
        self._state = plain_label(theme, TextSize.SMALL, tone="muted")
        self._recipients = plain_label(theme, TextSize.SMALL, tone="muted")
        self._subject = QLineEdit()
        self._body = QPlainTextEdit()
        self._put = button("Put into Drafts", role="primary", name="Put this reply into the Drafts folder (Ctrl+Enter)")
        self._dismiss = button("Dismiss", role="quiet", name="Dismiss this reply (d)")
        self._undo = button("Undo", role="quiet", name="Undo this decision (u)")
        self._save = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._save.timeout.connect(self.flush)
        self._build()
        self._connect()

    @property
    def draft(self) -> Draft | None:
        """What it shows."""
        return self._draft

    @property
    def subject(self) -> QLineEdit:
        """Where the subject is typed."""
        return self._subject

    @property
    def body(self) -> QPlainTextEdit:
        """Where the text is typed."""
        return self._body

    @property
    def is_open(self) -> bool:
        """Whether the reply waits for a decision."""
        return self._draft is not None and self._draft.state is DraftState.OPEN

    def bind(self, draft: Draft | None, sentence: str = "") -> None:
        """Show this from now on. The same Draft again never replaces text that is not saved yet."""
        is_same = self._draft is not None and draft is not None and draft.id == self._draft.id
        if not is_same:
            self.flush()
        self._draft = draft
        self.setVisible(draft is not None)
        if draft is None:
            return
        if not (is_same and self._is_changed()):
            self._fill(draft)
        self._recipients.setText("To " + (one_line(", ".join(draft.recipients)) or "nobody"))
        words = texts.DRAFT_STATES[draft.state]
        self._state.setText(f"{words}. {one_line(sentence)}" if sentence else words)
        self.setAccessibleName(f"Reply to {one_line(', '.join(draft.recipients))}. {words}.")
        self._show_open(is_open=draft.state is DraftState.OPEN)

    def set_current(self, *, is_current: bool) -> None:
        """Show whether the reply is what waits now."""
        wanted = "true" if is_current else "false"
        if self.property("current") != wanted:
            self.setProperty("current", wanted)
            restyle(self)

    def write(self) -> None:
        """Put the focus into the text."""
        self._body.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def flush(self) -> None:
        """Ask for the text to be saved now, if it has changed."""
        self._save.stop()
        if self._draft is not None and self.is_open and self._is_changed():
            self._saved = self._text()
            self.save_wanted.emit(self._draft.id, *self._saved)

    def not_saved(self, draft_id: DraftId) -> None:
        """Learn that the last save failed, so that the next change saves all of it."""
        if self._draft is not None and self._draft.id == draft_id:
            self._saved = ("", "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Ctrl+Enter and Esc out of both fields, and notice the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.flush()
                self.left.emit()
                return True
            is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if is_control and is_plain(event.key(), Qt.Key.Key_Return):
                self.put_wanted.emit()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._heading.setText("Reply")
        self._subject.setAccessibleName("Subject of the reply")
        self._body.setObjectName("body")
        self._body.setAccessibleName("Text of the reply")
        self._body.setTabChangesFocus(True)
        self._body.setMinimumHeight(BODY_HEIGHT)
        self._body.setFont(self._theme.font())
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._state, 2)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot = QHBoxLayout()
        foot.setSpacing(Space.XS)
        foot.addStretch(1)
        for made in (self._undo, self._dismiss, self._put):
            foot.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addWidget(self._recipients)
        column.addWidget(self._subject)
        column.addWidget(self._body, 1)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._subject.installEventFilter(self)
        self._body.installEventFilter(self)
        self._subject.textEdited.connect(self._save.start)
        self._body.textChanged.connect(self._body_changed)
        self._put.clicked.connect(self.put_wanted)
        self._dismiss.clicked.connect(self.dismiss_wanted)
        self._undo.clicked.connect(self.undo_wanted)

    def _body_changed(self) -> None:
        if self._is_changed():
            self._save.start()

    def _text(self) -> tuple[str, str]:
        return self._subject.text(), self._body.toPlainText()

    def _is_changed(self) -> bool:
        return self._text() != self._saved

    def _fill(self, draft: Draft) -> None:
        """Put the Draft's text in, unless it is there already: that would move the rep's cursor."""
        wanted = (one_line(draft.subject), safe(draft.body))
        if self._text() != wanted:
            self._saved = wanted
            self._subject.setText(wanted[0])
            self._body.setPlainText(wanted[1])
        self._saved = self._text()
        self._save.stop()

    def _show_open(self, *, is_open: bool) -> None:
        self._subject.setReadOnly(not is_open)
        if self._body.isReadOnly() == is_open:
            self._body.setReadOnly(not is_open)
            restyle(self._body)
        self._put.setVisible(is_open)
        self._dismiss.setVisible(is_open)
        self._undo.setVisible(not is_open and self._draft is not None and self._draft.state is not DraftState.UNDONE)
