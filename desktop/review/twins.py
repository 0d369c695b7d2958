"""Records of the CRM that are probably the same, for the rep to clean up. Nothing is changed here."""

from dataclasses import dataclass

from desktop.domain.connections import Connection, Family
from desktop.domain.records import RecordKind
from desktop.matching.records import Twins, find_twins
from desktop.store.store import Store

KINDS = (RecordKind.ACCOUNT, RecordKind.CONTACT)


@dataclass(frozen=True, slots=True)
class Found:
    """The groups of one kind in one CRM, the likeliest first, among `count` Records."""

    connection: Connection
    kind: RecordKind
    count: int
    groups: tuple[Twins, ...]


def twins(store: Store) -> list[Found]:
    """Return what is probably the same in each connected CRM, as far as it was mirrored."""
    with store.reading() as tx:
        crms = tx.connections.all(Family.CRM)
        books = [(crm, {kind: tx.mirror.all(crm.id, kind) for kind in KINDS}) for crm in crms]
    found = []
    for crm, records in books:
        firms = {str(record.ref): record.title for record in records[RecordKind.ACCOUNT]}
        for kind in KINDS:
            groups = find_twins(kind, records[kind], firms)
            found.append(Found(crm, kind, len(records[kind]), tuple(groups)))
    return found
