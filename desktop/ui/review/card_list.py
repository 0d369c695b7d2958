"""The list of cards: one delegate paints a row in one call, so that a list of any length scrolls smoothly."""

from datetime import datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.domain.ports import Clock
from desktop.domain.proposals import SuggestionState
from desktop.review.views import CardRow, Shelf
from desktop.ui import moments, texts
from desktop.ui.marks import BAND_SHAPES, MARK, STATE_SHAPES, Shape, band_color, paint_mark, state_color
from desktop.ui.models.cards_model import CardsModel
from desktop.ui.review.display_text import one_line
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Colors, Space

ROW_HEIGHT = 76
TEXT_AT_MOST = 200
LOUD_STATES = (SuggestionState.CONFLICT, SuggestionState.REJECTED)


class CardDelegate(QStyledItemDelegate):
    """Paints title, time, subject, and the mark with its words."""

    def __init__(self, theme: Theme, clock: Clock, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._clock = clock
        self._take_fonts()
        theme.changed.connect(self._take_fonts)

    def _take_fonts(self) -> None:
        self._title_font = self._theme.font(bold=True)
        self._body_font = self._theme.font()
        self._small_font = self._theme.font(TextSize.SMALL)
        self._title_metrics = QFontMetrics(self._title_font)
        self._body_metrics = QFontMetrics(self._body_font)
        self._small_metrics = QFontMetrics(self._small_font)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the one height every row has."""
        del option, index
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        model = index.model()
        row = model.row(index.row()) if isinstance(model, CardsModel) else None
        rect: QRect = option.rect
        painter.save()
        # Asking the option for its state would build all of QStyle: 4 ms of the first paint.
        self._paint_ground(painter, rect, is_selected=index == self._view.currentIndex())
        if row is not None:
            self._paint_text(painter, rect.adjusted(Space.L, Space.S + 2, -Space.L, -Space.S), row, self._clock.now())
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, *, is_selected: bool) -> None:
        colors = self._theme.colors
        if is_selected:
            painter.fillRect(rect, QColor(colors.soft))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(colors.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(colors.line))

    def _paint_text(self, painter: QPainter, box: QRect, row: CardRow, now: datetime) -> None:
        colors = self._theme.colors
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        when = moments.brief(row.sent_at, now)
        when_width = self._small_metrics.horizontalAdvance(when)
        painter.setFont(self._small_font)
        painter.setPen(QColor(colors.muted))
        painter.drawText(box.adjusted(0, 1, 0, 0), right, when)
        painter.setFont(self._title_font)
        painter.setPen(QColor(colors.text))
        room = box.width() - when_width - Space.S
        painter.drawText(box, left, _elided(self._title_metrics, row.title or row.sender, room))
        painter.setFont(self._body_font)
        painter.setPen(QColor(colors.muted))
        second = box.adjusted(0, 20, 0, 0)
        painter.drawText(second, left, _elided(self._body_metrics, row.subject or row.sender, box.width()))
        self._paint_mark(painter, box.adjusted(0, 41, 0, 0), row, colors)

    def _paint_mark(self, painter: QPainter, box: QRect, row: CardRow, colors: Colors) -> None:
        shape, words, ink = mark_of(row, colors)
        paint_mark(painter, shape, box.x(), box.y() + 1, ink)
        painter.setFont(self._small_font)
        painter.setPen(QColor(ink))
        words_box = box.adjusted(MARK + 6, 0, 0, 0)
        painter.drawText(words_box, Qt.AlignmentFlag.AlignLeft, words)
        if row.waiting:
            painter.setPen(QColor(colors.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{row.waiting:,} waiting")


def mark_of(row: CardRow, colors: Colors) -> tuple[Shape, str, str]:
    """Return shape, words and colour of a row's mark: trouble first, then the band, then what became of it."""
    loud = next((state for state in LOUD_STATES if state in row.marks), None)
    state = loud or (row.marks[0] if row.marks and not row.waiting else None)
    if state is not None:
        return STATE_SHAPES[state], texts.STATES[state], state_color(state, colors)
    return BAND_SHAPES[row.band], texts.BANDS[row.band], band_color(row.band, colors)


def _elided(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(one_line(text[:TEXT_AT_MOST]), Qt.TextElideMode.ElideRight, width)


class CardList(QListView):
    """The view on the cards. It keeps the row in focus on the screen where it was when rows come and go above it."""

    def __init__(self, theme: Theme, clock: Clock, model: CardsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cards")
        self.setModel(model)
        self.setItemDelegate(CardDelegate(theme, clock, self))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Cards")

    @property
    def at(self) -> int:
        """The selected row, -1 when there is none."""
        return self.currentIndex().row()

    def select(self, row: int) -> None:
        """Select a row and bring it into view; rows beyond the end mean the last one."""
        model = self.model()
        count = model.rowCount()
        if count:
            self.setCurrentIndex(model.index(min(max(row, 0), count - 1), 0))
            self.scrollTo(self.currentIndex())

    def offset(self) -> int | None:
        """Return how far below the top the selected row is painted; None when the list is at its top."""
        is_at_top = self.verticalScrollBar().value() == 0
        return None if is_at_top or self.at < 0 else self.visualRect(self.currentIndex()).top()

    def restore(self, offset: int | None) -> None:
        """Paint the selected row where it was before."""
        if offset is not None and self.at >= 0:
            self.doItemsLayout()
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.visualRect(self.currentIndex()).top() - offset)


def accessible_shelf(shelf: Shelf, count: int) -> str:
    """Return what a screen reader says about one shelf."""
    return f"{texts.SHELVES[shelf]} cards, {count:,}"
