"""What each key does on the review page: it finds what is meant, decides through `Decisions`, and moves on."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.domain.deliveries import DeliveryState
from desktop.domain.ids import DraftId
from desktop.domain.ports import Clock
from desktop.domain.proposals import DraftState, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import FIELDS
from desktop.review.views import Answer, Card, Shelf
from desktop.ui import texts
from desktop.ui.review.answers import Answers
from desktop.ui.review.decisions import Decisions, Undoable
from desktop.ui.review.keys import Command, Handlers
from desktop.ui.review.page import ReviewPage
from desktop.ui.review.presentation import ACCEPTABLE, DECIDABLE, can_type, has_open_draft, is_settled, open_suggestions

SETTLED = (DeliveryState.SENDING, DeliveryState.DELIVERED, DeliveryState.CANCELLED)


class Commands(QObject):
    """Carries Commands out. `said` carries a passing word for the rep."""

    said = Signal(str)

    def __init__(self, page: ReviewPage, decisions: Decisions, clock: Clock) -> None:
        super().__init__(page)
        self._page = page
        self._view = page.view
        self._decisions = decisions
        self._clock = clock
        self._answers = Answers(page, decisions)
        self._answers.said.connect(self.said)
        self._connect()

    def handlers(self) -> Handlers:
        """Return what to call for each Command of the page."""
        page = self._page
        return {
            Command.NEXT_CARD: lambda: self._move(1),
            Command.PREVIOUS_CARD: lambda: self._move(-1),
            Command.NEXT_STOP: lambda: self._step(1),
            Command.PREVIOUS_STOP: lambda: self._step(-1),
            Command.ACCEPT: self.accept,
            Command.ACCEPT_ALL: self.accept_all,
            Command.EDIT: self.edit,
            Command.LEAVE_OUT: self.leave_out,
            Command.OTHER_VALUE: self.take_other,
            Command.DISMISS: self.dismiss,
            Command.DISMISS_ALL: self.ask_reason,
            Command.SNOOZE: self.ask_snooze,
            Command.WAKE: self.wake,
            Command.UNDO: self.undo,
            Command.UNDO_THIS: self.undo_this,
            Command.RETRY: self.retry,
            Command.REPLY: self.reply,
            Command.PUT_DRAFT: self.put_draft,
            Command.DISMISS_DRAFT: self.dismiss_draft,
            Command.FILTER: page.shelves.field.setFocus,
            Command.SHELF_OPEN: lambda: self._show_shelf(Shelf.OPEN),
            Command.SHELF_SNOOZED: lambda: self._show_shelf(Shelf.SNOOZED),
            Command.SHELF_DONE: lambda: self._show_shelf(Shelf.DONE),
            Command.SCROLL_DOWN: lambda: page.source.scroll_pages(1),
            Command.SCROLL_UP: lambda: page.source.scroll_pages(-1),
            Command.BACK: self.back,
        }

    def accept(self) -> None:
        """Accept the suggestion in focus; with none left, go on to the reply."""
        card, suggestion = self._page.card, self._target()
        if card is None:
            return
        if self._view.draft.hasFocus() or suggestion is None:
            self.reply()
        elif self._answers.is_about(suggestion):
            self._answers.send(suggestion)
        elif suggestion.state not in ACCEPTABLE:
            self.said.emit(texts.DECIDED_ALREADY)
        else:
            self._note_row()
            self._decisions.accept(card, suggestion)
            self._go_on(suggestion)

    def accept_all(self) -> None:
        """Accept all but guarded suggestions; the focus goes to the first guarded one."""
        card = self._page.card
        if card is None:
            return
        self._note_row()
        if any(not s.is_guarded for s in open_suggestions(card)):
            self._decisions.accept_all(card)
        self._go_on(None, wants_focus=True)

    def dismiss(self) -> None:
        """Dismiss the suggestion in focus."""
        card, suggestion = self._page.card, self._target()
        if card is None or suggestion is None:
            return
        if self._answers.is_about(suggestion):
            self._answers.keep_theirs(suggestion)
            return
        if suggestion.state not in DECIDABLE:
            self.said.emit(texts.DECIDED_ALREADY)
            return
        self._note_row()
        self._decisions.dismiss(card, suggestion)
        self._go_on(suggestion)

    def edit(self) -> None:
        """Open the editor of the field in focus, else of the first field that can be typed."""
        if self._answers.edit():
            return
        found = self._target_change()
        if found is None:
            return
        suggestion, change = found
        panel = self._view.panel_of(suggestion.id)
        if suggestion.state not in DECIDABLE or panel is None:
            self.said.emit(texts.DECIDED_ALREADY)
        elif not can_type(suggestion, change.field):
            self.said.emit(texts.LINK_FIELD)
        else:
            row = panel.rows[suggestion.changes.index(change)]
            self._view.focus_on(row)
            row.begin_edit()

    def leave_out(self) -> None:
        """Leave the field in focus out, or take it in again; one that somebody changed stays theirs."""
        if self._answers.take(Answer.THEIRS):
            return
        found = self._target_change()
        if found is not None and found[0].state in DECIDABLE and self._view.focused_row():
            self._page.edits.toggle(*found)
            self._page.render_card()

    def take_other(self) -> None:
        """Take the value that another mail gives for the field in focus, or go back to the proposed one."""
        found = self._disputed()
        if found is None:
            self.said.emit(texts.NO_OTHER_VALUE)
        else:
            self._page.edits.take_other(*found)
            self._page.render_card()

    def ask_reason(self) -> None:
        """Ask why the whole card is dismissed."""
        if self._page.card is not None and not is_settled(self._page.card):
            self._page.reason_prompt.ask()

    def dismiss_all(self, reason: str) -> None:
        """Dismiss the whole card."""
        card = self._page.card
        if card is not None:
            self._note_row()
            self._decisions.dismiss_all(card, reason)
            self._go_on(None)

    def ask_snooze(self) -> None:
        """Ask until when the card is put away."""
        if self._page.card is not None and not is_settled(self._page.card):
            self._page.snooze_prompt.ask(self._clock.now())

    def wake(self) -> None:
        """Bring a snoozed card back."""
        card = self._page.card
        if card is not None and card.proposal.snoozed_until is not None:
            self._decisions.wake(card.proposal.id)

    def undo(self) -> None:
        """Undo what was done last; with nothing left, the decision in focus."""
        if not self._decisions.undo_last():
            self.undo_this()

    def undo_this(self) -> None:
        """Undo the decision on the suggestion (or reply) in focus, also after delivery."""
        card = self._page.card
        subject = self._decided_subject()
        if card is None or subject is None:
            self.said.emit(texts.NOTHING_TO_UNDO)
            return
        self._note_row()
        self._decisions.undo_subject(card, subject)

    def retry(self) -> None:
        """Send what waits or is stuck; on a field that somebody changed, choose the rep's own."""
        if self._answers.take(Answer.MINE):
            return
        card = self._page.card
        subject = self._decided_subject()
        entry = card.entries.get(subject) if card and subject else None
        found = next((s for s in card.proposal.suggestions if s.id == subject), None) if card else None
        if found is not None and self._answers.is_about(found):
            self._answers.send_mine(found)
        elif entry is None or entry.state in SETTLED:
            self.said.emit(texts.NOTHING_TO_RETRY)
        else:
            self._decisions.retry(entry.subject_id)

    def reply(self) -> None:
        """Write the reply."""
        if self._view.draft.is_open:
            self._view.draft.write()
        else:
            self.said.emit(texts.NO_DRAFT)

    def put_draft(self) -> None:
        """Save the reply as it stands and put it into Drafts."""
        card, draft = self._page.card, self._view.draft.draft
        if card is None or draft is None or not self._view.draft.is_open:
            self.said.emit(texts.NO_DRAFT)
            return
        self._view.draft.flush()
        self._note_row()
        self._decisions.accept_draft(card, draft)
        self._go_on(None)

    def dismiss_draft(self) -> None:
        """Dismiss the reply."""
        card, draft = self._page.card, self._view.draft.draft
        if card is None or draft is None or not self._view.draft.is_open:
            self.said.emit(texts.NO_DRAFT)
            return
        self._note_row()
        self._decisions.dismiss_draft(card, draft)
        self._go_on(None)

    def back(self) -> None:
        """Go back to the list; from the list, take the filter away."""
        if self._page.list.hasFocus() and self._page.model.filter:
            self._page.shelves.clear()
        self._page.focus_list()

    def _connect(self) -> None:
        page, view = self._page, self._view
        page.snooze_chosen.connect(self._snooze)
        page.reason_given.connect(self.dismiss_all)
        page.shelves.shelf_wanted.connect(self._show_shelf)
        page.shelves.filter_wanted.connect(page.filter)
        page.shelves.left.connect(page.focus_list)
        view.accept_wanted.connect(lambda subject: self._on(subject, self.accept))
        view.dismiss_wanted.connect(lambda subject: self._on(subject, self.dismiss))
        view.undo_wanted.connect(lambda subject: self._on(subject, self.undo_this))
        view.accept_all_wanted.connect(self.accept_all)
        view.dismiss_all_wanted.connect(self.ask_reason)
        view.snooze_wanted.connect(self.ask_snooze)
        view.row_kept.connect(self._keep_edit)
        view.draft.save_wanted.connect(lambda i, s, b: self._decisions.save_draft(DraftId(i), s, b))
        view.draft.put_wanted.connect(self.put_draft)
        view.draft.dismiss_wanted.connect(self.dismiss_draft)
        view.draft.undo_wanted.connect(self._undo_draft)
        view.draft.left.connect(page.focus_list)
        self._decisions.expected.connect(self._expect)
        self._decisions.settled.connect(self._settle)
        self._decisions.undone.connect(self._show_undone)
        self._decisions.draft_not_saved.connect(view.draft.not_saved)

    def _on(self, subject: str, act: Callable[[], None]) -> None:
        """Do with the mouse what a key does with the focus."""
        panel = next((panel for panel in self._view.panels if panel.id == subject), None)
        if panel is not None:
            self._view.focus_on(panel.stops[0])
            act()

    def _target(self) -> Suggestion | None:
        card = self._page.card
        suggestions = card.proposal.suggestions if card else ()
        return next((s for s in suggestions if s.id == self._view.current), None)

    def _target_change(self) -> tuple[Suggestion, FieldChange] | None:
        """Return the field in focus, else the first that can be typed."""
        suggestion, found = self._target(), self._view.focused_row()
        if suggestion is None:
            return None
        name = found[1].view.name if found and found[1].view else ""
        chosen = next((c for c in suggestion.changes if c.field == name), None)
        first = next((c for c in suggestion.changes if can_type(suggestion, c.field)), None)
        change = chosen or first
        return (suggestion, change) if change else None

    def _disputed(self) -> tuple[Suggestion, FieldChange] | None:
        """Return the field in focus if mails disagree on it; from elsewhere, the current suggestion's first such."""
        suggestion, found = self._target(), self._view.focused_row()
        if suggestion is None or suggestion.state not in DECIDABLE:
            return None
        name = found[1].view.name if found and found[1].view else None
        disputed = (c for c in suggestion.changes if c.others and name in {None, c.field})
        change = next(disputed, None)
        return (suggestion, change) if change else None

    def _decided_subject(self) -> str | None:
        """Return the decided suggestion or reply in focus; from the list, the only decided one of the card."""
        draft = self._view.draft
        if draft.draft is not None and draft.hasFocus():
            return None if draft.is_open else draft.draft.id
        suggestion = self._target()
        if suggestion is not None and suggestion.state not in DECIDABLE:
            return suggestion.id
        card = self._page.card
        if card is None or suggestion is not None:
            return None
        decided = [s.id for s in card.proposal.suggestions if s.state is not SuggestionState.UNDONE]
        return decided[0] if decided else None

    def _go_on(self, done: Suggestion | None, *, wants_focus: bool = False) -> None:
        """Move to what waits next: on this card after the one just decided, its reply, or the next card."""
        card = self._page.card
        if card is None:
            return
        wants_focus = wants_focus or not self._page.list.hasFocus()
        following = _next_open(card, done)
        if following is not None:
            self._view.make_current(following.id)
            panel = self._view.panel_of(following.id)
            if wants_focus and panel is not None:
                self._view.focus_on(self._first_stop(panel.stops, following))
        elif has_open_draft(card):
            self._view.rest()
            if wants_focus:
                self._view.focus_on(self._view.draft)
        elif self._page.shelf is Shelf.DONE:
            self._page.focus_list()
        else:
            self._page.advance()

    @staticmethod
    def _first_stop(stops: list[QWidget], suggestion: Suggestion) -> QWidget:
        """Return the row of the first guarded field, else the first stop."""
        known = FIELDS[suggestion.kind]
        rows = zip(suggestion.changes, stops, strict=False)
        guarded = (stop for change, stop in rows if change.field in known and known[change.field].guarded)
        return next(guarded, stops[0])

    def _move(self, by: int) -> None:
        self._page.list.select(max(self._page.list.at + by, 0))
        self._page.focus_list()

    def _step(self, by: int) -> None:
        """Move through the stops of the card; beyond its ends lies the list."""
        focused = self._page.window().focusWidget()
        if not self._view.step(by, focused) and by < 0:
            self._page.focus_list()

    def _show_shelf(self, shelf: Shelf) -> None:
        self._page.shelves.clear()
        self._page.show_shelf(shelf)
        self._page.focus_list()

    def _snooze(self, until: datetime) -> None:
        card = self._page.card
        if card is not None:
            self._note_row()
            self._decisions.snooze(card, until)
            self._page.advance()

    def _keep_edit(self, subject: str, name: str, value: str | None) -> None:
        card = self._page.card
        suggestion = next((s for s in card.proposal.suggestions if s.id == subject), None) if card else None
        change = next((c for c in suggestion.changes if c.field == name), None) if suggestion else None
        if suggestion is not None and self._answers.keep(suggestion, name, value):
            return
        if suggestion is not None and change is not None:
            self._page.edits.keep(suggestion, change, value)
            self._page.render_card()

    def _undo_draft(self) -> None:
        card, draft = self._page.card, self._view.draft.draft
        if card is not None and draft is not None and draft.state is not DraftState.OPEN:
            self._decisions.undo_subject(card, draft.id)

    def _expect(self) -> None:
        self._page.pending = self._decisions.pending
        self._page.render_card()

    def _settle(self) -> None:
        self._page.pending = self._decisions.pending
        self._page.refresh()

    def _show_undone(self, one: Undoable, said: str) -> None:
        self.said.emit(said)
        if self._page.select(one.proposal_id, one.row):
            self._page.focus_list()

    def _note_row(self) -> None:
        self._decisions.row = self._page.list.at


def _next_open(card: Card, done: Suggestion | None) -> Suggestion | None:
    """Return the next open Suggestion after `done`, else the first open one."""
    waiting = open_suggestions(card)
    if done is None:
        return waiting[0] if waiting else None
    order = [s.id for s in card.proposal.suggestions]
    at = order.index(done.id)
    return next((s for s in waiting if order.index(s.id) > at), waiting[0] if waiting else None)
