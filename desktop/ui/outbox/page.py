"""The outbox: the list on the left, the change in full on the right. It shows and asks; `commands.py` acts."""

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.domain.errors import DealsideError
from desktop.domain.ports import Clock
from desktop.review.views import OutboxRow
from desktop.services import Queries
from desktop.ui import texts
from desktop.ui.outbox.change_list import ChangeList
from desktop.ui.outbox.detail import ChangeDetail
from desktop.ui.outbox.model import OutboxModel
from desktop.ui.outbox.prompts import GiveUpPrompt
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.plain import button, plain_label, rule

LIST_WIDTH, DETAIL_WIDTH = 400, 880
SECOND_MS = 1000


class OutboxPage(QWidget):
    """Shows what is on its way or stuck. `failed` carries a DealsideError of a read."""

    failed = Signal(object)
    back_wanted = Signal()
    retry_all_wanted = Signal()

    def __init__(self, queries: Queries, clock: Clock, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queries = queries
        self._clock = clock
        self.model = OutboxModel(clock, self)
        self.list = ChangeList(theme, self.model, self)
        self.detail = ChangeDetail(theme, clock)
        self.prompt = GiveUpPrompt(theme)
        self.empty = EmptyState(theme, texts.OUTBOX_KEYS)
        self._title = plain_label(theme, TextSize.TITLE, bold=True)
        self._title.setText(texts.OUTBOX)
        self._all = self._tab(texts.OUTBOX_ALL)
        self._conflicts = self._tab(texts.OUTBOX_CONFLICTS)
        self._back = button(texts.OUTBOX_BACK, role="quiet", name=texts.OUTBOX_BACK_NAME)
        self._retry_all = button(texts.SEND_ALL, name=texts.SEND_ALL_NAME)
        self._scroll = QScrollArea(self)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._second = QTimer(self, interval=SECOND_MS)
        self._build()
        self._connect()
        self.hide()

    @property
    def row(self) -> OutboxRow | None:
        """The selected change."""
        return self.model.row(self.list.at)

    def open(self) -> None:
        """Show up: read, select the first change and take the focus."""
        self.refresh()
        self.show()
        if self.list.at < 0:
            self.list.select(0)
        self.focus_list()
        self._second.start()

    def leave(self) -> None:
        """Go away, and stop counting seconds."""
        self.hide()
        self.prompt.hide()
        self._second.stop()

    def refresh(self) -> None:
        """Read again; the selected change stays selected while it is there."""
        self._show(only_conflicts=self.model.only_conflicts)

    def toggle_conflicts(self) -> None:
        """Show conflicts alone, or all again."""
        self._show(only_conflicts=not self.model.only_conflicts)
        self.focus_list()

    def step(self, by: int) -> None:
        """Select another change."""
        self.list.select(self.list.at + by)

    def focus_list(self) -> None:
        """Put the focus into the list."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, *, only_conflicts: bool) -> None:
        try:
            rows = self._queries.outbox()
        except DealsideError as error:
            self.failed.emit(error)
            return
        row, at = self.row, self.list.at
        self.model.show(rows, only_conflicts=only_conflicts)
        found = self.model.find(row.entry.id) if row else None
        self.list.select(found if found is not None else max(at, 0))
        (self._conflicts if only_conflicts else self._all).setChecked(True)
        self._all.setText(f"{texts.OUTBOX_ALL} {self.model.total:,}" if rows else texts.OUTBOX_ALL)
        count = self.model.conflicts
        self._conflicts.setText(f"{texts.OUTBOX_CONFLICTS} {count:,}" if count else texts.OUTBOX_CONFLICTS)
        self._retry_all.setEnabled(len(rows) > count)
        self._show_selected()

    def _show_selected(self) -> None:
        row = self.row
        if row is None:
            self.empty.say(*(texts.NO_CONFLICTS if self.model.only_conflicts else texts.OUTBOX_EMPTY))
        self.empty.setVisible(row is None)
        self._scroll.setVisible(row is not None)
        self.detail.show_row(row)

    def _tick(self) -> None:
        """Count down to the next try."""
        self.list.viewport().update()
        self.detail.show_row(self.row)

    @staticmethod
    def _tab(words: str) -> QPushButton:
        made = button(words, role="shelf")
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _build(self) -> None:
        group = QButtonGroup(self)
        for tab in (self._all, self._conflicts):
            group.addButton(tab)
        for made in (self._back, self._retry_all):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.S, Space.M, Space.S)
        head.setSpacing(Space.L)
        head.addWidget(self._title, 1)
        head.addWidget(self._retry_all)
        head.addWidget(self._back)
        tabs = QHBoxLayout()
        tabs.setContentsMargins(Space.L, Space.XS, Space.L, 0)
        tabs.setSpacing(Space.L)
        tabs.addWidget(self._all)
        tabs.addWidget(self._conflicts)
        tabs.addStretch(1)
        left, right = QWidget(self._splitter), QWidget(self._splitter)
        column, side = QVBoxLayout(left), QVBoxLayout(right)
        outer = QVBoxLayout(self)
        for layout in (column, side, outer):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        column.addLayout(tabs)
        column.addWidget(rule())
        column.addWidget(self.list, 1)
        self._scroll.setObjectName("card")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self.detail)
        side.addWidget(self.prompt)
        side.addWidget(self._scroll, 1)
        side.addWidget(self.empty, 1)
        left.setMinimumWidth(240)
        self._splitter.setSizes([LIST_WIDTH, DETAIL_WIDTH])
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        outer.addLayout(head)
        outer.addWidget(rule())
        outer.addWidget(self._splitter, 1)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self._all.clicked.connect(lambda: self._show(only_conflicts=False))
        self._conflicts.clicked.connect(lambda: self._show(only_conflicts=True))
        self._back.clicked.connect(self.back_wanted)
        self._retry_all.clicked.connect(self.retry_all_wanted)
        self.prompt.closed.connect(self.focus_list)
        self._second.timeout.connect(self._tick)

    def _current_changed(self, _new: QModelIndex, _old: QModelIndex) -> None:
        self._show_selected()
