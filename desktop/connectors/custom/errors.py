"""What an error of the CRM means: the code that the mapping names first, then the status it names, then the status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.connectors.custom.mapping import Errors
from desktop.connectors.custom.pointers import MISSING, look
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
    for_status,
    refused,
)

_WORD = re.compile(r"[\w$.\- ]{1,60}")

TOO_LONG = refused("The text for {fields} is too long for {vendor}; shorten it.")
DUPLICATE = refused("{vendor} already has a record like this; update that one instead.")
MEANINGS: Mapping[str, Refusal] = {
    "sign_in": SIGN_IN,
    "permission": FORBIDDEN,
    "gone": GONE,
    "changed": CHANGED,
    "duplicate": DUPLICATE,
    "in_the_way": IN_THE_WAY,
    "missing_field": refused("{vendor} needs {fields} filled in; add it and try again."),
    "bad_value": refused("{vendor} does not accept the value of {fields}; edit it and try again."),
    "too_long": TOO_LONG,
    "refused": REFUSED,
    "busy": BUSY,
    "quota": Refusal(
        Verdict.LATER, "{vendor} has used up its calls for now; trying again in an hour.", retry_after=3600.0
    ),
    "trouble": TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal of the CRM. `names` are the fields it blames, in the CRM's own words; `detail` holds no values."""

    refusal: Refusal
    names: tuple[str, ...]
    detail: str


def fault_in(errors: Errors, status: int, body: Any, own: str | None = None) -> Fault | None:
    """Return what an answer complains of, or None for a good one. `own` is the operation's own place for it."""
    found = _first(body, [*([own] if own is not None else []), *errors.at])
    if 200 <= status < 300 and found is None:
        return None
    error = body if found is None else found
    code, field = _word(error, errors.code), _word(error, errors.field)
    meaning = errors.codes.get(code) or errors.statuses.get(str(status))
    refusal = MEANINGS[meaning] if meaning else REFUSED if status < 300 else for_status(status)
    return Fault(refusal, (field,) if field else (), " ".join(part for part in (str(status), code, field) if part))


def _first(body: Any, pointers: Sequence[str]) -> Any:
    for pointer in pointers:
        found = look(body, pointer)
        if found is not MISSING and found not in (None, "", False, [], {}):
            return found
    return None


def _word(error: Any, pointers: Sequence[str]) -> str:
    """Return a code or a field's name, which is a short word; anything else could be somebody's text."""
    found = _first(error, pointers)
    text = str(found) if isinstance(found, str | int) else ""
    return text if _WORD.fullmatch(text) else ""
