"""A loopback Zoho CRM: the routes of version 8 over an Org, its sign-in, its credits, and answers per record.

A fault of the one record that was sent comes with `fault_status`: the service says 202 as well as 400.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.servers.vendor import Answer, Request, VendorServer, World
from tests.servers.zoho_coql import SyntaxFault, parse
from tests.servers.zoho_modules import Row
from tests.servers.zoho_org import OWNER, Fault, Org

_PAGING = {"page", "per_page"}
_LIST = {"fields", "ids", "sort_by", "sort_order", "approved", "converted", "cvid", "page_token", *_PAGING}
_WRITES = {"data", "trigger", "process", "lar_id"}
_SCHEME = "Zoho-oauthtoken "


class ZohoWorld(World):
    """The organisation behind HTTP."""

    def __init__(self, org: Org | None = None) -> None:
        self.org = org or Org()
        self.fault_status = 202
        self.changed_status = 412
        self.refuses_whole = False

    def now(self) -> datetime:
        return self.org.now()

    def error(self, status: int, code: str, message: str) -> Any:
        del status
        return {"code": code, "details": {}, "message": message, "status": "error"}

    def answer(self, request: Request) -> Answer:
        headers: dict[str, str] = {}
        try:
            self._sign_in(request)
            headers = self._charge()
            found = self._route(request)
            return Answer(found.status, found.body, {**headers, **found.headers})
        except Fault as fault:
            return Answer(fault.status, fault.body, headers)

    def _sign_in(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if not given.startswith(_SCHEME):
            raise Fault("AUTHENTICATION_FAILURE", "Authentication failed", 401)
        if given.removeprefix(_SCHEME) not in self.org.tokens:
            raise Fault("INVALID_TOKEN", "invalid oauth token", 401)

    def _charge(self) -> dict[str, str]:
        if self.org.credits is None:
            return {}
        if self.org.credits <= 0:
            raise Fault("TOO_MANY_REQUESTS", "You have exceeded the maximum number of requests.", 429)
        self.org.credits -= 1
        return {"X-API-CREDITS-REMAINING": str(self.org.credits)}

    def _route(self, request: Request) -> Answer:
        if request.parts[:2] != ("crm", "v8"):
            raise _no_such_place()
        acts = self._acts(request.parts[2:])
        if request.method not in acts:
            raise Fault("INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
        return acts[request.method](request)

    def _acts(self, rest: tuple[str, ...]) -> Mapping[str, Callable[[Request], Answer]]:
        """Return what can be done at a place."""
        places: Mapping[tuple[str, ...], Mapping[str, Callable[[Request], Answer]]] = {
            ("coql",): {"POST": self._query},
            ("settings", "fields"): {"GET": self._fields},
            ("users",): {"GET": self._users},
            ("*",): {"GET": self._list, "POST": self._create, "PUT": self._update_many},
            ("*", "search"): {"GET": self._search},
            ("*", "deleted"): {"GET": self._deleted},
            ("*", "*"): {"GET": self._read, "PUT": self._update, "DELETE": self._delete},
            ("*", "*", "actions", "merge"): {"POST": self._merge},
        }
        for place, acts in places.items():
            if len(place) == len(rest) and all(name in {"*", part} for name, part in zip(place, rest, strict=True)):
                return acts
        raise _no_such_place()

    # --- reading ----------------------------------------------------------------------------------------------------

    def _fields(self, request: Request) -> Answer:
        _allow(request, {"module", "type"})
        return Answer(200, {"fields": self.org.describe(_needed(request, "module"))})

    def _users(self, request: Request) -> Answer:
        _allow(request, {"type", *_PAGING})
        if self.org.hides_users:
            raise Fault("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", 401)
        if request.query.get("type", "ActiveUsers") not in {"ActiveUsers", "DeactiveUsers", "CurrentUser"}:
            raise Fault("INVALID_REQUEST", "unable to process your request. please verify", 400)
        page, size = _number(request, "page", 1), _number(request, "per_page", 200)
        some = self.org.users[(page - 1) * size : page * size]
        info = {"count": len(some), "page": page, "per_page": size, "more_records": len(self.org.users) > page * size}
        return Answer(200, {"users": some, "info": info}) if some else Answer(204)

    def _search(self, request: Request) -> Answer:
        """Search by words: each must stand in some text of the record. The index sees what a query sees."""
        _allow(request, {"word", "fields", *_PAGING})
        module = request.parts[2]
        specs, words = self.org.seen(module), _needed(request, "word")
        if len(words) < 2 or set("():") & set(words):
            raise Fault("INVALID_DATA", "invalid data", api_name="word")
        horizon = self.org.now() - timedelta(seconds=self.org.query_lag)
        found = [
            self.org.shown(module, row, _names(request))
            for row in self.org.records[module].values()
            if row["Modified_Time"] <= horizon
            and all(
                any(word in str(row.get(name) or "").lower() for name in specs if name != "Dealside_Key")
                for word in words.lower().split()
            )
        ]
        return self._page(request, found)

    def _query(self, request: Request) -> Answer:
        body = request.body
        if not isinstance(body, Mapping) or set(body) != {"select_query"} or not isinstance(body["select_query"], str):
            raise Fault("INVALID_DATA", "invalid data", expected_data_type="jsonobject")
        try:
            query = parse(body["select_query"])
        except SyntaxFault as fault:
            raise Fault("SYNTAX_ERROR", "error occurred while parsing the query", near=str(fault)) from fault
        if not 0 < query.limit <= 2000 or query.offset + query.limit > 100_000 or len(query.chosen) > 50:
            raise Fault("LIMIT_EXCEEDED", "limit exceeded", limit=2000)
        rows, has_more = self.org.select(query)
        return _listed(rows, {"count": len(rows), "more_records": has_more})

    def _list(self, request: Request) -> Answer:
        _allow(request, _LIST)
        module = request.parts[2]
        self.org.seen(module)
        names = _names(request)
        since = _since(request, "if-modified-since")
        rows = [row for row in self.org.records[module].values() if since is None or row["Modified_Time"] >= since]
        if "ids" in request.query:
            wanted = set(request.query["ids"].split(","))
            if len(wanted) > 100:
                raise Fault("LIMIT_EXCEEDED", "Record count exceeded", limit=100, param_name="ids")
            rows = [row for row in rows if row["id"] in wanted]
        if since is not None and not rows:
            return Answer(304)
        return self._page(request, [self.org.shown(module, row, names) for row in reversed(rows)])

    def _deleted(self, request: Request) -> Answer:
        _allow(request, {"type", *_PAGING})
        module = request.parts[2]
        self.org.seen(module)
        if request.query.get("type", "all") not in {"all", "recycle", "permanent"}:
            raise Fault("INVALID_DATA", "invalid data", param_name="type")
        since = _since(request, "if-modified-since")
        rows = [row for row in self.org.deleted[module] if since is None or row["moment"] >= since]
        if since is not None and not rows:
            return Answer(304)
        shown = [
            {
                "id": row["id"],
                "deleted_time": self.org.stamp(row["moment"]),
                "type": "recycle",
                "display_name": "Somebody",
                "deleted_by": OWNER,
                "created_by": OWNER,
            }
            for row in reversed(rows)
        ]
        return self._page(request, shown)

    def _page(self, request: Request, rows: list[Row]) -> Answer:
        page, size = _number(request, "page", 1), _number(request, "per_page", 200)
        if size > 200 or page * size > 2000:
            raise Fault("LIMIT_EXCEEDED", "Record count exceeded", limit=2000, param_name="page")
        some = rows[(page - 1) * size : page * size]
        info = {"count": len(some), "page": page, "per_page": size, "more_records": len(rows) > page * size}
        return _listed(some, info)

    def _read(self, request: Request) -> Answer:
        _allow(request, {"fields", "approved", "converted", "cvid", "uid"})
        module, row_id = request.parts[2:]
        self.org.seen(module)
        if not row_id.isdigit():
            raise Fault("INVALID_DATA", "the id given seems to be invalid", resource_path_index=1)
        row = self.org.records[module].get(row_id)
        names = _names(request)
        return Answer(204) if row is None else _listed([self.org.shown(module, row, names)], {"count": 1})

    # --- writing ----------------------------------------------------------------------------------------------------

    def _create(self, request: Request) -> Answer:
        module = request.parts[2]
        self.org.seen(module)
        return self._each(request, lambda row: self.org.create(module, row), "record added", 201)

    def _update(self, request: Request) -> Answer:
        module, row_id = request.parts[2:]
        self.org.seen(module)
        limit = _since(request, "if-unmodified-since")
        row = self.org.records[module].get(row_id)
        if limit is not None and row is not None and row["Modified_Time"] > limit:
            fault = Fault("ALREADY_MODIFIED", "The record has been modified meanwhile", 412, id=row_id)
            if self.changed_status < 400:
                return Answer(self.changed_status, {"data": [fault.body]})
            raise fault

        def act(given: Row) -> str:
            self.org.update(module, row_id, given)
            return row_id

        return self._each(request, act, "record updated", 200)

    def _update_many(self, request: Request) -> Answer:
        """Write up to a hundred records, each named by the `id` in its row; one precondition holds for all of them."""
        module = request.parts[2]
        self.org.seen(module)
        limit = _since(request, "if-unmodified-since")
        if (
            limit is not None
            and self.refuses_whole
            and any(self._is_newer(module, row, limit) for row in _sent(request))
        ):
            raise Fault("ALREADY_MODIFIED", "The record has been modified meanwhile", 412)

        def act(given: Row) -> str:
            row_id = given.get("id")
            if not isinstance(row_id, str):
                raise Fault("MANDATORY_NOT_FOUND", "required field not found", api_name="id", json_path="$.data[0].id")
            if limit is not None and self._is_newer(module, given, limit):
                raise Fault("ALREADY_MODIFIED", "The record has been modified meanwhile", id=row_id)
            self.org.update(module, row_id, {name: value for name, value in given.items() if name != "id"})
            return row_id

        return self._each(request, act, "record updated", 200)

    def _is_newer(self, module: str, given: Row, limit: datetime) -> bool:
        row = self.org.records[module].get(str(given.get("id")))
        return row is not None and row["Modified_Time"] > limit

    def _delete(self, request: Request) -> Answer:
        _allow(request, {"wf_trigger"})
        module, row_id = request.parts[2:]
        self.org.seen(module)
        try:
            self.org.delete(module, row_id)
        except Fault as fault:
            return Answer(self.fault_status, {"data": [fault.body]})
        done = {"code": "SUCCESS", "details": {"id": row_id}, "message": "record deleted", "status": "success"}
        return Answer(200, {"data": [done]})

    def _merge(self, request: Request) -> Answer:
        _allow(request, set())
        module, row_id = request.parts[2:4]
        self.org.seen(module)
        asked = request.body.get("merge") if isinstance(request.body, Mapping) else None
        if not isinstance(asked, list) or len(asked) != 1 or not {"data", "master_record_fields"} <= set(asked[0]):
            raise Fault("MANDATORY_NOT_FOUND", "required field not found", api_name="merge")
        try:
            self._need_fields(module, [each["api_name"] for each in asked[0]["master_record_fields"]])
            is_later = self.org.merge(module, row_id, [each["id"] for each in asked[0]["data"]])
        except Fault as fault:
            return Answer(400, {"merge": [fault.body]})
        details = {"id": row_id, "job_id": "5725767000009999001"} if is_later else {"id": row_id}
        code = "SCHEDULED" if is_later else "SUCCESS"
        done = {"code": code, "details": details, "message": "records merged", "status": "success"}
        return Answer(201, {"merge": [done]})

    def _need_fields(self, module: str, names: list[str]) -> None:
        if set(names) - set(self.org.seen(module)):
            raise Fault("INVALID_DATA", "invalid data", api_name="api_name")

    def _each(self, request: Request, act: Callable[[Row], str], message: str, status: int) -> Answer:
        _allow(request, set())
        body = request.body
        if not isinstance(body, Mapping) or not isinstance(body.get("data"), list) or not body["data"]:
            raise Fault("INVALID_DATA", "body", api_name="data", expected_data_type="jsonarray")
        if set(body) - _WRITES or len(body["data"]) > 100:
            raise Fault("INVALID_DATA", "invalid data", json_path="$")
        if any(not isinstance(row, Mapping) for row in body["data"]) or body.get("trigger", []) != []:
            raise Fault("INVALID_DATA", "invalid data", json_path="$.data")
        results, faults = [], 0
        for place, given in enumerate(body["data"]):
            try:
                details = {"id": act(given), "Modified_Time": self.org.stamp(self.now()), "Modified_By": OWNER}
                results.append({"code": "SUCCESS", "details": details, "message": message, "status": "success"})
            except Fault as fault:
                faults += 1
                results.append(_at_place(fault.body, place))
        if faults:
            status = self.fault_status if faults == len(results) else 207
        return Answer(status, {"data": results})


class ZohoServer(VendorServer):
    """An organisation for the length of a `with` block."""

    def __init__(self, org: Org | None = None) -> None:
        self.zoho = ZohoWorld(org)
        super().__init__(self.zoho)

    @property
    def org(self) -> Org:
        return self.zoho.org


def _no_such_place() -> Fault:
    return Fault("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one", 404)


def _listed(rows: list[Row], info: Row) -> Answer:
    return Answer(200, {"data": rows, "info": info}) if rows else Answer(204)


def _sent(request: Request) -> list[Row]:
    rows = request.body.get("data") if isinstance(request.body, Mapping) else None
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _at_place(fault: Row, place: int) -> Row:
    """Return a record's fault with the place of the record in what was sent."""
    path = fault["details"].get("json_path")
    if path is None:
        return fault
    return {**fault, "details": {**fault["details"], "json_path": path.replace("$.data[0]", f"$.data[{place}]")}}


def _allow(request: Request, names: set[str]) -> None:
    for name in request.query:
        if name not in names:
            raise Fault("EXTRA_PARAM_FOUND", "extra param found", param_name=name)


def _needed(request: Request, name: str) -> str:
    if not request.query.get(name):
        raise Fault("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", param_name=name)
    return request.query[name]


def _names(request: Request) -> list[str]:
    names = _needed(request, "fields").split(",")
    if len(names) > 50:
        raise Fault("LIMIT_EXCEEDED", "Max field limit exceeded", limit=50, param_name="fields")
    return names


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query.get(name, str(usual))
    if not text.isdigit() or int(text) < 1:
        raise Fault("INVALID_DATA", "invalid data", param_name=name, expected_data_type="integer")
    return int(text)


def _since(request: Request, header: str) -> datetime | None:
    text = request.headers.get(header)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime(1, 1, 1)  # noqa: DTZ001  (refused below, as one without a zone is)
    if moment.tzinfo is None:
        raise Fault("INVALID_DATA", "invalid data", param_name=header, expected_data_type="datetime")
    return moment
