"""Small marks painted from shapes. A state is told by its shape and its word; colour only helps."""

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.domain.deliveries import DeliveryState
from desktop.domain.evidence import Band
from desktop.domain.proposals import DraftState, SuggestionState
from desktop.ui.tokens import Colors

MARK = 12


class Shape(Enum):
    """What a mark looks like."""

    FULL_DISC = auto()
    TRIANGLE = auto()
    RING = auto()
    TICK = auto()
    ARROW = auto()
    CROSS = auto()
    UNEQUAL = auto()
    STOP = auto()
    CLOCK = auto()
    BACK = auto()
    HAND = auto()


BAND_SHAPES = {Band.SURE: Shape.FULL_DISC, Band.CHECK: Shape.TRIANGLE, Band.EMPTY: Shape.RING}

STATE_SHAPES = {
    SuggestionState.OPEN: Shape.RING,
    SuggestionState.SNOOZED: Shape.CLOCK,
    SuggestionState.DISMISSED: Shape.CROSS,
    SuggestionState.EXPIRED: Shape.CLOCK,
    SuggestionState.QUEUED: Shape.ARROW,
    SuggestionState.DELIVERED: Shape.TICK,
    SuggestionState.CONFLICT: Shape.UNEQUAL,
    SuggestionState.REJECTED: Shape.STOP,
    SuggestionState.UNDONE: Shape.BACK,
}

DRAFT_SHAPES = {
    DraftState.OPEN: Shape.RING,
    DraftState.DISMISSED: Shape.CROSS,
    DraftState.QUEUED: Shape.ARROW,
    DraftState.DELIVERED: Shape.TICK,
    DraftState.REJECTED: Shape.STOP,
    DraftState.UNDONE: Shape.BACK,
}


DELIVERY_SHAPES = {
    DeliveryState.WAITING: Shape.CLOCK,
    DeliveryState.SENDING: Shape.ARROW,
    DeliveryState.DELIVERED: Shape.TICK,
    DeliveryState.CONFLICT: Shape.UNEQUAL,
    DeliveryState.REJECTED: Shape.STOP,
    DeliveryState.NEEDS_USER: Shape.HAND,
    DeliveryState.CANCELLED: Shape.BACK,
}


def delivery_color(state: DeliveryState, colors: Colors) -> str:
    """Return the colour that goes with how far a change has got."""
    if state in (DeliveryState.CONFLICT, DeliveryState.REJECTED, DeliveryState.NEEDS_USER):
        return colors.bad
    return colors.accent if state in (DeliveryState.WAITING, DeliveryState.SENDING) else colors.muted


def band_color(band: Band, colors: Colors) -> str:
    """Return the colour that goes with a band."""
    return {Band.SURE: colors.sure, Band.CHECK: colors.check, Band.EMPTY: colors.muted}[band]


def state_color(state: SuggestionState, colors: Colors) -> str:
    """Return the colour that goes with a state."""
    if state is SuggestionState.DELIVERED:
        return colors.sure
    if state in (SuggestionState.CONFLICT, SuggestionState.REJECTED):
        return colors.bad
    return colors.accent if state is SuggestionState.QUEUED else colors.muted


_LINES: dict[Shape, tuple[tuple[tuple[float, float], ...], ...]] = {
    Shape.TICK: (((1.5, 6.5), (4.8, 9.8), (10.5, 2.5)),),
    Shape.ARROW: (((1, 6), (11, 6)), ((7, 2), (11, 6), (7, 10))),
    Shape.CROSS: (((2.5, 2.5), (9.5, 9.5)), ((9.5, 2.5), (2.5, 9.5))),
    Shape.UNEQUAL: (((1.5, 4.2), (10.5, 4.2)), ((1.5, 7.8), (10.5, 7.8)), ((8.2, 1), (3.8, 11))),
    Shape.BACK: (((5, 1.5), (1.5, 5), (5, 8.5)), ((1.5, 5), (8.5, 5), (10.5, 7), (10.5, 10.5))),
    Shape.STOP: (((6, 3.2), (6, 6.8)), ((6, 8.8), (6, 8.9))),
    Shape.CLOCK: (((6, 3), (6, 6), (8.2, 7.4)),),
    Shape.HAND: (((3.5, 5.2), (3.5, 3.4), (4.6, 1.6), (7.4, 1.6), (8.5, 3.4), (8.5, 5.2)),),
}


def paint_mark(painter: QPainter, shape: Shape, x: float, y: float, color: str) -> None:
    """Paint one mark, 12 by 12 logical pixels, with its top left at x, y."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    pen = QPen(QColor(color), 1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    _paint_body(painter, shape, QColor(color))
    for line in _LINES.get(shape, ()):
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in line]))
    painter.restore()


def _paint_body(painter: QPainter, shape: Shape, color: QColor) -> None:
    """Paint the closed part of a mark, where it has one."""
    if shape is Shape.FULL_DISC:
        painter.setBrush(color)
        painter.drawEllipse(QRectF(2, 2, 8, 8))
    elif shape is Shape.TRIANGLE:
        painter.drawPolygon(QPolygonF([QPointF(6, 1.8), QPointF(11, 10.4), QPointF(1, 10.4)]))
    elif shape is Shape.RING:
        painter.drawEllipse(QRectF(2, 2, 8, 8))
    elif shape in (Shape.STOP, Shape.CLOCK):
        painter.drawEllipse(QRectF(0.8, 0.8, 10.4, 10.4))
    elif shape is Shape.HAND:
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(2.2, 5.4, 7.6, 5.4), 1.2, 1.2)
