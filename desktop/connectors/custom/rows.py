"""Rows of one kind: from what the CRM sent to a Record, and from canonical fields to what it is sent."""

import copy
import logging
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from msgspec import UNSET

from desktop.connectors.custom.mapping import CrmMap, Entry, Field, Flag, Joined, Kind, Operation, Stamp
from desktop.connectors.custom.pointers import MISSING, look, put
from desktop.connectors.custom.templates import fill
from desktop.connectors.custom.values import Moments, codec_of, id_of
from desktop.connectors.fieldmap import Codec, Column, Unreadable, write_value
from desktop.domain.errors import Rejected
from desktop.domain.ids import RecordId, derive
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.domain.rights import FieldRule, RecordRules

log = logging.getLogger("dealside.custom")

Row = Mapping[str, Any]
Fields = Mapping[str, str | None]


class Rows:
    """What the mapping says of one kind. Reading raises ValueError for a row that is none."""

    def __init__(self, name: RecordKind, mapping: CrmMap, zone: tzinfo) -> None:
        self.name = name
        self.kind: Kind = mapping.kinds[name.value]
        self._title = mapping.title
        self._moments = Moments(self.kind.modified, zone)
        self._zone = zone
        specs = {field: Field(at=spec) if isinstance(spec, str) else spec for field, spec in self.kind.fields.items()}
        self.specs: Mapping[str, Field] = specs
        ids = {kind: other.id for kind, other in mapping.kinds.items()}
        self._codecs = {field: codec_of(name, field, spec, zone, ids) for field, spec in specs.items()}
        self._joined: dict[str, Joined] = {field: joined for joined in self.kind.joined for field in joined.fields}
        self._puzzling: set[str] = set()

    # --- what it takes ----------------------------------------------------------------------------------------------

    def picklist(self, field: str) -> tuple[str, ...]:
        """Return the values that a field takes, its default first."""
        spec = self.specs.get(field)
        if spec is None:
            return ()
        listed = dict.fromkeys(spec.values.values() or spec.choices)
        return tuple(value for n, value in enumerate(listed) if not spec.steps or n == 0 or value in spec.steps)

    def required(self) -> tuple[str, ...]:
        """Return the fields that a new record must have."""
        return tuple(field for field, spec in self.specs.items() if spec.required)

    def rules(self) -> RecordRules:
        """Return what may be written."""
        kind = self.kind
        rules = {
            field: FieldRule(
                can_create=spec.write != "never",
                can_update=spec.write == "always",
                is_required=spec.required,
                max_length=spec.max_length,
                choices=self.picklist(field),
            )
            for field, spec in self.specs.items()
        }
        rules |= {field: FieldRule() for field in self._joined}
        can_create = kind.create is not None and kind.key is not None
        return RecordRules(self.name, can_create=can_create, can_update=kind.update is not None, fields=rules)

    def key_value(self, key: str) -> str:
        """Return what the key's column holds for an idempotency key: letters and digits, whatever the key."""
        wanted = self.kind.key
        digest = derive("custom key", self.name.value, key)
        return f"{wanted.prefix}{digest[: wanted.length]}" if wanted is not None else digest

    # --- reading ----------------------------------------------------------------------------------------------------

    def is_ours(self, row: Row) -> bool:
        """Return True for a row of this kind, where several kinds share a table."""
        return all(_holds(flag, row) for flag in self.kind.only)

    def is_hidden(self, row: Row) -> bool:
        """Return True for a row that the CRM calls deleted."""
        return self.kind.deleted is not None and _holds(self.kind.deleted, row)

    def ref(self, row: Row, at: str | None = None) -> RecordRef:
        """Return whose row it is."""
        identity = self.kind.id
        return RecordRef(self.name, RecordId(id_of(identity, look(row, identity.at if at is None else at))))

    def moment(self, row: Row, stamp: Stamp | None = None) -> datetime:
        """Return when the record was last changed, or what another stamp says."""
        stamp = stamp or self.kind.modified
        moments = self._moments if stamp is self.kind.modified else Moments(stamp, self._zone)
        return moments.read(look(row, stamp.at))

    @property
    def is_versioned_by_header(self) -> bool:
        """Tell whether only a single record's answer carries its version."""
        return self.kind.version is not None and bool(self.kind.version.header)

    def snapshot(self, row: Row, headers: Mapping[str, str]) -> RecordSnapshot:
        """Return the Record that a row is; `headers` are those of the answer it came in."""
        fields = self.fields_of(row)
        version = self._version(row, headers, fields)
        ref, modified_at = self.ref(row), self.moment(row)
        title = title_of(self.name, fields)
        return RecordSnapshot(ref, fields, version, modified_at, is_deleted=self.is_hidden(row), title=title)

    def fields_of(self, row: Row) -> dict[str, str | None]:
        """Return the canonical fields of a row; what it lacks or nobody can read is absent."""
        fields: dict[str, str | None] = {}
        for field, spec in self.specs.items():
            raw = self._raw(spec, row)
            if raw is MISSING:
                continue
            try:
                fields[field] = None if _is_empty(raw, spec) else self._codecs[field].read(raw)
            except Unreadable:
                self._puzzle(field)
        for joined in self.kind.joined:
            fields |= self._split(joined, look(row, joined.at))
        return fields

    def _version(self, row: Row, headers: Mapping[str, str], fields: Fields) -> str:
        """Return the CRM's own mark and a digest: stamps of whole seconds do not tell two edits in one apart."""
        version = self.kind.version
        if version is not None and version.header:
            mark = headers.get(version.header.lower(), "")
            if not mark:
                raise ValueError("no version")
            return mark
        digest = derive(*(f"{name}={value}" if value is not None else name for name, value in sorted(fields.items())))
        if version is None:
            return digest
        mark = look(row, version.at)
        if mark in (MISSING, None) or isinstance(mark, dict | list):
            raise ValueError("no version")
        return f"{mark} {digest[:12]}"

    def native_version(self, row: Row, record: RecordSnapshot) -> Any:
        """Return the CRM's own mark of a record's version as it was sent, for its preconditions; None without one."""
        version = self.kind.version
        if version is None:
            return None
        return record.version if version.header else look(row, version.at)

    def _raw(self, spec: Field, row: Row) -> Any:
        raw = look(row, spec.at)
        if spec.entry is not None and isinstance(raw, list):
            number = _find_entry(spec.entry, raw)
            raw = None if number is None else look(raw[number], spec.entry.value)
        return None if raw is MISSING and self.kind.missing_means_empty else raw

    def _split(self, joined: Joined, raw: Any) -> dict[str, str | None]:
        if raw is MISSING and not self.kind.missing_means_empty:
            return {}
        text = raw.strip() if isinstance(raw, str) else ""
        parts = text.rsplit(joined.by, len(joined.fields) - 1) if joined.split == "last" else []
        parts = parts or text.split(joined.by, len(joined.fields) - 1)
        lacking = [""] * (len(joined.fields) - len(parts))  # a single word is the last name
        parts = [*lacking, *parts] if joined.split == "last" else [*parts, *lacking]
        return {field: part.strip() or None for field, part in zip(joined.fields, parts, strict=True)}

    def _puzzle(self, field: str) -> None:
        if field not in self._puzzling:
            self._puzzling.add(field)
            log.warning("%s.%s holds values that the mapping file does not tell how to read", self.name.value, field)

    # --- writing ----------------------------------------------------------------------------------------------------

    def usual(self, field: str, value: str | None) -> str | None:
        """Return a canonical value as it will read when it has been written."""
        if value is None or not value.strip():
            return None
        codec = self._codecs.get(field)
        if codec is None:
            return value.strip()
        try:
            return codec.read(codec.write(value.strip()))
        except (ValueError, ArithmeticError):
            return value

    def require_allowed(self, fields: Fields, *, is_new: bool) -> None:
        """Raise Rejected for the first value that the CRM would refuse, as far as the mapping tells."""
        rules = self.rules()
        for field, value in fields.items():
            problem = rules.problem(field, value if value is not None and value.strip() else None, is_new=is_new)
            if problem:
                raise Rejected(problem, detail=f"{self.name.value}.{field}")

    def has_steps(self, field: str) -> bool:
        """Tell whether a field is changed by a call of its own for each value."""
        return field in self.specs and bool(self.specs[field].steps)

    def step_to(self, field: str, value: str | None) -> Operation | None:
        """Return the call that leads to a value."""
        return self.specs[field].steps.get(value or "") if self.has_steps(field) else None

    def beginning(self, field: str) -> str | None:
        """Return the value that a new record has in a field with steps."""
        return self.picklist(field)[0] if self.has_steps(field) else None

    def body(
        self, fields: Fields, row: Row | None, live: Fields, *, is_whole: bool, constants: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what to send for `fields`; `row` is the record as it was read, None for a new one.

        Raises Rejected for what cannot be written; nothing is left out in silence.
        """
        self.require_allowed(fields, is_new=row is None)
        body: dict[str, Any] = dict(copy.deepcopy(row)) if row is not None and is_whole else {}
        for field, value in fields.items():
            if field not in self._joined and not self.has_steps(field):
                self._place(field, value if value is not None and value.strip() else None, body, row or {})
        for joined in self.kind.joined:
            if any(field in fields for field in joined.fields):
                put(body, joined.at, self._join(joined, fields, live, is_new=row is None))
        for at, value in constants.items():
            put(body, at, value)
        return body

    def _join(self, joined: Joined, fields: Fields, live: Fields, *, is_new: bool) -> str | None:
        parts = {**live, **fields}
        if not is_new and any(field not in parts for field in joined.fields):
            raise self._unseen(joined.at)
        texts = [(parts.get(field) or "").strip() for field in joined.fields]
        return joined.by.join(text for text in texts if text) or None

    def _unseen(self, at: str) -> Rejected:
        """Return the refusal for a column that would be overwritten without having been seen."""
        return Rejected(
            f"{self._title} does not show all that this would overwrite; leave it out, or ask your administrator.",
            detail=f"{self.name.value} {at}",
        )

    def _place(self, field: str, value: str | None, body: dict[str, Any], row: Row) -> None:
        spec = self.specs[field]
        written = self._write(field, spec, value)
        at = spec.write_to or spec.at
        if spec.entry is not None and row and look(row, spec.at) is MISSING and not self.kind.missing_means_empty:
            raise self._unseen(spec.at)
        if spec.entry is None:
            put(body, at, written)
        elif spec.entry.add is not UNSET:
            before = look(body, at) if spec.write_to or look(row, at) is not look(body, at) else MISSING
            commands = before if isinstance(before, list) else []
            put(body, at, [*commands, *_commands(spec.entry, look(row, spec.at), written)])
        else:
            sent = look(body, at)
            entries = sent if isinstance(sent, list) else look(row, spec.at)
            put(body, at, _with_entry(spec.entry, entries, written))

    def _write(self, field: str, spec: Field, value: str | None) -> Any:
        codec: Codec = self._codecs[field]
        if value is not None and FIELDS[self.name][field].type is FieldType.REFERENCE and ":" not in value:
            raise Rejected("A link does not say what it points to; choose the record again.", detail=field)
        return write_value(self.name, Column(field, spec.at, codec), value)


def _is_empty(raw: Any, spec: Field) -> bool:
    """Return True for nothing; some CRMs say false for an empty field of any type."""
    return raw is None or raw == "" or (raw is False and spec.form != "flag")


def _holds(flag: Flag, row: Row) -> bool:
    found = look(row, flag.at)
    return any(value in flag.values for value in found) if isinstance(found, list) else found in flag.values


def _find_entry(entry: Entry, entries: Any) -> int | None:
    for number, found in enumerate(entries if isinstance(entries, list) else ()):
        if all(look(found, at) == value for at, value in entry.where.items()):
            return number
    return None


def _with_entry(entry: Entry, entries: Any, value: Any) -> list[Any]:
    """Return a whole list with one entry set, added or taken out."""
    kept: list[Any] = copy.deepcopy(entries) if isinstance(entries, list) else []
    number = _find_entry(entry, kept)
    if value is None:
        return kept if number is None else [*kept[:number], *kept[number + 1 :]]
    if number is None:
        kept.append({})
        number = -1
        for at, wanted in entry.where.items():
            put(kept[-1], at, wanted)
    put(kept[number], entry.value, value)
    return kept


def _commands(entry: Entry, entries: Any, value: Any) -> list[Any]:
    """Return the commands that set one entry of a list, none when there is nothing to do."""
    number = _find_entry(entry, entries)
    if number is None:
        return [] if value is None else [fill(entry.add, {"value": value})]
    template = entry.remove if value is None else entry.change
    if template is UNSET:
        raise Rejected("The mapping file does not say how to change this entry of a list; leave it out.")
    return [fill(template, {"value": value, "entry_id": look(entries[number], entry.id)})]
