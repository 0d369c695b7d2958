"""What HubSpot calls our fields, how its values and links read, as the interface names them.

Sources: the vendor's public documentation, and the request and answer types of its client libraries (Apache-2.0), which
also name the numbers of association types; direction matters.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Codec, Column, Unreadable, column
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef

_K = RecordKind
_ID = re.compile(r"[0-9]{1,20}")
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<br\s{0,9}/?>|</(?:p|div|li|h[1-6])>", re.IGNORECASE)
TEXT_LIMIT = 65_536
"""Characters a text property takes."""

COMPANIES, CONTACTS, DEALS, TICKETS, TASKS = "companies", "contacts", "deals", "tickets", "tasks"
EMAILS, CALLS, NOTES = "emails", "calls", "notes"


# --- values -----------------------------------------------------------------------------------------------------------


def _write_number(value: str) -> str:
    amount = Decimal(value)
    if not amount.is_finite():
        raise ValueError(value)
    return format(amount, "f")


def moment_of(raw: Any) -> datetime:
    """Read a moment, ISO 8601 or milliseconds since 1970; raise ValueError or OverflowError for anything else."""
    text = str(raw)
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def milliseconds(moment: datetime) -> int:
    """Return a moment as the search compares it: milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write_moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    return _stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _read_moment(raw: Any) -> str:
    try:
        return moment_of(raw).isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(raw) from error


def day_in(zone: tzinfo) -> Codec:
    """Return the Codec of a DATE that HubSpot keeps as a moment and shows in each reader's own zone.

    Noon of the account's zone is the same day for everybody within half a day of it; midnight is not.
    """

    def write(value: str) -> str:
        return _stamp(datetime.combine(date.fromisoformat(value), time(12), zone))

    def read(raw: Any) -> str:
        try:
            return moment_of(raw).astimezone(zone).date().isoformat()
        except (ValueError, OverflowError, OSError) as error:
            raise Unreadable(raw) from error

    return Codec(write, read)


def _read_rich(raw: Any) -> str:
    text = _BREAK.sub("\n", str(raw).replace("\r\n", "\n").replace("\n", ""))
    return html.unescape(_MARKUP.sub("", text)).strip("\n")


def _write_rich(value: str) -> str:
    return html.escape(value, quote=False).replace("\r\n", "\n").replace("\n", "<br>")


NUMBER = Codec(_write_number, fieldmap.MONEY.read)
MOMENT = Codec(_write_moment, _read_moment)
DAY = day_in(UTC)
"""Stands in the tables; an account's own zone takes its place."""
RICH = Codec(_write_rich, _read_rich)
"""Text that HubSpot shows as HTML: what was typed must neither become markup nor come back as such."""


# --- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """One HubSpot object type; `number` is HubSpot's own id of it.

    `links` names, per canonical REFERENCE, the object types it may point to, best first. `changed` is the property
    that says when a record last changed, `defaults` what a new record gets besides, `type` the canonical type of an
    ACTIVITY, `pipeline` the property that goes with a stage.
    """

    name: str
    number: str
    kind: RecordKind
    columns: tuple[Column, ...]
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed: str = "hs_lastmodifieddate"
    defaults: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    type: str = ""
    pipeline: str = ""


_ABOUT = {"contact": (CONTACTS,), "related": (DEALS, TICKETS, COMPANIES)}
_SIDES = {"account": (COMPANIES,), "contact": (CONTACTS,)}

_ALL = (
    Table(
        COMPANIES,
        "0-2",
        _K.ACCOUNT,
        (
            column(_K.ACCOUNT, "name", "name"),
            Column("domain", "domain", fieldmap.DOMAIN),
            column(_K.ACCOUNT, "phone", "phone"),
        ),
    ),
    Table(
        CONTACTS,
        "0-1",
        _K.CONTACT,
        (
            column(_K.CONTACT, "first_name", "firstname"),
            column(_K.CONTACT, "last_name", "lastname"),
            column(_K.CONTACT, "title", "jobtitle"),
            column(_K.CONTACT, "email", "email"),
            column(_K.CONTACT, "phone", "phone"),
            column(_K.CONTACT, "mobile", "mobilephone"),
        ),
        {"account": (COMPANIES,)},
        changed="lastmodifieddate",
    ),
    Table(
        DEALS,
        "0-3",
        _K.OPPORTUNITY,
        (
            column(_K.OPPORTUNITY, "name", "dealname"),
            column(_K.OPPORTUNITY, "stage", "dealstage"),
            Column("amount", "amount", NUMBER),
            column(_K.OPPORTUNITY, "currency", "deal_currency_code"),
            Column("close_date", "closedate", DAY),
            column(_K.OPPORTUNITY, "next_step", "hs_next_step"),
        ),
        _SIDES,
        required=("name", "stage"),
        pipeline="pipeline",
    ),
    Table(
        TICKETS,
        "0-5",
        _K.CASE,
        (
            column(_K.CASE, "subject", "subject"),
            column(_K.CASE, "description", "content"),
            column(_K.CASE, "status", "hs_pipeline_stage"),
            column(_K.CASE, "priority", "hs_ticket_priority"),
        ),
        _SIDES,
        required=("subject", "status"),
        pipeline="hs_pipeline",
    ),
    Table(
        TASKS,
        "0-27",
        _K.TASK,
        (
            column(_K.TASK, "subject", "hs_task_subject"),
            Column("due_date", "hs_timestamp", DAY),
            column(_K.TASK, "status", "hs_task_status"),
        ),
        _ABOUT,
        required=("due_date",),
    ),
    Table(
        EMAILS,
        "0-49",
        _K.ACTIVITY,
        (
            column(_K.ACTIVITY, "subject", "hs_email_subject"),
            Column("happened_at", "hs_timestamp", MOMENT),
            column(_K.ACTIVITY, "description", "hs_email_text"),
        ),
        _ABOUT,
        defaults={"hs_email_direction": "EMAIL"},
        required=("happened_at",),
        type="Email",
    ),
    Table(
        CALLS,
        "0-48",
        _K.ACTIVITY,
        (
            column(_K.ACTIVITY, "subject", "hs_call_title"),
            Column("happened_at", "hs_timestamp", MOMENT),
            Column("description", "hs_call_body", RICH),
        ),
        _ABOUT,
        defaults={"hs_call_status": "COMPLETED"},
        required=("happened_at",),
        type="Call",
    ),
    Table(
        NOTES,
        "0-46",
        _K.ACTIVITY,
        (Column("happened_at", "hs_timestamp", MOMENT), Column("description", "hs_note_body", RICH)),
        _ABOUT,
        required=("happened_at",),
        type="Note",
    ),
)
TABLES: Mapping[str, Table] = {table.name: table for table in _ALL}
OF_KIND: Mapping[RecordKind, tuple[Table, ...]] = {
    kind: tuple(table for table in _ALL if table.kind is kind) for kind in RecordKind
}
PRIMARY: Mapping[str, int] = {CONTACTS: 1, DEALS: 5, TICKETS: 26}
"""The type of a link to a record's own company, of which it has one; further companies are linked without it."""

LINK_TYPES: Mapping[tuple[str, str], int] = {
    **{(name, COMPANIES): number for name, number in PRIMARY.items()},
    (DEALS, CONTACTS): 3,
    (TICKETS, CONTACTS): 16,
    (TASKS, CONTACTS): 204,
    (TASKS, COMPANIES): 192,
    (TASKS, DEALS): 216,
    (TASKS, TICKETS): 230,
    (EMAILS, CONTACTS): 198,
    (EMAILS, COMPANIES): 186,
    (EMAILS, DEALS): 210,
    (EMAILS, TICKETS): 224,
    (CALLS, CONTACTS): 194,
    (CALLS, COMPANIES): 182,
    (CALLS, DEALS): 206,
    (CALLS, TICKETS): 220,
    (NOTES, CONTACTS): 202,
    (NOTES, COMPANIES): 190,
    (NOTES, DEALS): 214,
    (NOTES, TICKETS): 228,
}
PRIMARY_WORDS: Mapping[str, str] = {
    CONTACTS: "contact_to_company",
    DEALS: "deal_to_company",
    TICKETS: "ticket_to_company",
}
"""How a record that is read with its associations names the link to its own company."""


def is_id(text: str) -> bool:
    """Return True when `text` could be a HubSpot record id, and so may stand in an address."""
    return _ID.fullmatch(text) is not None and text.isascii()


def ref_of(table: Table, record_id: str) -> RecordRef:
    """Return our name of a record. E-mails, calls and notes are all ACTIVITY, so theirs says which."""
    own = f"{table.name}-{record_id}" if table.kind is RecordKind.ACTIVITY else record_id
    return RecordRef(table.kind, RecordId(own))


def place_of(ref: RecordRef) -> tuple[Table, str] | None:
    """Return where a record is, or None for an id that HubSpot never gave."""
    name, dash, record_id = ref.id.rpartition("-")
    if ref.kind is RecordKind.ACTIVITY:
        found = TABLES.get(name)
        if found is None or found.kind is not RecordKind.ACTIVITY or not is_id(record_id):
            return None
        return found, record_id
    return (OF_KIND[ref.kind][0], ref.id) if OF_KIND[ref.kind] and not dash and is_id(ref.id) else None
