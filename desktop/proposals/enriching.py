"""Enrichment when the rep asks for it: every Record that a mail speaks of, or those of one person, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.domain.connections import Family
from desktop.domain.evidence import Band, Evidence
from desktop.domain.ids import ConnectionId
from desktop.domain.ports import Clock
from desktop.domain.proposals import FieldChange
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot
from desktop.proposals.enrichment import Enrichment, look, run
from desktop.store.enrichments import reference
from desktop.store.store import Store, Transaction

KINDS = (RecordKind.CONTACT, RecordKind.LEAD)


@dataclass(frozen=True, slots=True)
class Quote:
    """A value with the words it rests on and the day of their mail (ISO date, "" where the mail is gone)."""

    value: str
    words: str
    day: str


@dataclass(frozen=True, slots=True)
class FoundField:
    """One field that can be filled in. `quotes` agree; `others` are what other mails say instead."""

    label: str
    value: str
    band: Band
    reason: str
    quotes: tuple[Quote, ...]
    others: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """One Record with what was found now."""

    ref: RecordRef
    title: str
    fields: tuple[FoundField, ...]


class Enriching:
    """What `dealside enrich` does. Each Record has a transaction of its own: new mail waits for none but one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def found(self, words: str = "", *, is_dry: bool) -> Iterator[FoundRecord]:
        """Yield the Records that can be filled in, and propose it unless `is_dry`.

        `words` have to stand in a person's name or address, in any case; "" means everybody.
        """
        for connection_id, ref in self._records(words):
            with self._store.reading() as tx:
                enrichment = look(tx, connection_id, ref, self._clock.now())
                shown = _shown(tx, enrichment) if enrichment is not None and enrichment.added else None
            if enrichment is not None and not is_dry:
                run(connection_id, ref, self._store, self._clock)
            if shown is not None:
                yield shown

    def _records(self, words: str) -> list[tuple[ConnectionId, RecordRef]]:
        """Return the people who are meant, then their Accounts."""
        wanted = words.casefold().strip()
        found: dict[tuple[ConnectionId, RecordRef], None] = {}
        with self._store.reading() as tx:
            for crm in tx.connections.all(Family.CRM):
                known = (one for kind in KINDS for one in tx.mirror.all(crm.id, kind))
                people = [one for one in known if _is_meant(one, wanted)]
                found.update({(crm.id, one.ref): None for one in people})
                firms = (firm for one in people if (firm := reference(one.fields.get("account"))))
                found.update({(crm.id, firm): None for firm in firms})
        return list(found)


def _is_meant(person: RecordSnapshot, wanted: str) -> bool:
    email = person.fields.get("email") or ""
    return bool(email) and (wanted in person.title.casefold() or wanted in email.casefold())


def _shown(tx: Transaction, enrichment: Enrichment) -> FoundRecord:
    fresh = enrichment.changes[len(enrichment.changes) - enrichment.added :]
    record = enrichment.record
    return FoundRecord(record.ref, record.title, tuple(_field(tx, enrichment, change) for change in fresh))


def _field(tx: Transaction, enrichment: Enrichment, change: FieldChange) -> FoundField:
    info = FIELDS[enrichment.record.ref.kind][change.field]

    def words(value: str | None) -> str:
        if info.type is not FieldType.REFERENCE or not value:
            return value or ""
        ref = reference(value)
        known = tx.mirror.get(enrichment.connection_id, ref) if ref else None
        return known.title if known is not None else value

    def quote(value: str | None, evidence: Evidence) -> Quote:
        mail = tx.interactions.get(evidence.source or enrichment.home)
        day = mail.message.sent_at.date().isoformat() if mail else ""
        return Quote(words(value), " ".join(evidence.text.split()), day)

    return FoundField(
        info.label,
        words(change.after),
        change.band,
        change.reason,
        tuple(quote(change.after, evidence) for evidence in change.evidence),
        tuple(quote(other.value, other.evidence) for other in change.others),
    )
