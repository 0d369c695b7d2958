"""What the card paints, worked out from the read model and the rep's own changes so far. No Qt.

The rep's typing lives in `Edits` until a suggestion is accepted, so that no refresh of the card can lose it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.evidence import Band, Evidence
from desktop.domain.ids import SuggestionId
from desktop.domain.proposals import Action, Draft, DraftState, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import FIELDS, FieldInfo, FieldType
from desktop.review.conflicts import field_triples, same
from desktop.review.views import Answer, Card, FieldTriple
from desktop.ui import moments, texts
from desktop.ui.review.display_text import one_line
from desktop.ui.review.field_values import shown

QUOTE_AT_MOST = 120
DECIDABLE = frozenset({SuggestionState.OPEN, SuggestionState.SNOOZED})
ACCEPTABLE = DECIDABLE | {SuggestionState.UNDONE}
UNDOS = frozenset({Operation.REMOVE, Operation.RESTORE, Operation.REMOVE_DRAFT})
Pending = Mapping[str, SuggestionState | DraftState]
"""Subject id → the state a decision under way will lead to."""


@dataclass(slots=True)
class Edits:
    """The rep's own values per Suggestion and field, and typing that is not valid yet."""

    kept: dict[SuggestionId, dict[str, str | None]] = field(default_factory=dict)
    unfinished: dict[tuple[SuggestionId, str], str] = field(default_factory=dict)
    answers: dict[SuggestionId, dict[str, str | None]] = field(default_factory=dict)

    def keep(self, suggestion: Suggestion, change: FieldChange, value: str | None) -> None:
        """Keep the rep's value of one field; the proposed one again is no edit."""
        self.unfinished.pop((suggestion.id, change.field), None)
        own = self.kept.setdefault(suggestion.id, {})
        if value == change.after:
            own.pop(change.field, None)
        else:
            own[change.field] = value

    def toggle(self, suggestion: Suggestion, change: FieldChange) -> None:
        """Leave a field out by setting it to its before, or take it in again."""
        is_out = self.of(suggestion.id).get(change.field, change.after) == change.before
        self.keep(suggestion, change, change.after if is_out else change.before)

    def take_other(self, suggestion: Suggestion, change: FieldChange) -> None:
        """Take the next of the values that several mails give, and the proposed one again after the last."""
        values = [change.after, *(other.value for other in change.others)]
        now = self.of(suggestion.id).get(change.field, change.after)
        at = values.index(now) if now in values else -1
        self.keep(suggestion, change, values[(at + 1) % len(values)])

    def answer(self, suggestion_id: SuggestionId, name: str, value: str | None) -> None:
        """Keep what a field in conflict is to hold."""
        self.unfinished.pop((suggestion_id, name), None)
        self.answers.setdefault(suggestion_id, {})[name] = value

    def answered(self, suggestion_id: SuggestionId) -> Mapping[str, str | None]:
        """Return field → what it is to hold, for the fields in conflict that are decided."""
        return self.answers.get(suggestion_id, {})

    def of(self, suggestion_id: SuggestionId) -> Mapping[str, str | None]:
        """Return field → the rep's own value of one Suggestion."""
        return self.kept.get(suggestion_id, {})

    def forget(self, suggestion_id: SuggestionId) -> None:
        """Let go of what was typed for a Suggestion that is decided."""
        self.kept.pop(suggestion_id, None)
        self.answers.pop(suggestion_id, None)
        for key in [key for key in self.unfinished if key[0] == suggestion_id]:
            del self.unfinished[key]


@dataclass(frozen=True, slots=True)
class FieldView:
    """One painted row: label, before → after, band, reason, and `live` when somebody changed the record meanwhile.

    `before` is empty when there is nothing to strike through, `live` is empty without a conflict, `raw` is what
    editing starts with, `problem` is why the CRM would refuse the value, `others` are the values that other mails give,
    each with its quote. `live` says what is in the CRM now, in words, and `answer` what the rep chose for a field that
    somebody changed (None where nobody did).
    """

    name: str
    label: str
    type: FieldType
    before: str
    after: str
    raw: str
    band: Band
    reason: str
    evidence: tuple[Evidence, ...]
    live: str = ""
    problem: str = ""
    others: tuple[str, ...] = ()
    is_guarded: bool = False
    is_edited: bool = False
    is_left_out: bool = False
    is_open: bool = True
    answer: Answer | None = None

    @property
    def takes_focus(self) -> bool:
        """Whether there is something to decide on it."""
        return self.is_open or self.answer is not None

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        parts = [f"{self.label}: {self.after}"]
        if self.before:
            parts.append(f"was {self.before}")
        if self.live:
            parts.append(self.live)
        if self.problem:
            parts.append(self.problem)
        parts.append(self.mark_words)
        if self.is_guarded:
            parts.append(texts.GUARDED)
        if self.reason:
            parts.append(self.reason)
        parts.extend(self.others)
        return ". ".join(part.rstrip(".") for part in parts) + "."

    @property
    def mark_words(self) -> str:
        """The words beside the mark."""
        if self.answer is not None:
            return texts.ANSWERS[self.answer]
        if self.is_left_out:
            return texts.LEFT_OUT
        return texts.EDITED if self.is_edited else texts.BANDS[self.band]


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One painted block: heading, rows, state with its sentence."""

    id: SuggestionId
    heading: str
    reason: str
    state: SuggestionState
    state_words: str
    state_help: str
    is_guarded: bool
    fields: tuple[FieldView, ...]

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in DECIDABLE

    @property
    def is_contested(self) -> bool:
        """Whether somebody changed fields of it meanwhile, so that each waits for an answer."""
        return any(row.answer is not None for row in self.fields)

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return " ".join(part for part in (f"{self.heading}.", f"{self.state_words}.", self.state_help) if part)


def with_pending(card: Card, pending: Pending) -> Card:
    """Return the card as it will look once the decisions under way are written."""
    proposal = card.proposal
    suggestions = tuple(_expected(s, pending.get(s.id)) for s in proposal.suggestions)
    draft = _expected_draft(proposal.draft, pending)
    return replace(card, proposal=replace(proposal, suggestions=suggestions, draft=draft))


def _expected(suggestion: Suggestion, state: SuggestionState | DraftState | None) -> Suggestion:
    return replace(suggestion, state=state) if isinstance(state, SuggestionState) else suggestion


def _expected_draft(draft: Draft | None, pending: Pending) -> Draft | None:
    state = pending.get(draft.id) if draft else None
    return replace(draft, state=state) if draft and isinstance(state, DraftState) else draft


def open_suggestions(card: Card) -> tuple[Suggestion, ...]:
    """Return the Suggestions that wait for a decision."""
    return tuple(s for s in card.proposal.suggestions if s.state in DECIDABLE)


def has_open_draft(card: Card) -> bool:
    """Return whether the card's reply waits for a decision."""
    return card.proposal.draft is not None and card.proposal.draft.state is DraftState.OPEN


def is_settled(card: Card) -> bool:
    """Return whether nothing on the card waits for a decision."""
    return not open_suggestions(card) and not has_open_draft(card)


def can_type(suggestion: Suggestion, name: str) -> bool:
    """Return whether the rep can type a value for a field; a link is set by itself."""
    known = FIELDS[suggestion.kind].get(name)
    return known is None or known.type is not FieldType.REFERENCE


def suggestion_view(card: Card, suggestion: Suggestion, edits: Edits) -> SuggestionView:
    """Return one block of the card."""
    entry = card.entries.get(suggestion.id)
    state = suggestion.state
    words, help_line = state_words(state, entry)
    triples = conflict_fields(card, suggestion)
    if any(triple.is_contested for triple in triples) and entry is not None:
        is_removal = entry.operation is Operation.REMOVE
        help_line = f"{entry.sentence} {texts.REMOVE_HELP if is_removal else texts.CONFLICT_HELP}".strip()
    return SuggestionView(
        id=suggestion.id,
        heading=one_line(texts.heading_of(suggestion.action, suggestion.kind, suggestion.title)),
        reason=one_line(suggestion.reason),
        state=state,
        state_words=words,
        state_help=_refusal(card, suggestion) or one_line(help_line),
        is_guarded=suggestion.is_guarded,
        fields=tuple(conflict_view(card, suggestion, triple, edits) for triple in triples)
        or tuple(field_view(card, suggestion, change, edits) for change in suggestion.changes),
    )


def conflict_fields(card: Card, suggestion: Suggestion) -> tuple[FieldTriple, ...]:
    """Return what an entry in conflict writes or removes, field by field; nothing without a conflict."""
    entry = card.entries.get(suggestion.id)
    if suggestion.state is not SuggestionState.CONFLICT or entry is None:
        return ()
    return field_triples(entry, card.live.get(suggestion.id, {}))


def conflict_view(card: Card, suggestion: Suggestion, triple: FieldTriple, edits: Edits) -> FieldView:
    """Return one row of a block in conflict: what was seen, what is there now, what is wanted, and what was chosen.

    A record is removed whole or not at all, so on the fields of one there is nothing to choose.
    """
    is_removal = card.entries[suggestion.id].operation is Operation.REMOVE
    known = FIELDS[suggestion.kind].get(triple.name) or FieldInfo(triple.name, FieldType.TEXT, one_line(triple.name))
    chosen = edits.answered(suggestion.id)
    answer = answer_of(triple, chosen) if triple.is_contested and not is_removal else None
    after = chosen.get(triple.name, triple.wanted) if answer is not Answer.THEIRS else triple.wanted
    change = next((c for c in suggestion.changes if c.field == triple.name), None)
    return FieldView(
        name=triple.name,
        label=known.label,
        type=known.type,
        before=shown(known.type, triple.seen, card.names),
        after=texts.REMOVED if is_removal else shown(known.type, after, card.names),
        raw=edits.unfinished.get((suggestion.id, triple.name), after or ""),
        band=change.band if change else Band.SURE,
        reason="",
        evidence=change.evidence if change else (),
        live=_live_words(card, suggestion, shown(known.type, triple.found, card.names)) if triple.is_contested else "",
        is_left_out=answer is Answer.THEIRS,
        is_edited=answer is Answer.OWN,
        is_open=False,
        answer=answer,
    )


def answer_of(triple: FieldTriple, chosen: Mapping[str, str | None]) -> Answer:
    """Return what the rep chose for a field that somebody changed."""
    if triple.name not in chosen:
        return Answer.NONE
    value = chosen[triple.name]
    if same(value, triple.found):
        return Answer.THEIRS
    return Answer.MINE if same(value, triple.wanted) else Answer.OWN


def _live_words(card: Card, suggestion: Suggestion, value: str) -> str:
    at = card.changed_at.get(suggestion.id)
    if at is None:
        return texts.IN_THE_CRM_NOW.format(value)
    return texts.IN_THE_CRM_SINCE.format(value, moments.full(at))


def state_words(state: SuggestionState, entry: OutboxEntry | None) -> tuple[str, str]:
    """Return the words of a state and the line below them: what happened and what to do."""
    if entry is None or state in DECIDABLE:
        return texts.STATES[state], texts.STATE_HELP[state]
    words, what_to_do = texts.STATES[state], texts.STATE_HELP[state]
    if entry.state is DeliveryState.NEEDS_USER:
        words, what_to_do = texts.DELIVERIES[entry.state], texts.WAITS_HELP
    elif state is SuggestionState.QUEUED and entry.operation in UNDOS:
        words, what_to_do = texts.PUT_BACK, texts.PUT_BACK_HELP
    return words, " ".join(part for part in (entry.sentence, what_to_do) if part)


def field_view(card: Card, suggestion: Suggestion, change: FieldChange, edits: Edits) -> FieldView:
    """Return one row of a block."""
    known = FIELDS[suggestion.kind].get(change.field) or FieldInfo(change.field, FieldType.TEXT, one_line(change.field))
    own = edits.of(suggestion.id)
    after = own.get(change.field, change.after)
    live = card.live.get(suggestion.id, {}) if suggestion.state is SuggestionState.CONFLICT else {}
    has_live = change.field in live and live[change.field] != change.before
    is_new = suggestion.action is Action.CREATE and change.before is None
    problem = _problem(card, suggestion, change.field, after)
    is_own_choice = change.field in own and after == change.before
    return FieldView(
        name=change.field,
        label=known.label,
        type=known.type,
        before="" if is_new else shown(known.type, change.before, card.names),
        after=shown(known.type, after, card.names),
        raw=edits.unfinished.get((suggestion.id, change.field), after or ""),
        band=change.band,
        reason=_reason_line(card, change) if suggestion.state in DECIDABLE else "",
        evidence=_evidence_of(change, after),
        live=texts.IN_THE_CRM_NOW.format(shown(known.type, live[change.field], card.names)) if has_live else "",
        problem="" if is_own_choice else problem,
        others=_other_lines(card, change, known.type, after) if suggestion.state in DECIDABLE else (),
        is_guarded=known.guarded,
        is_edited=change.field in own,
        is_left_out=is_own_choice or _is_closed(card, suggestion, change.field),
        is_open=suggestion.state in DECIDABLE,
    )


def _problem(card: Card, suggestion: Suggestion, name: str, value: str | None) -> str:
    """Return why the CRM would refuse a value, while there is time to mend it."""
    rules = card.rules.get(suggestion.id)
    if rules is None or suggestion.state not in DECIDABLE or name not in FIELDS[suggestion.kind]:
        return ""
    return rules.problem(name, value, is_new=suggestion.action is Action.CREATE)


def _is_closed(card: Card, suggestion: Suggestion, name: str) -> bool:
    """Whether the CRM lets nothing be written there, so that accepting leaves it out."""
    rules = card.rules.get(suggestion.id)
    if rules is None or suggestion.state not in DECIDABLE or name not in FIELDS[suggestion.kind]:
        return False
    return bool(rules.closed(name, is_new=suggestion.action is Action.CREATE))


def _refusal(card: Card, suggestion: Suggestion) -> str:
    rules = card.rules.get(suggestion.id)
    if rules is None or suggestion.state not in DECIDABLE:
        return ""
    return rules.refusal(is_new=suggestion.action is Action.CREATE)


def _evidence_of(change: FieldChange, after: str | None) -> tuple[Evidence, ...]:
    """Return the words behind the value that is shown: those of another mail where the rep took its value."""
    taken = next((other.evidence for other in change.others if other.value == after), None)
    return (taken,) if taken is not None and after != change.after else change.evidence


def _reason_line(card: Card, change: FieldChange) -> str:
    """Return the reason, with the quote where it says more than the value does, and the mail where that matters."""
    first = change.evidence[0] if change.evidence else None
    quote = first.text if first else ""
    reason = one_line(change.reason)
    if first is not None and (change.others or first.source):
        return " · ".join(
            part for part in (reason, texts.MAIL_OF.format(_mail_day(card, first)), _quoted(quote)) if part
        )
    if not quote or quote in reason or _letters(quote) == _letters(change.after or ""):
        return reason
    return f"{reason} · {_quoted(quote)}" if reason else _quoted(quote)


def _other_lines(card: Card, change: FieldChange, kind: FieldType, after: str | None) -> tuple[str, ...]:
    """Return the values that other mails give, each with the day and the words of its mail."""
    lines = []
    for other in change.others:
        words = texts.OTHER_VALUE if other.value != after else texts.OTHER_TAKEN
        value = one_line(shown(kind, other.value, card.names))
        lines.append(words.format(value, _mail_day(card, other.evidence), _quoted(other.evidence.text)))
    return tuple(lines)


def _mail_day(card: Card, evidence: Evidence) -> str:
    return moments.day(card.source_of(evidence).sent_at.astimezone().date())


def _quoted(quote: str) -> str:
    return f"“{one_line(quote if len(quote) <= QUOTE_AT_MOST else quote[:QUOTE_AT_MOST] + '…')}”"


def _letters(text: str) -> str:
    """Return letters and digits alone: `+49 30 12` and `+493012` say the same."""
    return "".join(character for character in text.casefold() if character.isalnum())
