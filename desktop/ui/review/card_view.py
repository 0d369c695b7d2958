"""The card: its head, one block per suggestion, the reply. It knows where the focus rests; it decides nothing."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.evidence import Evidence
from desktop.domain.ids import SuggestionId
from desktop.domain.proposals import Suggestion
from desktop.review.views import Card
from desktop.ui import moments, texts
from desktop.ui.review.display_text import one_line
from desktop.ui.review.draft_editor import DraftEditor
from desktop.ui.review.field_row import FieldRow
from desktop.ui.review.presentation import Edits, has_open_draft, open_suggestions, suggestion_view
from desktop.ui.review.suggestion_panel import SuggestionPanel
from desktop.ui.theme import TextSize, Theme
from desktop.ui.tokens import Space
from desktop.ui.widgets.plain import button, plain_label, rule

SCROLL_BAR = 10
HEAD_HEIGHT = 84
DRAFT_HEIGHT = 330


class CardView(QWidget):
    """Shows one Card. The wishes of the mouse come out as signals; keys come through the page."""

    target_changed = Signal()
    accept_wanted = Signal(str)
    dismiss_wanted = Signal(str)
    undo_wanted = Signal(str)
    accept_all_wanted = Signal()
    dismiss_all_wanted = Signal()
    snooze_wanted = Signal()
    row_kept = Signal(str, str, object)

    def __init__(self, theme: Theme, edits: Edits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edits = edits
        self._card: Card | None = None
        self._panels: list[SuggestionPanel] = []
        self._shown = 0
        self._current: SuggestionId | None = None
        self._title = plain_label(theme, TextSize.TITLE, bold=True)
        self._meta = plain_label(theme, TextSize.SMALL, tone="muted")
        self._accept_all = button("Accept all", name="Accept the card, but what needs your own press (Shift+Enter)")
        self._snooze = button("Snooze", role="quiet", name="Snooze the card (s)")
        self._dismiss_all = button("Dismiss all", role="quiet", name="Dismiss the card (Shift+X)")
        self._scroll = QScrollArea(self)
        self._body = QWidget()
        self._scroll.setWidget(self._body)  # before it is filled: what moves with its content takes longer
        self.draft = DraftEditor(theme, self._body)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._build()
        self._connect()

    @property
    def panels(self) -> list[SuggestionPanel]:
        """The blocks in use, from top to bottom."""
        return self._panels[: self._shown]

    @property
    def current(self) -> SuggestionId | None:
        """The Suggestion that Enter means."""
        return self._current

    @property
    def editing(self) -> FieldRow | None:
        """The row the rep is typing in, or None."""
        return next((row for panel in self.panels for row in panel.rows if row.is_editing), None)

    def focused_row(self) -> tuple[SuggestionPanel, FieldRow] | None:
        """Return the row that has the focus with its block, or None."""
        for panel in self.panels:
            for row in panel.rows:
                if row.is_focused:
                    return panel, row
        return None

    def stops(self) -> list[QWidget]:
        """Return where the focus can rest, from top to bottom; the reply comes last while it is open."""
        stops = [stop for panel in self.panels for stop in panel.stops]
        return [*stops, self.draft] if self.draft.is_open else stops

    def show_card(self, card: Card | None) -> None:
        """Show a card; blocks of the card shown before are used again and open editors stay as they are."""
        is_same = self._card is not None and card is not None and card.proposal.id == self._card.proposal.id
        if not is_same:
            self.stash_edit()
            self._current = None
            if self._card is not None:
                self._scroll.verticalScrollBar().setValue(0)
        self._card = card
        suggestions = card.proposal.suggestions if card else ()
        likely = self._current or next((s.id for s in open_suggestions(card)), None) if card else None
        self._arrange([s.id for s in suggestions], likely)
        if card is not None:
            for panel, suggestion in zip(self.panels, suggestions, strict=True):
                panel.bind(suggestion_view(card, suggestion, self._edits))
        self._bind_draft(card)
        self._show_head(card)
        self._choose_current()
        self._lay_out()

    def evidence_in_focus(self) -> tuple[Evidence, ...]:
        """Return the words behind the row in focus, or behind the current block's first row that has some."""
        found = self.focused_row()
        if found and found[1].view:
            return found[1].view.evidence
        panel = self.panel_of(self._current)
        rows = panel.view.fields if panel and panel.view else ()
        return next((row.evidence for row in rows if row.evidence), ())

    def panel_of(self, suggestion_id: SuggestionId | None) -> SuggestionPanel | None:
        """Return the block of one Suggestion, or None."""
        return next((panel for panel in self.panels if panel.id == suggestion_id), None)

    def focus_on(self, stop: QWidget) -> None:
        """Move the focus to a stop and bring it into view."""
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        self._reveal(stop)

    def step(self, by: int, start: QWidget | None) -> bool:
        """Move the focus to the next stop (or the one before, for -1); return False where there is none."""
        stops = self.stops()
        panel = self.panel_of(self._current)
        if start in stops:
            at = stops.index(start) + by
        elif panel is not None and panel.stops:
            at = stops.index(panel.stops[0]) if by > 0 else -1
        else:
            at = 0 if by > 0 else -1
        if not 0 <= at < len(stops):
            return False
        self.focus_on(stops[at])
        return True

    def make_current(self, suggestion_id: SuggestionId) -> None:
        """Let Enter mean this Suggestion and show it."""
        self._current = suggestion_id
        panel = self.panel_of(suggestion_id)
        if panel is not None:
            self._reveal(panel)
        self._show_current()
        self.target_changed.emit()

    def rest(self) -> None:
        """Let Enter mean the first open Suggestion again, unless the current one is open."""
        self._choose_current()
        self.target_changed.emit()

    def stash_edit(self) -> None:
        """Close an open editor: what was typed waits, finished or not, until the row is edited again."""
        for panel in self.panels:
            for row in panel.rows:
                if row.is_editing and panel.id is not None and row.view is not None:
                    if row.typed != row.view.raw:
                        self._edits.unfinished[panel.id, row.view.name] = row.typed
                    row.end_edit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lay the blocks out again when the room for them changes."""
        if watched is self._scroll and event.type() == QEvent.Type.Resize:
            self._lay_out()
            # The scroll area learns of its new size only after this filter: until then it scrolls by the old one.
            self._settle.start()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        below = QHBoxLayout()
        below.setSpacing(Space.XS)
        below.addWidget(self._meta, 1)
        for made in (self._dismiss_all, self._snooze, self._accept_all):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFont(self._theme.font(TextSize.SMALL))
            below.addWidget(made)
        top = QWidget(self)
        top.setMinimumHeight(HEAD_HEIGHT)
        head = QVBoxLayout(top)
        head.setContentsMargins(Space.L, Space.L, Space.M, Space.S)
        head.setSpacing(Space.XS)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addLayout(below)
        self._body.setObjectName("cardBody")
        self.draft.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setObjectName("card")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(rule())
        column.addWidget(self._scroll, 1)
        self.setAccessibleName("Card")

    def _connect(self) -> None:
        self._scroll.installEventFilter(self)
        self._settle.timeout.connect(self._reveal_focused)
        self._accept_all.clicked.connect(self.accept_all_wanted)
        self._dismiss_all.clicked.connect(self.dismiss_all_wanted)
        self._snooze.clicked.connect(self.snooze_wanted)
        self.draft.focused.connect(lambda: self._reveal(self.draft))

    def _arrange(self, ids: list[SuggestionId], likely: SuggestionId | None) -> None:
        """Give every Suggestion a block: the one it had, else one no longer needed, else a new one."""
        by_id = {panel.id: panel for panel in self.panels if panel.id in ids}
        spare = [panel for panel in self._panels if panel not in by_id.values()]
        arranged = []
        for suggestion_id in ids:
            panel = by_id.get(suggestion_id) or (spare.pop(0) if spare else self._new_panel())
            arranged.append(panel)
        for panel in spare:
            panel.hide()
        self._panels, self._shown = arranged + spare, len(arranged)
        for panel, suggestion_id in zip(arranged, ids, strict=True):
            # Before it shows: a button on the screen that changes its look has to be styled again.
            panel.set_current(is_current=suggestion_id == likely)
            panel.show()

    def _new_panel(self) -> SuggestionPanel:
        panel = SuggestionPanel(self._theme, self._body)
        panel.focused.connect(lambda: self._focus_came(panel))
        panel.accept_wanted.connect(lambda: self.accept_wanted.emit(panel.id or ""))
        panel.dismiss_wanted.connect(lambda: self.dismiss_wanted.emit(panel.id or ""))
        panel.undo_wanted.connect(lambda: self.undo_wanted.emit(panel.id or ""))
        panel.resized.connect(self._grow)
        panel.row_kept.connect(lambda name, value: self.row_kept.emit(panel.id or "", name, value))
        panel.row_wanted.connect(lambda row: row.begin_edit() if row.view and row.view.takes_focus else None)
        panel.row_given_up.connect(lambda name: self._edits.unfinished.pop((panel.id or SuggestionId(""), name), None))
        return panel

    def _bind_draft(self, card: Card | None) -> None:
        draft = card.proposal.draft if card else None
        entry = card.entries.get(draft.id) if card and draft else None
        self.draft.bind(draft, entry.sentence if entry else "")

    def _show_head(self, card: Card | None) -> None:
        self._title.setText(one_line(card.proposal.title) if card else "")
        waiting = open_suggestions(card) if card else ()
        contested = sum(1 for panel in self.panels if panel.view and panel.view.is_contested)
        words = _waiting_words(waiting, contested, has_reply=has_open_draft(card)) if card else ""
        until = card.proposal.snoozed_until if card else None
        self._meta.setText(f"Snoozed until {moments.full(until)} · {words}" if until else words)
        for made in (self._accept_all, self._snooze, self._dismiss_all):
            made.setVisible(bool(waiting) or (card is not None and has_open_draft(card)))
        self._accept_all.setEnabled(any(not s.is_guarded for s in waiting))

    def _choose_current(self) -> None:
        """Keep the current Suggestion while it is open; else the first open one."""
        waiting = open_suggestions(self._card) if self._card else ()
        focused = next((p.id for p in self.panels if p.keeps_current), None)
        if focused is not None:
            self._current = focused
        elif self._current not in [s.id for s in waiting]:
            self._current = waiting[0].id if waiting else None
        self._show_current()

    def _show_current(self) -> None:
        for panel in self.panels:
            panel.set_current(is_current=panel.id == self._current)
        self.draft.set_current(is_current=self._current is None and self.draft.is_open)

    def _focus_came(self, panel: SuggestionPanel) -> None:
        self._current = panel.id
        self._show_current()
        found = self.focused_row()
        self._reveal(found[1] if found else panel)
        self.target_changed.emit()

    def _reveal(self, widget: QWidget) -> None:
        self._scroll.ensureWidgetVisible(widget, 0, Space.XL)

    def _grow(self) -> None:
        """Lay out again and keep the row the rep is at in view."""
        self._lay_out()
        self._reveal_focused()

    def _reveal_focused(self) -> None:
        found = self.focused_row()
        if found:
            self._reveal(found[1])

    def _lay_out(self) -> None:
        """Place the blocks below one another in the width there is."""
        width = max(self._scroll.width() - SCROLL_BAR - 2 * Space.M, 240)
        y = int(Space.M)
        for panel in self.panels:
            height = panel.fit(width)
            panel.setGeometry(Space.M, y, width, height)
            y += height + Space.M
        if not self.draft.isHidden():
            height = max(self.draft.sizeHint().height(), DRAFT_HEIGHT if self.draft.is_open else 0)
            self.draft.setGeometry(Space.M, y, width, height)
            y += height + Space.M
        self._body.resize(width + 2 * Space.M, y)


def _waiting_words(waiting: tuple[Suggestion, ...], contested: int, *, has_reply: bool) -> str:
    guarded = sum(1 for s in waiting if s.is_guarded)
    parts = [f"{len(waiting)} to decide"] if waiting else []
    if guarded:
        parts.append(f"{guarded} by your own press")
    if contested:
        parts.append(texts.number_of(contested, "conflict", "conflicts"))
    if has_reply:
        parts.append("reply ready")
    return ", ".join(parts) or "Nothing waits here"
