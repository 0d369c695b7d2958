"""Values of fields: the rep's typing turned into canonical strings, and canonical strings turned into words. No Qt."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from desktop.domain.errors import Rejected
from desktop.domain.records import FieldType
from desktop.domain.values import canonical
from desktop.ui import moments, texts
from desktop.ui.review.display_text import safe

_MONEY = re.compile(r"(-?)([0-9]{1,20})((?:\.[0-9]{1,6})?)")


def typed_value(kind: FieldType, typed: str) -> str | None:
    """Return the canonical string of what was typed, None for an emptied field; raise Rejected with a sentence."""
    text = safe(typed).strip()
    if kind is FieldType.REFERENCE:
        raise Rejected(texts.LINK_FIELD)
    if kind is FieldType.DATETIME and text:
        text = _with_zone(text)
    return canonical(kind, text)


def _with_zone(text: str) -> str:
    """Read a moment without a zone on the rep's own clock; anything else is left for `canonical` to refuse."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.astimezone()).isoformat()
    except (ValueError, OverflowError, OSError):
        return text


def shown(kind: FieldType, value: str | None, names: Mapping[str, str]) -> str:
    """Return a canonical value as a rep reads it; one that is not canonical comes back as it is."""
    if value is None or not value.strip():
        return texts.EMPTY_VALUE
    if kind is FieldType.REFERENCE:
        return safe(names.get(value) or value)
    try:
        return _WORDERS.get(kind, safe)(value)
    except (ValueError, OverflowError, OSError):
        return safe(value)


def _grouped(value: str) -> str:
    """Return `12,500.00` for `12500.00`; amounts are never turned into floats."""
    match = _MONEY.fullmatch(value)
    return f"{match[1]}{int(match[2]):,}{match[3]}" if match else safe(value)


_WORDERS: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.MONEY: _grouped,
    FieldType.DATE: lambda value: moments.day(date.fromisoformat(value)),
    FieldType.DATETIME: lambda value: moments.full(datetime.fromisoformat(value)),
}
