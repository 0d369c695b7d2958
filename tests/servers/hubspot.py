"""A loopback HubSpot on `vendor.py`: the paths, scopes, throttling and error answers. Its records are in a Portal.

Paths are understood in both manners, `/crm/objects/2026-03/contacts` and `/crm/v3/objects/contacts`.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.servers.hubspot_batches import batch, links, told
from tests.servers.hubspot_objects import LINK_NAMES, NUMBERS, OWN, PLAIN
from tests.servers.hubspot_portal import TRACE, Portal, Refused, Row
from tests.servers.hubspot_search import search
from tests.servers.vendor import Answer, Request, World

_DATED = re.compile(r"20\d\d-(03|09)")
_UPDATED = "2026-01-01T00:00:00.000Z"
_READS = frozenset({"associations", "properties", "archived", "idProperty", "propertiesWithHistory", "limit", "after"})


def numbered(path: str) -> str:
    """Return a dated path under its older name, as the description of the interface has it."""
    parts = path.split("/")
    if len(parts) > 3 and _DATED.fullmatch(parts[3]):
        version = "v4" if "associations" in parts else "v3"
        return "/".join(["", "crm", version, parts[2], *parts[4:]])
    if len(parts) > 2 and _DATED.fullmatch(parts[2]):
        return "/".join(["", parts[1], "v3", *parts[3:]])
    return path


class HubSpotWorld(World):
    """`burst`: calls in ten seconds, `searches`: searches in one, `daily`: calls that are left today."""

    def __init__(self, portal: Portal | None = None) -> None:
        self.portal = portal or Portal()
        self.burst: int | None = None
        self.searches: int | None = None
        self.daily: int | None = None
        self._calls: deque[datetime] = deque()
        self._searched: deque[datetime] = deque()

    def now(self) -> datetime:
        return self.portal.now()

    def error(self, status: int, code: str, message: str) -> Any:
        if status == 429:
            return {
                "status": "error",
                "message": message,
                "errorType": "RATE_LIMIT",
                "correlationId": TRACE,
                "policyName": code,
                "groupName": "publicapi:private-apps:calls:1",
            }
        return {"status": "error", "message": message, "correlationId": TRACE, "category": code}

    def answer(self, request: Request) -> Answer:
        try:
            self._let_in(request)
            answer = self._routed(request)
        except Refused as refused:
            answer = Answer(refused.status, refused.body)
        if self.daily is None or request.parts[-1:] == ("search",):  # which its headers do not count
            return answer
        counted = {"X-HubSpot-RateLimit-Daily": "250000", "X-HubSpot-RateLimit-Daily-Remaining": str(self.daily)}
        return replace(answer, headers={**answer.headers, **counted})

    # --- who may ask ------------------------------------------------------------------------------------------------

    def _let_in(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.portal.tokens:
            raise Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if self.daily is not None:
            if self.daily <= 0:
                self._throttle("DAILY", "You have reached your daily limit.")
            self.daily -= 1
        if _is_over(self._calls, self.burst, self.now(), 10):
            self._throttle("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
        if request.parts[-1:] == ("search",) and _is_over(self._searched, self.searches, self.now(), 1):
            self._throttle("SECONDLY", "You have reached your secondly limit.")

    def _throttle(self, policy: str, message: str) -> None:
        refused = Refused(429, "", message)
        refused.body = self.error(429, policy, message)
        raise refused

    def _need(self, scope: str) -> None:
        if scope in self.portal.missing_scopes:
            detail = {"message": "One or more of the following scopes are required.", "context": {}}
            detail["context"] = {"requiredGranularScopes": [scope]}
            words = "This app hasn't been granted all required scopes to make this call."
            raise Refused(403, "MISSING_SCOPES", words, errors=[detail])

    # --- paths ------------------------------------------------------------------------------------------------------

    def _routed(self, request: Request) -> Answer:
        if request.raw and request.body is None:
            raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON on line 1, column 1: Unexpected character")
        match [part for part in numbered(request.path).split("/") if part]:
            case ["crm", "v3", "objects", kind, *rest] if kind in self.portal.objects:
                is_read = request.method == "GET" or rest in (["search"], ["batch", "read"])
                self._need(f"crm.objects.{kind}.{'read' if is_read else 'write'}")
                return self._object(request, kind, list(request.parts[-len(rest) :]) if rest else [])
            case ["crm", "v4", "objects", kind, _, "associations", *_]:
                return self._link(request, kind, request.parts)
            case ["crm", "v4", "associations", kind, to, "batch", action]:
                self._need(f"crm.objects.{kind}.{'read' if action == 'read' else 'write'}")
                return self._only(request, "POST", None) and links(self.portal, kind, to, action, request.body)
        return self._only(request, "GET", self._described(request))

    def _described(self, request: Request) -> Any:
        """Return what the account says of itself."""
        match [part for part in numbered(request.path).split("/") if part]:
            case ["account-info", "v3", "details"]:
                return self.portal.details
            case ["crm", "v3", "properties", kind] if kind in self.portal.objects:
                self._need(f"crm.schemas.{kind}.read")
                return {
                    "results": [each.described() for each in self.portal.objects[kind].values() if not each.is_hidden]
                }
            case ["crm", "v3", "property-validations", number] if number in NUMBERS:
                return {"results": self._validations(NUMBERS[number])}
            case ["crm", "v3", "pipelines", kind] if kind in self.portal.pipelines:
                self._need(f"crm.pipelines.{kind}.read")
                return {"results": self._pipelines(kind)}
            case ["crm", "v3", "owners"]:
                self._need("crm.objects.owners.read")
                return self._owners(request.query)
        raise Refused(404, "OBJECT_NOT_FOUND", "Unable to resolve the path")

    def _owners(self, query: Mapping[str, str]) -> dict[str, Any]:
        limit, after = int(query.get("limit", "100")), int(query.get("after", "0"))
        if not 0 < limit <= 100:
            raise Refused(400, "VALIDATION_ERROR", "limit must be at most 100")
        wanted = [each for each in self.portal.owners if each["archived"] == (query.get("archived") == "true")]
        about = {"type": "PERSON", "createdAt": _UPDATED, "updatedAt": _UPDATED}
        answer: dict[str, Any] = {"results": [{**about, **each} for each in wanted[after : after + limit]]}
        if len(wanted) > after + limit:
            answer["paging"] = {"next": {"after": str(after + limit), "link": "https://api.hubapi.com/next"}}
        return answer

    def _only(self, request: Request, method: str, body: Any) -> Answer:
        if request.method != method:
            raise Refused(405, "METHOD_NOT_ALLOWED", f"{request.method} is not allowed here")
        return Answer(200, body)

    def _object(self, request: Request, kind: str, rest: list[str]) -> Answer:
        portal = self.portal
        match request.method, rest:
            case "POST", rest:
                return self._posted(request, kind, rest)
            case "GET", []:
                return Answer(200, self._listed(request, kind))
            case "GET", [record_id]:
                _known_query(request)
                row = portal.row(kind, record_id, request.query.get("idProperty", ""))
                return Answer(200, self._with_links(request, kind, row))
            case "PATCH", [record_id]:
                row = portal.row(kind, record_id, request.query.get("idProperty", ""))
                body = _members(request.body, {"properties"})
                portal.update(kind, row, _texts(body))
                return Answer(200, portal.shown(kind, row, {"properties": list(_texts(body))}))
            case "DELETE", [record_id]:
                portal.archive(kind, record_id)
                return Answer(204)
        raise Refused(405, "METHOD_NOT_ALLOWED", f"{request.method} is not allowed here")

    def _posted(self, request: Request, kind: str, rest: list[str]) -> Answer:
        portal = self.portal
        match rest:
            case ["search"]:
                known = {"after", "limit", "properties", "sorts", "filterGroups", "query"}
                return Answer(200, search(portal, kind, _members(request.body, known)))
            case ["merge"]:
                body = _members(request.body, {"primaryObjectId", "objectIdToMerge"})
                row = portal.take_in(kind, str(body.get("primaryObjectId")), str(body.get("objectIdToMerge")))
                return Answer(200, portal.shown(kind, row, {}))
            case ["batch", action]:
                return batch(portal, kind, action, request.body)
            case []:
                body = _members(request.body, {"properties", "associations"})
                row = portal.create(kind, _texts(body), body.get("associations") or ())
                return Answer(201, portal.shown(kind, row, {"properties": [*_texts(body), "hs_object_id"]}))
        raise Refused(405, "METHOD_NOT_ALLOWED", "POST is not allowed here")

    def _listed(self, request: Request, kind: str) -> dict[str, Any]:
        _known_query(request)
        is_archived = request.query.get("archived") == "true"
        limit, after = int(request.query.get("limit", "10")), int(request.query.get("after", "0"))
        if not 0 < limit <= 100:
            raise Refused(400, "VALIDATION_ERROR", "limit must be at most 100")
        rows = [row for row in self.portal.rows[kind].values() if (row.archived_at is not None) == is_archived]
        rows = sorted((row for row in rows if int(row.id) > after), key=lambda row: int(row.id))
        page = rows[:limit]
        answer: dict[str, Any] = {"results": [self.portal.shown(kind, row, {}) for row in page]}
        if len(rows) > limit:
            answer["paging"] = {"next": {"after": page[-1].id, "link": "https://api.hubapi.com/next"}}
        return answer

    def _with_links(self, request: Request, kind: str, row: Row) -> dict[str, Any]:
        names = [name for name in request.query.get("properties", "").split(",") if name]
        answer = self.portal.shown(kind, row, {"properties": names})
        linked: dict[str, Any] = {}
        for to in filter(None, request.query.get("associations", "").split(",")):
            results = [
                {"id": each, "type": LINK_NAMES.get(number, f"{kind}_to_{to}")}
                for each, numbers in self.portal.linked(kind, row.id, to)
                for number in sorted(numbers)
            ]
            if results:
                linked[to] = {"results": results}
        return {**answer, "associations": linked} if linked else answer

    def _validations(self, kind: str) -> list[dict[str, Any]]:
        return [
            {
                "propertyName": prop.name,
                "propertyValidationRules": [{"ruleType": "MAX_LENGTH", "ruleArguments": [str(prop.longest)]}],
            }
            for prop in self.portal.objects[kind].values()
            if prop.longest is not None and not prop.is_hidden
        ]

    def _pipelines(self, kind: str) -> list[dict[str, Any]]:
        about = {"createdAt": _UPDATED, "updatedAt": _UPDATED, "archived": False}
        return [
            {
                **about,
                "id": pipeline,
                "label": f"Pipeline {pipeline}",
                "displayOrder": place,
                "stages": [
                    {**about, "id": stage, "label": label, "displayOrder": order, "metadata": {}}
                    for order, (stage, label) in enumerate(stages)
                ],
            }
            for place, (pipeline, stages) in enumerate(self.portal.pipelines[kind].items())
        ]

    # --- links ------------------------------------------------------------------------------------------------------

    def _link(self, request: Request, kind: str, parts: tuple[str, ...]) -> Answer:
        record_id, to, to_id = parts[parts.index("associations") - 1], parts[-2], parts[-1]
        if (kind, to) not in PLAIN:
            raise Refused(400, "VALIDATION_ERROR", f"no associations between {kind} and {to}")
        self._need(f"crm.objects.{kind}.write")
        if request.method == "PUT" and "default" in parts:
            self.portal.link(kind, record_id, to, to_id)
            spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": PLAIN[kind, to]}
            done = {"from": {"id": record_id}, "to": {"id": to_id}, "associationSpec": spec}
            return Answer(200, told(self.portal, [done]))
        if request.method == "PUT":
            numbers = [each["associationTypeId"] for each in request.body or ()]
            if not numbers or not set(numbers) <= {PLAIN[kind, to], OWN.get((kind, to))}:
                raise Refused(400, "VALIDATION_ERROR", "invalid association type")
            self.portal.link(kind, record_id, to, to_id, numbers[0])
            pair = {"fromObjectTypeId": "0-1", "fromObjectId": record_id, "toObjectTypeId": "0-2", "toObjectId": to_id}
            return Answer(201, {**pair, "labels": []})
        if request.method == "DELETE":
            self.portal.unlink(kind, record_id, to, to_id)
            return Answer(204)
        raise Refused(405, "METHOD_NOT_ALLOWED", f"{request.method} is not allowed here")


def _is_over(calls: deque[datetime], most: int | None, now: datetime, seconds: int) -> bool:
    """Count a call in a rolling window; return True, without counting it, when the window is full."""
    if most is None:
        return False
    while calls and (now - calls[0]).total_seconds() >= seconds:
        calls.popleft()
    if len(calls) >= most:
        return True
    calls.append(now)
    return False


def _members(body: Any, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(body, Mapping) or not body.keys() <= known:
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: unexpected members")
    return body


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    properties = body.get("properties")
    if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
        raise Refused(400, "VALIDATION_ERROR", "properties must be an object of texts")
    return properties


def _known_query(request: Request) -> None:
    unknown = request.query.keys() - _READS
    if unknown:
        raise Refused(400, "VALIDATION_ERROR", f"unknown parameters: {', '.join(sorted(unknown))}")
