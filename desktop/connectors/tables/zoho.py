"""What Zoho CRM calls our fields, how its rows and our marks in its feed read, what its error codes ask of us.

Names and codes are those of Zoho's own description of version 8 of its interface and of its help pages.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from desktop.connectors import fieldmap
from desktop.connectors.fieldmap import Codec, Column, column, read_values
from desktop.connectors.header_words import typed_url
from desktop.connectors.json_line import Judged
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
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of

_K = RecordKind
_ID = re.compile(r"[0-9]{5,30}")
_WORD = re.compile(r"[\w$.]{1,60}")
_PAGES_OF_PEOPLE = re.compile(r"crm(?:plus)?\.zoho(cloud)?\.([a-z.]{2,6})")
_QUOTA_WAIT = 4 * 3600.0  # credits count over the last 24 hours: they come back little by little

KEY_FIELD = "Dealside_Key"
RELATED, RELATED_MODULE = "What_Id", "$se_module"
RELATED_KINDS = frozenset({_K.ACCOUNT, _K.OPPORTUNITY, _K.CASE, _K.LEAD})
"""What a task may be about. A lead stands here and not in Who_Id, which takes contacts only."""
HAPPENED: Mapping[str, str] = {"email": "Email", "call": "Call"}
"""What an Activity's key begins with, and its type."""

MODULES: Mapping[RecordKind, str] = {
    _K.ACCOUNT: "Accounts",
    _K.CONTACT: "Contacts",
    _K.LEAD: "Leads",
    _K.OPPORTUNITY: "Deals",
    _K.CASE: "Cases",
    _K.TASK: "Tasks",
    _K.ACTIVITY: "Tasks",  # a completed Task whose key says that it happened
}
FEEDS: tuple[RecordKind, ...] = tuple(kind for kind in MODULES if kind is not _K.ACTIVITY)
_KINDS: Mapping[str, RecordKind] = {MODULES[kind]: kind for kind in FEEDS}


# --- fields -----------------------------------------------------------------------------------------------------------


def is_id(text: str) -> bool:
    """Return True when `text` could be an id of Zoho CRM, and so may stand in an address or a query."""
    return _ID.fullmatch(text) is not None


def _checked_id(record_id: str) -> str:
    if not is_id(record_id):
        raise ValueError("not an id of this CRM")
    return record_id


def _id_of(raw: Any) -> str:
    found = str(raw.get("id") or "") if isinstance(raw, Mapping) else ""
    if not is_id(found):
        raise fieldmap.Unreadable(raw)
    return found


def _link(kind: RecordKind) -> Codec:
    return Codec(
        lambda value: {"id": _checked_id(fieldmap.reference(value, (kind,)).id)},
        lambda raw: f"{kind.value}:{_id_of(raw)}",
    )


def _write_related(value: str) -> Mapping[str, str]:
    ref = fieldmap.reference(value, tuple(RELATED_KINDS))
    return {"id": _checked_id(ref.id), "module": MODULES[ref.kind]}


def _read_related(raw: Any) -> str:
    found = _id_of(raw)
    module = raw.get("module")
    kind = _KINDS.get(str(module.get("api_name") if isinstance(module, Mapping) else module))
    if kind is None:  # a campaign, or a module of the org's own
        raise fieldmap.Unreadable(raw)
    return f"{kind.value}:{found}"


_RELATED = Codec(_write_related, _read_related)
_ACCOUNT, _CONTACT = _link(_K.ACCOUNT), _link(_K.CONTACT)

COLUMNS: Mapping[RecordKind, tuple[Column, ...]] = {
    _K.ACCOUNT: (
        column(_K.ACCOUNT, "name", "Account_Name"),
        Column("domain", "Website", fieldmap.DOMAIN),
        column(_K.ACCOUNT, "phone", "Phone"),
    ),
    _K.CONTACT: (
        column(_K.CONTACT, "first_name", "First_Name"),
        column(_K.CONTACT, "last_name", "Last_Name"),
        column(_K.CONTACT, "title", "Title"),
        column(_K.CONTACT, "email", "Email"),
        column(_K.CONTACT, "phone", "Phone"),
        column(_K.CONTACT, "mobile", "Mobile"),
        Column("account", "Account_Name", _ACCOUNT),
    ),
    _K.LEAD: (
        column(_K.LEAD, "first_name", "First_Name"),
        column(_K.LEAD, "last_name", "Last_Name"),
        column(_K.LEAD, "title", "Designation"),
        column(_K.LEAD, "company", "Company"),
        column(_K.LEAD, "email", "Email"),
        column(_K.LEAD, "phone", "Phone"),
        column(_K.LEAD, "mobile", "Mobile"),
        column(_K.LEAD, "status", "Lead_Status"),
    ),
    _K.OPPORTUNITY: (
        column(_K.OPPORTUNITY, "name", "Deal_Name"),
        column(_K.OPPORTUNITY, "stage", "Stage"),
        column(_K.OPPORTUNITY, "amount", "Amount"),
        column(_K.OPPORTUNITY, "currency", "Currency"),
        column(_K.OPPORTUNITY, "close_date", "Closing_Date"),
        column(_K.OPPORTUNITY, "next_step", "Next_Step"),
        Column("account", "Account_Name", _ACCOUNT),
        Column("contact", "Contact_Name", _CONTACT),
    ),
    _K.CASE: (
        column(_K.CASE, "subject", "Subject"),
        column(_K.CASE, "description", "Description"),
        column(_K.CASE, "status", "Status"),
        column(_K.CASE, "priority", "Priority"),
        Column("account", "Account_Name", _ACCOUNT),
        Column("contact", "Related_To", _CONTACT),
    ),
    _K.TASK: (
        column(_K.TASK, "subject", "Subject"),
        column(_K.TASK, "due_date", "Due_Date"),
        column(_K.TASK, "status", "Status"),
        Column("contact", "Who_Id", _CONTACT),
        Column("related", RELATED, _RELATED),
    ),
    _K.ACTIVITY: (
        column(_K.ACTIVITY, "subject", "Subject"),
        Column("happened_at", "Due_Date", fieldmap.DAY),
        column(_K.ACTIVITY, "description", "Description"),
        Column("contact", "Who_Id", _CONTACT),
        Column("related", RELATED, _RELATED),
    ),
}


# --- keys -------------------------------------------------------------------------------------------------------------


def key_values(kind: RecordKind, key: str) -> dict[str, str]:
    """Return what the key field holds for an idempotency key, by type of an Activity ("" for other kinds).

    It is lower-case letters and digits, whatever the key: the field may not tell cases apart, and it stands in queries.
    """
    digest = derive("zoho key", kind.value, key)
    if kind is _K.ACTIVITY:
        return {shown: f"{word}-{digest}" for word, shown in HAPPENED.items()}
    return {"": f"{kind.value}-{digest}"}


def happened_of(row: Mapping[str, Any]) -> str | None:
    """Return the type of the Activity that a row of Tasks is, or None for a Task."""
    return HAPPENED.get(str(row.get(KEY_FIELD) or "").partition("-")[0])


# --- addresses --------------------------------------------------------------------------------------------------------


def origin_of(text: str) -> str:
    """Return `https://host` of the address the rep typed; raise UserActionNeeded when it cannot be one."""
    url = typed_url(text)
    if url is None:
        raise UserActionNeeded("Enter the address of your Zoho's data centre, like https://www.zohoapis.eu.")
    page = _PAGES_OF_PEOPLE.fullmatch(url.hostname or "")
    if page is not None:
        raise UserActionNeeded(f"Programs reach your Zoho at https://www.zohoapis.{page[2]}; enter that address.")
    return f"{url.scheme}://{url.netloc}"


# --- rows, stamps and marks -------------------------------------------------------------------------------------------


def with_module(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose link to anything says in itself what it links to."""
    link = row.get(RELATED)
    if isinstance(link, Mapping) and "module" not in link:
        return {**row, RELATED: {**link, "module": row.get(RELATED_MODULE)}}
    return dict(row)


def fields_of(kind: RecordKind, row: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, str | None]:
    """Return the canonical fields of a row; what it lacks or nobody can read is absent."""
    fields = read_values(columns, with_module(row))
    happened = happened_of(row)
    if kind is _K.ACTIVITY and happened is not None:
        fields["type"] = happened
    return fields


def snapshot(kind: RecordKind, row: Mapping[str, Any], columns: Sequence[Column]) -> RecordSnapshot:
    """Read one row; raise Temporary when it is not one."""
    try:
        ref, modified_at = RecordRef(kind, RecordId(_checked_id(str(row["id"])))), moment_of(row["Modified_Time"])
        fields = fields_of(kind, row, columns)
    except (LookupError, TypeError, ValueError) as error:
        raise Temporary("Zoho's answer was garbled; trying again later.", detail=type(error).__name__) from None
    return standing(ref, fields, modified_at)


def standing(ref: RecordRef, fields: Mapping[str, str | None], modified_at: datetime) -> RecordSnapshot:
    """Return a Record as it stands since `modified_at`.

    Zoho stamps whole seconds, so the version holds a digest of what the rep sees too: two edits within a second differ.
    """
    parts = [f"{name}={value}" if value is not None else name for name, value in sorted(fields.items())]
    version = f"{stamp_of(modified_at)} {derive(*parts)[:12]}"
    return RecordSnapshot(ref, fields, version, modified_at, title=title_of(ref.kind, fields))


def gone(kind: RecordKind, row: Mapping[str, Any]) -> RecordSnapshot:
    """Read one row of the list of deleted records; raise Temporary when it is not one."""
    try:
        ref, moment = RecordRef(kind, RecordId(_checked_id(str(row["id"])))), moment_of(row["deleted_time"])
    except (LookupError, TypeError, ValueError) as error:
        raise Temporary("Zoho's answer was garbled; trying again later.", detail=type(error).__name__) from None
    return RecordSnapshot(ref, {}, stamp_of(moment), moment, is_deleted=True)


def moment_of(text: str) -> datetime:
    """Return a moment with its zone, in UTC; raise TypeError or ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("no such year") from error


def stamp_of(moment: datetime) -> str:
    """Return a moment as Zoho writes it, in UTC, and as our marks hold it: comparable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def clean_mark(mark: str) -> str:
    """Return a mark of our own (`stamp` or `stamp|id`), or nothing for one that cannot be read: then start over."""
    stamp, _, record_id = mark.partition("|")
    try:
        moment = moment_of(stamp)
    except ValueError:
        return ""
    return f"{stamp_of(moment)}|{record_id}" if is_id(record_id) else stamp_of(moment)


def query_after(module: str, mark: str, limit: int) -> str:
    """Return the COQL query for the next rows after a clean mark, in the order in which they changed.

    Going on from the last row, not by an offset, never meets the limit of 100,000 rows of one query.
    """
    stamp, _, record_id = mark.partition("|")
    where = "id is not null"  # a query without a condition is refused
    if record_id:
        where = f"(Modified_Time > '{stamp}' or (Modified_Time = '{stamp}' and id > {record_id}))"
    elif stamp:
        where = f"Modified_Time >= '{stamp}'"
    order = "order by Modified_Time asc, id asc"
    return f"select id, Modified_Time from {module} where {where} {order} limit {limit}"  # noqa: S608  (all our own)


# --- refusals ---------------------------------------------------------------------------------------------------------


QUOTA = Refusal(
    Verdict.LATER, "{vendor} has used up its calls for today; trying again in a few hours.", retry_after=_QUOTA_WAIT
)
_TOO_MANY = Refusal(Verdict.LATER, BUSY.sentence, retry_after=60.0)  # it rarely says for how long
_MISSING = refused("{vendor} needs {fields} filled in; add it and try again.")
_UNKNOWN_VALUE = refused("{vendor} does not accept the value of {fields}; edit it and try again.")
_SCOPE = ask("The sign-in to {vendor} does not cover this; sign in again and allow everything that is asked for.")
TOO_LONG = refused("The text for {fields} is too long for {vendor}; shorten it.")
NOT_IN_LIST = refused("{vendor} does not know this value of {fields}; choose one of its list.")
HIDDEN = ask("{vendor} does not let you write {fields}; ask your administrator, or leave it out.")

CODES: Mapping[str, Refusal] = {
    "INVALID_TOKEN": SIGN_IN,
    "AUTHENTICATION_FAILURE": SIGN_IN,
    "AUTHORIZATION_FAILED": FORBIDDEN,
    "OAUTH_SCOPE_MISMATCH": _SCOPE,
    "NO_PERMISSION": FORBIDDEN,
    "CRMPLUS_TRIAL_EXPIRED": ask("Your {vendor} subscription has run out; ask your administrator."),
    "FEATURE_NOT_SUPPORTED": ask("Your edition of {vendor} cannot do this; ask your administrator."),
    "INVALID_MODULE": FORBIDDEN,
    "STORAGE_SPACE_EXCEEDED": ask("{vendor} has no room left; ask your administrator to make some."),
    "LICENSE_LIMIT_EXCEEDED": ask("{vendor} has no room left; ask your administrator to make some."),
    "TOO_MANY_REQUESTS": _TOO_MANY,
    "API_LIMIT_EXCEEDED": QUOTA,
    "INTERNAL_ERROR": TROUBLE,
    "INTERNAL_SERVER_ERROR": TROUBLE,
    "RECORD_LOCKED": refused("The record is locked in {vendor}; try again when it has been unlocked."),
    "RECORD_IN_BLUEPRINT": refused("A blueprint in {vendor} steers this record; take its next step there."),
    "NOT_APPROVED": refused("The record waits for approval in {vendor}; try again afterwards."),
    "CONVERTED_RECORD": IN_THE_WAY,
    "MANDATORY_NOT_FOUND": _MISSING,
    "EXPECTED_FIELD_MISSING": _MISSING,
    "DEPENDENT_FIELD_MISSING": _MISSING,
    "INVALID_DATA": _UNKNOWN_VALUE,
    "PATTERN_NOT_MATCHED": _UNKNOWN_VALUE,
    "MAPPING_MISMATCH": _UNKNOWN_VALUE,
    "DATA_MISMATCH": _UNKNOWN_VALUE,
    "DUPLICATE_DATA": refused("{vendor} already has a record with this {fields}; update that one instead."),
    "NOT_FOUND": GONE,
    "NO_RECORDS_FOUND": GONE,
    "ALREADY_MODIFIED": CHANGED,
    "CANNOT_DELETE": IN_THE_WAY,
    "NOT_ALLOWED": REFUSED,
    "LIMIT_EXCEEDED": REFUSED,
}


def fault_in(body: Any) -> Mapping[str, Any] | None:
    """Return what an answer complains of: the first record's fault, the answer's own, or None."""
    fault = body
    if isinstance(body, Mapping) and isinstance(body.get("data"), list):
        fault = next(iter(body["data"]), None)
    return fault if isinstance(fault, Mapping) and fault.get("status") == "error" else None


def details_of(fault: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a fault's details, empty for one without."""
    details = fault.get("details")
    return details if isinstance(details, Mapping) else {}


def refusal_of(status: int, body: Any) -> Judged:
    """Judge an error answer by its `code`: what to do, the fields it names, and a detail without their values."""
    fault = fault_in(body) or {}
    code, message, details = str(fault.get("code", "")), str(fault.get("message", "")).lower(), details_of(fault)
    name = str(details.get("api_name") or "")
    names = (name.replace("_", " ").removesuffix(" Id"),) if _WORD.fullmatch(name) else ()
    refusal = CODES.get(code) or for_status(status)
    if code == "TOO_MANY_REQUESTS" and re.search(r"credit|24 hours|daily|per day", message):
        refusal = QUOTA
    elif code == "INVALID_DATA" and details.get("maximum_length") is not None:
        refusal = TOO_LONG
    elif code == "INVALID_DATA" and not names and re.search(r"\bid\b", message):
        refusal = GONE
    elif code == "NO_PERMISSION" and names:
        refusal = HIDDEN
    detail = " ".join([str(status), *(word for word in (code, name) if _WORD.fullmatch(word))])
    return refusal, names, detail
