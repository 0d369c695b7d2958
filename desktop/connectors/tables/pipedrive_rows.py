"""Pipedrive's rows and canonical fields, in both directions.

What is not one to one: a person has one `name` (Pipedrive splits it itself) and lists of e-mails and phones; a deal's
stage and its being won or lost are two things; an activity's note is HTML, and its last line is our key, because
activities have no custom fields.
"""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Codec, Column, Unreadable, column, read_values, reference, write_value
from desktop.connectors.tables.pipedrive import KEY, NAMES, Words, clean_stamp, is_id
from desktop.connectors.tables.pipedrive_mapped import read_mapped, write_mapped
from desktop.domain.errors import Defect, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId, derive
from desktop.domain.records import FIELDS, RecordKind, RecordRef, RecordSnapshot, title_of

_K = RecordKind
Row = Mapping[str, Any]
Body = dict[str, Any]

WON, LOST = "Won", "Lost"
OPEN, DONE = "Not Started", "Completed"
PLANNED_TYPES = frozenset({"task", "deadline"})
"""Types of activity that stay a TASK when they are done; every other one that is done is something that happened."""
FIXED_TYPES: Mapping[str, str] = {"call": "Call", "email": "Email", "meeting": "Meeting"}

_BREAK = re.compile(r"<(?:br\s{0,3}/?|/p|/div|/li)>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>")
_MARKER = re.compile(r"\s{0,8}\[dealside:([0-9a-f]{32})\]\s{0,8}$")


def _link(*allowed: RecordKind) -> Codec:
    return Codec(lambda value: checked_id(reference(value, allowed)), lambda raw: _read_link(allowed[0], raw))


def checked_id(ref: RecordRef) -> int:
    """Return the number of a reference; raise ValueError for what is no id of Pipedrive."""
    if not is_id(ref.id):
        raise ValueError("not an id of this CRM")
    return int(ref.id)


def _read_link(kind: RecordKind, raw: Any) -> str:
    if isinstance(raw, bool) or not is_id(str(raw)):
        raise Unreadable(raw)
    return f"{kind.value}:{raw}"


def _plain(kind: RecordKind, *fields: str) -> tuple[Column, ...]:
    return tuple(column(kind, field, NAMES[kind][field]) for field in fields)


_TO_ACCOUNT, _TO_CONTACT = _link(_K.ACCOUNT), _link(_K.CONTACT)
RELATED = (_K.OPPORTUNITY, _K.ACCOUNT)
COLUMNS: Mapping[RecordKind, tuple[Column, ...]] = {
    _K.ACCOUNT: (*_plain(_K.ACCOUNT, "name"), Column("domain", "website", fieldmap.DOMAIN)),
    _K.CONTACT: (Column("account", "org_id", _TO_ACCOUNT),),
    _K.OPPORTUNITY: (
        *_plain(_K.OPPORTUNITY, "name", "amount", "currency", "close_date"),
        Column("account", "org_id", _TO_ACCOUNT),
        Column("contact", "person_id", _TO_CONTACT),
    ),
    _K.TASK: _plain(_K.TASK, "subject", "due_date"),
    _K.ACTIVITY: _plain(_K.ACTIVITY, "subject"),
}
CUSTOM: Mapping[RecordKind, tuple[str, ...]] = {
    _K.ACCOUNT: ("phone",),
    _K.CONTACT: ("title",),
    _K.OPPORTUNITY: ("next_step",),
}
"""Canonical fields for which Pipedrive has none of its own (of a person's title: not everywhere)."""
REQUIRED: Mapping[RecordKind, tuple[str, ...]] = {
    _K.ACCOUNT: ("name",),
    _K.CONTACT: ("last_name",),
    _K.OPPORTUNITY: ("name",),
    _K.TASK: ("subject",),
    _K.ACTIVITY: ("subject",),
}


# --- reading --------------------------------------------------------------------------------------------------------


def snapshot(kind: RecordKind, row: Row, words: Words) -> RecordSnapshot:
    """Read one row; raise Temporary when it is not one. `version` ends with a digest of what we read."""
    try:
        ref = RecordRef(kind, RecordId(str(int(row["id"]))))
        stamp = clean_stamp(str(row.get("update_time") or row["add_time"]))
        modified_at = datetime.fromisoformat(stamp)
        fields = read_fields(kind, row, words)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Temporary("Pipedrive's answer was garbled; trying again later.", detail=type(error).__name__) from None
    digest = derive(json.dumps(fields, sort_keys=True))[:16]
    gone = bool(row.get("is_deleted"))
    return RecordSnapshot(ref, fields, f"{stamp}/{digest}", modified_at, is_deleted=gone, title=title_of(kind, fields))


def is_same(live: RecordSnapshot, version: str) -> bool:
    """Whether a Record still reads as it did at `version`.

    The stamp does not count: it has whole seconds, so it hides a second edit within one, and Pipedrive also moves it
    when nothing of ours changed (a mail came in, an activity was added).
    """
    return live.version.rpartition("/")[2] == version.rpartition("/")[2]


def read_fields(kind: RecordKind, row: Row, words: Words) -> dict[str, str | None]:
    """Return the canonical fields of a row; those the rep may not see are absent."""
    fields = read_values(COLUMNS[kind], row)
    own = row.get("custom_fields") or {}
    for field, code in words.custom.items():
        if field != KEY:
            fields[field] = _text_of(own.get(code))
    if kind is _K.CONTACT:
        _read_person(row, words, fields)
    elif kind is _K.OPPORTUNITY:
        _read_stage(row, words, fields)
    elif kind in {_K.TASK, _K.ACTIVITY}:
        _read_activity(kind, row, words, fields)
    if words.mapped or words.absent:
        usual = {name: value for name, value in fields.items() if name not in words.mapped.keys() | words.absent}
        return {**usual, **read_mapped(row, words)}
    return fields


def _text_of(raw: Any) -> str | None:
    value = raw.get("value") if isinstance(raw, Mapping) else raw
    return None if value is None or value == "" else str(value)


def _read_person(row: Row, words: Words, fields: dict[str, str | None]) -> None:
    fields["first_name"], fields["last_name"] = _text_of(row.get("first_name")), _text_of(row.get("last_name"))
    if fields["first_name"] is None and fields["last_name"] is None:
        fields["last_name"] = _text_of(row.get("name"))
    if "title" not in words.custom and "job_title" in row:
        fields["title"] = _text_of(row["job_title"])
    for field in ("email", "phone", "mobile"):
        if _LISTS[field] in row:
            entries = _entries(row, field)
            value = str(entries[0]["value"]) if entries else ""
            fields[field] = (fieldmap.EMAIL if field == "email" else fieldmap.PHONE).read(value) or None


_LISTS = {"email": "emails", "phone": "phones", "mobile": "phones"}


def _entries(row: Row | None, field: str) -> list[Row]:
    """Return the entries of a person's list that a field stands for, the primary one first."""
    rows = [entry for entry in (row or {}).get(_LISTS[field]) or () if str(entry.get("value") or "").strip()]
    if field != "email":
        rows = [entry for entry in rows if (str(entry.get("label")).casefold() == "mobile") == (field == "mobile")]
    return sorted(rows, key=lambda entry: not entry.get("primary"))


def _read_stage(row: Row, words: Words, fields: dict[str, str | None]) -> None:
    status = row.get("status")
    if status in {"won", "lost"}:
        fields["stage"] = WON if status == "won" else LOST
        return
    for stage in words.stages:
        if stage.id == row.get("stage_id"):
            fields["stage"] = stage.name


def _read_activity(kind: RecordKind, row: Row, words: Words, fields: dict[str, str | None]) -> None:
    persons = [entry for entry in row.get("participants") or () if entry.get("primary")]
    person = persons[0].get("person_id") if persons else row.get("person_id")
    fields |= read_values((Column("contact", "person", _TO_CONTACT),), {"person": person})
    to, name = (_K.ACCOUNT, "org_id") if row.get("deal_id") is None else (_K.OPPORTUNITY, "deal_id")
    fields |= read_values((Column("related", name, _link(to)),), {name: row.get(name)})
    if kind is _K.TASK:
        fields["status"] = DONE if row.get("done") else OPEN
        return
    fields["type"] = (words.types or {}).get(str(row.get("type")), str(row.get("type") or "")) or None
    fields["description"] = text_of_note(row.get("note"))[0] or None
    day, hour = row.get("due_date"), str(row.get("due_time") or "00:00:00")
    try:
        moment = datetime.fromisoformat(f"{day}T{hour[:8]}") if day else None
    except ValueError:
        return
    fields["happened_at"] = moment.replace(tzinfo=UTC).isoformat() if moment else None


def kind_of(row: Row) -> RecordKind:
    """Tell whether an activity is still to do, or happened."""
    return _K.ACTIVITY if row.get("done") and row.get("type") not in PLANNED_TYPES else _K.TASK


def text_of_note(note: Any) -> tuple[str, str]:
    """Return the plain text of an activity's HTML note, and the key that stands in its last line (or nothing)."""
    bare = _TAG.sub("", _BREAK.sub("\n", str(note or ""))).replace("&nbsp;", " ")
    text = html.unescape(bare).rstrip()
    found = _MARKER.search(text[-200:])
    if found is None:
        return text, ""
    return text[: len(text) - len(found.group(0))].rstrip(), found.group(1)


def note_of(text: str, marker: str) -> str:
    """Return HTML that reads as `text`, with our key in the last line."""
    safe = html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>")
    line = f"[dealside:{marker}]" if marker else ""
    return "<br><br>".join(part for part in (safe, line) if part)


# --- writing --------------------------------------------------------------------------------------------------------


def body_of(kind: RecordKind, fields: Mapping[str, str | None], words: Words, row: Row | None = None) -> Body:
    """Return what to send; `row` is the Record as it stands, None for a new one.

    Raises Rejected for values that Pipedrive cannot hold, UserActionNeeded for fields it does not have here.
    """
    body: Body = {}
    own: Body = {}
    for field, value in fields.items():
        if field not in FIELDS[kind]:
            raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{field}")
        clean = value.strip() if value and value.strip() else None
        if field in words.absent or field in words.mapped:
            write_mapped(kind, field, clean, words, (body, own))
            continue
        plain = next((column for column in COLUMNS[kind] if column.field == field), None)
        if plain is not None:
            body[plain.name] = write_value(kind, plain, clean)
        elif field in CUSTOM.get(kind, ()):
            _write_custom(kind, field, clean, words, body, own)
        else:
            _WRITERS[field](kind, clean, words, row, body)
    if own:
        body["custom_fields"] = own
    if kind is _K.CONTACT and {"first_name", "last_name"} & fields.keys() - words.mapped.keys() - words.absent:
        body["name"] = _name_of(fields, row)
    name = "title" if kind is _K.OPPORTUNITY else "name"
    if name in body and body[name] is None:
        raise Rejected(f"Pipedrive needs a name for every {kind.value}; add it and try again.", detail=name)
    return body


def _write_custom(kind: RecordKind, field: str, value: str | None, words: Words, body: Body, own: Body) -> None:
    if field in words.custom:
        own[words.custom[field]] = value
    elif field == "title" and words.has_job_title:
        body["job_title"] = value
    else:
        label = FIELDS[kind][field].label
        raise UserActionNeeded(
            f"Pipedrive has no field “{label}” for every {kind.value} that you may write; "
            "ask your administrator to add a text field of that name, or leave it out.",
            detail=f"{kind.value}.{field}",
        )


def _name_of(fields: Mapping[str, str | None], row: Row | None) -> str | None:
    parts = [
        (fields[part] if part in fields else _text_of((row or {}).get(part))) or ""
        for part in ("first_name", "last_name")
    ]
    return " ".join(" ".join(parts).split()) or None


def _write_list(field: str) -> Callable[..., None]:
    def write(kind: RecordKind, value: str | None, words: Words, row: Row | None, body: Body) -> None:
        del words
        name = _LISTS[field]
        given: list[Row] = list(body.get(name, (row or {}).get(name)) or ())
        mine = _entries({name: given}, field)
        rest = [entry for entry in given if not mine or entry is not mine[0]]
        if value is None:
            if len(mine) > 1:
                label = FIELDS[kind][field].label
                raise Rejected(f"Pipedrive has several entries for “{label}”; remove the right one there.", detail=name)
            body[name] = rest
            return
        written = (fieldmap.EMAIL if field == "email" else fieldmap.PHONE).write(value)
        label = "mobile" if field == "mobile" else "work"
        has_primary = any(entry.get("primary") for entry in rest)
        new = {**mine[0], "value": written} if mine else {"value": written, "primary": not has_primary, "label": label}
        body[name] = [new if mine and entry is mine[0] else entry for entry in given] if mine else [*given, new]

    return write


def _write_stage(_kind: RecordKind, value: str | None, words: Words, row: Row | None, body: Body) -> None:
    if value in {WON, LOST}:
        body["status"] = value.lower()
        return
    named = [stage for stage in words.stages if value and stage.name.casefold() == value.casefold()]
    if not named:
        offered = ", ".join(stages_offered(words)[:12])
        raise Rejected(f"Pipedrive does not have this stage; choose one of: {offered}.", detail="stage_id")
    here = [stage for stage in named if row and stage.pipeline == row.get("pipeline_id")]
    body["stage_id"] = (here or named)[0].id
    if row is not None and row.get("status") != "open":
        body["status"] = "open"


def stages_offered(words: Words) -> tuple[str, ...]:
    """Return the names of all stages in their order, then the two ways in which a deal ends."""
    return tuple(dict.fromkeys((*(stage.name for stage in words.stages), WON, LOST)))


def _write_status(_kind: RecordKind, value: str | None, _words: Words, _row: Row | None, body: Body) -> None:
    if value not in {OPEN, DONE, None}:
        raise Rejected(f"A task in Pipedrive is either “{OPEN}” or “{DONE}”; choose one.", detail="done")
    body["done"] = value == DONE


def _write_type(_kind: RecordKind, value: str | None, words: Words, _row: Row | None, body: Body) -> None:
    code = next((code for code, name in (words.types or {}).items() if name == value), None)
    if code is None or code in PLANNED_TYPES:
        offered = ", ".join(types_offered(words))
        raise Rejected(f"Pipedrive does not have this type; choose one of: {offered}.", detail="type")
    body["type"] = code


def types_offered(words: Words) -> tuple[str, ...]:
    """Return the names of the types of what can happen."""
    return tuple(name for code, name in (words.types or {}).items() if code not in PLANNED_TYPES)


def _write_moment(kind: RecordKind, value: str | None, _words: Words, _row: Row | None, body: Body) -> None:
    if value is None:
        body.update(due_date=None, due_time=None)
        return
    try:
        moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        label = FIELDS[kind]["happened_at"].label
        raise Rejected(f"“{label}” does not hold a usable value; edit it and try again.", detail="due_date") from error
    body.update(due_date=moment.date().isoformat(), due_time=moment.strftime("%H:%M"))


def _write_note(_kind: RecordKind, value: str | None, _words: Words, row: Row | None, body: Body) -> None:
    body["note"] = note_of(value or "", text_of_note((row or {}).get("note"))[1])


def _write_participant(kind: RecordKind, value: str | None, _words: Words, row: Row | None, body: Body) -> None:
    others = [dict(entry) for entry in (row or {}).get("participants") or () if not entry.get("primary")]
    wanted = write_value(kind, Column("contact", "participants", _TO_CONTACT), value)
    if wanted is not None:
        others = [entry for entry in others if entry.get("person_id") != wanted]
        others.insert(0, {"person_id": wanted, "primary": True})
    body["participants"] = others


def _write_related(kind: RecordKind, value: str | None, _words: Words, _row: Row | None, body: Body) -> None:
    number = write_value(kind, Column("related", "deal_id", _link(*RELATED)), value)
    if value is not None and value.startswith(_K.OPPORTUNITY.value):
        body["deal_id"] = number
    else:
        body.update(deal_id=None, org_id=number)


_WRITERS: Mapping[str, Callable[..., None]] = {
    "first_name": lambda *_: None,  # both halves make one name, see body_of
    "last_name": lambda *_: None,
    "email": _write_list("email"),
    "phone": _write_list("phone"),
    "mobile": _write_list("mobile"),
    "stage": _write_stage,
    "status": _write_status,
    "type": _write_type,
    "happened_at": _write_moment,
    "description": _write_note,
    "contact": _write_participant,
    "related": _write_related,
}


def is_there(kind: RecordKind, row: Row, body: Row, words: Words) -> bool:
    """Whether a row has everything that `body` would write: how a repeated update comes to its end."""
    merged = {**row, **body, "custom_fields": {**(row.get("custom_fields") or {}), **(body.get("custom_fields") or {})}}
    if kind is _K.CONTACT and "name" in body and body["name"] != row.get("name"):
        return False  # its halves are Pipedrive's own
    if "participants" in body:
        merged["person_id"] = None  # Pipedrive derives it
    return read_fields(kind, merged, words) == read_fields(kind, row, words)


def references(kind: RecordKind, fields: Mapping[str, str | None]) -> Sequence[RecordRef]:
    """Return the Records that `fields` point to; their form was checked by `body_of`."""
    allowed = {"account": (_K.ACCOUNT,), "contact": (_K.CONTACT,), "related": RELATED}
    return [
        reference(value.strip(), allowed[field])
        for field, value in fields.items()
        if field in allowed and field in FIELDS[kind] and value and value.strip()
    ]
