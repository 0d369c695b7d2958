"""The list of clusters: who, what the others are called, and how far it has got; one delegate paints a row."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.domain.ids import ClusterId
from desktop.review.cleanup_views import CleanupState, ClusterView
from desktop.ui.cleanup import words
from desktop.ui.cleanup.presentation import heading, others_of
from desktop.ui.marks import MARK, Shape, paint_mark
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Colors, Space

ROW_HEIGHT = 76
SHAPES = {
    CleanupState.OPEN: Shape.RING,
    CleanupState.ON_ITS_WAY: Shape.ARROW,
    CleanupState.STUCK: Shape.STOP,
    CleanupState.BY_HAND: Shape.HAND,
    CleanupState.DONE: Shape.TICK,
    CleanupState.DISMISSED: Shape.UNEQUAL,
}
Index = QModelIndex | QPersistentModelIndex


def state_ink(state: CleanupState, colors: Colors) -> str:
    """Return the colour that goes with a state."""
    inks = {
        CleanupState.DONE: colors.sure,
        CleanupState.STUCK: colors.bad,
        CleanupState.BY_HAND: colors.check,
        CleanupState.ON_ITS_WAY: colors.accent,
    }
    return inks.get(state, colors.muted)


class ClusterModel(QAbstractListModel):
    """The clusters of one shelf."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.views: tuple[ClusterView, ...] = ()

    def show(self, views: tuple[ClusterView, ...]) -> None:
        """Show these from now on."""
        self.beginResetModel()
        self.views = views
        self.endResetModel()

    def place(self, cluster_id: ClusterId) -> int | None:
        """Return the row of a cluster, None where it is not here."""
        return next((row for row, view in enumerate(self.views) if view.cluster.id == cluster_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own signature)
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.views)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a screen reader says of a row; the delegate asks for the row itself."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) and index.isValid():
            view = self.views[index.row()]
            return f"{heading(view)[0]}, {others_of(view)}, {words.CLEANUP_STATES[view.state]}"
        return None


class ClusterDelegate(QStyledItemDelegate):
    """Paints a row in the manner of the list of cards."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the one height every row has."""
        del option, index
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        model, rect = index.model(), option.rect
        colors = self._theme.colors
        painter.save()
        if index == self._view.currentIndex():
            painter.fillRect(rect, QColor(colors.soft))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colors.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colors.line))
        if isinstance(model, ClusterModel):
            box = rect.adjusted(Space.L, Space.S + 2, -Space.L, -Space.S)
            self._paint_words(painter, box, model.views[index.row()])
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, view: ClusterView) -> None:
        colors, left = self._theme.colors, Qt.AlignmentFlag.AlignLeft
        lines = (
            (self._theme.font(bold=True), colors.text, heading(view)[0]),
            (self._theme.font(), colors.muted, others_of(view)),
        )
        for number, (font, ink, text) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(QColor(ink))
            words_shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box.adjusted(0, 20 * number, 0, 0), left, words_shown)
        ink = state_ink(view.state, colors)
        mark = box.adjusted(0, 41, 0, 0)
        paint_mark(painter, SHAPES[view.state], mark.x(), mark.y() + 1, ink)
        small = self._theme.font(TextSize.SMALL)
        painter.setFont(small)
        painter.setPen(QColor(ink))
        state = words.CLEANUP_STATES[view.state]
        painter.drawText(mark.adjusted(MARK + 6, 0, 0, 0), left, state)
        painter.setPen(QColor(colors.muted))
        room = box.width() - MARK - Space.L - QFontMetrics(small).horizontalAdvance(state)
        crm = QFontMetrics(small).elidedText(view.crm, Qt.TextElideMode.ElideRight, room)
        painter.drawText(mark, Qt.AlignmentFlag.AlignRight, crm)


class ClusterList(QListView):
    """The view on the clusters."""

    def __init__(self, theme: Theme, model: ClusterModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cards")
        self.setModel(model)
        self.setItemDelegate(ClusterDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setProperty("ownKeys", True)
        self.setAccessibleName("Records that are probably the same")

    @property
    def at(self) -> int:
        """The selected row, -1 when there is none."""
        return self.currentIndex().row()

    def select(self, row: int) -> None:
        """Select a row and bring it into view; rows beyond the end mean the last one."""
        count = self.model().rowCount()
        if count:
            self.setCurrentIndex(self.model().index(min(max(row, 0), count - 1), 0))
            self.scrollTo(self.currentIndex())
