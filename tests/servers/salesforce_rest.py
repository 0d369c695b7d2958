"""What the simulated Salesforce answers over REST: single records, queries, Composite, collections, search."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.servers.salesforce_bulk import Jobs
from tests.servers.salesforce_org import Org, OrgError

VERSION = "/services/data/v60.0"
SUBREQUESTS, HEAVY, COLLECTION, CHUNKS, RETRIEVED = 25, 5, 200, 10, 2000
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OPERATORS = re.compile(r"[?&|!{}\[\]()^~*:\\\"'+\-]")
_WHOLE = frozenset({"JSON_PARSER_ERROR", "INVALID_FIELD"})  # one record with these, and none of its collection is taken


@dataclass(frozen=True)
class Call:
    """`target` is the path after the version, with its query; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        try:
            parsed = json.loads(self.body)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise OrgError(400, "JSON_PARSER_ERROR", "Unexpected character")
        return parsed


class Rest:
    """Answers calls: a status, and JSON (or text, which is CSV). Every refusal is an OrgError."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.jobs = Jobs(org)

    def answer(self, call: Call) -> tuple[int, Any]:
        url = urlsplit(call.target)
        parts = [unquote(part) for part in url.path.split("/") if part]
        given = {name: values[0] for name, values in parse_qs(url.query).items()}
        match parts:
            case ["jobs", "ingest", *rest]:
                return self.jobs.answer(call.method, rest, call.body)
            case ["sobjects", name, *rest]:
                return self._object(name, rest, given, call)
        read = self._read if call.method == "GET" else self._many
        return 200, read(parts, given, call)

    def _read(self, parts: list[str], given: dict[str, str], call: Call) -> Any:
        match parts:
            case ["limits"]:
                left = self.org.daily_calls - self.org.calls
                return {"DailyApiRequests": {"Max": self.org.daily_calls, "Remaining": left}}
            case [("query" | "queryAll") as kind]:
                return self.org.query(given.get("q", ""), with_deleted=kind == "queryAll")
            case [("query" | "queryAll") as kind, locator]:
                return self.org.more(locator, with_deleted=kind == "queryAll")
            case ["sobjects"]:
                names = [name for name in self.org.records if name not in self.org.hidden_objects]
                about = [self.org.summary(name) for name in names]
                return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": about}
        raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")

    def _many(self, parts: list[str], given: dict[str, str], call: Call) -> Any:
        match call.method, parts:
            case "POST", ["composite"]:
                return self._composite(call.json())
            case (("POST" | "PATCH"), ["composite", "sobjects"]):
                return self._collection(call.method, call.json())
            case "POST", ["composite", "sobjects", name]:
                return self._retrieved(name, call.json())
            case "POST", ["parameterizedSearch"]:
                return self._searched(call.json())
        raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")

    # --- many in one ------------------------------------------------------------------------------------------------

    def _composite(self, body: Mapping[str, Any]) -> dict[str, Any]:
        requests = body.get("compositeRequest")
        if not isinstance(requests, list) or not requests:
            raise OrgError(400, "JSON_PARSER_ERROR", "compositeRequest is missing")
        if body.get("allOrNone"):
            raise OrgError(400, "INVALID_INPUT", "the simulator rolls nothing back")
        if len(requests) > SUBREQUESTS:
            raise OrgError(400, "LIMIT_EXCEEDED", f"No more than {SUBREQUESTS} subrequests")
        references = [request.get("referenceId", "") for request in requests]
        if len(set(references)) < len(references) or not all(map(_REFERENCE.fullmatch, references)):
            raise OrgError(400, "INVALID_INPUT", "referenceId must be a name of its own")
        heavy = sum(request["url"].removeprefix(VERSION).startswith(("/query", "/composite/")) for request in requests)
        if heavy > HEAVY:
            raise OrgError(400, "LIMIT_EXCEEDED", f"No more than {HEAVY} queries and collections")
        return {"compositeResponse": [self._part(request) for request in requests]}

    def _part(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if not request["url"].startswith(f"{VERSION}/") or request["url"].startswith(f"{VERSION}/composite/graph"):
            raise OrgError(400, "INVALID_INPUT", "url must be one of this version")
        headers = {name.lower(): value for name, value in request.get("httpHeaders", {}).items()}
        body = json.dumps(request["body"]).encode() if "body" in request else b""
        try:
            call = Call(request["method"], request["url"].removeprefix(VERSION), headers, body)
            status, answer = self.answer(call)
        except OrgError as error:
            status, answer = error.status, error.body()
        reference = request["referenceId"]
        return {"body": answer, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference}

    def _collection(self, method: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        records = body.get("records")
        if not isinstance(records, list) or body.get("allOrNone"):
            raise OrgError(400, "INVALID_INPUT", "records are missing, or all-or-none was asked for")
        if len(records) > COLLECTION:
            raise OrgError(400, "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {COLLECTION}")
        types = [(record.get("attributes") or {}).get("type") for record in records]
        if not all(types):
            raise OrgError(400, "INVALID_INPUT", "attributes.type is missing")
        if sum(1 for now, before in zip(types, [None, *types], strict=False) if now != before) > CHUNKS:
            raise OrgError(400, "INVALID_INPUT", f"No more than {CHUNKS} chunks of types")
        for record in records:
            self._check_whole(record, "createable" if method == "POST" else "updateable")
        seen: set[str] = set()
        return [self._saved(record, seen, is_new=method == "POST") for record in records]

    def _check_whole(self, record: Mapping[str, Any], right: str) -> None:
        try:
            self.org.checked(record["attributes"]["type"], _fields(record), right)
        except OrgError as error:
            if error.code in _WHOLE or error.status == 404:
                raise

    def _saved(self, record: Mapping[str, Any], seen: set[str], *, is_new: bool) -> dict[str, Any]:
        name = record["attributes"]["type"]
        try:
            if is_new:
                return {"id": self.org.create(name, _fields(record)), "success": True, "errors": []}
            record_id = _id_of(record, seen)
            self.org.update(name, record_id, _fields(record), None)
        except OrgError as error:
            code = "INVALID_CROSS_REFERENCE_KEY" if error.code == "NOT_FOUND" else error.code
            told = {"statusCode": code, "message": error.message, "fields": list(error.fields)}
            return {"success": False, "errors": [told]}
        return {"id": record_id, "success": True, "errors": []}

    def _retrieved(self, name: str, body: Mapping[str, Any]) -> list[Any]:
        ids, fields = body.get("ids"), body.get("fields")
        if not isinstance(ids, list) or not isinstance(fields, list) or not ids or not fields:
            raise OrgError(400, "INVALID_INPUT", "ids and fields are needed")
        if len(ids) > RETRIEVED:
            raise OrgError(400, "EXCEEDED_ID_LIMIT", f"cannot retrieve more than {RETRIEVED}")
        if not all(re.fullmatch(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?", record_id) for record_id in ids):
            raise OrgError(400, "MALFORMED_ID", "malformed id")
        self.org.get_fields(name, fields)
        found: list[Any] = []
        for record_id in ids:
            try:
                found.append(self.org.get(name, record_id, ",".join(fields)))
            except OrgError:
                found.append(None)
        return found

    def _searched(self, body: Mapping[str, Any]) -> dict[str, Any]:
        words = str(body.get("q", ""))
        if len(words) < 2 or _OPERATORS.search(words):
            raise OrgError(400, "INVALID_SEARCH", "search term must be longer, without operators")
        found: list[Any] = []
        for wanted in body.get("sobjects", []):
            self.org.get_fields(wanted["name"], wanted["fields"])
            rows = [row for row in self.org.records[wanted["name"]].values() if not row["IsDeleted"]]
            hits = [row for row in rows if _matches(row, words.lower().split())]
            shown = (self.org.get(wanted["name"], row["Id"], ",".join(wanted["fields"])) for row in hits)
            found += list(shown)[: wanted.get("limit", 2000)]
        return {"searchRecords": found[: body.get("overallLimit", 2000)]}

    # --- one record -------------------------------------------------------------------------------------------------

    def _object(self, name: str, rest: list[str], given: dict[str, str], call: Call) -> tuple[int, Any]:
        org = self.org
        org.fields_of(name)
        match call.method, rest:
            case "POST", []:
                allow = "allowsave=true" in call.headers.get("sforce-duplicate-rule-header", "").lower()
                record_id = org.create(name, call.json(), allow_duplicates=allow)
                return 201, {"id": record_id, "success": True, "errors": []}
            case "GET", ["describe"]:
                return 200, org.describe(name)
            case "GET", ["deleted"]:
                return 200, org.deleted(name)
        return self._record(name, rest, given, call)

    def _record(self, name: str, rest: list[str], given: dict[str, str], call: Call) -> tuple[int, Any]:
        org = self.org
        match call.method, rest:
            case "GET", [record_id]:
                return 200, org.get(name, record_id, given.get("fields", ""))
            case "GET", [key_field, value]:
                return self._by_key(name, key_field, value, given.get("fields", ""))
            case "PATCH", [record_id]:
                org.update(name, record_id, call.json(), _unmodified_since(call))
                return 204, None
            case "PATCH", [key_field, value]:
                record_id, created = org.upsert(name, key_field, value, call.json())
                return 201 if created else 200, {"id": record_id, "success": True, "created": created, "errors": []}
            case "DELETE", [record_id]:
                org.delete(name, record_id)
                return 204, None
        raise OrgError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{call.method}' not allowed.")

    def _by_key(self, name: str, key_field: str, value: str, fields: str) -> tuple[int, Any]:
        found = self.org.by_key(name, key_field, value)
        if not found:
            raise OrgError(404, "NOT_FOUND", "The requested resource does not exist")
        if len(found) > 1:
            return 300, [f"{VERSION}/sobjects/{name}/{row['Id']}" for row in found]
        return 200, self.org.get(name, found[0]["Id"], fields)


def _id_of(record: Mapping[str, Any], seen: set[str]) -> str:
    record_id = str(record.get("id") or "")
    if not record_id:
        raise OrgError(400, "MISSING_ARGUMENT", "Id not specified in an update call")
    if record_id in seen:
        raise OrgError(400, "DUPLICATE_VALUE", "duplicate id in list")
    seen.add(record_id)
    return record_id


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in {"attributes", "id"}}


def _matches(row: Mapping[str, Any], words: list[str]) -> bool:
    held = " ".join(str(value) for value in row.values() if isinstance(value, str)).lower()
    known = re.findall(r"\w+", held)
    return all(any(one.startswith(word) for one in known) for word in words)


def _unmodified_since(call: Call) -> Any:
    text = call.headers.get("if-unmodified-since")
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text)
    except ValueError as error:
        raise OrgError(400, "INVALID_HEADER", "If-Unmodified-Since is not a date") from error
