"""What Pipedrive calls our fields, and what its error codes, its limits and our marks in its feed mean.

Sources: Pipedrive's OpenAPI descriptions of v1 and v2 (names, types, costs), its rate-limit headers, and for
`updated_since` that only whole seconds are taken. Where the description is silent the reading is lenient.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from desktop.connectors.fieldmap import Column
from desktop.connectors.header_words import typed_url
from desktop.connectors.refusals import (
    BUSY,
    FORBIDDEN,
    GONE,
    SIGN_IN,
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
_ID = re.compile(r"[1-9][0-9]{0,17}")
_MARKER = re.compile(r"[0-9a-f]{32}")
_WORD = re.compile(r"[A-Za-z0-9_]{1,60}")
_LONGEST_QUOTA_WAIT = 4 * 3600.0  # the midnight that counts is the server's, which is not said: look now and then
_WINDOW = 2.0  # seconds of the burst window

ENTITIES: Mapping[RecordKind, str] = {
    _K.ACCOUNT: "organizations",
    _K.CONTACT: "persons",
    _K.OPPORTUNITY: "deals",
    _K.TASK: "activities",
    _K.ACTIVITY: "activities",
}
FEEDS: Mapping[str, RecordKind] = {
    "organization": _K.ACCOUNT,
    "person": _K.CONTACT,
    "deal": _K.OPPORTUNITY,
    "activity": _K.TASK,
}
"""The words of /recents, in the order in which the lists are read."""
FIELD_LISTS: Mapping[RecordKind, str] = {
    _K.ACCOUNT: "organizationFields",
    _K.CONTACT: "personFields",
    _K.OPPORTUNITY: "dealFields",
}
KEY = "key"
"""Stands beside the canonical fields for the custom field that holds our key."""
SEARCHABLE = frozenset({"varchar", "text", "varchar_auto"})
TEXTUAL = SEARCHABLE | {"phone"}

NAMES: Mapping[RecordKind, Mapping[str, str]] = {
    _K.ACCOUNT: {"name": "name", "domain": "website"},
    _K.CONTACT: {
        "first_name": "name",
        "last_name": "name",
        "title": "job_title",
        "email": "emails",
        "phone": "phones",
        "mobile": "phones",
        "account": "org_id",
    },
    _K.OPPORTUNITY: {
        "name": "title",
        "stage": "stage_id",
        "amount": "value",
        "currency": "currency",
        "close_date": "expected_close_date",
        "account": "org_id",
        "contact": "person_id",
    },
    _K.TASK: {"subject": "subject", "due_date": "due_date", "status": "done", "contact": "participants"},
    _K.ACTIVITY: {
        "type": "type",
        "subject": "subject",
        "happened_at": "due_date",
        "description": "note",
        "contact": "participants",
    },
}
_COLUMN_WORDS = frozenset(name for names in NAMES.values() for name in names.values()) | {"deal_id", "due_time"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One column of a pipeline."""

    id: int
    name: str
    pipeline: int


@dataclass(frozen=True, slots=True)
class Words:
    """What this company calls things. `custom` are field codes by canonical name, of one kind of Record.

    `has_job_title`: persons have that field only where the company keeps its contacts in step with a calendar.
    `codes` are the fields that the rep may see with their types, None where there is no list of them. `mapped` and
    `absent` are what a field map says of canonical fields, `choices` what its value maps know.
    """

    custom: Mapping[str, str]
    stages: tuple[Stage, ...] = ()
    types: Mapping[str, str] | None = None
    has_job_title: bool = False
    codes: Mapping[str, str] | None = None
    mapped: Mapping[str, Column] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# --- refusals -------------------------------------------------------------------------------------------------------


TOO_LONG = refused("The text for {fields} is too long for {vendor}; shorten it.")
NOT_KNOWN = refused("{vendor} does not take what stands in {fields}; edit it and try again.")
READ_ONLY = ask("{vendor} does not let you write {fields}; ask your administrator, or leave it out.")
NEEDED = refused("{vendor} needs {fields} filled in; add it and try again.")
BLOCKED = Refusal(Verdict.LATER, "{vendor} is not taking calls from this network for now; trying again later.", 900.0)
UNPAID = ask("Your company's {vendor} account is not active; ask your administrator.")

CODES: Mapping[str, Refusal] = {
    "ERR_SCHEMA_VALIDATION_FAILED": NOT_KNOWN,
    "ERR_NOT_FOUND": GONE,
    "ERR_FORBIDDEN": FORBIDDEN,
    "ERR_UNAUTHORIZED": SIGN_IN,
}


def refusal_of(status: int, body: Any, headers: Mapping[str, str], now: datetime) -> tuple[Refusal, str, str]:
    """Judge an error answer: what to do, the column it names (or nothing), and a detail without anybody's values."""
    fault: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
    code = str(fault.get("code") or "")
    message = str(fault.get("error") or "")[:500]
    words = re.findall(_WORD, message)
    named = next((word for word in words if word in _COLUMN_WORDS), "") or next(
        (word for word in words if len(word) == 40), ""
    )
    refusal = CODES.get(code) or for_status(status)
    lowered = message.lower()
    if status == 429:
        refusal = throttled(headers, now)
    elif status == 402:
        refusal = UNPAID
    elif status == 403 and not fault:  # a page of the network in front of Pipedrive, after too many calls
        refusal = BLOCKED
    elif named and refusal.verdict is not Verdict.LATER and status in {400, 403, 422}:
        if status == 403 or "read-only" in lowered or "permission" in lowered:
            refusal = READ_ONLY
        elif "required" in lowered or "empty" in lowered:
            refusal = NEEDED
        elif "long" in lowered or "length" in lowered or "characters" in lowered:
            refusal = TOO_LONG
        else:
            refusal = NOT_KNOWN
    detail = " ".join([str(status), *(word for word in (code, named) if _WORD.fullmatch(word))])
    return refusal, named, detail


def throttled(headers: Mapping[str, str], now: datetime) -> Refusal:
    """Tell the two kinds of 429 apart: the day's tokens are used up (or there are none), or the burst is over.

    Going on after either leads to a block, so the connector stays quiet for as long as `retry_after` says.
    """
    left = whole(headers.get("x-daily-ratelimit-token-remaining"))
    if left is not None and left <= 0:
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        wait = min((midnight - now).total_seconds() + 60.0, _LONGEST_QUOTA_WAIT)
        sentence = "{vendor} has used up its calls for today; trying again in a few hours."
        return Refusal(Verdict.LATER, sentence, wait)
    reset = whole(headers.get("x-ratelimit-reset"))
    return Refusal(Verdict.LATER, BUSY.sentence, min(max(_WINDOW, float(reset or 0)), 3600.0))


def whole(text: str | None) -> int | None:
    """Return the whole number in a header, or None."""
    try:
        return int(text) if text is not None and len(text) < 20 else None
    except ValueError:
        return None


# --- addresses, ids, keys -------------------------------------------------------------------------------------------


def origin_of(text: str) -> str:
    """Return `https://company.pipedrive.com` of what the rep typed; raise UserActionNeeded when it cannot be one."""
    typed = text.strip().rstrip("/")
    if re.fullmatch(r"[A-Za-z0-9-]{1,63}", typed):
        typed = f"{typed}.pipedrive.com"
    url = typed_url(typed)
    if url is None:
        raise UserActionNeeded("Enter the address of your Pipedrive: it looks like yourcompany.pipedrive.com.")
    return f"{url.scheme}://{url.netloc}"


def is_id(text: str) -> bool:
    """Return True when `text` could be an id of Pipedrive, and so may stand in an address."""
    return _ID.fullmatch(text) is not None


def marker_of(key: str) -> str:
    """Return what stands in Pipedrive for one of our keys: 32 hex digits, since its search does not mind the case."""
    return key if _MARKER.fullmatch(key) else derive("pipedrive key", key)


# --- marks of the feed ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Round:
    """A round over the lists that is not done yet: when it began, what is left to read, and how far the first is."""

    since: str
    left: tuple[str, ...]
    newest: str = ""
    cursor: str = ""

    def text(self) -> str:
        """Return the mark that `round_of` reads."""
        return "|".join((self.since, ",".join(self.left), self.newest, self.cursor))


def round_of(mark: str) -> Round | None:
    """Read a mark of our own; None for one that is none."""
    parts = mark.split("|", 3)
    if len(parts) != 4 or not clean_stamp(parts[0]):
        return None
    left = tuple(name for name in parts[1].split(",") if name in FEEDS)
    return Round(clean_stamp(parts[0]), left, clean_stamp(parts[2]), parts[3]) if left else None


def stamp_of(moment: datetime) -> str:
    """Return a moment as `updated_since` takes it (whole seconds, UTC), and as our marks hold it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean_stamp(text: str) -> str:
    """Return a stamp of our own, or nothing for what cannot be read: then start over."""
    try:
        moment = datetime.fromisoformat(text)
        return stamp_of(moment.replace(tzinfo=moment.tzinfo or UTC)) if moment.year > 1970 else ""
    except (ValueError, OverflowError):
        return ""


def old_stamp(stamp: str) -> str:
    """Return a stamp as v1 writes it."""
    return stamp.replace("T", " ").removesuffix("Z")


def looks_gone(item: str, data: Any) -> bool:
    """Whether a row of /recents may stand for a Record that left the lists: deleted, merged away, or archived."""
    if not isinstance(data, Mapping):
        return True
    if data.get("is_archived") or data.get("deleted") or data.get("is_deleted") or data.get("status") == "deleted":
        return True
    return item != "deal" and data.get("active_flag") is False


# --- field lists ----------------------------------------------------------------------------------------------------


def codes_by_name(rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the codes of the company's own text fields, by our name for them; `wanted` gives the name of each."""
    found: dict[str, str] = {}
    for ours, theirs in wanted.items():
        allowed = SEARCHABLE if ours == KEY else TEXTUAL
        for row in rows:
            is_named = str(row.get("field_name", "")).strip().casefold() == theirs.strip().casefold()
            code = str(row.get("field_code", ""))
            if is_named and row.get("is_custom_field") and row.get("field_type") in allowed and _WORD.fullmatch(code):
                found[ours] = code
                break
    return found
