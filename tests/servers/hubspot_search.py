"""The search of the simulated HubSpot: its limits, its filters, and an index that is behind."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.servers.hubspot_objects import SEARCHED
from tests.servers.hubspot_portal import Portal, Refused, Row

SEARCH_CAP = 10_000
IN_MOST = 100
MAX_QUERY = 3000
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def search(portal: Portal, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    groups, sorts = body.get("filterGroups") or [], body.get("sorts") or []
    limit, after = body.get("limit", 10), str(body.get("after") or "0")
    _check(portal, kind, body)
    rows = [row for row in (_indexed(portal, each) for each in portal.live(kind)) if row is not None]
    tests = [[_test(each) for each in group["filters"]] for group in groups]
    found = [row for row in rows if not tests or any(all(test(row) for test in group) for group in tests)]
    found = [row for row in found if _has_words(kind, row, str(body.get("query") or ""))]
    by = sorts[0] if sorts else "hs_object_id"
    name, direction = (by, "") if isinstance(by, str) else (by["propertyName"], by.get("direction", ""))
    # Rows that are alike in what they are sorted by come in no order one could rely on.
    found.sort(key=lambda row: int(row.id) * 7919 % 1009)
    found.sort(key=lambda row: _comparable(row.properties.get(name, "")), reverse=direction == "DESCENDING")
    start = int(after)
    page = found[start : start + limit]
    answer: dict[str, Any] = {"total": len(found), "results": [portal.shown(kind, row, body) for row in page]}
    if start + limit < len(found):
        answer["paging"] = {"next": {"after": str(start + limit)}}
    return answer


def _check(portal: Portal, kind: str, body: Mapping[str, Any]) -> None:
    groups, sorts = body.get("filterGroups") or [], body.get("sorts") or []
    limit, after = body.get("limit", 10), str(body.get("after") or "0")
    filters = [len(group["filters"]) for group in groups]
    if len(groups) > 5 or max(filters, default=0) > 6 or sum(filters) > 18 or len(sorts) > 1:
        raise Refused(400, "VALIDATION_ERROR", "too many filters or sorts")
    if not isinstance(limit, int) or not 0 < limit <= 200 or not after.isdigit():
        raise Refused(400, "VALIDATION_ERROR", "limit must be at most 200, after a number")
    if int(after) + limit > SEARCH_CAP:
        raise Refused(400, "VALIDATION_ERROR", "paging is limited to 10000 results")
    named = [each["propertyName"] for group in groups for each in group["filters"]]
    named += [each if isinstance(each, str) else each["propertyName"] for each in sorts]
    if len(str(body.get("query") or "")) > MAX_QUERY:
        raise Refused(400, "VALIDATION_ERROR", "the query is too long")
    for name in named:
        if name not in portal.objects[kind] or portal.objects[kind][name].is_hidden:
            raise Refused(400, "VALIDATION_ERROR", f"There was a problem with the request: no property {name}")


def _indexed(portal: Portal, row: Row) -> Row | None:
    """Return a record as the index has it, which is behind; not with all records alike."""
    horizon = portal.now() - portal.index_lag * (int(row.id) % 3) / 2
    if row.updated <= horizon:
        return row
    older = [each for each in row.past if each[0] <= horizon]
    return Row(row.id, older[-1][1], row.created, older[-1][0]) if older else None


def _test(about: Mapping[str, Any]) -> Callable[[Row], bool]:
    name, operator, value = about["propertyName"], about["operator"], _comparable(str(about.get("value", "")))
    compare: Mapping[str, Callable[[Any], bool]] = {
        "EQ": lambda raw: raw == value,
        "GT": lambda raw: raw > value,
        "GTE": lambda raw: raw >= value,
        "LT": lambda raw: raw < value,
        "LTE": lambda raw: raw <= value,
    }
    listed = about.get("values") or []
    if operator == "IN" and (not 0 < len(listed) <= IN_MOST or any(each != each.lower() for each in listed)):
        raise Refused(400, "VALIDATION_ERROR", "values must be a list of lower-case texts")
    if operator not in {*compare, "IN"}:
        raise Refused(400, "VALIDATION_ERROR", f"operator {operator} is not known here")
    if operator == "IN":
        return lambda row: row.properties.get(name, "").lower() in listed
    return lambda row: name in row.properties and compare[operator](_comparable(row.properties[name]))


def _has_words(kind: str, row: Row, query: str) -> bool:
    """Whether each word of a query begins a word in what is searched by default."""
    text = " ".join(row.properties.get(name, "") for name in SEARCHED[kind]).casefold()
    return all(re.search(rf"(?<!\w){re.escape(word)}", text) for word in query.casefold().split())


def _comparable(text: str) -> tuple[float, str]:
    """Return what a value is compared by: numbers and moments as numbers."""
    if _NUMBER.fullmatch(text):
        return float(text), ""
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000), ""
    except ValueError:
        return 0.0, text
