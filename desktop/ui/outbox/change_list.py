"""The list of what is on its way or stuck: painted, one height a row, as light as the list of cards."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.ui import texts
from desktop.ui.marks import DELIVERY_SHAPES, MARK, delivery_color, paint_mark
from desktop.ui.outbox.model import OutboxModel
from desktop.ui.outbox.presentation import ChangeView
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space

ROW_HEIGHT = 76


class ChangeDelegate(QStyledItemDelegate):
    """Paints heading and next try, what changes, and the mark with its words."""

    def __init__(self, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the one height every row has."""
        del option, index
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        model = index.model()
        view = model.view(index.row()) if isinstance(model, OutboxModel) else None
        rect, colors = option.rect, self._theme.colors
        painter.save()
        if index == self._view.currentIndex():
            painter.fillRect(rect, QColor(colors.soft))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colors.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colors.line))
        if view is not None:
            self._paint_text(painter, rect.adjusted(Space.L, Space.S + 2, -Space.L, -Space.S), view)
        painter.restore()

    def _paint_text(self, painter: QPainter, box: QRect, view: ChangeView) -> None:
        colors = self._theme.colors
        bold, body, small = self._theme.font(bold=True), self._theme.font(), self._theme.font(TextSize.SMALL)
        self._put(painter, box, view.heading, bold, colors.text)
        self._put(painter, box.adjusted(0, 20, 0, 0), view.summary or view.sentence, body, colors.muted)
        third = box.adjusted(0, 41, 0, 0)
        ink = delivery_color(view.state, colors)
        paint_mark(painter, DELIVERY_SHAPES[view.state], third.x(), third.y() + 1, ink)
        words = QFontMetrics(small)
        right = view.when or view.connection
        wide = words.horizontalAdvance(right) + Space.S
        self._put(painter, third.adjusted(MARK + 6, 0, -wide, 0), view.state_words, small, ink)
        painter.setPen(QColor(colors.muted))
        painter.drawText(third, Qt.AlignmentFlag.AlignRight, right)

    @staticmethod
    def _put(painter: QPainter, box: QRect, text: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, shown)


class ChangeList(QListView):
    """The view on the outbox."""

    def __init__(self, theme: Theme, model: OutboxModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cards")
        self.setModel(model)
        self.setItemDelegate(ChangeDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(texts.OUTBOX)

    @property
    def at(self) -> int:
        """The selected row, -1 when there is none."""
        return self.currentIndex().row()

    def select(self, row: int) -> None:
        """Select a row and bring it into view; rows beyond the ends mean the first or the last."""
        model = self.model()
        count = model.rowCount()
        if count:
            self.setCurrentIndex(model.index(min(max(row, 0), count - 1), 0))
            self.scrollTo(self.currentIndex())
