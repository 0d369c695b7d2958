"""Records of the CRM that are probably the same, for the rep to clean up. Nothing is changed here."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from desktop.domain.cleanup import Cluster, Member, Settled, same_fields
from desktop.domain.connections import Connection, Family
from desktop.domain.ids import ClusterId, derive
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot
from desktop.matching.records import Twins, find_twins, twins_of
from desktop.store.store import Store, Transaction

KINDS = (RecordKind.ACCOUNT, RecordKind.CONTACT)
Pair = frozenset[RecordRef]


@dataclass(frozen=True, slots=True)
class Found:
    """The groups of one kind in one CRM, the likeliest first; `links` counts what points to each Record there."""

    connection: Connection
    kind: RecordKind
    groups: tuple[Twins, ...]
    links: Counter[str]


def twins(store: Store) -> list[Found]:
    """Return what is probably the same in each connected CRM, as far as it was mirrored.

    What the rep said is not the same does not come back, unless one of the two Records has changed since. Nothing is
    held up meanwhile: the store is read first, and compared afterwards.
    """
    with store.reading() as tx:
        crms = tx.connections.all(Family.CRM)
    return [found for crm in crms for found in _twins_in(store, crm)]


def _twins_in(store: Store, crm: Connection) -> Iterator[Found]:
    links: Counter[str] = Counter()
    records: dict[RecordKind, tuple[RecordSnapshot, ...]] = {}
    with store.reading() as tx:
        decided = tx.clusters.of_connection(crm.id)
        for kind, fields in FIELDS.items():
            names = [name for name, field in fields.items() if field.type is FieldType.REFERENCE]
            held = tx.mirror.all(crm.id, kind) if names or kind in KINDS else ()
            links.update(value for record in held for name in names if (value := record.fields.get(name)))
            if kind in KINDS:
                records[kind] = held
    firms = {str(record.ref): record.title for record in records[RecordKind.ACCOUNT]}
    for kind in KINDS:
        apart = _apart(decided, {record.ref: record for record in records[kind]})
        groups = [part for group in find_twins(kind, records[kind], firms) for part in _parted(group, apart, firms)]
        yield Found(crm, kind, tuple(groups), links)


def look(store: Store, can_merge: Callable[[str], bool]) -> int:
    """Find clusters anew and keep them for the rep; return how many wait. What was decided stays decided.

    `can_merge` tells of a connector, by its name, whether its CRM merges through its interface.
    """
    for one in twins(store):
        fresh = [_cluster(one, group, can_merge=can_merge(one.connection.connector)) for group in one.groups]
        with store.transaction() as tx:
            _keep(tx, one, fresh)
    with store.reading() as tx:
        return tx.clusters.count(Settled.OPEN)


def _keep(tx: Transaction, found: Found, fresh: Sequence[Cluster]) -> None:
    """Bring what is kept in step. The rep may have decided while we compared: that stays as it is."""
    known = {c.id: c for c in tx.clusters.of_connection(found.connection.id) if c.kind is found.kind}
    busy = {ref for cluster in known.values() for ref in _busy(tx, cluster)}
    for cluster in fresh:
        if any(member.record.ref in busy for member in cluster.members):
            continue
        before = known.pop(cluster.id, None)
        renewed = _renewed(cluster, before)
        if renewed != before:
            tx.clusters.save(renewed)
    for left in known.values():
        if left.settled is Settled.OPEN:
            tx.clusters.remove(left.id)


def _renewed(cluster: Cluster, before: Cluster | None) -> Cluster:
    if before is None:
        return cluster
    if before.settled is Settled.APPROVED or (before.settled is Settled.DISMISSED and _is_unchanged(cluster, before)):
        return before
    # What the rep has chosen for an open one stays chosen; a dismissed one is here because its Records changed.
    plan = before.plan if before.settled is Settled.OPEN else None
    return replace(cluster, plan=plan, round=before.round)


def _is_unchanged(cluster: Cluster, before: Cluster) -> bool:
    then = {member.record.ref: member.record for member in before.members}
    return all(same_fields(member.record, then[member.record.ref]) for member in cluster.members)


def _cluster(found: Found, group: Twins, *, can_merge: bool) -> Cluster:
    reasons = ((), *(like.reasons for like in group.likeness))
    members = tuple(
        Member(record, found.links[str(record.ref)], why) for record, why in zip(group.records, reasons, strict=True)
    )
    refs = sorted(str(record.ref) for record in group.records)
    return Cluster(
        id=ClusterId(derive("cluster", found.connection.id, *refs)),
        connection_id=found.connection.id,
        kind=found.kind,
        members=members,
        chance=min(like.chance for like in group.likeness),
        can_merge=can_merge,
    )


def _busy(tx: Transaction, cluster: Cluster) -> Iterator[RecordRef]:
    """Yield the Records of a cluster whose merge is on its way or waits for somebody."""
    if cluster.settled is not Settled.APPROVED:
        return
    apart = cluster.plan.apart if cluster.plan else ()
    refs = [member.record.ref for member in cluster.members if member.record.ref.id not in apart]
    known = [tx.mirror.get(cluster.connection_id, ref) for ref in refs]
    if sum(record is not None and not record.is_deleted for record in known) > 1:
        yield from refs


def _apart(decided: Iterable[Cluster], live: dict[RecordRef, RecordSnapshot]) -> set[Pair]:
    """Return the pairs that the rep said are not the same, of Records that are as they were then."""
    pairs: set[Pair] = set()
    for cluster in decided:
        still = {member.record.ref for member in cluster.members if _is_as_it_was(member, live)}
        refs = [member.record.ref for member in cluster.members]
        if cluster.settled is Settled.DISMISSED:
            pairs |= {frozenset(pair) for pair in combinations(still, 2)}
        elif cluster.settled is Settled.APPROVED and cluster.plan:
            # The one that stayed was changed by the merge itself.
            others = {ref for ref in still if ref.id in cluster.plan.apart}
            pairs |= {frozenset({one, other}) for one in others for other in refs if one != other}
    return pairs


def _is_as_it_was(member: Member, live: dict[RecordRef, RecordSnapshot]) -> bool:
    now = live.get(member.record.ref)
    return now is not None and same_fields(now, member.record)


def _parted(group: Twins, apart: set[Pair], firms: dict[str, str]) -> Iterator[Twins]:
    """Yield what is left of a group when no two that are apart stay together, each Record with the first it may."""
    parts: list[list[RecordSnapshot]] = []
    for record in group.records:
        part = next((p for p in parts if not any(frozenset({record.ref, o.ref}) in apart for o in p)), None)
        if part is None:
            parts.append([record])
        else:
            part.append(record)
    if len(parts) == 1:
        yield group
        return
    yield from (twins_of(part, firms) for part in parts if len(part) > 1)
