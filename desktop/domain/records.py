"""CRM Records under canonical names (they follow Salesforce; vendors are mapped by their connector)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop.domain.ids import RecordId


class RecordKind(StrEnum):
    """The kinds of Record we read and write. Their order is the order of delivery."""

    ACCOUNT = "account"
    CONTACT = "contact"
    LEAD = "lead"
    OPPORTUNITY = "opportunity"
    CASE = "case"
    TASK = "task"
    ACTIVITY = "activity"


class FieldType(StrEnum):
    """How a Field's canonical string is to be read.

    TEXT as it is · EMAIL lower case · PHONE E.164 · MONEY decimal with a dot, no currency · CURRENCY ISO 4217 ·
    DATE ISO 8601 date · DATETIME ISO 8601 with zone · PICKLIST one of the vendor's values ·
    REFERENCE `kind:record id` of an existing Record, or `suggestion:id` of one not yet created.
    """

    TEXT = "text"
    EMAIL = "email"
    PHONE = "phone"
    MONEY = "money"
    CURRENCY = "currency"
    DATE = "date"
    DATETIME = "datetime"
    PICKLIST = "picklist"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One canonical Field. `guarded` Fields always need a person's own press, whatever the Confidence."""

    name: str
    type: FieldType
    label: str
    guarded: bool = False


def _fields(*rows: FieldInfo) -> Mapping[str, FieldInfo]:
    return {row.name: row for row in rows}


T = FieldType
FIELDS: Mapping[RecordKind, Mapping[str, FieldInfo]] = {
    RecordKind.ACCOUNT: _fields(
        FieldInfo("name", T.TEXT, "Name"),
        FieldInfo("domain", T.TEXT, "Website"),
        FieldInfo("phone", T.PHONE, "Phone"),
    ),
    RecordKind.CONTACT: _fields(
        FieldInfo("first_name", T.TEXT, "First name"),
        FieldInfo("last_name", T.TEXT, "Last name"),
        FieldInfo("title", T.TEXT, "Job title"),
        FieldInfo("email", T.EMAIL, "Email"),
        FieldInfo("phone", T.PHONE, "Phone"),
        FieldInfo("mobile", T.PHONE, "Mobile"),
        FieldInfo("account", T.REFERENCE, "Account"),
    ),
    RecordKind.LEAD: _fields(
        FieldInfo("first_name", T.TEXT, "First name"),
        FieldInfo("last_name", T.TEXT, "Last name"),
        FieldInfo("title", T.TEXT, "Job title"),
        FieldInfo("company", T.TEXT, "Company"),
        FieldInfo("email", T.EMAIL, "Email"),
        FieldInfo("phone", T.PHONE, "Phone"),
        FieldInfo("mobile", T.PHONE, "Mobile"),
        FieldInfo("status", T.PICKLIST, "Status", guarded=True),
    ),
    RecordKind.OPPORTUNITY: _fields(
        FieldInfo("name", T.TEXT, "Name"),
        FieldInfo("stage", T.PICKLIST, "Stage", guarded=True),
        FieldInfo("amount", T.MONEY, "Amount", guarded=True),
        FieldInfo("currency", T.CURRENCY, "Currency"),
        FieldInfo("close_date", T.DATE, "Close date", guarded=True),
        FieldInfo("next_step", T.TEXT, "Next step"),
        FieldInfo("account", T.REFERENCE, "Account"),
        FieldInfo("contact", T.REFERENCE, "Contact"),
    ),
    RecordKind.CASE: _fields(
        FieldInfo("subject", T.TEXT, "Subject"),
        FieldInfo("description", T.TEXT, "Description"),
        FieldInfo("status", T.PICKLIST, "Status"),
        FieldInfo("priority", T.PICKLIST, "Priority"),
        FieldInfo("account", T.REFERENCE, "Account"),
        FieldInfo("contact", T.REFERENCE, "Contact"),
    ),
    RecordKind.TASK: _fields(
        FieldInfo("subject", T.TEXT, "Subject"),
        FieldInfo("due_date", T.DATE, "Due"),
        FieldInfo("status", T.PICKLIST, "Status"),
        FieldInfo("contact", T.REFERENCE, "Contact"),
        FieldInfo("related", T.REFERENCE, "Related to"),
    ),
    RecordKind.ACTIVITY: _fields(
        FieldInfo("type", T.PICKLIST, "Type"),
        FieldInfo("subject", T.TEXT, "Subject"),
        FieldInfo("happened_at", T.DATETIME, "When"),
        FieldInfo("description", T.TEXT, "Text"),
        FieldInfo("contact", T.REFERENCE, "Contact"),
        FieldInfo("related", T.REFERENCE, "Related to"),
    ),
}


PEOPLE = frozenset({RecordKind.CONTACT, RecordKind.LEAD})
"""The kinds of Record that stand for a person. A Lead is one nobody has qualified yet, and is in no Account."""

NEW_PEOPLE = "new_people"
"""The setting that says which of the PEOPLE somebody new is proposed as, by its value."""


@dataclass(frozen=True, slots=True)
class RecordRef:
    """Which Record in one CRM."""

    kind: RecordKind
    id: RecordId

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}"


def parse_ref(text: str) -> RecordRef:
    """Read `kind:id` as a RecordRef; raise ValueError on anything else."""
    kind, _, record_id = text.partition(":")
    if not record_id:
        raise ValueError(f"not a record reference: {text!r}")
    return RecordRef(RecordKind(kind), RecordId(record_id))


@dataclass(frozen=True, slots=True)
class RecordSnapshot:
    """One Record as last seen. `version` is the CRM's own mark of its state (an ETag, a modification stamp).

    `fields` maps canonical names to canonical strings; None means the CRM has the field empty.
    """

    ref: RecordRef
    fields: Mapping[str, str | None]
    version: str
    modified_at: datetime
    is_deleted: bool = False
    title: str = field(default="")


def title_of(kind: RecordKind, fields: Mapping[str, str | None]) -> str:
    """Return the words a rep knows a Record by."""
    if kind in PEOPLE:
        name = " ".join(part for part in (fields.get("first_name"), fields.get("last_name")) if part)
        return name or fields.get("email") or ""
    return fields.get("name") or fields.get("subject") or ""
