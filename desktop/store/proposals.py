"""Proposals with their Suggestions and Draft, and the Decisions made on them.

The columns a list needs (shelf, how much waits, the weakest Confidence, which states are present) are kept on the
proposal's row and refreshed in the transaction that changes a state, so that a list of 100,000 is one index walk.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select, union_all

from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Rejected
from desktop.domain.ids import DraftId, InteractionId, ProposalId, SuggestionId
from desktop.domain.interactions import EmailMessage
from desktop.domain.proposals import Decision, Draft, DraftState, Proposal, Suggestion, SuggestionState
from desktop.store.codec import decode, encode
from desktop.store.moments import from_text, to_text
from desktop.store.statements import Row, Sql, Statement
from desktop.store.tables import decision, draft, is_filled, outbox_entry, proposal, suggestion

GONE = "This suggestion is gone: it was replaced or erased meanwhile."

IS_CARD = proposal.c.id == bindparam("card")
IS_SUGGESTION = suggestion.c.id == bindparam("suggestion")
IS_DRAFT = draft.c.id == bindparam("draft")
ADD = Statement(
    proposal.insert().values(shelf="open", waiting=0, lowest=1.0, marks=""),
    *("id", "interaction_id", "sent_at", "title", "subject", "sender", "body"),
)
ADD_SUGGESTION = Statement(
    suggestion.insert(), "id", "proposal_id", "position", "connection_id", "state", "same_as", "body"
)
ADD_DRAFT = Statement(draft.insert(), "id", "proposal_id", "state", "body")
OF_INTERACTION = Statement(select(proposal.c.id).where(proposal.c.interaction_id == bindparam("mail")))
GET = Statement(select(proposal).where(IS_CARD))
SUGGESTIONS = Statement(
    select(suggestion).where(suggestion.c.proposal_id == bindparam("card")).order_by(suggestion.c.position)
)
SUGGESTION = Statement(select(suggestion).where(IS_SUGGESTION))
SAVE_SUGGESTION = Statement(suggestion.update().where(IS_SUGGESTION), "state", "body")
SAME = Statement(select(suggestion).where(suggestion.c.same_as == bindparam("key"), is_filled(suggestion.c.same_as)))
DRAFT = Statement(select(draft).where(IS_DRAFT))
DRAFT_OF = Statement(select(draft).where(draft.c.proposal_id == bindparam("card")))
SAVE_DRAFT = Statement(draft.update().where(IS_DRAFT), "state", "body")
SNOOZE = Statement(proposal.update().where(IS_CARD), "snoozed_until")
SNOOZED_UNTIL = Statement(select(proposal.c.snoozed_until).where(IS_CARD))
DUE = Statement(
    select(proposal.c.id).where(proposal.c.shelf == "snoozed", proposal.c.snoozed_until <= bindparam("now"))
)
NEEDS_USER = Statement(
    select(outbox_entry.c.seq)
    .where(
        outbox_entry.c.state == DeliveryState.NEEDS_USER.value,
        outbox_entry.c.subject_id.in_(
            union_all(
                select(suggestion.c.id).where(suggestion.c.proposal_id == bindparam("card")),
                select(draft.c.id).where(draft.c.proposal_id == bindparam("card")),
            )
        ),
    )
    .limit(1)
)
REFRESH = Statement(proposal.update().where(IS_CARD), "shelf", "waiting", "lowest", "marks")
RECORD = Statement(decision.insert(), "subject_id", "decided_at", "body")
DECIDED = Statement(
    select(suggestion.c.body, suggestion.c.state, proposal.c.interaction_id, decision.c.body.label("decided"))
    .join_from(decision, suggestion, suggestion.c.id == decision.c.subject_id)
    .join(proposal, proposal.c.id == suggestion.c.proposal_id)
    .order_by(decision.c.seq.desc())
    .limit(bindparam("most"))
)
DECISIONS = Statement(
    select(decision.c.body).where(decision.c.subject_id == bindparam("subject")).order_by(decision.c.seq)
)


class Proposals:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, value: Proposal, message: EmailMessage, same_as: dict[SuggestionId, str]) -> None:
        """Keep a new Proposal. `same_as` gives each Suggestion the key by which a duplicate is recognised."""
        sender = message.sender
        head = replace(value, suggestions=(), draft=None)
        self._sql.run(
            ADD,
            id=value.id,
            interaction_id=value.interaction_id,
            sent_at=to_text(message.sent_at),
            title=value.title,
            subject=message.subject,
            sender=(sender.name or sender.address) if sender else "",
            body=encode(head),
        )
        for position, item in enumerate(value.suggestions):
            self._add_suggestion(item, position, same_as.get(item.id, ""))
        if (reply := value.draft) is not None:
            self._sql.run(ADD_DRAFT, id=reply.id, proposal_id=value.id, state=reply.state.value, body=encode(reply))
        self.refresh(value.id)

    def append(self, proposal_id: ProposalId, item: Suggestion, same_as: str) -> None:
        """Put one more Suggestion below those of a card."""
        self._add_suggestion(item, len(self.suggestions(proposal_id)), same_as)
        self.refresh(proposal_id)

    def _add_suggestion(self, item: Suggestion, position: int, same_as: str) -> None:
        self._sql.run(
            ADD_SUGGESTION,
            id=item.id,
            proposal_id=item.proposal_id,
            position=position,
            connection_id=item.connection_id,
            state=item.state.value,
            same_as=same_as,
            body=encode(item),
        )

    def of_interaction(self, interaction_id: InteractionId) -> ProposalId | None:
        """Return the Proposal an Interaction led to."""
        found = self._sql.scalar(OF_INTERACTION, mail=interaction_id)
        return None if found is None else ProposalId(found)

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """Return one Proposal as it stands now."""
        row = self._sql.first(GET, card=proposal_id)
        if row is None:
            return None
        head = decode(row.body, Proposal)
        return replace(
            head,
            suggestions=self.suggestions(proposal_id),
            draft=self.draft_of(proposal_id),
            snoozed_until=from_text(row.snoozed_until),
        )

    def suggestions(self, proposal_id: ProposalId) -> tuple[Suggestion, ...]:
        """Return the Suggestions of a Proposal, in the order of the card."""
        return tuple(_suggestion(row) for row in self._sql.all(SUGGESTIONS, card=proposal_id))

    def suggestion(self, suggestion_id: SuggestionId) -> Suggestion:
        """Return one Suggestion as it stands now; Rejected when it is gone."""
        row = self._sql.first(SUGGESTION, suggestion=suggestion_id)
        if row is None:
            raise Rejected(GONE, detail=suggestion_id)
        return _suggestion(row)

    def find_suggestion(self, suggestion_id: str) -> Suggestion | None:
        """Return one Suggestion, or None."""
        row = self._sql.first(SUGGESTION, suggestion=suggestion_id)
        return _suggestion(row) if row else None

    def heir(self, suggestion_id: str) -> Suggestion | None:
        """Return what a Suggestion says now: itself, or the last of those that took its place; None when it is gone."""
        found = self.find_suggestion(suggestion_id)
        seen = {suggestion_id}
        while found is not None and found.superseded_by is not None and found.superseded_by not in seen:
            seen.add(found.superseded_by)
            found = self.find_suggestion(found.superseded_by)
        return found

    def save_suggestion(self, value: Suggestion) -> None:
        """Keep a Suggestion's new state and values, and refresh its card's line."""
        self._sql.run(SAVE_SUGGESTION, suggestion=value.id, state=value.state.value, body=encode(value))
        self.refresh(value.proposal_id)

    def same(self, key: str) -> tuple[Suggestion, ...]:
        """Return every Suggestion under this duplicate key."""
        return tuple(_suggestion(row) for row in self._sql.all(SAME, key=key))

    def draft(self, draft_id: DraftId) -> Draft:
        """Return one Draft as it stands now; Rejected when it is gone."""
        row = self._sql.first(DRAFT, draft=draft_id)
        if row is None:
            raise Rejected(GONE, detail=draft_id)
        return _draft(row)

    def find_draft(self, draft_id: str) -> Draft | None:
        """Return one Draft, or None."""
        row = self._sql.first(DRAFT, draft=draft_id)
        return _draft(row) if row else None

    def draft_of(self, proposal_id: ProposalId) -> Draft | None:
        """Return the Draft of a Proposal, if it has one."""
        row = self._sql.first(DRAFT_OF, card=proposal_id)
        return _draft(row) if row else None

    def save_draft(self, value: Draft) -> None:
        """Keep a Draft's new state and text, and refresh its card's line."""
        self._sql.run(SAVE_DRAFT, draft=value.id, state=value.state.value, body=encode(value))
        self.refresh(value.proposal_id)

    def snooze(self, proposal_id: ProposalId, until: datetime | None) -> None:
        """Put a card away until a moment, or bring it back."""
        self._sql.run(SNOOZE, card=proposal_id, snoozed_until=to_text(until) if until else "")
        self.refresh(proposal_id)

    def due(self, now: datetime) -> tuple[ProposalId, ...]:
        """Return snoozed Proposals whose moment has come."""
        return tuple(ProposalId(found) for found in self._sql.scalars(DUE, now=to_text(now)))

    def record(self, value: Decision) -> None:
        """Append a Decision."""
        self._sql.run(RECORD, subject_id=value.subject_id, decided_at=to_text(value.decided_at), body=encode(value))

    def decisions(self, subject_id: str) -> tuple[Decision, ...]:
        """Return the Decisions on one Suggestion or Draft, oldest first."""
        return tuple(decode(body, Decision) for body in self._sql.scalars(DECISIONS, subject=subject_id))

    def decided(self, most: int) -> Iterator[tuple[Suggestion, Decision, InteractionId]]:
        """Yield the newest `most` Decisions on Suggestions, newest first, with the mail each came from."""
        for row in self._sql.all(DECIDED, most=most):
            yield _suggestion(row), decode(row.decided, Decision), InteractionId(row.interaction_id)

    def refresh(self, proposal_id: ProposalId) -> None:
        """Bring the line that lists show in step with the card."""
        items = self.suggestions(proposal_id)
        reply = self.draft_of(proposal_id)
        waiting = [item for item in items if item.state is SuggestionState.OPEN]
        count = len(waiting) + (1 if reply is not None and reply.state is DraftState.OPEN else 0)
        is_stuck = (
            any(item.state in {SuggestionState.CONFLICT, SuggestionState.REJECTED} for item in items)
            or (reply is not None and reply.state is DraftState.REJECTED)
            or self._sql.scalar(NEEDS_USER, card=proposal_id) is not None
        )
        # What did not go through is not put away with the rest of a snoozed card.
        is_snoozed = bool(self._sql.scalar(SNOOZED_UNTIL, card=proposal_id)) and not is_stuck
        shelf = "snoozed" if is_snoozed else "open" if count or is_stuck else "done"
        self._sql.run(
            REFRESH,
            card=proposal_id,
            shelf=shelf,
            waiting=count,
            lowest=min((item.confidence for item in waiting), default=1.0),
            marks=",".join(sorted({item.state.value for item in items})),
        )


def _suggestion(row: Row) -> Suggestion:
    return replace(decode(row.body, Suggestion), state=SuggestionState(row.state))


def _draft(row: Row) -> Draft:
    return replace(decode(row.body, Draft), state=DraftState(row.state))
