"""Answers for front ends: lists, counts, one card. Reads the store through its reader and decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from desktop.domain.deliveries import DeliveryState, OutboxEntry
from desktop.domain.evidence import Evidence, Reading, band_of
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId
from desktop.domain.interactions import Interaction, InteractionState, Role
from desktop.domain.ports import ModelState
from desktop.domain.proposals import DraftState, Proposal, Suggestion, SuggestionState
from desktop.domain.records import FIELDS, FieldType
from desktop.review.conflicts import contested, field_triples, same
from desktop.review.views import (
    Card,
    CardRow,
    ConnectionHealth,
    Counts,
    DeliveryRow,
    Health,
    IgnoredRow,
    OutboxRow,
    Shelf,
    SourceView,
)
from desktop.store.moments import TROUBLE_OF
from desktop.store.reader import EntryRow, MovingRow, Reader

NO_MODEL = "No language model is running: rules alone read your mail."


class StoredQueries:
    """Queries over one Reader; belongs to one thread."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def cards(self, shelf: Shelf, *, offset: int = 0, limit: int = 200) -> tuple[CardRow, ...]:
        """Return lines of one shelf, newest mail first."""
        return tuple(
            CardRow(
                id=ProposalId(row.id),
                title=row.title,
                subject=row.subject,
                sender=row.sender,
                sent_at=datetime.fromisoformat(row.sent_at),
                waiting=row.waiting,
                band=band_of(row.lowest),
                marks=tuple(SuggestionState(mark) for mark in row.marks.split(",") if mark),
            )
            for row in self._reader.list_rows(shelf.value, offset=offset, limit=limit)
        )

    def card(self, proposal_id: ProposalId) -> Card | None:
        """Return one card, or None when it is gone."""
        found = self._reader.proposal(proposal_id)
        if found is None:
            return None
        suggestions = tuple(
            replace(s, state=SuggestionState(state)) for s, state in self._reader.suggestions(proposal_id)
        )
        reply = self._reader.draft(proposal_id)
        draft = replace(reply[0], state=DraftState(reply[1])) if reply else None
        until = datetime.fromisoformat(found[1]) if found[1] else None
        proposal = replace(found[0], suggestions=suggestions, draft=draft, snoozed_until=until)
        source = self._reader.source(proposal.interaction_id)
        if source is None:
            return None
        subjects = [s.id for s in suggestions] + ([draft.id] if draft else [])
        entries = self._reader.latest_entries([str(subject) for subject in subjects])
        cited = _cited(suggestions)
        return Card(
            proposal=proposal,
            source=_source_view(*source, cited.pop(None, [])),
            entries={subject: _entry(row) for subject, row in entries.items()},
            live={subject: row.live for subject, row in entries.items() if row.live},
            names=self._names(proposal),
            others=self._others(cited),
            changed_at={
                subject: at
                for subject, row in entries.items()
                if (at := self._changed_at(_entry(row), row.live)) is not None
            },
            rules={str(s.id): self._reader.rules(s.connection_id, s.kind) for s in suggestions},
        )

    def _others(self, cited: Mapping[InteractionId | None, list[Evidence]]) -> dict[InteractionId, SourceView]:
        """Return the mails of the conversation that words on the card stand in."""
        found = ((mail, self._reader.source(mail), evidence) for mail, evidence in cited.items() if mail)
        return {mail: _source_view(*source, evidence) for mail, source, evidence in found if source}

    def _names(self, proposal: Proposal) -> dict[str, str]:
        return {
            reference: self._name(suggestion.connection_id, reference)
            for suggestion in proposal.suggestions
            for reference in _references(suggestion)
        }

    def _name(self, connection_id: ConnectionId, reference: str) -> str:
        kind, _, key = reference.partition(":")
        if kind == "suggestion":
            return self._reader.suggestion_title(key)
        return self._reader.record_title(connection_id, kind, key)

    def counts(self) -> Counts:
        """Return how much there is."""
        shelves, mails = self._reader.tally("proposal"), self._reader.tally("interaction")
        ways = self._reader.tally("outbox_entry")
        stuck = (DeliveryState.NEEDS_USER, DeliveryState.CONFLICT, DeliveryState.REJECTED)
        return Counts(
            open=shelves.get(Shelf.OPEN.value, 0),
            snoozed=shelves.get(Shelf.SNOOZED.value, 0),
            done=shelves.get(Shelf.DONE.value, 0),
            ignored=mails.get(InteractionState.IGNORED.value, 0) + mails.get(InteractionState.FAILED.value, 0),
            in_work=mails.get(InteractionState.RECEIVED.value, 0) + mails.get(InteractionState.UNDERSTOOD.value, 0),
            on_its_way=ways.get(DeliveryState.WAITING.value, 0) + ways.get(DeliveryState.SENDING.value, 0),
            needs_user=sum(ways.get(state.value, 0) for state in stuck),
        )

    def ignored(self, *, limit: int = 200) -> tuple[IgnoredRow, ...]:
        """Return mails that led to nothing, newest first."""
        return tuple(
            IgnoredRow(
                subject=item.message.subject,
                sender=item.message.sender.address if item.message.sender else "",
                sent_at=item.message.sent_at,
                reason=reason,
            )
            for item, reason in self._reader.unfinished(limit)
        )

    def outbox(self, *, limit: int = 1000) -> tuple[OutboxRow, ...]:
        """Return what is on its way or stuck, by Connection, each in the order it was decided."""
        order = [connection.id for connection in self._reader.connections()]
        titles = {connection.id: connection.title for connection in self._reader.connections()}
        rows = [self._outbox_row(row, titles) for row in self._reader.moving(limit)]
        last = len(order)
        places = {connection_id: place for place, connection_id in enumerate(order)}
        return tuple(sorted(rows, key=lambda row: places.get(row.entry.connection_id, last)))

    def _outbox_row(self, row: MovingRow, titles: Mapping[ConnectionId, str]) -> OutboxRow:
        entry = _entry(row.entry)
        triples = field_triples(entry, row.entry.live)
        references = [value for t in triples for value in (t.seen, t.wanted, t.found) if value and ":" in value]
        return OutboxRow(
            entry=entry,
            title=self._title(entry),
            connection=titles.get(entry.connection_id, ""),
            proposal_id=ProposalId(row.proposal_id) if row.proposal_id else None,
            fields=triples,
            names={value: name for value in references if (name := self._name(entry.connection_id, value))},
            due_at=row.due_at,
            tried_at=row.tried_at,
            changed_at=self._changed_at(entry, row.entry.live),
        )

    def _changed_at(self, entry: OutboxEntry, live: Mapping[str, str | None]) -> datetime | None:
        """Return when the Record got the values that were found, if the Mirror has seen it with them."""
        if entry.state is not DeliveryState.CONFLICT or entry.target is None:
            return None
        known = self._reader.record(entry.connection_id, entry.target.kind.value, entry.target.id)
        found = contested(entry, live)
        if known is None or not found or any(not same(known.fields.get(name), found[name]) for name in found):
            return None
        return known.modified_at

    def _title(self, entry: OutboxEntry) -> str:
        """Return what a change goes by: its Suggestion's words, a reply's subject, or the Record of a merge."""
        words = self._reader.suggestion_title(entry.subject_id) or entry.fields.get("subject")
        kept = entry.target
        return words or (self._reader.record_title(entry.connection_id, kept.kind.value, kept.id) if kept else "")

    def place(self, proposal_id: ProposalId) -> tuple[Shelf, int] | None:
        """Return the shelf a card lies on and its row there, or None when it is gone."""
        found = self._reader.place(proposal_id)
        return (Shelf(found[0]), found[1]) if found else None

    def deliveries(self, *, limit: int = 200) -> tuple[DeliveryRow, ...]:
        """Return OutboxEntries, newest first."""
        rows = []
        for row in self._reader.entries(limit):
            entry = _entry(row)
            title = self._title(entry)
            rows.append(DeliveryRow(entry, title, entry.state))
        return tuple(rows)

    def health(self) -> Health:
        """Return what the quiet line shows."""
        known = self._reader.health()
        agent, model = known.get("agent"), known.get("model")
        waiting = self._reader.moving_by_connection()
        connections = []
        for connection in self._reader.connections():
            row, trouble = known.get(connection.id), known.get(TROUBLE_OF + connection.id)
            connections.append(
                ConnectionHealth(
                    connection_id=connection.id,
                    title=connection.title,
                    family=connection.family.value,
                    is_ok=row.is_ok if row else True,
                    sentence=row.sentence if row else "Not looked at yet.",
                    checked_at=row.at if row else None,
                    since=trouble.at if trouble and row and not row.is_ok else None,
                    waiting=waiting.get(connection.id, 0),
                )
            )
        # The agent keeps "state: sentence" for the model, so that a front end needs no engine to tell.
        state, _, sentence = (model.sentence if model else f"{ModelState.ABSENT.value}: {NO_MODEL}").partition(": ")
        return Health(
            agent_seen_at=agent.at if agent else None,
            model_state=ModelState(state),
            model_sentence=sentence,
            connections=tuple(connections),
        )

    def close(self) -> None:
        """Let go of the store."""
        self._reader.close()


def _references(suggestion: Suggestion) -> Iterable[str]:
    known = FIELDS[suggestion.kind]
    for change in suggestion.changes:
        if change.field in known and known[change.field].type is FieldType.REFERENCE:
            yield from (value for value in (change.before, change.after) if value)


def _entry(row: EntryRow) -> OutboxEntry:
    return replace(row.body, state=DeliveryState(row.state), attempts=row.attempts, sentence=row.sentence)


def _cited(suggestions: tuple[Suggestion, ...]) -> dict[InteractionId | None, list[Evidence]]:
    """Return all Evidence on a card by the mail it stands in; None is the card's own."""
    found: dict[InteractionId | None, list[Evidence]] = {}
    for suggestion in suggestions:
        for change in suggestion.changes:
            for evidence in (*change.evidence, *(other.evidence for other in change.others)):
                known = found.setdefault(evidence.source, [])
                if evidence not in known:
                    known.append(evidence)
    return found


def _source_view(item: Interaction, reading: Reading | None, evidence: list[Evidence]) -> SourceView:
    message = item.message
    return SourceView(
        subject=message.subject,
        sender_name=message.sender.name if message.sender else "",
        sender_address=message.sender.address if message.sender else "",
        recipients=tuple(p.address for p in message.participants if p.role in {Role.TO, Role.CC}),
        sent_at=message.sent_at,
        text=message.text,
        zones=reading.zones if reading else (),
        evidence=tuple(evidence),
        troubles=message.troubles + (reading.notes if reading else ()),
        attachments=tuple(f"{a.filename} ({a.size:,} bytes)" for a in message.attachments),
        summary=reading.summary if reading else "",
        summary_by=reading.summary_by.model_name if reading and reading.summary_by else "",
    )
