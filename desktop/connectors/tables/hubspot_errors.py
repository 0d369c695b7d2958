"""What HubSpot's error answers ask of us, by the vendor's own codes.

An answer is `{category, message, correlationId, subCategory?, errors[], context}`, for throttling with `policyName`.
What is wrong with single properties stands in `errors`, or, in older answers, as JSON inside the message.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from desktop.connectors.refusals import (
    BUSY,
    FORBIDDEN,
    GONE,
    REFUSED,
    SIGN_IN,
    TROUBLE,
    Refusal,
    Verdict,
    ask,
    for_status,
    refused,
)
from desktop.connectors.tables.hubspot import TABLES
from desktop.domain.records import FIELDS

_NAME = re.compile(r"\w{1,100}")
_SCOPE = re.compile(r"[\w.-]{1,100}")


_HIDDEN = ask("{vendor} does not let you write {fields}; ask your administrator, or leave it out.")
_UNUSABLE = refused("{vendor} cannot read the value of {fields}; correct it.")
_TAKEN = refused("{vendor} already has a record like this one; update that one instead.")
_SCOPES = ask("The access token for {vendor} lacks a permission; ask your administrator to add: {fields}.")
_UNLINKED = refused("The record this one points to is no longer in {vendor}.")
_LACKING = refused("{vendor} needs {fields} filled in; add it and try again.")
QUOTA = Refusal(
    Verdict.LATER, "{vendor} has used up its calls for today; trying again in a few hours.", retry_after=4 * 3600.0
)
TOO_FAST = Refusal(Verdict.LATER, BUSY.sentence, retry_after=10.0)  # the longest of its rolling windows
LOCKED = Refusal(Verdict.LATER, "The record is locked in {vendor} for a moment; trying again.", retry_after=2.0)

CODES: Mapping[str, Refusal] = {
    "PROPERTY_DOESNT_EXIST": _HIDDEN,
    "READ_ONLY_VALUE": _HIDDEN,
    "INVALID_OPTION": refused("{vendor} does not know this value of {fields}; choose one."),
    "INVALID_EMAIL": refused("{vendor} does not take this e-mail address; correct it."),
    "INVALID_NUMBER": _UNUSABLE,
    "INVALID_LONG": _UNUSABLE,
    "INVALID_DATE": _UNUSABLE,
    "INVALID_STRING_LENGTH": refused("The text for {fields} is too long for {vendor}; shorten it."),
    "CONFLICTING_UNIQUE_VALUE": _TAKEN,
}
CATEGORIES: Mapping[str, Refusal] = {
    "INVALID_AUTHENTICATION": SIGN_IN,
    "EXPIRED_AUTHENTICATION": SIGN_IN,
    "MISSING_SCOPES": _SCOPES,
    "BANNED": FORBIDDEN,
    "CONFLICT": _TAKEN,
    "OBJECT_ALREADY_EXISTS": _TAKEN,
    "OBJECT_NOT_FOUND": GONE,
    "RATE_LIMITS": TOO_FAST,
    "RATE_LIMIT": TOO_FAST,
    "MIGRATION_IN_PROGRESS": TROUBLE,
}
LABELS: Mapping[str, str] = {
    column.name: f"“{FIELDS[table.kind][column.field].label}”" for table in TABLES.values() for column in table.columns
}


@dataclass(frozen=True, slots=True)
class _Fault:
    code: str
    names: tuple[str, ...]
    message: str


def judge(status: int, body: Any) -> tuple[Refusal, tuple[str, ...], str]:
    """Judge an error answer by its policy, its inner codes and its category, in this order; by its status at last."""
    about = body if isinstance(body, Mapping) else {}
    category = _word(about.get("category") or about.get("errorType"))
    faults = _faults(about)
    fault = next((fault for fault in faults if fault.code in CODES), faults[0] if faults else _Fault("", (), ""))
    names = fault.names
    message = str(about.get("message", ""))
    policy = str(about.get("policyName", ""))
    if policy:
        refusal = QUOTA if "DAILY" in policy.upper() else TOO_FAST
    elif category == "MISSING_SCOPES":
        refusal, names = _SCOPES, _scopes(about)
    elif "INVALID_OBJECT_IDS" in str(about.get("subCategory")):
        refusal = _UNLINKED
    elif fault.code in CODES:
        refusal = CODES[fault.code]
    elif "required properties were not set" in message.lower():
        refusal = _LACKING
    elif category == "VALIDATION_ERROR" and fault.names and fault.message:  # an admin's rule, in the admin's words
        refusal = refused(f"{{vendor}} refused {{fields}}: {' '.join(fault.message.split())[:200]}")
    else:
        refusal = CATEGORIES.get(category) or _by_status(status)
    detail = " ".join(word for word in (str(status), category, fault.code, *names) if word)
    return refusal, tuple(dict.fromkeys(LABELS.get(name, name) for name in names)), detail


def _by_status(status: int) -> Refusal:
    if status == 423:
        return LOCKED
    if status == 429:
        return TOO_FAST
    return TROUBLE if status == 477 else for_status(status) if status != 400 else REFUSED


def _faults(about: Mapping[str, Any]) -> list[_Fault]:
    """Return what is wrong with single properties: older answers say it as JSON inside the message."""
    listed = about.get("errors")
    found = [_fault(item) for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    _, _, inner = str(about.get("message", ""))[:20_000].partition("Property values were not valid: ")
    if inner:
        with suppress(ValueError, TypeError, RecursionError):
            found += [_fault(item) for item in json.loads(inner) if isinstance(item, Mapping)]
    if not found and isinstance(about.get("context"), Mapping):
        found.append(_fault(about))
    return found


def _fault(item: Mapping[str, Any]) -> _Fault:
    context = item.get("context")
    given = [item.get("name")]
    if isinstance(context, Mapping):
        for key in ("propertyName", "properties"):
            values = context.get(key)
            given += values if isinstance(values, list) else [values]
    names = tuple(dict.fromkeys(_word(name) for name in given if _word(name)))
    return _Fault(_word(item.get("code") or item.get("error")), names, str(item.get("message", "")))


def _scopes(about: Mapping[str, Any]) -> tuple[str, ...]:
    listed = about.get("errors")
    contexts = [item.get("context") for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    found: list[str] = []
    for context in [*contexts, about.get("context")]:
        for values in context.values() if isinstance(context, Mapping) else ():
            found += (
                [str(value) for value in values if _SCOPE.fullmatch(str(value))] if isinstance(values, list) else []
            )
    return tuple(dict.fromkeys(found))[:5]


def _word(raw: Any) -> str:
    return raw if isinstance(raw, str) and _NAME.fullmatch(raw) else ""
