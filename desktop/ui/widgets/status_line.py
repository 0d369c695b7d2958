"""The quiet line at the bottom: is mail being read, by what, what is on its way. It never moves and never blinks."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop.review.views import Counts, Health
from desktop.ui import texts
from desktop.ui.marks import MARK, Shape, paint_mark
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import announce, button, plain_label, restyle

HEIGHT = 32
PASSING_MS = 6000


class _Mark(QWidget):
    """One mark as a widget."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.is_good: bool | None = None
        self.setFixedSize(MARK + 2, MARK + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a disc, a ring, or a stop."""
        del event
        colors = self._theme.colors
        looks = {
            True: (Shape.FULL_DISC, colors.sure),
            False: (Shape.STOP, colors.bad),
            None: (Shape.RING, colors.muted),
        }
        paint_mark(QPainter(self), looks[self.is_good][0], 1, 1, looks[self.is_good][1])


class StatusLine(QFrame):
    """Says how things stand. `help_wanted` and `outbox_wanted` come from its buttons."""

    help_wanted = Signal()
    outbox_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setFixedHeight(HEIGHT)
        self._link: bool | None = None
        self._health: Health | None = None
        self._word = ""
        self._passing = QTimer(self, singleShot=True, interval=PASSING_MS)
        self._passing.timeout.connect(self.clear)
        self._mark = _Mark(theme)
        self._left = plain_label(theme, TextSize.SMALL, tone="muted")
        self._left.setWordWrap(False)
        self._right = button("", role="quiet")
        self._right.setFont(theme.font(TextSize.SMALL))
        self._right.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._right.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._right.clicked.connect(self.outbox_wanted)
        keys = button("?  Keys", role="quiet", name="Show all keys (?)")
        keys.setFont(theme.font(TextSize.SMALL))
        keys.clicked.connect(self.help_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, 0, Space.S, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._mark)
        row.addWidget(self._left, 1)
        row.addWidget(self._right)
        row.addWidget(keys)
        self._say()

    @property
    def text(self) -> str:
        """All it says."""
        return f"{self._left.text()} | {self._right.text()}"

    def show_link(self, state: bool) -> None:  # noqa: FBT001  (a signal calls it)
        """Learn whether the line to the agent stands."""
        self._link = state
        self._say()

    def show_health(self, health: Health) -> None:
        """Learn how mailboxes, CRMs and the model are."""
        self._health = health
        self._say()

    def show_counts(self, counts: Counts) -> None:
        """Learn how much is moving."""
        words = texts.counts_sentence(counts)
        self._right.setText(words)
        # The words on the left give way to these, never the other way round.
        self._right.setMinimumWidth(self._right.fontMetrics().horizontalAdvance(words) + 2 * Space.S + Space.XS)
        self._right.setAccessibleName(texts.OUTBOX_OPEN_NAME.format(words))

    def say(self, word: str) -> None:
        """Say something for a few seconds in place of how things stand."""
        self._word = word
        self._passing.start()
        self._say()
        announce(self, word)

    def clear(self) -> None:
        """Go back to how things stand."""
        self._word = ""
        self._say()

    def _say(self) -> None:
        health = self._health
        broken = [one for one in health.connections if not one.is_ok] if health else []
        parts = [self._link_words()]
        remarked = (
            [one for one in health.connections if one.is_ok and one.checked_at and one.sentence] if health else []
        )
        parts += [f"{one.title}: {one.sentence}" for one in (broken or remarked)[:1]]
        if health is not None:
            parts.append(health.model_sentence or texts.MODEL_STATES[health.model_state])
        self._mark.is_good = None if self._link is None else self._link and not broken
        self._mark.update()
        text = self._word or " · ".join(part.rstrip(".") for part in parts)
        tone = "accent" if self._word else "muted"
        if self._left.property("tone") != tone:
            self._left.setProperty("tone", tone)
            restyle(self._left)
        self._left.setText(text)
        self._left.setAccessibleName(text)
        self.setAccessibleName(text)

    def _link_words(self) -> str:
        if self._link is None:
            return "Starting"
        return "Watching your mail" if self._link else "Mail is not being watched; decisions are kept"
