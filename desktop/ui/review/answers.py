"""A conflict on the card: theirs, mine or a value of the rep's own, field by field, and then all of it is sent."""

from PySide6.QtCore import QObject, Signal

from desktop.domain.deliveries import Operation
from desktop.domain.proposals import Suggestion
from desktop.review.views import Answer, FieldTriple
from desktop.ui import texts
from desktop.ui.review.decisions import Decisions
from desktop.ui.review.page import ReviewPage
from desktop.ui.review.presentation import can_type, conflict_fields


class Answers(QObject):
    """Keeps what was chosen in the page's `edits` until it is sent. `said` carries a passing word."""

    said = Signal(str)

    def __init__(self, page: ReviewPage, decisions: Decisions) -> None:
        super().__init__(page)
        self._page = page
        self._decisions = decisions

    def is_about(self, suggestion: Suggestion) -> bool:
        """Whether fields of it wait for an answer."""
        return bool(self._contested(suggestion))

    def take(self, answer: Answer) -> bool:
        """Choose theirs or mine for the field in focus and go to the next undecided one; False on any other field."""
        found = self._in_focus()
        if found is None:
            return False
        suggestion, triple = found
        self._answer(suggestion, triple.name, triple.found if answer is Answer.THEIRS else triple.wanted)
        return True

    def edit(self) -> bool:
        """Open the editor of the field in focus; False where nobody changed it."""
        found, row = self._in_focus(), self._page.view.focused_row()
        if found is None or row is None:
            return False
        suggestion, triple = found
        if not can_type(suggestion, triple.name):
            self.said.emit(texts.LINK_FIELD)
        else:
            row[1].begin_edit()
        return True

    def keep(self, suggestion: Suggestion, name: str, value: str | None) -> bool:
        """Take what was typed for a field that somebody changed; False where nobody did."""
        if name not in self._contested(suggestion):
            return False
        self._answer(suggestion, name, value)
        return True

    def send(self, suggestion: Suggestion) -> None:
        """Send what was decided, once each changed field is; until then go to the first that is not."""
        contested = self._contested(suggestion)
        chosen = self._page.edits.answered(suggestion.id)
        if any(name not in chosen for name in contested):
            self.said.emit(texts.CONFLICT_FIRST)
            self._go_to_undecided(suggestion)
            return
        self._decisions.resolve(suggestion.id, {name: chosen[name] for name in contested}, _found(contested))
        self._page.focus_list()

    def keep_theirs(self, suggestion: Suggestion) -> None:
        """Leave every field that somebody changed as it is, and send the rest."""
        found = _found(self._contested(suggestion))
        self._decisions.resolve(suggestion.id, found, found)
        self._page.focus_list()

    def send_mine(self, suggestion: Suggestion) -> None:
        """Send all of it over what was shown; what was changed once more since is a conflict again."""
        contested = self._contested(suggestion)
        self._decisions.resolve(suggestion.id, {name: f.wanted for name, f in contested.items()}, _found(contested))

    def _answer(self, suggestion: Suggestion, name: str, value: str | None) -> None:
        self._page.edits.answer(suggestion.id, name, value)
        self._page.render_card()
        self._go_to_undecided(suggestion)

    def _go_to_undecided(self, suggestion: Suggestion) -> None:
        """Put the focus on the first field that waits for an answer; it stays where it is when none does."""
        panel = self._page.view.panel_of(suggestion.id)
        rows = panel.rows if panel else []
        waiting = next((row for row in rows if row.view and row.view.answer is Answer.NONE), None)
        if waiting is not None:
            self._page.view.focus_on(waiting)

    def _in_focus(self) -> tuple[Suggestion, FieldTriple] | None:
        card, found = self._page.card, self._page.view.focused_row()
        if card is None or found is None or found[1].view is None:
            return None
        suggestion = next((s for s in card.proposal.suggestions if s.id == found[0].id), None)
        triple = self._contested(suggestion).get(found[1].view.name) if suggestion else None
        return (suggestion, triple) if suggestion and triple else None

    def _contested(self, suggestion: Suggestion) -> dict[str, FieldTriple]:
        card = self._page.card
        entry = card.entries.get(suggestion.id) if card else None
        if card is None or entry is None or entry.operation is Operation.REMOVE:
            return {}
        fields = conflict_fields(card, suggestion)
        return {field.name: field for field in fields if field.is_contested}


def _found(contested: dict[str, FieldTriple]) -> dict[str, str | None]:
    return {name: field.found for name, field in contested.items()}
