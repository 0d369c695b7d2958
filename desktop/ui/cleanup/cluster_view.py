"""The card of one cluster: its records, its fields as they will be, what vanishes, and the two buttons."""

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.review.cleanup_views import CleanupState, ClusterView
from desktop.ui.cleanup import words
from desktop.ui.cleanup.plan_row import PlanRow
from desktop.ui.cleanup.presentation import Part, foot, heading, rows_of
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import announce, button, plain_label, rule

GAP = Space.L


class Confirm(QFrame):
    """The question before a merge, asked in the page itself. `answered` carries yes or no."""

    answered = Signal(bool)
    asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("prompt")
        self._label = plain_label(theme, bold=True)
        self.yes = button("Merge", role="primary")
        no = button("Cancel", role="quiet", name="Do not merge (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        row.addWidget(self._label, 1)
        for made, answer in ((no, False), (self.yes, True)):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, answer=answer: self.answered.emit(answer))
            row.addWidget(made)
        self.hide()

    @property
    def text(self) -> str:
        """The question, or empty while none is asked."""
        return "" if self.isHidden() else self._label.text()

    def ask(self, sentence: str, go: str) -> None:
        """Show the question."""
        self._label.setText(sentence)
        self.yes.setText(go)
        self.yes.setAccessibleName(f"{go} (Enter)")
        self.setAccessibleName(sentence)
        self.show()
        self.asked.emit(True)
        announce(self, sentence)

    def hide(self) -> None:
        """Ask no more."""
        super().hide()
        self.asked.emit(False)


class ClusterCard(QWidget):
    """Shows one ClusterView. The wishes of the mouse come out as signals; keys come through the page."""

    merge_wanted = Signal()
    dismiss_wanted = Signal()
    undo_wanted = Signal()
    row_pressed = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, keys: QObject) -> None:
        """`keys` takes the keys of the rows, as an event filter."""
        super().__init__(parent)
        self._theme = theme
        self._keys = keys
        self._rows: list[PlanRow] = []
        self._shown = 0
        self._title = plain_label(theme, TextSize.TITLE, bold=True)
        self._meta = plain_label(theme, TextSize.SMALL, tone="muted")
        self._foot = plain_label(theme)
        self._merge = button("Merge", role="primary", name="Merge (Enter)")
        self._apart = button("Not the same", role="quiet", name="Not the same (x)")
        self._undo = button("Undo", role="quiet", name="Take it back (u)")
        self.confirm = Confirm(theme, self)
        self._scroll = QScrollArea(self)
        self._body = QWidget()
        self._scroll.setWidget(self._body)
        self._build()

    @property
    def rows(self) -> list[PlanRow]:
        """The rows in use, from top to bottom."""
        return self._rows[: self._shown]

    @property
    def focused(self) -> PlanRow | None:
        """The row that has the focus, or None."""
        return next((row for row in self.rows if row.hasFocus()), None)

    def show_cluster(self, view: ClusterView, now: datetime) -> None:
        """Show a cluster as it is planned or stands."""
        title, meta = heading(view)
        self._title.setText(title)
        self._meta.setText(meta)
        self._foot.setText(foot(view))
        is_open = view.state is CleanupState.OPEN
        self._merge.setText("Merge" if view.cluster.can_merge else "Bring up to date")
        self._merge.setVisible(is_open)
        self._apart.setVisible(is_open)
        self._undo.setVisible(not is_open and view.state is not CleanupState.DONE)
        self.setAccessibleName(f"{title}. {meta}. {words.CLEANUP_STATES[view.state]}. {foot(view)}")
        views = rows_of(view, now)
        while len(self._rows) < len(views):
            made = PlanRow(self._theme, self._body)
            made.installEventFilter(self._keys)
            made.pressed.connect(self.row_pressed)
            made.focused.connect(lambda made=made: self._scroll.ensureWidgetVisible(made, 0, Space.L))
            self._rows.append(made)
        self._shown = len(views)
        for row, row_view in zip(self._rows, views, strict=False):
            row.bind(row_view)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(views))
        self._lay_out()

    def step(self, by: int) -> bool:
        """Move the focus to the next row that takes it; return False beyond the ends."""
        stops = [row for row in self.rows if row.focusPolicy() is not Qt.FocusPolicy.NoFocus]
        now = self.focused
        at = stops.index(now) + by if now in stops else (0 if by > 0 else -1)
        if now is None and by < 0:
            return False
        if not 0 <= at < len(stops):
            return False
        stops[at].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the rows out again when the room for them changes."""
        if watched is self._scroll and event.type() == QEvent.Type.Resize:
            self._lay_out()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        width = max(self._scroll.viewport().width(), 200)
        y = int(Space.S)
        before: Part | None = None
        for row in self.rows:
            part = row.view.part if row.view else None
            y += GAP if before not in {None, part} else 0
            height = row.fit(width - 2 * Space.S)
            row.setGeometry(Space.S, y, width - 2 * Space.S, height)
            y += height
            before = part
        self._body.resize(width, y + Space.L)

    def _build(self) -> None:
        self._body.setObjectName("cardBody")
        self._scroll.setObjectName("card")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.installEventFilter(self)
        bottom = QWidget(self)
        head, below = QVBoxLayout(), QHBoxLayout(bottom)
        head.setContentsMargins(Space.L, Space.L, Space.L, Space.M)
        head.setSpacing(Space.XS)
        head.addWidget(self._title)
        head.addWidget(self._meta)
        below.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        below.setSpacing(Space.S)
        below.addWidget(self._foot, 1)
        for made, signal in (
            (self._undo, self.undo_wanted),
            (self._apart, self.dismiss_wanted),
            (self._merge, self.merge_wanted),
        ):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.clicked.connect(lambda _=False, signal=signal: signal.emit())
            below.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(rule())
        column.addWidget(self._scroll, 1)
        column.addWidget(rule())
        column.addWidget(self.confirm)
        column.addWidget(bottom)
        self.confirm.asked.connect(bottom.setHidden)
