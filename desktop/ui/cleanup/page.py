"""The clean-up page: it covers the review page until Esc. What its keys do is in `commands`.

The page reads and writes through the window's bridge; comparing all records takes longer and goes beside it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.cleanup import MergePlan
from desktop.domain.errors import DealsideError
from desktop.domain.ids import ClusterId
from desktop.domain.ports import Clock
from desktop.review.cleanup_views import CleanupCounts, CleanupShelf, CleanupState, ClusterView
from desktop.services import Services
from desktop.ui import texts
from desktop.ui.bridge import Bridge
from desktop.ui.cleanup import words
from desktop.ui.cleanup.cluster_list import ClusterList, ClusterModel
from desktop.ui.cleanup.cluster_view import ClusterCard
from desktop.ui.cleanup.commands import CleanupCommands
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.plain import button, plain_label, rule

LIST_WIDTH, CARD_WIDTH = 330, 950
Q = Qt.Key


class CleanupPage(QWidget):
    """Shows clusters and lets the rep decide. `closed` says that the page below has the keys again."""

    closed = Signal()
    said = Signal(str)
    failed = Signal(object, str)
    help_wanted = Signal()

    def __init__(self, services: Services, bridge: Bridge, clock: Clock, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._cleanup = services.cleanup
        self._bridge = bridge
        self._beside = Bridge(services.beside)
        self._clock = clock
        self._theme = theme
        self._plans: dict[ClusterId, MergePlan] = {}
        self.is_comparing = False
        self._is_refreshing = False
        self.shelf = CleanupShelf.OPEN
        self.model = ClusterModel(self)
        self._left = QWidget(self)
        self.list = ClusterList(theme, self.model, self._left)
        self._stack = QStackedWidget(self)
        self.card = ClusterCard(theme, self._stack, keys=self)
        self.commands = CleanupCommands(services, bridge, self.card, lambda: self.current)
        self.empty = EmptyState(theme, (("r", "compare all again"), ("Esc", "back to the mail")), self._stack)
        self._status = plain_label(theme, TextSize.SMALL, tone="muted")
        self._group = QButtonGroup(self)
        self._buttons = {shelf: self._shelf_button(shelf) for shelf in CleanupShelf}
        self._keys = self._key_table()
        self._build()
        self._connect()
        self.hide()

    @property
    def current(self) -> ClusterView | None:
        """The selected cluster with what was chosen for it, or None."""
        at = self.list.at
        if not 0 <= at < len(self.model.views):
            return None
        view = self.model.views[at]
        plan = self._plans.get(view.cluster.id) if view.state is CleanupState.OPEN else None
        return replace(view, plan=plan) if plan else view

    def open(self) -> None:
        """Cover the page below, show what is known, and compare all records anew."""
        self.show()
        self.raise_()
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.read(then=self.compare)

    def focus_list(self) -> None:
        """Put the focus into the list."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shut(self) -> None:
        """Give way to the page below."""
        self.card.confirm.hide()
        self.hide()
        self.closed.emit()

    def stop(self) -> None:
        """Let nothing more through; the window is closing."""
        self._beside.close()

    def read(self, *, then: Callable[[], None] | None = None) -> None:
        """Read the shelf again; what is selected stays selected."""
        shelf = self.shelf

        def work() -> tuple[tuple[ClusterView, ...], CleanupCounts]:
            return self._cleanup.clusters(shelf), self._cleanup.counts()

        def done(found: tuple[tuple[ClusterView, ...], CleanupCounts]) -> None:
            if shelf is self.shelf:
                self._show(*found)
            if then is not None:
                then()

        self._bridge.write(work, done, self._fail)

    def compare(self) -> None:
        """Compare all records anew, beside everything else."""
        if self.is_comparing:
            return
        self.is_comparing = True
        self._status.setText(words.COMPARING)

        def done(count: int) -> None:
            self.is_comparing = False
            self._status.setText(words.COMPARED.format(texts.number_of(count, "group", "groups")))
            self.read()

        def failed(error: DealsideError) -> None:
            self.is_comparing = False
            self._status.setText("")
            self._fail(error)

        self._beside.write(self._cleanup.look, done, failed)

    def show_shelf(self, shelf: CleanupShelf) -> None:
        """Show another shelf from its first cluster."""
        self.shelf = shelf
        self.card.confirm.hide()
        self._buttons[shelf].setChecked(True)
        self.model.show(())
        self.read(then=lambda: self.list.setFocus(Qt.FocusReason.OtherFocusReason))

    # --- keys -------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of whatever in the page has the focus, and follow the window's size."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a key that no part of the page wanted."""
        if not self._take(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802  (Qt's own signature)
        """Keep Tab within the page."""
        self._step(1 if forward else -1)
        return True

    def _take(self, event: QKeyEvent) -> bool:
        if not self.card.confirm.isHidden():
            if event.key() in (Q.Key_Return, Q.Key_Enter, Q.Key_Escape):
                self.commands.answer(event.key() != Q.Key_Escape)
            return True
        act = self._keys.get(Q(event.key()))
        if act is None or event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        act()
        return True

    def _key_table(self) -> dict[Qt.Key, Callable[[], None]]:
        pairs: tuple[tuple[tuple[Qt.Key, ...], Callable[[], None]], ...] = (
            ((Q.Key_J, Q.Key_Down), partial(self._move, 1)),
            ((Q.Key_K, Q.Key_Up), partial(self._move, -1)),
            ((Q.Key_Tab, Q.Key_Right), partial(self._step, 1)),
            ((Q.Key_Backtab, Q.Key_Left), partial(self._step, -1)),
            ((Q.Key_Return, Q.Key_Enter), self.commands.ask),
            ((Q.Key_X, Q.Key_Delete), self.commands.dismiss),
            ((Q.Key_U, Q.Key_Z), self.commands.take_back),
            ((Q.Key_T,), self.commands.retry),
            ((Q.Key_S,), self.commands.let_stay),
            ((Q.Key_Backspace,), self.commands.set_apart),
            ((Q.Key_O,), self.commands.take_other),
            ((Q.Key_N,), self.commands.toggle_note),
            ((Q.Key_R,), self.compare),
            ((Q.Key_1,), partial(self.show_shelf, CleanupShelf.OPEN)),
            ((Q.Key_2,), partial(self.show_shelf, CleanupShelf.DECIDED)),
            ((Q.Key_3,), partial(self.show_shelf, CleanupShelf.APART)),
            ((Q.Key_Question, Q.Key_F1), self.help_wanted.emit),
            ((Q.Key_Escape, Q.Key_C), self._back),
        )
        return {key: act for keys, act in pairs for key in keys}

    def _move(self, by: int) -> None:
        self.list.select(self.list.at + by)
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step(self, by: int) -> None:
        if not self.card.step(by) and by < 0:
            self.list.setFocus(Qt.FocusReason.BacktabFocusReason)

    def _back(self) -> None:
        if self.card.focused is not None:
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.shut()

    # --- showing ----------------------------------------------------------------------------------------------------

    def _show(self, views: tuple[ClusterView, ...], counts: CleanupCounts) -> None:
        at, selected = self.list.at, self.current.cluster.id if self.current else None
        has_focus = self.card.focused is not None
        asked = self.current.cluster if self.current and self.card.confirm.text else None
        self._is_refreshing = True
        self.model.show(views)
        place = self.model.place(selected) if selected else None
        self.list.select(place if place is not None else max(at, 0))
        self._is_refreshing = False
        if asked is not None and (self.current is None or self.current.cluster != asked):
            self.card.confirm.hide()
        numbers = {CleanupShelf.OPEN: counts.open, CleanupShelf.DECIDED: counts.needs_user}
        for shelf, made in self._buttons.items():
            number = numbers.get(shelf, 0)
            made.setText(f"{words.CLEANUP_SHELVES[shelf]} {number:,}" if number else words.CLEANUP_SHELVES[shelf])
        self._show_current()
        if has_focus and self.card.focused is None:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_current(self) -> None:
        view = self.current
        if view is None:
            self.empty.say(*words.EMPTY_CLEANUP[self.shelf])
            self._stack.setCurrentWidget(self.empty)
            return
        self.card.show_cluster(view, self._clock.now())
        self._stack.setCurrentWidget(self.card)

    def _replan(self, cluster_id: ClusterId, plan: MergePlan) -> None:
        self._plans[cluster_id] = plan
        self._show_current()

    def _fail(self, error: DealsideError) -> None:
        self.failed.emit(error, "")

    def _selected(self, _new: QModelIndex, _old: QModelIndex) -> None:
        if not self._is_refreshing:
            self.card.confirm.hide()
            self._show_current()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the ground; a plain QWidget takes no style sheet."""
        QPainter(self).fillRect(event.rect(), self.palette().window())

    # --- building ---------------------------------------------------------------------------------------------------

    def _shelf_button(self, shelf: CleanupShelf) -> QPushButton:
        made = button(words.CLEANUP_SHELVES[shelf], role="shelf")
        made.setCheckable(True)
        made.setChecked(shelf is self.shelf)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.clicked.connect(lambda: self.show_shelf(shelf))
        self._group.addButton(made)
        return made

    def _build(self) -> None:
        self.setProperty("ownKeys", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(words.CLEANUP_TITLE)
        title = plain_label(self._theme, TextSize.TITLE, bold=True)
        title.setText(words.CLEANUP_TITLE)
        back = button("Back", role="quiet", name="Back to the mail (Esc)")
        back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        back.clicked.connect(self.shut)
        head, shelves = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(Space.L, Space.S, Space.S, 0)
        head.addWidget(title, 1)
        head.addWidget(back)
        shelves.setContentsMargins(Space.L, 0, Space.L, 0)
        shelves.setSpacing(Space.L)
        for made in self._buttons.values():
            shelves.addWidget(made)
        shelves.addStretch(1)
        status = QHBoxLayout()
        status.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        status.addWidget(self._status)
        column = QVBoxLayout(self._left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(shelves)
        column.addWidget(rule())
        column.addWidget(self.list, 1)
        column.addWidget(rule())
        column.addLayout(status)
        self._stack.addWidget(self.card)
        self._stack.addWidget(self.empty)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.addWidget(self._left)
        splitter.addWidget(self._stack)
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([LIST_WIDTH, CARD_WIDTH])
        splitter.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)

    def _connect(self) -> None:
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._selected)
        commands = self.commands
        self.card.merge_wanted.connect(commands.ask)
        self.card.dismiss_wanted.connect(commands.dismiss)
        self.card.undo_wanted.connect(commands.take_back)
        self.card.row_pressed.connect(commands.press_row)
        self.card.confirm.answered.connect(commands.answer)
        commands.said.connect(self.said)
        commands.failed.connect(self.failed)
        commands.planned.connect(self._replan)
        commands.decided.connect(self.read)
