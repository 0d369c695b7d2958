"""The clean-up: what stands in a CRM more than once, and what becomes of it. Each call is one transaction.

What was approved goes through the outbox like every other change. A merge cannot be undone once the CRM has made it.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop.domain.cleanup import Cluster, Member, MergePlan, Settled, merged_fields, merging, same_fields, usual_plan
from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Rejected
from desktop.domain.ids import ClusterId, ConnectionId, EntryId, derive
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, parse_ref
from desktop.review.cleanup_views import CleanupCounts, CleanupShelf, CleanupState, ClusterView
from desktop.review.conflicts import same
from desktop.review.merge_entries import cluster_of, merge_entries, note_fields, subject_of
from desktop.review.undoing import NEVER_HEARD, STAYS, as_created

if TYPE_CHECKING:  # SQLAlchemy takes 0.3 s to import, and the window paints before anybody cleans up
    from desktop.store.store import Store, Transaction

MOST = 500
NOTES = frozenset({"note", "notiz", "notes"})
GONE = "These records are no longer taken for the same: look again."
CHANGED = "One of these records was changed meanwhile: look again before you decide."
DECIDED = "This was decided already."
TOO_FEW = "A merge takes two records at least: take one of them in again, or press x if they are not the same."
NO_NOTE = "This CRM offers no notes: choose the values to keep among the fields."
STOPPED = "What is merged stays merged; nothing more is done."
STOPPED_HALFWAY = "It was stopped halfway."
MERGED = "A merge cannot be undone: the CRM has made one record of them."
PERHAPS_MERGED = "The CRM has not answered yet whether it merged them: wait until it has."
COMPARE = "Take it back (u), compare, and decide again."
_STUCK = (DeliveryState.CONFLICT, DeliveryState.REJECTED, DeliveryState.NEEDS_USER)
_MOVING = (DeliveryState.WAITING, DeliveryState.SENDING)
_SETTLED = {
    CleanupShelf.OPEN: (Settled.OPEN,),
    CleanupShelf.DECIDED: (Settled.APPROVED,),
    CleanupShelf.APART: (Settled.DISMISSED,),
}


class StoredCleanup:
    """The rep's verbs and questions. `store` is called when it is first needed."""

    def __init__(
        self, store: "Callable[[], Store]", clock: Clock, *, actor: str, can_merge: Callable[[str], bool]
    ) -> None:
        """`can_merge` tells of a connector, by its name, whether its CRM merges through its interface."""
        self._store = store
        self._clock = clock
        self._actor = actor
        self._can_merge = can_merge

    def look(self) -> int:
        """Compare all Records anew; return how many clusters wait. Takes seconds for 100,000 Records."""
        from desktop.review.twins import look  # noqa: PLC0415  (numpy: a tenth of a second)

        return look(self._store(), self._can_merge)

    def clusters(self, shelf: CleanupShelf = CleanupShelf.OPEN) -> tuple[ClusterView, ...]:
        """Return the clusters of a shelf, the likeliest first, at most 500."""
        with self._store().reading() as tx:
            return tuple(_view(tx, found) for how in _SETTLED[shelf] for found in tx.clusters.settled(how, MOST))

    def cluster(self, cluster_id: ClusterId) -> ClusterView | None:
        """Return one cluster, or None when it is none any more."""
        with self._store().reading() as tx:
            found = tx.clusters.get(cluster_id)
            return _view(tx, found) if found else None

    def counts(self) -> CleanupCounts:
        """Return how many clusters wait, and how many of those decided still need the rep."""
        with self._store().reading() as tx:
            decided = [_state(tx, found)[0] for found in tx.clusters.settled(Settled.APPROVED, MOST)]
            waiting = sum(state in {CleanupState.STUCK, CleanupState.BY_HAND} for state in decided)
            return CleanupCounts(tx.clusters.count(Settled.OPEN), waiting)

    def choose(self, cluster_id: ClusterId, plan: MergePlan) -> None:
        """Keep what the rep has chosen so far."""
        with self._store().transaction() as tx:
            found = _open(tx, cluster_id)
            tx.clusters.save(replace(found, plan=plan))

    def merge(self, cluster_id: ClusterId, plan: MergePlan | None = None, *, seen: Cluster | None = None) -> None:
        """Approve a merge and queue it. `seen` is the cluster as it was shown: one that has changed is refused."""
        with self._store().transaction() as tx:
            found = _open(tx, cluster_id)
            chosen = plan or found.plan or usual_plan(found)
            if seen is not None and seen.members != found.members:
                raise Rejected(CHANGED, detail=cluster_id)
            approved = _in_a_new_round(tx, replace(found, settled=Settled.APPROVED, plan=chosen))
            note = self._check(tx, approved, chosen)
            for entry in merge_entries(approved, chosen, self._clock.now(), note):
                tx.outbox.add(entry)
            tx.clusters.save(approved)
            self._record(tx, approved, "merge", f"{chosen.kept} stays")

    def dismiss(self, cluster_id: ClusterId) -> None:
        """Decide that these are not the same. They come back only when one of them changes."""
        with self._store().transaction() as tx:
            found = _open(tx, cluster_id)
            tx.clusters.save(replace(found, settled=Settled.DISMISSED))
            self._record(tx, found, "not the same")

    def take_back(self, cluster_id: ClusterId) -> str:
        """Take the last decision back, as long as the CRM has merged nothing; return what was done, as a sentence."""
        with self._store().transaction() as tx:
            return self._taken_back(tx, cluster_id)

    def _taken_back(self, tx: "Transaction", cluster_id: ClusterId) -> str:
        found = tx.clusters.get(cluster_id)
        if found is None or found.settled is Settled.OPEN:
            raise Rejected("There is nothing to undo here.")
        entries = tx.outbox.of_subject(subject_of(found)) if found.settled is Settled.APPROVED else ()
        merged = {entry.merge.gone for entry in entries if entry.merge and entry.state is DeliveryState.DELIVERED}
        if merged:
            said = self._stop(tx, found, entries, merged)
        else:
            is_queued = self._reverse(tx, entries)
            tx.clusters.save(replace(found, settled=Settled.OPEN, round=found.round + 1))
            said = f"{found.title} is {'being put back and ' if is_queued else ''}open again."
        self._record(tx, found, "take_back", said)
        return said

    def give_up(self, subject_id: str) -> str:
        """Let go of what is on its way or stuck under a subject; return what came of it, as a sentence.

        An approval is taken back as a whole; of one that was taken back already, what was to put values back stops.
        """
        cluster_id = cluster_of(subject_id)
        with self._store().transaction() as tx:
            found = tx.clusters.get(cluster_id) if cluster_id else None
            entries = tx.outbox.of_subject(subject_id)
            left = [e for e in entries if e.state in {*_STUCK, *_MOVING} and e.operation in _OPPOSITE.values()]
            if cluster_id is not None and not left:
                if found is not None and subject_of(found) != subject_id:
                    raise Rejected("There is nothing to undo here.", detail=subject_id)
                return self._taken_back(tx, cluster_id)
            _refuse_what_moves(left)
            for entry in left:
                tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
            tx.audit.append(self._clock.now(), self._actor, "take_back", subject=cluster_id or subject_id, detail=STAYS)
            return STAYS

    def retry(self, cluster_id: ClusterId) -> None:
        """Send again what was refused or needed the rep. What somebody changed has to be compared first."""
        with self._store().transaction() as tx:
            found = tx.clusters.get(cluster_id)
            entries = tx.outbox.of_subject(subject_of(found)) if found else ()
            stuck = [entry for entry in entries if entry.state in _STUCK]
            waiting = [entry for entry in entries if entry.state is DeliveryState.WAITING]
            if found is None or not (stuck or waiting):
                raise Rejected("There is nothing to send again here.")
            for entry in waiting:
                tx.outbox.hurry(entry.id)
            is_merged = any(entry.merge and entry.state is DeliveryState.DELIVERED for entry in entries)
            for entry in stuck:
                is_conflict = entry.state is DeliveryState.CONFLICT
                if is_conflict and not (is_merged and entry.operation is Operation.UPDATE):
                    raise Rejected(COMPARE)
                # Only the value written last is left, and the rep has seen what it gives way to.
                live = tx.outbox.live(entry.id) if is_conflict else {}
                tx.outbox.requeue(replace(entry, before={**entry.before, **live}))
                if entry.attempts:
                    tx.outbox.postpone(entry.id, self._clock.now(), sentence="")
            self._record(tx, found, "merge", "sent again")

    def _check(self, tx: "Transaction", cluster: Cluster, plan: MergePlan) -> Mapping[str, str | None] | None:
        """Refuse what cannot be done as it was shown; return the note that goes along, if one does."""
        try:
            kept, others = merging(cluster, plan)
        except LookupError:
            raise Rejected(TOO_FEW, detail=cluster.id) from None
        if not all(_is_as_shown(tx, cluster, member) for member in (kept, *others)):
            raise Rejected(CHANGED, detail=cluster.id)
        rules = tx.mirror.rules(cluster.connection_id, cluster.kind)
        for field in merged_fields(cluster, plan):
            problem = rules.problem(field.name, field.after, is_new=False) if field.is_change else ""
            if problem:
                raise Rejected(problem, detail=field.name)
        if not plan.with_note:
            return None
        kind_of_note = _kind_of_note(tx, cluster.connection_id)
        if not kind_of_note:
            raise Rejected(NO_NOTE)
        return note_fields(cluster, plan, kind_of_note, self._clock.now(), _names(tx, cluster))

    def _stop(self, tx: "Transaction", cluster: Cluster, entries: Sequence[OutboxEntry], merged: Set[RecordRef]) -> str:
        """Let what the CRM has merged be, and do no more; Rejected where all of it is done."""
        left = [entry for entry in entries if entry.state is not DeliveryState.DELIVERED]
        if not left or cluster.plan is None:
            raise Rejected(MERGED)
        _refuse_what_moves(left)
        for entry in left:
            tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
        there = {
            *merged,
            *(member.record.ref for member in cluster.members if member.record.ref.id == cluster.plan.kept),
        }
        kept = tuple(member for member in cluster.members if member.record.ref in there)
        tx.clusters.save(replace(cluster, members=kept))
        unwritten = [
            f"{FIELDS[cluster.kind][name].label} {value}" for entry in left for name, value in entry.fields.items()
        ]
        return STOPPED + (f" Not written: {', '.join(unwritten)}." if unwritten else "")

    def _reverse(self, tx: "Transaction", entries: Sequence[OutboxEntry]) -> bool:
        """Cancel what is on its way and queue the opposite of what may have arrived; return whether anything was."""
        _refuse_what_moves(entries)
        queued = 0
        for entry in reversed(entries):
            live = tx.outbox.live(entry.id)
            if entry.state is not DeliveryState.DELIVERED:
                tx.outbox.settle(entry.id, DeliveryState.CANCELLED)
            if entry.operation not in _OPPOSITE or not tx.outbox.may_have_arrived(entry.id):
                continue
            opposite = self._opposite(tx, entry, len(entries) + queued)
            if entry.state is DeliveryState.CONFLICT:
                # The Record was looked at: only what holds our values is put back.
                ours = [n for n, v in entry.fields.items() if same(live.get(n), v) and not same(v, entry.before.get(n))]
                fields = {name: entry.before.get(name) for name in ours}
                opposite = replace(opposite, fields=fields, before={name: entry.fields[name] for name in ours})
            if opposite.fields or entry.operation is Operation.CREATE:
                tx.outbox.add(opposite)
                queued += 1
        return queued > 0

    def _opposite(self, tx: "Transaction", entry: OutboxEntry, number: int) -> OutboxEntry:
        receipt = next((r for r in tx.outbox.receipts(entry.subject_id) if r.entry_id == entry.id), None)
        before = dict(receipt.after if receipt else entry.fields)
        return replace(
            entry,
            id=EntryId(derive("entry", entry.subject_id, str(number))),
            operation=_OPPOSITE[entry.operation],
            target=receipt.target if receipt else entry.target,
            fields=dict(receipt.before if receipt else entry.before),
            before=as_created(entry, before) if entry.operation is Operation.CREATE else before,
            version=(receipt.version if receipt else "") or NEVER_HEARD,
            created_at=self._clock.now(),
            state=DeliveryState.WAITING,
            attempts=0,
            sentence="",
            after=None,
        )

    def _record(self, tx: "Transaction", cluster: Cluster, what: str, detail: str = "") -> None:
        tx.audit.append(self._clock.now(), self._actor, what, subject=cluster.id, detail=detail)


def _in_a_new_round(tx: "Transaction", cluster: Cluster) -> Cluster:
    """Return a cluster whose entries have ids of their own: it may have been found, decided and forgotten before."""
    while tx.outbox.of_subject(subject_of(cluster)):
        cluster = replace(cluster, round=cluster.round + 1)
    return cluster


def _refuse_what_moves(entries: Sequence[OutboxEntry]) -> None:
    """Raise Rejected while the CRM may be merging, or a change is being sent."""
    for entry in entries:
        is_waiting = entry.state not in {DeliveryState.CONFLICT, DeliveryState.REJECTED}
        if entry.operation is Operation.MERGE and entry.attempts and is_waiting:
            raise Rejected(PERHAPS_MERGED)
        if entry.state is DeliveryState.SENDING:
            raise Rejected("It is being sent at this moment: undo it again in a few seconds.")


_OPPOSITE = {Operation.UPDATE: Operation.RESTORE, Operation.CREATE: Operation.REMOVE}


def _open(tx: "Transaction", cluster_id: ClusterId) -> Cluster:
    found = tx.clusters.get(cluster_id)
    if found is None:
        raise Rejected(GONE, detail=cluster_id)
    if found.settled is not Settled.OPEN:
        raise Rejected(DECIDED, detail=cluster_id)
    return found


def _is_as_shown(tx: "Transaction", cluster: Cluster, member: Member) -> bool:
    live = tx.mirror.get(cluster.connection_id, member.record.ref)
    return live is not None and not live.is_deleted and same_fields(live, member.record)


def _view(tx: "Transaction", cluster: Cluster) -> ClusterView:
    connection = tx.connections.get(cluster.connection_id)
    state, sentence = _state(tx, cluster)
    return ClusterView(
        cluster=cluster,
        plan=cluster.plan or usual_plan(cluster),
        state=state,
        sentence=sentence,
        crm=connection.title if connection else "",
        names=_names(tx, cluster),
        can_note=bool(_kind_of_note(tx, cluster.connection_id)),
    )


def _state(tx: "Transaction", cluster: Cluster) -> tuple[CleanupState, str]:
    """Return how far a cluster has got, and what there is to say of it."""
    if cluster.settled is not Settled.APPROVED or cluster.plan is None:
        return (CleanupState.DISMISSED if cluster.settled is Settled.DISMISSED else CleanupState.OPEN), ""
    entries = tx.outbox.of_subject(subject_of(cluster))
    stuck = next((entry for entry in entries if entry.state in _STUCK), None)
    if stuck is not None:
        return CleanupState.STUCK, stuck.sentence
    moving = next((entry for entry in entries if entry.state in _MOVING), None)
    if moving is not None:
        return CleanupState.ON_ITS_WAY, moving.sentence
    _, others = merging(cluster, cluster.plan)
    if cluster.can_merge:
        merged = {entry.merge.gone for entry in entries if entry.merge and entry.state is DeliveryState.DELIVERED}
        is_done = all(member.record.ref in merged for member in others)
        return (CleanupState.DONE, "") if is_done else (CleanupState.STUCK, STOPPED_HALFWAY)
    left = [member.record for member in others if _is_there(tx, cluster.connection_id, member)]
    if not left:
        return CleanupState.DONE, ""
    return CleanupState.BY_HAND, ", ".join(f"{record.title} ({record.ref.id})" for record in left)


def _is_there(tx: "Transaction", connection_id: ConnectionId, member: Member) -> bool:
    live = tx.mirror.get(connection_id, member.record.ref)
    return live is not None and not live.is_deleted


def _kind_of_note(tx: "Transaction", connection_id: ConnectionId) -> str:
    """Return what this CRM calls a note that stands beside a Record, "" where it has none."""
    rules = tx.mirror.rules(connection_id, RecordKind.ACTIVITY)
    kinds = rules.choices("type") if rules.can_create else ()
    return next((kind for kind in kinds if kind.casefold() in NOTES), "")


def _names(tx: "Transaction", cluster: Cluster) -> dict[str, str]:
    """Return the words that the REFERENCEs among the values go by."""
    links = [name for name, info in FIELDS[cluster.kind].items() if info.type is FieldType.REFERENCE]
    values = {value for m in cluster.members for name in links if (value := m.record.fields.get(name))}
    named = {}
    for value in values:
        try:
            record = tx.mirror.get(cluster.connection_id, parse_ref(value))
        except ValueError:
            continue
        named[value] = record.title if record and record.title else value
    return named
