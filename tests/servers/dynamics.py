"""A loopback Dataverse environment (Web API 9.2): rows in memory, and the refusals of the real one.

Written from Microsoft's pages on the Web API; the tables are in `dynamics_tables`. Rules are plain attributes that the
tests set; see `Dataverse.__init__`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.servers.dynamics_batch import batched
from tests.servers.dynamics_filter import matching, ordered
from tests.servers.dynamics_rights import description, privileges, profiles
from tests.servers.dynamics_store import Row, Store
from tests.servers.dynamics_tables import BY_SET, TABLES, Attribute, Table
from tests.servers.dynamics_values import GUID, DataverseError, payload_error
from tests.servers.vendor import Answer, Request, World

ROOT = ("api", "data", "v9.2")
PATH = "/" + "/".join(ROOT)
ANNOTATION = "Microsoft.Dynamics.CRM.lookuplogicalname"
_SEGMENT = re.compile(r"(\w+)(?:\(([^()]*)\))?")
_PREFERENCE = re.compile(r'([\w.-]+)(?:=("[^"]*"|[^,]*))?')
_EXPAND = re.compile(r"(\w+)\(\$select=([\w,]+)\)")
_DATA = "Microsoft.Dynamics.CRM."
_LEFT = "x-ms-ratelimit-burst-remaining-xrm-requests"
_LONGEST = 32768


class Dataverse(Store, World):
    """The environment behind its wire; `represents`: it sends back what was written when it is asked to.

    `before_part` is called with each request of a batch before it is carried out, and may raise DataverseError;
    `witness` sees each with its answer; `parts_answered` is how many the answer holds at the most (None: all).
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(now)
        self.represents = True
        self.link_host = ""
        self.before_part: Callable[[Request], None] | None = None
        self.witness: Callable[[Request, Answer], None] | None = None
        self.parts_answered: int | None = None
        self._pages: dict[str, tuple[list[Any], str]] = {}

    def now(self) -> datetime:
        return super().now()

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"code": code, "message": message}}

    # --- the front door ---------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answer(401, None, {"WWW-Authenticate": "Bearer authorization_uri=https://login.example/authorize"})
        left = {_LEFT: str(5999 if self.calls_left is None else max(self.calls_left - 1, 0))}
        answer = self._tried(self._counted, request)
        return Answer(answer.status, answer.body, {**left, **answer.headers})

    def _tried(self, act: Callable[[Request], Answer], request: Request) -> Answer:
        try:
            return act(request)
        except DataverseError as refusal:
            body = self.error(refusal.status, refusal.code, refusal.message)
            return Answer(refusal.status, body, refusal.headers)

    def _counted(self, request: Request) -> Answer:
        self._count_call()
        if request.parts == (*ROOT, "$batch"):
            return batched(request, lambda part: self._tried(self._part, part), shown=self.parts_answered)
        if len(request.path) + sum(len(quote(value)) for value in request.query.values()) > _LONGEST:
            raise DataverseError(414, "", "The request URI is too long.")
        return self._answered(request)

    def _part(self, request: Request) -> Answer:
        answer = self._tried(self._after_hook, request)
        if self.witness is not None:
            self.witness(request, answer)
        return answer

    def _after_hook(self, request: Request) -> Answer:
        if self.before_part is not None:
            self.before_part(request)
        return self._answered(request)

    def _answered(self, request: Request) -> Answer:
        found = _SEGMENT.fullmatch(request.parts[3]) if request.parts[:3] == ROOT and len(request.parts) > 3 else None
        if found is None:
            raise DataverseError(404, "0x8006088a", f"Resource not found for the segment '{request.path}'.")
        name, inside = found.groups()
        if name == "WhoAmI":
            return Answer(200, {"UserId": self.rep, "BusinessUnitId": str(uuid4()), "OrganizationId": str(uuid4())})
        if name == "EntityDefinitions":
            return self._defined(request, inside or "")
        table = BY_SET.get(name)
        if table is not None and table.name == "systemuser" and len(request.parts) == 5:
            return self._of_the_rep(request, inside or "")
        if table is None or table.name in self.absent or len(request.parts) > 4:
            raise DataverseError(404, "0x8006088a", f"Resource not found for the segment '{name}'.")
        if inside is None:
            return self._on_set(request, table)
        if not GUID.fullmatch(inside):
            raise DataverseError(400, "0x80060888", f"Bad Request - Error in query syntax: '{inside}'.")
        return self._on_row(request, table, inside.lower())

    def _count_call(self) -> None:
        if self.calls_left is None:
            return
        if self.calls_left <= 0:
            message = "Number of requests exceeded the limit of 6000 over time window of 300 seconds."
            raise DataverseError(429, "0x80072322", message, {"Retry-After": "300"})
        self.calls_left -= 1

    def _of_the_rep(self, request: Request, guid: str) -> Answer:
        tell = {"RetrieveUserPrivileges()": privileges, "RetrievePrincipalAttributePrivileges()": profiles}
        found = tell.get(request.parts[4].removeprefix(_DATA))
        if request.method != "GET" or guid != self.rep or found is None:
            raise DataverseError(404, "0x8006088a", f"Resource not found for the segment '{request.parts[4]}'.")
        self.need(TABLES["systemuser"], "Read")
        return Answer(200, found(self))

    def _on_set(self, request: Request, table: Table) -> Answer:
        if request.method == "GET":
            return self._list(request, table)
        if request.method != "POST":
            raise DataverseError(405, "0x80060888", f"The HTTP verb {request.method} is not valid here.")
        body = _object(request, table)
        guid = self.create(
            table.name, body, with_rules=request.headers.get("mscrm.suppressduplicatedetection") == "false"
        )
        return self._written(request, table, guid, 201)

    def _on_row(self, request: Request, table: Table, guid: str) -> Answer:
        if request.method == "GET":
            self.need(table, "Read")
            return Answer(200, self._shown(table, self.row(table, guid), request))
        match = request.headers.get("if-match", "")
        if request.method == "DELETE":
            self.need(table, "Delete")
            self.check_version(table, self.row(table, guid), match)
            self.remove(table.name, guid)
            return Answer(204)
        if request.method != "PATCH":
            raise DataverseError(405, "0x80060888", f"The HTTP verb {request.method} is not valid here.")
        body = _object(request, table)
        row = self.rows[table.name].get(guid)
        if row is None and not match:
            self.create(table.name, {**body, table.id_name: guid})
            return self._written(request, table, guid, 201)
        if row is not None and request.headers.get("if-none-match") == "*":
            raise DataverseError(412, "0x80040237", "A record with matching key values already exists.")
        self.need(table, "Write")
        self.check_version(table, self.row(table, guid), match)
        self.update(table.name, guid, body)
        return self._written(request, table, guid, 200)

    def _written(self, request: Request, table: Table, guid: str, status: int) -> Answer:
        where = f"http://{request.headers.get('host')}{PATH}/{table.entity_set}({guid})"
        if not self.represents or "return" not in _preferences(request):
            return Answer(204, None, {"OData-EntityId": where})
        return Answer(status, self._shown(table, self.row(table, guid), request), {"OData-EntityId": where})

    # --- what the tables look like ----------------------------------------------------------------------------------

    def _defined(self, request: Request, inside: str) -> Answer:
        found = re.fullmatch(r"LogicalName='(\w+)'", inside)
        table = TABLES.get(found.group(1)) if found else None
        if request.method != "GET" or table is None or table.name in self.absent:
            raise DataverseError(404, "0x80040217", f"Could not find an entity with the specified name: {inside}")
        specs = self.attributes(table)
        if request.parts[4:5] == ("Attributes",) and len(request.parts) == 6:
            kind = request.parts[5].removeprefix(_DATA).removesuffix("AttributeMetadata")
            chosen = [spec for spec in specs.values() if spec.type == kind]
            if kind in {"String", "Memo"}:
                lengths = [{"LogicalName": spec.name, "MaxLength": spec.length} for spec in chosen]
                return Answer(200, {"value": lengths})
            wanted = set(re.findall(r"(\w+)\(", request.query.get("$expand", "")))
            return Answer(200, {"value": [self._with_options(table, spec, wanted) for spec in chosen]})
        if len(request.parts) > 4 or "$expand" not in request.query:
            raise DataverseError(404, "0x8006088a", "Resource not found for the segment.")
        about = {
            "LogicalName": table.name,
            "EntitySetName": table.entity_set,
            "PrimaryIdAttribute": table.id_name,
            "ChangeTrackingEnabled": table.name not in self.untracked,
            "IsOptimisticConcurrencyEnabled": table.name not in self.unguarded,
        }
        return Answer(200, {**about, **description(self, table)})

    def _with_options(self, table: Table, spec: Attribute, wanted: set[str]) -> Row:
        options = []
        for option in spec.options:
            label = self.labels.get((table.name, spec.name, option[0]), option[1])
            row: Row = {"Value": option[0], "Label": {"UserLocalizedLabel": {"Label": label, "LanguageCode": 1033}}}
            options.append(row | ({"State": option[2]} if len(option) == 3 else {}))
        default = -1 if spec.default is None else spec.default
        sets = {"GlobalOptionSet" if spec.is_shared else "OptionSet": {"Options": options}}
        return {"LogicalName": spec.name, "DefaultFormValue": default, **{name: sets.get(name) for name in wanted}}

    # --- reading ----------------------------------------------------------------------------------------------------

    def _chosen(self, table: Table, request: Request) -> list[tuple[str, Attribute]]:
        specs = self.attributes(table)
        every = [f"_{spec.name}_value" if spec.targets else spec.name for spec in specs.values()]
        found = []
        for name in [name for name in request.query.get("$select", "").split(",") if name] or every:
            bare = name.removeprefix("_").removesuffix("_value") if name.endswith("_value") else name
            spec = specs.get(bare)
            if spec is None or bool(spec.targets) != (bare != name):
                message = f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table.name}'."
                raise DataverseError(400, "0x80060888", message)
            found.append((name, spec))
        return found

    def _shown(self, table: Table, row: Row, request: Request) -> Row:
        annotates = ANNOTATION in _preferences(request).get("odata.include-annotations", "")
        shown: Row = {"@odata.etag": f'W/"{row.get("version", 1)}"', table.id_name: row[table.id_name]}
        for name, spec in self._chosen(table, request):
            value = None if (table.name, spec.name) in self.hidden else row.get(spec.name)
            shown[name] = value[1] if spec.targets and value else value
            if spec.targets and value and annotates:
                shown[f"{name}@{ANNOTATION}"] = value[0]
        if "$expand" in request.query:
            found = _EXPAND.fullmatch(request.query["$expand"])
            if found is None or not table.parties or found.group(1) != table.parties:
                raise DataverseError(400, "0x80060888", "Could not find that property to expand.")
            shown[table.parties] = [
                {"_partyid_value": guid, f"_partyid_value@{ANNOTATION}": kind, "participationtypemask": mask}
                for kind, guid, mask in row.get("parties", ())
            ]
        return shown

    def _list(self, request: Request, table: Table) -> Answer:
        self.need(table, "Read")
        self._chosen(table, request)
        query, wishes = request.query, _preferences(request)
        if "$skip" in query:
            raise DataverseError(400, "0x80060888", "Skip Clause is not supported in CRM")
        size = min(int(wishes.get("odata.maxpagesize") or 5000), 5000)
        if "$skiptoken" in query:
            if query["$skiptoken"] not in self._pages:
                raise DataverseError(400, "0x80060888", "The paging cookie is not valid.")
            rows, delta = self._pages[query["$skiptoken"]]
        elif "$deltatoken" in query:
            rows, delta = self._since(table, query["$deltatoken"], request), str(self.version)
        elif "odata.track-changes" in wishes:
            if {"$filter", "$orderby", "$expand", "$top"} & query.keys():
                raise DataverseError(400, "0x80060888", "The query parameter is not supported when tracking changes.")
            if table.name in self.untracked:
                raise DataverseError(400, "0x80060888", "Change tracking is not enabled for this entity.")
            self.need(table, "OrgRead")
            rows, delta = list(self.rows[table.name].values()), str(self.version)
        else:
            rows, delta = self._filtered(table, query), ""
        return self._page(request, table, rows, delta, size)

    def _page(self, request: Request, table: Table, rows: list[Any], delta: str, size: int) -> Answer:
        shown = [row if "reason" in row else self._shown(table, row, request) for row in rows[:size]]
        host = self.link_host or f"http://{request.headers.get('host')}"
        base = f"{host}{PATH}/{table.entity_set}?$select={quote(request.query.get('$select', ''))}"
        body: Row = {"@odata.context": f"{host}{PATH}/$metadata#{table.entity_set}", "value": shown}
        if len(rows) > size:
            token = str(len(self._pages) + 1)
            self._pages[token] = ([dict(row) for row in rows[size:]], delta)
            body["@odata.nextLink"] = f"{base}&$skiptoken={token}"
        elif delta:
            body["@odata.deltaLink"] = f"{base}&$deltatoken={delta}%2103%2f02%2f2026"
        return Answer(200, body)

    def _since(self, table: Table, token: str, request: Request) -> list[Any]:
        number = token.partition("!")[0]
        if not number.isdecimal() or int(number) < self.oldest_token:
            raise DataverseError(400, "0x80044352", "The delta token is not valid or has expired.")
        host = f"http://{request.headers.get('host')}"
        context = f"{host}{PATH}/$metadata#{table.entity_set}/$deletedEntity"
        gone = self.deleted[table.name].items()
        rows: list[Any] = [row for row in self.rows[table.name].values() if row["version"] > int(number)]
        rows += [{"@odata.context": context, "id": guid, "reason": "deleted"} for guid, v in gone if v > int(number)]
        return rows

    def _filtered(self, table: Table, query: Mapping[str, str]) -> list[Row]:
        rows = list(self.rows[table.name].values())
        if "$filter" in query:
            rows = matching(rows, query["$filter"], self.attributes(table))
        return ordered(rows, query.get("$orderby", ""), self.attributes(table))


def _object(request: Request, table: Table) -> Mapping[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise DataverseError(415, "", "The content type is not supported.")
    if not isinstance(request.body, dict):
        raise payload_error(table, "The payload is no JSON object.")
    return request.body


def _preferences(request: Request) -> dict[str, str]:
    found = _PREFERENCE.findall(request.headers.get("prefer", ""))
    return {name: value.strip('"') for name, value in found}
