"""What Salesforce calls our fields, how its rows and our marks in its feed read, what its error codes ask of us."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Codec, Column, column, read_values
from desktop.connectors.header_words import typed_url
from desktop.connectors.refusals import (
    BUSY,
    CHANGED,
    FORBIDDEN,
    GONE,
    IN_THE_WAY,
    REFUSED,
    SIGN_IN,
    TROUBLE,
    Refusal,
    Verdict,
    ask,
    for_status,
    refused,
)
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.ids import RecordId, derive
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot, title_of

_K = RecordKind
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_SOQL = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
API_VERSION = "60.0"
BASE = f"/services/data/v{API_VERSION}"
HAPPENED = frozenset({"Email", "Call"})
CONVERTED = "IsConverted"  # a lead that became a contact: it can no longer be seen or changed
_WORD = re.compile(r"\w{1,60}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_QUOTA_WAIT = 4 * 3600.0  # a daily quota: asking again sooner only uses it up

_PREFIXES: Mapping[str, RecordKind] = {
    "001": _K.ACCOUNT,
    "003": _K.CONTACT,
    "00Q": _K.LEAD,
    "006": _K.OPPORTUNITY,
    "500": _K.CASE,
}


def _link(*allowed: RecordKind) -> Codec:
    return Codec(lambda value: _checked_id(fieldmap.reference(value, allowed).id), _read_link)


def is_id(text: str) -> bool:
    """Return True when `text` could be a Salesforce id, and so may stand in an address."""
    return _ID.fullmatch(text) is not None


def safe_key(key: str) -> str:
    """Return a key that may stand in an address; whatever else is hashed, so it stays the same key each time."""
    return key if _KEY.fullmatch(key) else derive("salesforce key", key)


def _checked_id(record_id: str) -> str:
    if not is_id(record_id):
        raise ValueError("not an id of this CRM")
    return record_id


def _read_link(raw: Any) -> str:
    kind = _PREFIXES.get(str(raw)[:3])
    if kind is None:  # an object of the org's own
        raise fieldmap.Unreadable(raw)
    return f"{kind.value}:{raw}"


_ACCOUNT, _CONTACT = _link(_K.ACCOUNT), _link(_K.CONTACT)
_PERSON, _RELATED = _link(*PEOPLE), _link(_K.ACCOUNT, _K.OPPORTUNITY, _K.CASE)

TARGETS: Mapping[tuple[RecordKind, str], frozenset[RecordKind]] = {
    (_K.TASK, "contact"): PEOPLE,
    (_K.ACTIVITY, "contact"): PEOPLE,
}
"""Links that lead to more than the usual kinds. A task with a lead must have no WhatId."""

OBJECTS: Mapping[RecordKind, str] = {
    _K.ACCOUNT: "Account",
    _K.CONTACT: "Contact",
    _K.LEAD: "Lead",
    _K.OPPORTUNITY: "Opportunity",
    _K.CASE: "Case",
    _K.TASK: "Task",
    _K.ACTIVITY: "Task",  # a completed Task of subtype Email or Call
}
ID_PREFIXES: Mapping[RecordKind, str] = {
    **{kind: prefix for prefix, kind in _PREFIXES.items()},
    _K.TASK: "00T",
    _K.ACTIVITY: "00T",
}
COLUMNS: Mapping[RecordKind, tuple[Column, ...]] = {
    _K.ACCOUNT: (
        column(_K.ACCOUNT, "name", "Name"),
        Column("domain", "Website", fieldmap.DOMAIN),
        column(_K.ACCOUNT, "phone", "Phone"),
    ),
    _K.CONTACT: (
        column(_K.CONTACT, "first_name", "FirstName"),
        column(_K.CONTACT, "last_name", "LastName"),
        column(_K.CONTACT, "title", "Title"),
        column(_K.CONTACT, "email", "Email"),
        column(_K.CONTACT, "phone", "Phone"),
        column(_K.CONTACT, "mobile", "MobilePhone"),
        Column("account", "AccountId", _ACCOUNT),
    ),
    _K.LEAD: (
        column(_K.LEAD, "first_name", "FirstName"),
        column(_K.LEAD, "last_name", "LastName"),
        column(_K.LEAD, "title", "Title"),
        column(_K.LEAD, "company", "Company"),
        column(_K.LEAD, "email", "Email"),
        column(_K.LEAD, "phone", "Phone"),
        column(_K.LEAD, "mobile", "MobilePhone"),
        column(_K.LEAD, "status", "Status"),
    ),
    _K.OPPORTUNITY: (
        column(_K.OPPORTUNITY, "name", "Name"),
        column(_K.OPPORTUNITY, "stage", "StageName"),
        column(_K.OPPORTUNITY, "amount", "Amount"),
        column(_K.OPPORTUNITY, "currency", "CurrencyIsoCode"),
        column(_K.OPPORTUNITY, "close_date", "CloseDate"),
        column(_K.OPPORTUNITY, "next_step", "NextStep"),
        Column("account", "AccountId", _ACCOUNT),
        Column("contact", "ContactId", _CONTACT, is_fixed=True),
    ),
    _K.CASE: (
        column(_K.CASE, "subject", "Subject"),
        column(_K.CASE, "description", "Description"),
        column(_K.CASE, "status", "Status"),
        column(_K.CASE, "priority", "Priority"),
        Column("account", "AccountId", _ACCOUNT),
        Column("contact", "ContactId", _CONTACT),
    ),
    _K.TASK: (
        column(_K.TASK, "subject", "Subject"),
        column(_K.TASK, "due_date", "ActivityDate"),
        column(_K.TASK, "status", "Status"),
        Column("contact", "WhoId", _PERSON),
        Column("related", "WhatId", _RELATED),
    ),
    _K.ACTIVITY: (
        Column("type", "TaskSubtype", fieldmap.TEXT, is_fixed=True),
        column(_K.ACTIVITY, "subject", "Subject"),
        Column("happened_at", "ActivityDate", fieldmap.DAY),
        column(_K.ACTIVITY, "description", "Description"),
        Column("contact", "WhoId", _PERSON),
        Column("related", "WhatId", _RELATED),
    ),
}


_HIDDEN = ask("{vendor} does not let you write {fields}; ask your administrator, or leave it out.")
_CANNOT = ask("{vendor} does not give you access to this record; ask its owner or your administrator.")
QUOTA = Refusal(
    Verdict.LATER, "{vendor} has used up its calls for today; trying again in a few hours.", retry_after=_QUOTA_WAIT
)
TOO_MANY_AT_ONCE = Refusal(Verdict.LATER, "{vendor} is busy with other calls; trying again shortly.", retry_after=30.0)

CODES: Mapping[str, Refusal] = {
    "INVALID_SESSION_ID": SIGN_IN,
    "INVALID_AUTH_HEADER": SIGN_IN,
    "INVALID_LOGIN": SIGN_IN,
    "API_DISABLED_FOR_ORG": ask("Your {vendor} does not allow programs to connect; ask your administrator."),
    "API_CURRENTLY_DISABLED": ask("Your {vendor} does not allow programs to connect; ask your administrator."),
    "INSUFFICIENT_ACCESS": FORBIDDEN,
    "INSUFFICIENT_ACCESS_OR_READONLY": _CANNOT,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _CANNOT,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": refused("An automation in {vendor} refused this change."),
    "INVALID_FIELD_FOR_INSERT_UPDATE": _HIDDEN,
    "INVALID_FIELD": _HIDDEN,
    "INVALID_TYPE": FORBIDDEN,
    "STORAGE_LIMIT_EXCEEDED": ask("{vendor} has no room left; ask your administrator to make some."),
    "REQUEST_LIMIT_EXCEEDED": QUOTA,
    "SERVER_UNAVAILABLE": TROUBLE,
    "UNKNOWN_EXCEPTION": TROUBLE,
    "QUERY_TIMEOUT": TROUBLE,
    "UNABLE_TO_LOCK_ROW": BUSY,
    "PRECONDITION_FAILED": CHANGED,
    "ENTITY_IS_DELETED": GONE,
    "NOT_FOUND": GONE,
    "CANNOT_UPDATE_CONVERTED_LEAD": refused("This lead was converted in {vendor}; change the contact instead."),
    "ENTITY_IS_LOCKED": refused("The record is locked in {vendor}, perhaps for approval; try again afterwards."),
    "REQUIRED_FIELD_MISSING": refused("{vendor} needs {fields} filled in; add it and try again."),
    "STRING_TOO_LONG": refused("The text for {fields} is too long for {vendor}; shorten it."),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": refused("{vendor} does not know this value of {fields}; choose one."),
    "INVALID_EMAIL_ADDRESS": refused("{vendor} does not take this e-mail address; correct it."),
    "DUPLICATES_DETECTED": refused("{vendor} already has a record like this one; update that one instead."),
    "DUPLICATE_VALUE": refused("{vendor} already has a record with this value; update that one instead."),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": REFUSED,
    "FIELD_INTEGRITY_EXCEPTION": IN_THE_WAY,
    "INVALID_CROSS_REFERENCE_KEY": refused("The record this one points to is no longer in {vendor}."),
}


# --- addresses --------------------------------------------------------------------------------------------------------


def origin_of(text: str) -> str:
    """Return `https://host` of the address the rep typed; raise UserActionNeeded when it cannot be one."""
    url = typed_url(text)
    if url is None:
        raise UserActionNeeded("Enter the address of your Salesforce: it ends in .my.salesforce.com.")
    if (url.hostname or "").endswith(".lightning.force.com"):
        raise UserActionNeeded("Use the address of your Salesforce that ends in .my.salesforce.com, not the other one.")
    return f"{url.scheme}://{url.netloc}"


# --- rows, stamps and marks -----------------------------------------------------------------------------------------


def soql_text(value: str) -> str:
    """Return `value` as a quoted SOQL literal, whatever it holds."""
    return f"'{value.translate(_SOQL)}'"


def snapshot(kind: RecordKind, row: Mapping[str, Any], columns: Sequence[Column]) -> RecordSnapshot:
    """Read one row; raise Temporary when it is not one. A lead that was converted counts as deleted."""
    try:
        ref, modified_at, version = RecordRef(kind, RecordId(row["Id"])), moment_of(row), str(row["SystemModstamp"])
        fields = read_values(columns, row)
    except (LookupError, TypeError, ValueError) as error:
        raise Temporary("Salesforce's answer was garbled; trying again later.", detail=type(error).__name__) from None
    is_deleted = bool(row.get("IsDeleted") or row.get(CONVERTED))
    return RecordSnapshot(ref, fields, version, modified_at, is_deleted=is_deleted, title=title_of(kind, fields))


def kinds_of(kind: RecordKind, row: Mapping[str, Any]) -> tuple[RecordKind, RecordKind]:
    """Return what a row of an object is now and what it may have been: a call that was planned and made is no Task."""
    if kind not in {RecordKind.TASK, RecordKind.ACTIVITY} or row.get("TaskSubtype") not in HAPPENED:
        plain = RecordKind.TASK if kind is RecordKind.ACTIVITY else kind
        return plain, plain
    both = (RecordKind.ACTIVITY, RecordKind.TASK)
    return both if row.get("IsClosed") else (both[1], both[0])


def moment_of(row: Mapping[str, Any]) -> datetime:
    """Return when a row last changed; raise LookupError, TypeError or ValueError for a row without that."""
    return datetime.fromisoformat(row["SystemModstamp"]).astimezone(UTC)


def stamp_of(moment: datetime) -> str:
    """Return a moment as SOQL writes it, and as our marks hold it: comparable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def clean_mark(mark: str) -> str:
    """Return a mark of our own (`stamp` or `stamp|id`), or nothing for one that cannot be read: then start over."""
    stamp, _, record_id = mark.partition("|")
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return ""
    return f"{stamp_of(moment)}|{record_id}" if is_id(record_id) else stamp_of(moment)


def after(mark: str) -> str:
    """Return the WHERE clause for what comes after a clean mark; nothing for an empty one."""
    stamp, _, record_id = mark.partition("|")
    if not stamp:
        return ""
    if not record_id:
        return f" WHERE SystemModstamp >= {stamp}"
    return f" WHERE SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > {soql_text(record_id)})"


# --- refusals -------------------------------------------------------------------------------------------------------


def refusal_of(status: int, content: object, key_field: str) -> tuple[Refusal, tuple[str, ...], str]:
    """Judge an error answer by its `errorCode`: what to do, the fields it names, and a detail without their values."""
    faults: list[Any] = content if isinstance(content, list) else []
    fault: Mapping[str, Any] = next((item for item in faults if isinstance(item, Mapping)), {})
    code = str(fault.get("errorCode") or fault.get("statusCode") or "")  # the latter where it is one of many records
    message = str(fault.get("message", ""))
    named = fault.get("fields")
    fields = tuple(str(name) for name in named if _WORD.fullmatch(str(name))) if isinstance(named, list) else ()
    refusal = CODES.get(code) or for_status(status)
    if code == "REQUEST_LIMIT_EXCEEDED" and "concurrent" in message.lower():
        refusal = TOO_MANY_AT_ONCE
    elif code == "DUPLICATE_VALUE" and key_field in message:
        refusal = Refusal(Verdict.LATER, "{vendor} is still making this record; looking again shortly.", 5.0)
    elif code == "FIELD_CUSTOM_VALIDATION_EXCEPTION":
        words = " ".join(message.split())[:200]  # an admin's own words to the rep
        refusal = Refusal(Verdict.REFUSED, f"{{vendor}} refused this change: {words}")
    detail = " ".join([str(status), *(word for word in (code, *fields) if _WORD.fullmatch(word))])
    return refusal, fields, detail
