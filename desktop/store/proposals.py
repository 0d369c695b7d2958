"""Proposals with their Suggestions and Draft, and the Decisions made on them.

The columns a list needs (shelf, how much waits, the weakest Confidence, which states are present) are kept on the
proposal's row and refreshed in the transaction that changes a state, so that a list of 100,000 is one index walk.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Row, select

from desktop.domain.errors import Rejected
from desktop.domain.ids import DraftId, InteractionId, ProposalId, SuggestionId
from desktop.domain.interactions import EmailMessage
from desktop.domain.proposals import Decision, Draft, DraftState, Proposal, Suggestion, SuggestionState
from desktop.store.codec import decode, encode
from desktop.store.moments import from_text, to_text
from desktop.store.tables import decision, draft, proposal, suggestion

GONE = "This suggestion is gone: it was replaced or erased meanwhile."


class Proposals:
    """Part of a Transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Proposal, message: EmailMessage, same_as: dict[SuggestionId, str]) -> None:
        """Keep a new Proposal. `same_as` gives each Suggestion the key by which a duplicate is recognised."""
        sender = message.sender
        head = replace(value, suggestions=(), draft=None)
        self._connection.execute(
            proposal.insert().values(
                id=value.id,
                interaction_id=value.interaction_id,
                shelf="open",
                sent_at=to_text(message.sent_at),
                title=value.title,
                subject=message.subject,
                sender=(sender.name or sender.address) if sender else "",
                waiting=0,
                lowest=1.0,
                marks="",
                body=encode(head),
            )
        )
        for position, item in enumerate(value.suggestions):
            self._connection.execute(
                suggestion.insert().values(
                    id=item.id,
                    proposal_id=value.id,
                    position=position,
                    connection_id=item.connection_id,
                    state=item.state.value,
                    same_as=same_as.get(item.id, ""),
                    body=encode(item),
                )
            )
        if value.draft is not None:
            self._connection.execute(
                draft.insert().values(
                    id=value.draft.id,
                    proposal_id=value.id,
                    state=value.draft.state.value,
                    body=encode(value.draft),
                )
            )
        self.refresh(value.id)

    def of_interaction(self, interaction_id: InteractionId) -> ProposalId | None:
        """Return the Proposal an Interaction led to."""
        found = self._connection.scalar(select(proposal.c.id).where(proposal.c.interaction_id == interaction_id))
        return None if found is None else ProposalId(found)

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """Return one Proposal as it stands now."""
        row = self._connection.execute(select(proposal).where(proposal.c.id == proposal_id)).first()
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
        rows = self._connection.execute(
            select(suggestion).where(suggestion.c.proposal_id == proposal_id).order_by(suggestion.c.position)
        )
        return tuple(_suggestion(row) for row in rows)

    def suggestion(self, suggestion_id: SuggestionId) -> Suggestion:
        """Return one Suggestion as it stands now; Rejected when it is gone."""
        row = self._connection.execute(select(suggestion).where(suggestion.c.id == suggestion_id)).first()
        if row is None:
            raise Rejected(GONE, detail=suggestion_id)
        return _suggestion(row)

    def find_suggestion(self, suggestion_id: str) -> Suggestion | None:
        """Return one Suggestion, or None."""
        row = self._connection.execute(select(suggestion).where(suggestion.c.id == suggestion_id)).first()
        return _suggestion(row) if row else None

    def save_suggestion(self, value: Suggestion) -> None:
        """Keep a Suggestion's new state and values, and refresh its card's line."""
        self._connection.execute(
            suggestion.update().where(suggestion.c.id == value.id).values(state=value.state.value, body=encode(value))
        )
        self.refresh(value.proposal_id)

    def same(self, key: str) -> tuple[Suggestion, ...]:
        """Return every Suggestion under this duplicate key."""
        rows = self._connection.execute(select(suggestion).where(suggestion.c.same_as == key))
        return tuple(_suggestion(row) for row in rows)

    def draft(self, draft_id: DraftId) -> Draft:
        """Return one Draft as it stands now; Rejected when it is gone."""
        row = self._connection.execute(select(draft).where(draft.c.id == draft_id)).first()
        if row is None:
            raise Rejected(GONE, detail=draft_id)
        return _draft(row)

    def find_draft(self, draft_id: str) -> Draft | None:
        """Return one Draft, or None."""
        row = self._connection.execute(select(draft).where(draft.c.id == draft_id)).first()
        return _draft(row) if row else None

    def draft_of(self, proposal_id: ProposalId) -> Draft | None:
        """Return the Draft of a Proposal, if it has one."""
        row = self._connection.execute(select(draft).where(draft.c.proposal_id == proposal_id)).first()
        return _draft(row) if row else None

    def save_draft(self, value: Draft) -> None:
        """Keep a Draft's new state and text, and refresh its card's line."""
        self._connection.execute(
            draft.update().where(draft.c.id == value.id).values(state=value.state.value, body=encode(value))
        )
        self.refresh(value.proposal_id)

    def snooze(self, proposal_id: ProposalId, until: datetime | None) -> None:
        """Put a card away until a moment, or bring it back."""
        self._connection.execute(
            proposal.update().where(proposal.c.id == proposal_id).values(snoozed_until=to_text(until) if until else "")
        )
        self.refresh(proposal_id)

    def due(self, now: datetime) -> tuple[ProposalId, ...]:
        """Return snoozed Proposals whose moment has come."""
        rows = self._connection.scalars(
            select(proposal.c.id).where(proposal.c.shelf == "snoozed", proposal.c.snoozed_until <= to_text(now))
        )
        return tuple(ProposalId(row) for row in rows)

    def record(self, value: Decision) -> None:
        """Append a Decision."""
        self._connection.execute(
            decision.insert().values(
                subject_id=value.subject_id, decided_at=to_text(value.decided_at), body=encode(value)
            )
        )

    def decisions(self, subject_id: str) -> tuple[Decision, ...]:
        """Return the Decisions on one Suggestion or Draft, oldest first."""
        rows = self._connection.scalars(
            select(decision.c.body).where(decision.c.subject_id == subject_id).order_by(decision.c.seq)
        )
        return tuple(decode(body, Decision) for body in rows)

    def refresh(self, proposal_id: ProposalId) -> None:
        """Bring the line that lists show in step with the card."""
        items = self.suggestions(proposal_id)
        reply = self.draft_of(proposal_id)
        waiting = [item for item in items if item.state is SuggestionState.OPEN]
        attention = {SuggestionState.CONFLICT, SuggestionState.REJECTED}
        count = len(waiting) + (1 if reply is not None and reply.state is DraftState.OPEN else 0)
        needs = [item for item in items if item.state in attention]
        until = self._connection.scalar(select(proposal.c.snoozed_until).where(proposal.c.id == proposal_id))
        shelf = "snoozed" if until else "open" if count or needs else "done"
        self._connection.execute(
            proposal.update()
            .where(proposal.c.id == proposal_id)
            .values(
                shelf=shelf,
                waiting=count,
                lowest=min((item.confidence for item in waiting), default=1.0),
                marks=",".join(sorted({item.state.value for item in items})),
            )
        )


def _suggestion(row: Row[tuple[str, ...]]) -> Suggestion:
    return replace(decode(row.body, Suggestion), state=SuggestionState(row.state))


def _draft(row: Row[tuple[str, ...]]) -> Draft:
    return replace(decode(row.body, Draft), state=DraftState(row.state))
