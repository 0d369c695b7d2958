"""The batch endpoints of the simulated HubSpot: sizes, shapes, what of a batch is done when a part of it is wrong.

Creates whose inputs all carry an `objectWriteTraceId` of their own are done as far as they can be (207); without it, as
for updates always, one bad record refuses the whole batch. Records that are not there are left out of an answer: with
an error when they were to be read, without a word when they were to be updated. Results come in an order of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.hubspot_objects import OWN, PLAIN
from tests.servers.hubspot_portal import EMAIL, Portal, Refused, Row, stamp
from tests.servers.vendor import Answer

MOST = 100
MOST_LINKS = 1000
_TRACE = "objectWriteTraceId"


def batch(portal: Portal, kind: str, action: str, body: Any) -> Answer:
    """Answer POST /{kind}/batch/{action}."""
    match action:
        case "read":
            return _read(portal, kind, _members(body, {"inputs", "properties", "propertiesWithHistory", "idProperty"}))
        case "create":
            return _create(portal, kind, _inputs(body, {"properties", "associations", _TRACE}))
        case "update":
            return _update(portal, kind, _inputs(body, {"id", "properties", "idProperty", _TRACE}))
    raise Refused(404, "OBJECT_NOT_FOUND", "Unable to resolve the path")


def _read(portal: Portal, kind: str, body: Mapping[str, Any]) -> Answer:
    if not isinstance(body.get("properties"), list) or not isinstance(body.get("propertiesWithHistory"), list):
        raise Refused(400, "VALIDATION_ERROR", "properties and propertiesWithHistory are required")
    inputs = _inputs({"inputs": body.get("inputs")}, {"id"})
    if body.get("idProperty") == "email" and not all(EMAIL.fullmatch(each["id"]) for each in inputs):
        raise Refused(400, "VALIDATION_ERROR", "an e-mail address is invalid")
    found: dict[str, Row] = {}
    missing: list[str] = []
    if portal.unreadable & {each["id"] for each in inputs}:
        fault = _fault("INTERNAL_ERROR", "Some objects could not be read")
        return Answer(207, {**told(portal, []), "numErrors": len(inputs), "errors": [fault]})
    for each in inputs:
        try:
            row = portal.row(kind, str(each["id"]), body.get("idProperty", ""))
            found[row.id] = row
        except Refused as refused:
            if refused.status != 404:
                raise
            missing.append(str(each["id"]))
    results = [portal.shown(kind, row, body) for row in found.values()]
    if not missing:
        return Answer(200, told(portal, _mixed(results)))
    words = f"Could not get some {kind.upper()} objects, they may be deleted or not exist. Check that ids are valid."
    fault = {**_fault("OBJECT_NOT_FOUND", words), "context": {"ids": missing}}
    return Answer(207, {**told(portal, _mixed(results)), "numErrors": len(missing), "errors": [fault]})


def _create(portal: Portal, kind: str, inputs: Sequence[Mapping[str, Any]]) -> Answer:
    traces = [each.get(_TRACE) for each in inputs]
    is_partial = portal.has_multi_status and all(traces)
    if is_partial and len(set(traces)) < len(traces):
        raise Refused(400, "VALIDATION_ERROR", "objectWriteTraceId must be unique in a batch")
    made: list[Row] = []
    results, faults = [], []
    for each in inputs:
        try:
            row = portal.create(kind, _texts(each), each.get("associations") or ())
        except Refused as refused:
            if not is_partial:
                for one in made:
                    portal.unmake(kind, one)
                raise
            faults.append(_of_one(refused, str(each[_TRACE])))
            continue
        made.append(row)
        shown = portal.shown(kind, row, {"properties": [*_texts(each), "hs_object_id"]})
        results.append({**shown, _TRACE: each[_TRACE]} if is_partial else shown)
    if not faults:
        return Answer(201, told(portal, _mixed(results)))
    return Answer(207, {**told(portal, _mixed(results)), "numErrors": len(faults), "errors": _mixed(faults)})


def _update(portal: Portal, kind: str, inputs: Sequence[Mapping[str, Any]]) -> Answer:
    if len({each["id"] for each in inputs}) < len(inputs):
        raise Refused(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input")
    rows: list[tuple[Row, dict[str, str]]] = []
    for each in inputs:
        properties = _texts(each)
        try:
            row = portal.row(kind, str(each["id"]), each.get("idProperty", ""))
        except Refused:
            continue
        portal.check(kind, properties, row)
        rows.append((row, properties))
    results = []
    for row, properties in rows:
        portal.update(kind, row, properties)
        results.append(portal.shown(kind, row, {"properties": [*properties, "hs_object_id"]}))
    return Answer(200 if len(rows) == len(inputs) else 207, told(portal, _mixed(results)))


# --- links ------------------------------------------------------------------------------------------------------------


def links(portal: Portal, kind: str, to: str, action: str, body: Any) -> Answer:
    """Answer POST /{kind}/{to}/batch/{action} of the associations."""
    if (kind, to) not in PLAIN:
        raise Refused(400, "VALIDATION_ERROR", f"no associations between {kind} and {to}")
    match action:
        case "read":
            return _linked(portal, kind, to, _inputs(body, {"id"}, MOST_LINKS))
        case "create":
            return _link(portal, kind, to, _inputs(body, {"from", "to", "types"}, MOST_LINKS))
        case "archive":
            for each in _inputs(body, {"from", "to"}, MOST_LINKS):
                for target in each["to"]:
                    portal.unlink(kind, each["from"]["id"], to, target["id"])
            return Answer(204)
    raise Refused(404, "OBJECT_NOT_FOUND", "Unable to resolve the path")


def _linked(portal: Portal, kind: str, to: str, inputs: Sequence[Mapping[str, Any]]) -> Answer:
    results, faults = [], []
    for each in inputs:
        targets = [
            {"toObjectId": to_id, "associationTypes": [_spec(number) for number in sorted(numbers)]}
            for to_id, numbers in portal.linked(kind, each["id"], to)
        ]
        if targets:
            results.append({"from": {"id": each["id"]}, "to": targets})
        else:
            words = f"No company is associated with {each['id']}."
            fault = _fault("OBJECT_NOT_FOUND", words, "crm.associations.NO_ASSOCIATIONS_FOUND")
            faults.append({**fault, "context": {"fromObjectId": [each["id"]]}})
    body = told(portal, results)
    return Answer(207, {**body, "numErrors": len(faults), "errors": faults}) if faults else Answer(200, body)


def _link(portal: Portal, kind: str, to: str, inputs: Sequence[Mapping[str, Any]]) -> Answer:
    results, faults = [], []
    for each in inputs:
        numbers = {kind_of["associationTypeId"] for kind_of in each["types"]}
        if not numbers or not numbers <= {PLAIN[kind, to], OWN.get((kind, to))}:
            raise Refused(400, "VALIDATION_ERROR", "invalid association type")
        try:
            portal.link(kind, each["from"]["id"], to, each["to"]["id"], min(numbers))
        except Refused as refused:
            faults.append({**_fault("VALIDATION_ERROR", refused.body["message"]), "context": {}})
            continue
        pair = {"fromObjectTypeId": "0-1", "fromObjectId": each["from"]["id"]}
        results.append({**pair, "toObjectTypeId": "0-2", "toObjectId": each["to"]["id"], "labels": []})
    body = told(portal, results)
    return Answer(207, {**body, "numErrors": len(faults), "errors": faults}) if faults else Answer(201, body)


def _spec(number: int) -> dict[str, Any]:
    return {"category": "HUBSPOT_DEFINED", "typeId": number}


# --- shapes -----------------------------------------------------------------------------------------------------------


def told(portal: Portal, results: Sequence[Any]) -> dict[str, Any]:
    moment = stamp(portal.now())
    return {"status": "COMPLETE", "results": list(results), "startedAt": moment, "completedAt": moment}


def _mixed(results: Sequence[Any]) -> list[Any]:
    return [*results[1::2], *results[::2]]


def _fault(category: str, message: str, sub_category: str = "") -> dict[str, Any]:
    fault = {"status": "error", "category": category, "message": message, "context": {}, "links": {}, "errors": []}
    return {**fault, "subCategory": sub_category} if sub_category else fault


def _of_one(refused: Refused, trace: str) -> dict[str, Any]:
    body = refused.body
    fault = _fault(body["category"], body["message"], body.get("subCategory", ""))
    return {**fault, "context": {**body.get("context", {}), _TRACE: [trace]}, "errors": body.get("errors", [])}


def _members(body: Any, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(body, Mapping) or not body.keys() <= known:
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: unexpected members")
    return body


def _inputs(body: Any, known: set[str], most: int = MOST) -> Sequence[Mapping[str, Any]]:
    inputs = _members(body, {"inputs"}).get("inputs")
    if not isinstance(inputs, list) or not 0 < len(inputs) <= most:
        raise Refused(400, "VALIDATION_ERROR", f"inputs must be a list of 1 to {most}")
    for each in inputs:
        _members(each, known)
        if "id" in known and not isinstance(each.get("id"), str):
            raise Refused(400, "VALIDATION_ERROR", "id must be a text")
    return inputs


def _texts(each: Mapping[str, Any]) -> dict[str, str]:
    properties = each.get("properties")
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise Refused(400, "VALIDATION_ERROR", "properties must be an object of texts")
    return properties
