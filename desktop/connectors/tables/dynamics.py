"""What Dataverse (Dynamics 365, Web API 9.2) calls our records and fields, its ids, and what its error codes ask of us.

Sources: Microsoft's reference pages of the tables and of the Web API (conditional operations, change tracking, service
protection limits, column-level security). Environments differ, so options and rights are read from theirs at run time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape, unescape
from typing import Any
from uuid import UUID

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Codec, Column, Unreadable, column
from desktop.connectors.header_words import typed_url
from desktop.connectors.refusals import (
    CHANGED,
    FORBIDDEN,
    REFUSED,
    Refusal,
    Verdict,
    ask,
    for_status,
    refused,
)
from desktop.domain.errors import UserActionNeeded
from desktop.domain.ids import derive
from desktop.domain.records import RecordKind

_K = RecordKind
VENDOR = "Dynamics 365"
BASE = "/api/data/v9.2"
LOGICAL = "Microsoft.Dynamics.CRM.lookuplogicalname"
"""The annotation of a lookup's value that says which table it leads to."""
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_BREAK = re.compile(r"(?:\r\n?|\n)?<(?:br|/p|/div|/tr|/li)\b[^<>]{0,200}>(?:\r\n?|\n)?", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Link:
    """One REFERENCE. `targets` are the navigation properties by the kind they lead to; `sole` if there is no other."""

    field: str
    name: str
    targets: Mapping[RecordKind, str]
    sole: RecordKind | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `choices` are (field, column) of picklists; `done` is the status of what has happened already.

    `closes`: a closed row can no longer be changed. `parties`: who took part stands in rows of their own.
    """

    name: str
    entity_set: str
    id_name: str
    kind: RecordKind
    columns: tuple[Column, ...]
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    closes: bool = False
    type: str = ""
    done: int = 0

    @property
    def parties(self) -> str:
        """The navigation property to who took part, for what has happened."""
        return f"{self.name}_activity_parties" if self.type else ""

    @property
    def has_one_link(self) -> bool:
        """Whether contact and related share one column: the one that says what an activity is about."""
        return any(link.name == REGARDING for link in self.links)


REGARDING = "regardingobjectid"


# --- values -----------------------------------------------------------------------------------------------------------


def _write_noon(value: str) -> str:
    """A due date stands in a column with an hour. Noon in UTC is that same day for nearly everybody who looks."""
    return f"{date.fromisoformat(value).isoformat()}T12:00:00Z"


def _write_moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(raw: Any) -> str:
    try:
        moment = datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise Unreadable(raw) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _write_html(value: str) -> str:
    return "<br>".join(escape(line) for line in value.splitlines())


def _read_html(raw: Any) -> str:
    return unescape(_TAG.sub("", _BREAK.sub("\n", str(raw)))).strip()


DUE = Codec(_write_noon, fieldmap.DATE.read)
MOMENT = Codec(_write_moment, _read_moment)
HTML = Codec(_write_html, _read_html)
"""An e-mail's text is shown as HTML, so what stands in it must not act as such."""


# --- tables -----------------------------------------------------------------------------------------------------------


def _about(activity: str) -> tuple[Link, ...]:
    def to(table: str) -> str:
        return f"{REGARDING}_{table}_{activity}"

    tables = {_K.ACCOUNT: "account", _K.OPPORTUNITY: "opportunity", _K.CASE: "incident", _K.LEAD: "lead"}
    related = {kind: to(table) for kind, table in tables.items()}
    return (Link("contact", REGARDING, {_K.CONTACT: to("contact")}), Link("related", REGARDING, related))


def _happened(name: str, entity_set: str, kind_of_it: str, text: Codec) -> Table:
    columns = (
        column(_K.ACTIVITY, "subject", "subject"),
        Column("happened_at", "actualend", MOMENT),
        Column("description", "description", text),
    )
    return Table(
        name, entity_set, "activityid", _K.ACTIVITY, columns, (), _about(name), closes=True, type=kind_of_it, done=2
    )


TABLES: tuple[Table, ...] = (
    Table(
        "account",
        "accounts",
        "accountid",
        _K.ACCOUNT,
        (
            column(_K.ACCOUNT, "name", "name"),
            Column("domain", "websiteurl", fieldmap.DOMAIN),
            column(_K.ACCOUNT, "phone", "telephone1"),
        ),
    ),
    Table(
        "contact",
        "contacts",
        "contactid",
        _K.CONTACT,
        (
            column(_K.CONTACT, "first_name", "firstname"),
            column(_K.CONTACT, "last_name", "lastname"),
            column(_K.CONTACT, "title", "jobtitle"),
            column(_K.CONTACT, "email", "emailaddress1"),
            column(_K.CONTACT, "phone", "telephone1"),
            column(_K.CONTACT, "mobile", "mobilephone"),
        ),
        links=(Link("account", "parentcustomerid", {_K.ACCOUNT: "parentcustomerid_account"}),),
    ),
    Table(
        "lead",
        "leads",
        "leadid",
        _K.LEAD,
        (
            column(_K.LEAD, "first_name", "firstname"),
            column(_K.LEAD, "last_name", "lastname"),
            column(_K.LEAD, "title", "jobtitle"),
            column(_K.LEAD, "company", "companyname"),
            column(_K.LEAD, "email", "emailaddress1"),
            column(_K.LEAD, "phone", "telephone1"),
            column(_K.LEAD, "mobile", "mobilephone"),
        ),
        (("status", "statuscode"),),
        closes=True,
    ),
    Table(
        "opportunity",
        "opportunities",
        "opportunityid",
        _K.OPPORTUNITY,
        (
            column(_K.OPPORTUNITY, "name", "name"),
            column(_K.OPPORTUNITY, "amount", "estimatedvalue"),
            column(_K.OPPORTUNITY, "close_date", "estimatedclosedate"),
        ),
        (("stage", "salesstage"),),
        (
            Link("account", "parentaccountid", {_K.ACCOUNT: "parentaccountid"}, _K.ACCOUNT),
            Link("contact", "parentcontactid", {_K.CONTACT: "parentcontactid"}, _K.CONTACT),
        ),
        closes=True,
    ),
    Table(
        "incident",
        "incidents",
        "incidentid",
        _K.CASE,
        (column(_K.CASE, "subject", "title"), column(_K.CASE, "description", "description")),
        (("status", "statuscode"), ("priority", "prioritycode")),
        (
            Link("account", "customerid", {_K.ACCOUNT: "customerid_account"}),
            Link("contact", "primarycontactid", {_K.CONTACT: "primarycontactid"}, _K.CONTACT),
        ),
        closes=True,
    ),
    Table(
        "task",
        "tasks",
        "activityid",
        _K.TASK,
        (column(_K.TASK, "subject", "subject"), Column("due_date", "scheduledend", DUE)),
        (("status", "statuscode"),),
        _about("task"),
    ),
    _happened("email", "emails", "Email", HTML),
    _happened("phonecall", "phonecalls", "Call", fieldmap.TEXT),
)
BY_NAME: Mapping[str, Table] = {table.name: table for table in TABLES}
CUSTOMER_IS_CONTACT = "customerid_contact"
SYSTEM = ("createdon", "modifiedon", "statecode")


def tables_of(kind: RecordKind) -> tuple[Table, ...]:
    """Return the tables in which Records of a kind stand."""
    return tuple(table for table in TABLES if table.kind is kind)


# --- ids and addresses ------------------------------------------------------------------------------------------------


def is_guid(text: object) -> bool:
    """Return True when `text` is an id as Dataverse writes it, and so may stand in an address."""
    return isinstance(text, str) and _GUID.fullmatch(text) is not None


def guid_of(kind: RecordKind, key: str) -> str:
    """Return the id under which the Record of an idempotency key is made: always the same one."""
    return str(UUID(derive("dynamics record", kind.value, key)))


def id_in(table: Table, guid: str) -> str:
    """Return our id of a row: for what has happened it also says in which table it stands."""
    return f"{table.name}.{guid}" if table.type else guid


def place_of(kind: RecordKind, record_id: str) -> tuple[Table, str] | None:
    """Return table and id of a row, or None when `record_id` can be none of ours."""
    name, _, guid = record_id.rpartition(".")
    for table in tables_of(kind):
        if name == (table.name if table.type else "") and is_guid(guid):
            return table, guid
    return None


def row_path(table: Table, guid: str) -> str:
    """Return the address of a row below the origin."""
    return f"{BASE}/{table.entity_set}({guid})"


def is_name(text: str) -> bool:
    """Return True when `text` can be a column's name."""
    return _NAME.fullmatch(text) is not None


def origin_of(text: str) -> str:
    """Return `https://host` of the address the rep typed; raise UserActionNeeded when it cannot be one."""
    url = typed_url(text)
    if url is None:
        raise UserActionNeeded("Enter the address of your Dynamics 365: it looks like https://name.crm4.dynamics.com.")
    if (url.hostname or "").endswith((".powerapps.com", ".microsoft.com", ".office.com")):
        raise UserActionNeeded(
            "Use the address of the environment itself: it looks like https://name.crm4.dynamics.com."
        )
    return f"{url.scheme}://{url.netloc}"


# --- links ------------------------------------------------------------------------------------------------------------

_KIND_BY_TABLE: Mapping[str, RecordKind] = {
    table.name: table.kind for table in TABLES if table.kind not in {_K.TASK, _K.ACTIVITY}
}


def read_links(table: Table, row: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the REFERENCE fields of a row; one that leads to a table that is not ours is absent."""
    fields: dict[str, str | None] = {}
    for link in table.links:
        slot = f"_{link.name}_value"
        if slot not in row:
            continue
        kind = link.sole or _KIND_BY_TABLE.get(str(row.get(f"{slot}@{LOGICAL}")))
        if row[slot] is None:
            fields[link.field] = None
        elif kind in link.targets and is_guid(row[slot]):
            fields[link.field] = f"{kind}:{row[slot]}"
        elif kind is _K.CONTACT and link.name == REGARDING:
            fields[link.field] = None  # it is about a contact, so about nothing else
    parties = row.get(table.parties)
    if isinstance(parties, Sequence):
        fields["contact"] = _contact_among(parties) or fields.get("contact")
    return fields


def _contact_among(parties: Sequence[Any]) -> str | None:
    for party in parties:
        slot = party.get("_partyid_value") if isinstance(party, Mapping) else None
        is_person = isinstance(party, Mapping) and party.get(f"_partyid_value@{LOGICAL}") == "contact"
        if is_person and is_guid(slot) and party.get("participationtypemask") in {1, 2}:  # sender, to
            return f"{_K.CONTACT}:{slot}"
    return None


# --- refusals ---------------------------------------------------------------------------------------------------------


def _later(seconds: float) -> Refusal:
    return Refusal(Verdict.LATER, "{vendor} asked us to slow down; trying again later.", seconds)


_HIDDEN = ask("{vendor} does not let you write {fields}; ask your administrator, or leave it out.")
_NO_PRIVILEGE = FORBIDDEN
TAKEN = refused("{vendor} already has a record with this value; update that one instead.")
POINTS_NOWHERE = refused("The record this one points to is no longer in {vendor}.")

CODES: Mapping[str, Refusal] = {
    # Retry-After comes with them; without it these are the least that makes sense in a window of 300 s
    "0x80072322": _later(20.0),  # 6,000 requests
    "0x80072321": _later(20.0),  # 1,200 s of execution
    "0x80072326": _later(5.0),  # 52 at once
    "0x80060882": CHANGED,
    "0x80040237": TAKEN,
    "0x80060892": TAKEN,
    "0x80040333": refused("{vendor} already has a record like this one; update that one instead."),
    "0x80040217": POINTS_NOWHERE,
    "0x80040220": _NO_PRIVILEGE,
    "0x80048306": _NO_PRIVILEGE,
    "0x80072560": ask("You are not a member of this {vendor} environment; check its address, or ask to be added."),
    "0x8004f507": _HIDDEN,
    "0x8004f502": _HIDDEN,
    "0x8004f504": ask("{vendor} does not show you {fields}; ask your administrator for the permission."),
    "0x80044331": refused("The text for {fields} is too long for {vendor}; shorten it."),
    "0x80048d19": refused("{vendor} does not take {fields} as it is; edit it, or ask your administrator."),
    "0x80060888": REFUSED,
    "0x80040203": refused("{vendor} does not accept a value of this record, or one is missing; edit it."),
    "0x8006088a": ask("{vendor} does not have these records here; ask your administrator, or check the address."),
}
_PLUGIN = "0x80040265"
_FIELD = re.compile(r"(?:attribute|property|column|length of the|name) '([A-Za-z][\w@.]{0,99})'", re.IGNORECASE)
_LENGTH = re.compile(r"maximum allowed length of '(\d{1,10})'")
_CODE = re.compile(r"0x[0-9a-f]{8}")


def code_of(body: object) -> str:
    """Return the error code in an answer, in lower case; nothing when there is none, as in some of the vendor's."""
    error = body.get("error") if isinstance(body, Mapping) else None
    code = str(error.get("code") or "").lower() if isinstance(error, Mapping) else ""
    return code if _CODE.fullmatch(code) else ""


def refusal_of(status: int, body: object) -> tuple[Refusal, tuple[str, ...], str]:
    """Judge an error answer by its code: what to do, the columns it names, and a detail without anybody's values."""
    error = body.get("error") if isinstance(body, Mapping) else None
    message = str(error.get("message") or "")[:2000] if isinstance(error, Mapping) else ""
    code = code_of(body)
    refusal = CODES.get(code) or for_status(status)
    found = _FIELD.search(message)
    name = found.group(1).partition("@")[0] if found else ""
    if code == _PLUGIN:
        words = " ".join(message.split())[:200]  # the organisation's own rule, in its own words to the rep
        refusal = refused(f"{{vendor}} refused this change: {words}")
    longest = _LENGTH.search(message)
    if code == "0x80044331" and longest:
        sentence = f"The text for {{fields}} is too long for {{vendor}}: at most {longest.group(1)} letters."
        refusal = refused(sentence)
    return refusal, (name,) if name else (), " ".join(part for part in (str(status), code, name) if part)
