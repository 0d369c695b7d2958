"""Which key does what: one table, used by the shortcuts and by the help overlay alike.

Letters are commands everywhere except where text is typed: while such a widget has the focus (or one that reads keys
itself, marked by the property `ownKeys`), only the keys marked `everywhere` work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget


class Command(StrEnum):
    """What a key can ask for."""

    NEXT_CARD = "next_card"
    PREVIOUS_CARD = "previous_card"
    NEXT_STOP = "next_stop"
    PREVIOUS_STOP = "previous_stop"
    ACCEPT = "accept"
    ACCEPT_ALL = "accept_all"
    EDIT = "edit"
    LEAVE_OUT = "leave_out"
    OTHER_VALUE = "other_value"
    DISMISS = "dismiss"
    DISMISS_ALL = "dismiss_all"
    SNOOZE = "snooze"
    WAKE = "wake"
    UNDO = "undo"
    UNDO_THIS = "undo_this"
    RETRY = "retry"
    RETRY_ALL = "retry_all"
    REPLY = "reply"
    PUT_DRAFT = "put_draft"
    DISMISS_DRAFT = "dismiss_draft"
    FILTER = "filter"
    SHELF_OPEN = "shelf_open"
    SHELF_SNOOZED = "shelf_snoozed"
    SHELF_DONE = "shelf_done"
    OUTBOX = "outbox"
    CONFLICTS = "conflicts"
    SCROLL_DOWN = "scroll_down"
    SCROLL_UP = "scroll_up"
    CLEAN_UP = "clean_up"
    CHECK_MAIL = "check_mail"
    HELP = "help"
    BACK = "back"


class Group(StrEnum):
    """The headings of the help overlay."""

    MOVE = "Move"
    DECIDE = "Decide"
    CHANGE = "Change"
    REPLY = "Reply"
    LOOK = "Look"


@dataclass(frozen=True, slots=True)
class Binding:
    """Keys of one Command, how they are shown, and what they do in a few words. `repeats` while held down."""

    command: Command
    keys: tuple[str, ...]
    shown: str
    words: str
    group: Group
    repeats: bool = False
    everywhere: bool = False


C, G = Command, Group
BINDINGS: tuple[Binding, ...] = (
    Binding(C.NEXT_CARD, ("J", "Down"), "j or ↓", "next card", G.MOVE, repeats=True),
    Binding(C.PREVIOUS_CARD, ("K", "Up"), "k or ↑", "card before", G.MOVE, repeats=True),
    Binding(C.NEXT_STOP, ("Tab", "Right"), "Tab or →", "next field", G.MOVE, repeats=True),
    Binding(C.PREVIOUS_STOP, ("Shift+Tab", "Left"), "Shift+Tab or ←", "field before", G.MOVE, repeats=True),
    Binding(C.SCROLL_DOWN, ("Space",), "Space", "scroll the mail", G.MOVE, repeats=True),
    Binding(C.SCROLL_UP, ("Shift+Space",), "Shift+Space", "scroll back", G.MOVE, repeats=True),
    Binding(C.BACK, ("Esc",), "Esc", "back to the list", G.MOVE),
    Binding(C.ACCEPT, ("Return", "Enter"), "Enter", "accept this suggestion", G.DECIDE),
    Binding(
        C.ACCEPT_ALL,
        ("Shift+Return", "Shift+Enter", "A", "Shift+A"),
        "Shift+Enter or A",
        "accept all but guarded ones",
        G.DECIDE,
    ),
    Binding(C.DISMISS, ("X", "Delete"), "x or Delete", "dismiss this suggestion", G.DECIDE),
    Binding(C.DISMISS_ALL, ("Shift+X", "Shift+Delete"), "Shift+X", "dismiss the card", G.DECIDE),
    Binding(C.SNOOZE, ("S",), "s", "snooze the card", G.DECIDE),
    Binding(C.WAKE, ("W",), "w", "bring a snoozed card back", G.DECIDE),
    Binding(C.EDIT, ("E", "F2"), "e or F2", "edit the field", G.CHANGE),
    Binding(C.LEAVE_OUT, ("Backspace",), "Backspace", "leave the field out, or theirs", G.CHANGE),
    Binding(C.OTHER_VALUE, ("O",), "o", "take what another mail says", G.CHANGE),
    Binding(C.UNDO, ("Z", "Ctrl+Z"), "z or Ctrl+Z", "undo the last decision", G.CHANGE),
    Binding(C.UNDO_THIS, ("U",), "u", "undo this one, also after delivery", G.CHANGE),
    Binding(C.RETRY, ("T",), "t", "send it now, or yours over theirs", G.CHANGE),
    Binding(C.RETRY_ALL, ("Shift+T",), "Shift+T", "send all that waits now", G.CHANGE),
    Binding(C.REPLY, ("R",), "r", "write the reply", G.REPLY),
    Binding(C.PUT_DRAFT, ("Ctrl+Return", "Ctrl+Enter"), "Ctrl+Enter", "put it into Drafts", G.REPLY),
    Binding(C.DISMISS_DRAFT, ("D",), "d", "dismiss the reply", G.REPLY),
    Binding(C.FILTER, ("/",), "/", "filter the list", G.LOOK),
    Binding(C.SHELF_OPEN, ("1",), "1", "open cards", G.LOOK),
    Binding(C.SHELF_SNOOZED, ("2",), "2", "snoozed cards", G.LOOK),
    Binding(C.SHELF_DONE, ("3",), "3", "decided cards", G.LOOK),
    Binding(C.CLEAN_UP, ("C",), "c", "clean up duplicates", G.LOOK),
    Binding(C.OUTBOX, ("4",), "4", "what is on its way or stuck", G.LOOK),
    Binding(C.CONFLICTS, ("5",), "5", "conflicts, all in one list", G.LOOK),
    Binding(C.CHECK_MAIL, ("F5",), "F5", "check mail now", G.LOOK, everywhere=True),
    Binding(C.HELP, ("?", "F1"), "?", "these keys", G.LOOK),
)


def reads_keys(widget: QWidget | None) -> bool:
    """Return whether letters belong to this widget."""
    if isinstance(widget, (QLineEdit, QPlainTextEdit)):
        return not widget.isReadOnly()
    return widget is not None and bool(widget.property("ownKeys"))


class Keys(QObject):
    """The shortcuts of one window. `pressed` carries the Command; focus decides which shortcuts are live."""

    pressed = Signal(object)

    def __init__(self, window: QWidget, app: QApplication) -> None:
        super().__init__(window)
        self._all: list[QShortcut] = []
        self._local: list[QShortcut] = []
        for binding in BINDINGS:
            for key in binding.keys:
                shortcut = QShortcut(QKeySequence(key), window)
                shortcut.setAutoRepeat(binding.repeats)
                shortcut.activated.connect(partial(self._press, binding.command))
                self._all.append(shortcut)
                if not binding.everywhere:
                    self._local.append(shortcut)
        app.focusChanged.connect(self._follow_focus)

    def shortcuts(self, *keys: str) -> list[QShortcut]:
        """Return the shortcuts on these keys."""
        wanted = [QKeySequence(key) for key in keys]
        return [shortcut for shortcut in self._all if shortcut.key() in wanted]

    def _press(self, command: Command) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton) and command in (Command.ACCEPT, Command.SCROLL_DOWN):
            focused.click()
            return
        self.pressed.emit(command)

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        is_live = not reads_keys(new)
        for shortcut in self._local:
            shortcut.setEnabled(is_live)


Handlers = dict[Command, Callable[[], None]]
"""What a page does on each Command."""


def is_plain(key: int, wanted: Qt.Key) -> bool:
    """Return whether a key event's key is `wanted`; Enter on the number pad counts as Return."""
    return key == wanted or (wanted is Qt.Key.Key_Return and key == Qt.Key.Key_Enter)
