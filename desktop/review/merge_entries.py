"""What an approved merge becomes in the outbox, one entry after the other, each only when the one before has arrived.

First the Record that stays gets the values that were chosen; then, if the rep wants it, a note with those that would
vanish; then each of the others is taken into it, where the CRM can do that. An e-mail address is written last of all
where the CRM merges, because many CRMs want it to be unique and the other Record has it until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop.domain.cleanup import Cluster, MergedField, MergePlan, merged_fields, merging
from desktop.domain.deliveries import Merge, Operation, OutboxEntry
from desktop.domain.ids import ID_LENGTH, ClusterId, EntryId, derive
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef

NOTE_SUBJECT = "Values of merged records"
Fields = Mapping[str, str | None]


def subject_of(cluster: Cluster) -> str:
    """Return the subject of the entries of the approval under way; each approval has its own."""
    return f"{cluster.id}-{cluster.round}"


def cluster_of(subject_id: str) -> ClusterId | None:
    """Return the cluster a subject belongs to; None for a Suggestion's or a Draft's."""
    cluster_id, dash, number = subject_id.rpartition("-")
    return ClusterId(cluster_id) if dash and number.isdecimal() and len(cluster_id) == ID_LENGTH else None


@dataclass(slots=True)
class _Queue:
    """Entries in the order they go."""

    cluster: Cluster
    now: datetime
    entries: list[OutboxEntry]

    def add(self, operation: Operation, kind: RecordKind, target: RecordRef | None, **more: object) -> None:
        """Put one more entry at the end; it goes after the one before."""
        subject, number = subject_of(self.cluster), str(len(self.entries))
        parts: dict[str, object] = {"fields": {}, "before": {}, "version": "", **more}
        self.entries.append(
            OutboxEntry(
                id=EntryId(derive("entry", subject, number)),
                subject_id=subject,
                connection_id=self.cluster.connection_id,
                operation=operation,
                kind=kind,
                target=target,
                idempotency_key=derive("key", subject, operation.value, number),
                created_at=self.now,
                after=self.entries[-1].id if self.entries else None,
                **parts,  # type: ignore[arg-type]  # the callers below name fields of an entry
            )
        )


def merge_entries(cluster: Cluster, plan: MergePlan, now: datetime, note: Fields | None) -> tuple[OutboxEntry, ...]:
    """Return the entries; `note` are the fields of the note, None for none."""
    kept, others = merging(cluster, plan)
    changes = [field for field in merged_fields(cluster, plan) if field.is_change]
    last = [field for field in changes if cluster.can_merge and _is_unique(cluster.kind, field)]
    first = [field for field in changes if field not in last]
    queue = _Queue(cluster, now, [])
    ref = kept.record.ref
    if first:
        queue.add(Operation.UPDATE, cluster.kind, ref, version=kept.record.version, **_values(first))
    if note is not None:
        queue.add(Operation.CREATE, RecordKind.ACTIVITY, None, fields=dict(note))
    written = {field.name for field in changes}
    stays = {name: value for name, value in kept.record.fields.items() if name not in written}
    for other in others if cluster.can_merge else ():
        merge = Merge(other.record.ref, dict(other.record.fields), stays)
        queue.add(Operation.MERGE, cluster.kind, ref, merge=merge)
        stays = {}  # a merge may fill in what was empty
    if last:
        queue.add(Operation.UPDATE, cluster.kind, ref, **_values(last))
    return tuple(queue.entries)


def note_fields(
    cluster: Cluster, plan: MergePlan, kind_of_note: str, now: datetime, names: Mapping[str, str]
) -> Fields | None:
    """Return the note with every value that would vanish, None where none would. `names` are those of REFERENCEs."""
    vanishing = [field for field in merged_fields(cluster, plan) if field.vanishing]
    if not vanishing:
        return None
    lines = [
        f"{FIELDS[cluster.kind][field.name].label}: {names.get(value, value)}"
        for field in vanishing
        for value in field.vanishing
    ]
    kept, _ = merging(cluster, plan)
    link = "contact" if cluster.kind is RecordKind.CONTACT else "related"
    return {
        "type": kind_of_note,
        "subject": NOTE_SUBJECT,
        "happened_at": now.isoformat(),
        "description": "\n".join(lines),
        link: str(kept.record.ref),
    }


def _values(fields: list[MergedField]) -> dict[str, Fields]:
    return {
        "fields": {field.name: field.after for field in fields},
        "before": {field.name: field.before for field in fields},
    }


def _is_unique(kind: RecordKind, field: MergedField) -> bool:
    return FIELDS[kind][field.name].type is FieldType.EMAIL
