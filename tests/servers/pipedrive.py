"""A loopback Pipedrive: the routes of v2 and v1 over a Company, its token costs and both kinds of 429."""

import base64
import binascii
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.servers.pipedrive_company import FIELDS, LISTS, Company, Refused, Row, invalid
from tests.servers.vendor import Answer, Request, World

_LIST_PARAMS = {"ids", "owner_id", "org_id", "updated_since", "updated_until", "sort_by", "sort_direction"}
_PAGING = {"limit", "cursor"}
_PER_ENTITY = {
    "persons": {"deal_id", "custom_fields", "include_fields"},
    "organizations": {"custom_fields", "include_fields"},
    "deals": {"person_id", "pipeline_id", "stage_id", "status", "custom_fields", "include_fields"},
    "activities": {"deal_id", "person_id", "lead_id", "done", "include_fields"},
}
_FIELD_LISTS = {"personFields": "persons", "organizationFields": "organizations", "dealFields": "deals"}
_SEARCH_FIELDS = {
    "persons": {"custom_fields", "email", "notes", "phone", "name"},
    "organizations": {"address", "custom_fields", "notes", "name"},
    "deals": {"custom_fields", "notes", "title"},
}
_SEARCH_PARAMS = {
    "persons": {"term", "fields", "exact_match", "organization_id", "include_fields"},
    "organizations": {"term", "fields", "exact_match"},
    "deals": {"term", "fields", "exact_match", "person_id", "organization_id", "status", "include_fields"},
}
_WINDOW = 2.0


class PipedriveWorld(World):
    """The company behind HTTP."""

    def __init__(self, company: Company | None = None) -> None:
        self.company = company or Company()
        self._window: list[datetime] = []

    def now(self) -> datetime:
        return self.company.time()

    def error(self, status: int, code: str, message: str) -> Any:
        body: Row = {"success": False, "error": message, "error_info": "Please check developers.pipedrive.com"}
        return {**body, "data": None, **({"code": code} if code.startswith("ERR_") else {})}

    def answer(self, request: Request) -> Answer:
        headers = self._limits()
        try:
            token = _token(request)
            if token not in self.company.tokens:
                body = {"success": False, "error": "unauthorized access", "errorCode": 401}
                return Answer(401, {**body, "error_info": "Please check developers.pipedrive.com"}, headers)
            cost, act = self._route(request)
            self._charge(cost)
            found = act()
            return Answer(200, {"success": True, **found}, self._limits())
        except Refused as refused:
            return Answer(refused.status, self.error(refused.status, refused.code, refused.error), self._limits())

    # --- limits -----------------------------------------------------------------------------------------------------

    def _limits(self) -> dict[str, str]:
        company = self.company
        burst = company.burst_limit if company.burst_limit is not None else 80
        counted = len(self._counted()) if company.burst_limit is not None else 1
        headers = {"x-ratelimit-limit": str(burst), "x-ratelimit-remaining": str(max(0, burst - counted))}
        headers["x-ratelimit-reset"] = str(int(_WINDOW))
        if company.daily_limit is not None:
            headers["x-daily-ratelimit-token-limit"] = str(company.daily_limit)
            headers["x-daily-ratelimit-token-remaining"] = str(max(0, company.daily_limit - company.spent))
        return headers

    def _counted(self) -> list[datetime]:
        return [at for at in self._window if (self.now() - at).total_seconds() < _WINDOW]

    def _charge(self, cost: int) -> None:
        company = self.company
        if company.daily_limit is not None and company.spent + cost > company.daily_limit:
            company.spent = company.daily_limit
            raise Refused(429, "request over limit")
        self._window = self._counted()
        if company.burst_limit is not None and len(self._window) >= company.burst_limit:
            raise Refused(429, "request over limit")
        self._window.append(self.now())
        company.spent += cost

    # --- routes -----------------------------------------------------------------------------------------------------

    def _route(self, request: Request) -> tuple[int, Any]:
        query = request.query
        match request.method, request.parts:
            case "GET" | "PUT", ("api", "v1", *name):
                return self._old_route("/".join(name), request)
            case "GET", ("api", "v2", ("personFields" | "organizationFields" | "dealFields") as name):
                return 10, lambda: self._field_list(_FIELD_LISTS[name], query)
            case "GET", ("api", "v2", "stages"):
                return 5, lambda: self._stages(query)
            case "GET", ("api", "v2", ("persons" | "organizations" | "deals") as entity, "search"):
                return 20, lambda: self._search(entity, query)
            case method, ("api", "v2", entity, *rest) if entity in LISTS and len(rest) < 2:
                return self._one(method, entity, rest[0], request) if rest else self._all(method, entity, request)
        raise Refused(404, f"Unknown method {request.method} {request.path}")

    def _all(self, method: str, entity: str, request: Request) -> tuple[int, Any]:
        if method == "GET":
            return 10, lambda: self._list(entity, request.query)
        if method == "POST":
            return 5, lambda: self._shown(entity, self.company.create(entity, self._json(request)))
        raise Refused(405, "Method not allowed")

    def _old_route(self, name: str, request: Request) -> tuple[int, Any]:
        entity, _, rest = name.partition("/")
        record_id, _, verb = rest.partition("/")
        if request.method == "PUT" and verb == "merge" and entity in LISTS and record_id.isdigit():
            return 40, lambda: {"data": self.company.merge(entity, int(record_id), self._json(request))}
        if name == "users/me":
            return 2, lambda: {"data": {"id": self._me(request), "name": "Ada", "default_currency": "EUR"}}
        if name == "users":
            return 20, lambda: {"data": [dict(row) for row in self.company.users]}
        if name == "activityTypes":
            return 20, self._types
        if name == "recents":
            return 20, lambda: self._recents(request.query)
        raise Refused(404, f"Unknown method {request.method} {request.path}")

    def _one(self, method: str, entity: str, text: str, request: Request) -> tuple[int, Any]:
        if not text.isdigit():
            raise invalid("id: Expected number")
        company, record_id = self.company, int(text)
        if method == "GET":
            return 1, lambda: self._shown(entity, company.get(entity, record_id))
        if method == "PATCH":
            return 5, lambda: self._shown(entity, company.update(entity, record_id, self._json(request)))
        if method == "DELETE":
            return 3, lambda: company.delete(entity, record_id) or {"data": {"id": record_id}}
        raise Refused(405, "Method not allowed")

    def _me(self, request: Request) -> int:
        return self.company.tokens[_token(request)]

    def _json(self, request: Request) -> Row:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refused(415, "Unsupported media type")
        if not isinstance(request.body, dict):
            raise Refused(400, "Bad request: body is not valid JSON", "ERR_BAD_REQUEST")
        return request.body

    def _shown(self, entity: str, row: Row) -> Row:
        return {"data": self.company.seen(entity, row)}

    # --- lists ------------------------------------------------------------------------------------------------------

    def _list(self, entity: str, query: Any) -> Row:
        _known(query, _LIST_PARAMS | _PAGING | _PER_ENTITY[entity])
        sort = query.get("sort_by", "id")
        if sort not in {"id", "update_time", "add_time"} or query.get("sort_direction", "asc") not in {"asc", "desc"}:
            raise invalid("sort_by: Expected one of id, update_time, add_time")
        rows: Iterable[Row] = self.company.live(entity)
        if "ids" in query:
            wanted = query["ids"].split(",")
            if len(wanted) > 100 or not all(one.isdigit() for one in wanted):
                raise invalid("ids: at most 100")
            rows = [row for row in rows if str(row["id"]) in wanted]
        rows = [row for row in rows if not row.get("is_archived")]
        if "owner_id" in query:
            rows = [row for row in rows if str(row["owner_id"]) == query["owner_id"]]
        if "updated_since" in query:
            since = _stamp("updated_since", query["updated_since"])
            rows = [row for row in rows if row["update_time"] >= since]
        is_down = query.get("sort_direction") == "desc"
        ordered = sorted(rows, key=lambda row: (row[sort], row["id"]), reverse=is_down)
        codes = query["custom_fields"].split(",") if "custom_fields" in query else None
        if codes is not None and len(codes) > 15:
            raise invalid("custom_fields: at most 15")
        return self._page(ordered, query, (sort, is_down), lambda row: self._seen(entity, row, codes))

    def _seen(self, entity: str, row: Row, codes: list[str] | None) -> Row:
        shown = self.company.seen(entity, row)
        if codes is None:
            return shown
        return {**shown, "custom_fields": {code: shown["custom_fields"].get(code) for code in codes}}

    def _page(self, rows: list[Row], query: Any, order: tuple[str, bool], show: Any) -> Row:
        sort, is_down = order
        limit = _limit(query)
        if query.get("cursor"):
            at = _decode(query["cursor"])
            if at.get("field") != sort:
                raise invalid("cursor: does not belong to this list")
            place = (at["value"], at["id"])
            rows = [
                row for row in rows if ((row[sort], row["id"]) < place if is_down else (row[sort], row["id"]) > place)
            ]
        shown = rows[:limit]
        cursor = None
        if len(rows) > limit:
            last = {"field": sort, "value": shown[-1][sort], "id": shown[-1]["id"]}
            cursor = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
        return {"data": [show(row) for row in shown], "additional_data": {"next_cursor": cursor}}

    def _search(self, entity: str, query: Any) -> Row:
        _known(query, _SEARCH_PARAMS[entity] | _PAGING)
        term, exact = query.get("term", ""), query.get("exact_match") == "true"
        if not term or (len(term) < 2 and not exact):
            raise invalid("term: at least 2 characters")
        fields = set(query.get("fields", "").split(",")) - {""} or _SEARCH_FIELDS[entity]
        if fields - _SEARCH_FIELDS[entity]:
            raise invalid("fields: unknown")
        company, items = self.company, []
        for row in company.live(entity):
            age = (company.time() - datetime.fromisoformat(row["add_time"])).total_seconds()
            texts = [text.casefold() for text in _searchable(entity, row, fields)]
            hit = term.casefold() in texts if exact else any(term.casefold() in text for text in texts)
            if hit and age >= company.search_lag:
                name = {"title": row["title"]} if entity == "deals" else {"name": row["name"]}
                items.append({"result_score": 1.0, "item": {"id": row["id"], "type": LISTS[entity], **name}})
        return {"data": {"items": items[: _limit(query)]}, "additional_data": {"next_cursor": None}}

    def _field_list(self, entity: str, query: Any) -> Row:
        _known(query, _PAGING | {"include_fields"})
        rows = [
            {
                "field_name": one.name,
                "field_code": one.code,
                "field_type": one.kind,
                "is_custom_field": one.own,
                "is_optional_response_field": False,
                "options": [{"id": at, "label": label} for at, label in one.options] or None,
                "id": number,
            }
            for number, one in enumerate(self.company.visible_fields(entity))
        ]
        return self._page(rows, query, ("id", False), lambda row: {key: row[key] for key in row if key != "id"})

    def _stages(self, query: Any) -> Row:
        _known(query, _PAGING | {"pipeline_id", "sort_by", "sort_direction"})
        rows = [
            {"id": number, "name": name, "pipeline_id": pipeline, "order_nr": order, "is_deleted": False}
            for order, (number, name, pipeline) in enumerate(self.company.stages)
        ]
        return self._page(rows, query, ("id", False), dict)

    def _types(self) -> Row:
        rows = enumerate(self.company.types.items(), start=1)
        more = {"active_flag": True, "is_custom_flag": False, "icon_key": "task"}
        return {"data": [{"id": at, "name": name, "key_string": code, **more} for at, (code, name) in rows]}

    def _recents(self, query: Any) -> Row:
        _known(query, {"since_timestamp", "items", "start", "limit"})
        try:
            since = datetime.strptime(query["since_timestamp"], "%Y-%m-%d %H:%M:%S").strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
            start, limit = int(query.get("start", 0)), _limit(query)
        except (KeyError, ValueError):
            raise Refused(400, "Bad request: since_timestamp", "") from None
        wanted = query.get("items", "").split(",")
        every = [
            (row["update_time"], row["id"], name, row)
            for entity, name in LISTS.items()
            if name in wanted
            for row in self.company.records[entity].values()
            if row["update_time"] >= since
        ]
        every.sort(key=lambda found: found[:3])
        page = every[start : start + limit]
        rows = [{"item": name, "id": number, "data": self._old(name, row)} for _, number, name, row in page]
        last = page[-1][0].replace("T", " ").removesuffix("Z") if page else query["since_timestamp"]
        more = {"start": start, "limit": limit, "more_items_in_collection": start + limit < len(every)}
        return {
            "data": rows,
            "additional_data": {
                "since_timestamp": query["since_timestamp"],
                "last_timestamp_on_page": last,
                "pagination": more,
            },
        }

    def _old(self, name: str, row: Row) -> Row | None:
        """Return a row in v1's shape, as far as it matters."""
        if row["is_deleted"] and self.company.recents_are_null:
            return None
        old: Row = {"id": row["id"], "update_time": row["update_time"].replace("T", " ").removesuffix("Z")}
        if name == "deal":
            status = "deleted" if row["is_deleted"] else row["status"]
            return {**old, "deleted": row["is_deleted"], "status": status, "is_archived": row["is_archived"]}
        return {**old, "active_flag": not row["is_deleted"]}


def _token(request: Request) -> str:
    """Return the token: pasted ones have a header of their own, those of a sign-in the usual one."""
    pasted = request.headers.get("x-api-token", "")
    return pasted or f"signed in {request.headers.get('authorization', '').removeprefix('Bearer ')}"


def _searchable(entity: str, row: Row, fields: set[str]) -> list[str]:
    """Return the texts of a row that a search in `fields` looks at."""
    own = [one.code for one in FIELDS[entity] if one.own and one.kind in {"varchar", "text", "phone"}]
    texts = [row["custom_fields"].get(code) for code in own] if "custom_fields" in fields else []
    texts += [row.get(name) for name in ("name", "title") if name in fields]
    for word, name in (("email", "emails"), ("phone", "phones")):
        texts += [entry["value"] for entry in row.get(name, ())] if word in fields else []
    return [str(text) for text in texts if text]


def _known(query: Any, names: set[str]) -> None:
    for name in query:
        if name not in names:
            raise invalid(f"{name}: parameter {name} is not allowed")


def _limit(query: Any) -> int:
    text = query.get("limit", "100")
    if not text.isdigit() or not 1 <= int(text) <= 500:
        raise invalid("limit: Expected a number from 1 to 500")
    return int(text)


def _stamp(name: str, text: str) -> str:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007  (only the form is looked at)
    except ValueError:
        raise invalid(f"{name}: not a valid datetime") from None
    return text


def _decode(cursor: str) -> Row:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor))
        return found if isinstance(found, dict) else {}
    except (ValueError, binascii.Error):
        raise invalid("cursor: not valid") from None
