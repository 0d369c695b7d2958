"""The local book: the CRM for reps who have none, over a table of the store that it sees as a RecordBook only."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from desktop.connectors.book.merging import merge
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family
from desktop.domain.crm_port import CrmConnector, RecordBatch, RecordBook
from desktop.domain.errors import Conflict, Defect, Rejected
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS, PEOPLE, FieldType, RecordKind, RecordRef, RecordSnapshot, parse_ref
from desktop.domain.rights import RecordRules

_MARK = "book"
_GONE = "The record is no longer in the book."

PICKLISTS: Mapping[tuple[RecordKind, str], tuple[str, ...]] = {
    (RecordKind.OPPORTUNITY, "stage"): (
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
        "Closed Won",
        "Closed Lost",
    ),
    (RecordKind.LEAD, "status"): ("New", "Working", "Qualified", "Unqualified"),
    (RecordKind.CASE, "status"): ("New", "Working", "Escalated", "Closed"),
    (RecordKind.CASE, "priority"): ("Medium", "High", "Low"),
    (RecordKind.TASK, "status"): ("Not Started", "In Progress", "Waiting on someone else", "Deferred", "Completed"),
    (RecordKind.ACTIVITY, "type"): ("Email", "Call", "Meeting", "Note"),
}


class LocalBook(CrmConnector):
    """CrmConnector over a RecordBook. `new_id` makes a fresh Record id for each call."""

    info = ConnectorInfo(
        name="book",
        title="Local book",
        family=Family.CRM,
        settings=(),
        can=frozenset({"upsert_key", "conflict_check", "delete", "merge"}),
        kinds=frozenset(RecordKind),
        at_once=50,
    )

    def __init__(self, book: RecordBook, *, new_id: Callable[[], str]) -> None:
        self._book = book
        self._new_id = new_id

    @classmethod
    def connect(cls, supplies: Supplies) -> "LocalBook":
        """Return the connector for one Connection."""
        return cls(supplies.book, new_id=supplies.new_id)

    def check(self) -> None:
        """Read once; the store's own errors say what is wrong."""
        self._book.since(0, 1)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        return PICKLISTS.get((kind, field), ())

    def describe(self, kind: RecordKind) -> RecordRules:
        rules = super().describe(kind)
        if kind not in {RecordKind.TASK, RecordKind.ACTIVITY}:
            return rules
        person = replace(rules.fields["contact"], targets=PEOPLE)
        return replace(rules, fields={**rules.fields, "contact": person})

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        mark = checkpoint.marks.get(_MARK, "0")
        revision = int(mark) if mark.isdecimal() else 0
        rows = self._book.since(revision, limit)
        newest = max((row_revision for row_revision, _ in rows), default=revision)
        records = tuple(snapshot for _, snapshot in rows)
        return RecordBatch(records, Checkpoint({_MARK: str(newest)}), has_more=len(rows) == limit)

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        return self._book.get(ref)

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        return self._book.by_key(kind, key)

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self._book.by_key(kind, key)
        if earlier is not None:
            return earlier
        clean = self._checked(kind, fields)
        whole = {name: clean.get(name) for name in FIELDS[kind]}
        return self._book.put(RecordRef(kind, RecordId(self._new_id())), whole, key=key, expected="")

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        clean = self._checked(ref.kind, fields)
        live = self._book.get(ref)
        if live is None:
            raise Conflict(_GONE)
        if all(live.fields.get(name) == value for name, value in clean.items()):
            return live
        if version and live.version != version:
            raise Conflict("Somebody changed the record in the book meanwhile.", live=dict(live.fields))
        return self._book.put(ref, {**live.fields, **clean}, key=None, expected=live.version)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self._book.get(ref)
        if live is None:
            return False
        if version and live.version != version:
            raise Conflict("Somebody changed the record in the book meanwhile.", live=dict(live.fields))
        return self._book.remove(ref)

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        return merge(self._book, kept, gone, (version, gone_version))

    def close(self) -> None:
        """Nothing to let go of: the store belongs to whoever opened it."""

    def _checked(self, kind: RecordKind, fields: Mapping[str, str | None]) -> dict[str, str | None]:
        clean: dict[str, str | None] = {}
        for name, value in fields.items():
            field = FIELDS[kind].get(name)
            if field is None:
                raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{name}")
            clean[name] = (value.strip() or None) if value is not None else None
            value_now = clean[name]
            if value_now is None:
                continue
            allowed = self.picklist(kind, name)
            if allowed and value_now not in allowed:
                raise Rejected(f"“{field.label}” must be one of: {', '.join(allowed)}.", detail=name)
            if field.type is FieldType.REFERENCE:
                self._check_reference(value_now, field.label)
        return clean

    def _check_reference(self, value: str, label: str) -> None:
        try:
            known = self._book.get(parse_ref(value)) is not None
        except ValueError as error:
            raise Rejected(f"“{label}” does not point to a record.", detail="malformed reference") from error
        if not known:
            raise Rejected(f"The record that “{label}” points to is no longer in the book.", detail="reference")
