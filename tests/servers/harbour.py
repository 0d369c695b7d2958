"""Harbour CRM, invented: a tidy REST interface. Envelopes, a cursor, ETags with If-Match, unique outside keys, bearer.

Its columns have grown for years: `cust_nm_2`, `status_code_9`, a list of telephones, links read and written apart.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from desktop.domain.records import FIELDS, PEOPLE, RecordKind
from tests.servers.custom_office import Entry, Office, OfficeRefusal
from tests.servers.vendor import Answer, Request, World

K = RecordKind
ODD_ZONE = timezone(timedelta(hours=5, minutes=45))
PATHS = {
    "companies": K.ACCOUNT,
    "people": K.CONTACT,
    "prospects": K.LEAD,
    "deals": K.OPPORTUNITY,
    "tickets": K.CASE,
    "todos": K.TASK,
    "events": K.ACTIVITY,
}
COLUMNS: Mapping[RecordKind, Mapping[str, str]] = {
    K.ACCOUNT: {"name": "comp_nm", "domain": "www", "phone": "tel"},
    K.CONTACT: {"first_name": "cust_nm_1", "last_name": "cust_nm_2", "title": "role_txt", "email": "mail"},
    K.LEAD: {"first_name": "cust_nm_1", "last_name": "cust_nm_2", "title": "role_txt", "email": "mail"}
    | {"company": "comp_nm", "status": "state"},
    K.OPPORTUNITY: {"name": "nm", "stage": "status_code_9", "amount": "val", "currency": "cur"}
    | {"close_date": "exp_dt", "next_step": "nxt"},
    K.CASE: {"subject": "subj", "description": "txt", "status": "state", "priority": "prio"},
    K.TASK: {"subject": "what", "due_date": "due", "status": "done"},
    K.ACTIVITY: {"type": "sort", "subject": "what", "happened_at": "at", "description": "txt"},
}
TASKS = {"Completed", "Not Started"}
PHONES = {"phone": "work", "mobile": "mobile"}
STAGES = {"Prospecting": 1, "Proposal": 2, "Won": 8, "Lost": 9}
NAMES = {K.ACCOUNT: "company", K.OPPORTUNITY: "deal", K.CASE: "ticket"}
CODES = {
    "stale": (412, "STALE"),
    "duplicate": (409, "TAKEN"),
    "gone": (404, "NO_SUCH_RECORD"),
    "needed": (422, "BLANK"),
    "list": (422, "NOT_LISTED"),
    "link": (422, "BROKEN_LINK"),
    "long": (422, "TOO_LONG"),
}


class HarbourWorld(World):
    """The server's side."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.headers: dict[str, str] = {}

    def now(self) -> datetime:
        return self.office.time()

    def error(self, status: int, code: str, message: str) -> Any:
        return {"error": {"code": code, "message": message}}

    def answer(self, request: Request) -> Answer:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.office.secrets:
            return Answer(401, self.error(401, "WHO_ARE_YOU", "no such token"))
        try:
            answer = self._answer(request)
        except OfficeRefusal as refusal:
            status, code = CODES[refusal.word]
            error = {"code": code, "message": f"{refusal.word}: somebody's own words", "field": refusal.field}
            return Answer(status, {"error": error})
        return Answer(answer.status, answer.body, {**self.headers, **answer.headers})

    def _answer(self, request: Request) -> Answer:
        parts = request.parts
        if parts[:2] == ("api", "me"):
            return Answer(200, {"data": {"name": "Robin"}})
        if parts[:2] == ("api", "users"):
            people = [{"id": 1, "full_name": "Robin", "mail": "robin@harbour.example"}, {"id": 2, "full_name": " "}, 5]
            return Answer(200, {"data": people})
        if parts[:2] == ("api", "removed"):
            return self._removed(request)
        if len(parts) < 2 or parts[0] != "api" or parts[1] not in PATHS:
            raise OfficeRefusal("gone")
        kind = PATHS[parts[1]]
        if len(parts) == 3:
            return self._one(request, kind, int(parts[2]) if parts[2].isdecimal() else 0)
        if request.method == "POST":
            data = request.body["data"]
            entry = self.office.create(kind, self._fields(kind, data), str(data.get("external_id") or ""))
            return self._row(entry, 201)
        return self._listed(request, kind)

    def _one(self, request: Request, kind: RecordKind, number: int) -> Answer:
        entry = self.office.get(kind, number)
        wanted = request.headers.get("if-match", "").strip('"')
        revision = int(wanted) if wanted else 0
        if request.method == "PATCH":
            return self._row(self.office.update(kind, number, self._fields(kind, request.body["data"]), revision))
        if request.method == "DELETE":
            self.office.delete(kind, number, revision)
            return Answer(204)
        return self._row(entry)

    def _row(self, entry: Entry, status: int = 200) -> Answer:
        return Answer(status, {"data": self.shown(entry)}, {"ETag": f'"{entry.revision}"'})

    def _listed(self, request: Request, kind: RecordKind) -> Answer:
        query = request.query
        if "external_id" in query:
            found = [entry for entry in self.office.live(kind) if entry.key == query["external_id"]]
            return Answer(200, {"data": [self.shown(entry) for entry in found], "next": None})
        if "mail" in query:
            found = [e for e in self.office.live(kind) if (e.fields.get("email") or "").startswith(query["mail"][:3])]
            return Answer(200, {"data": [self.shown(entry) for entry in found], "next": None})
        if "name" in query:
            found = [e for e in self.office.live(kind) if query["name"][:3] in (e.fields.get("name") or "")]
            return Answer(200, {"data": [self.shown(entry) for entry in found], "next": None})
        since = datetime.fromisoformat(query["updated_since"])
        size, start = min(int(query["page_size"]), 50), 0
        if "after" in query:
            start = int(base64.b64decode(query["after"]))
        found = [entry for entry in self.office.changed({kind}, since) if not entry.deleted]
        following = base64.b64encode(str(start + size).encode()).decode() if start + size < len(found) else None
        return Answer(200, {"data": [self.shown(e) for e in found[start : start + size]], "next": following})

    def _removed(self, request: Request) -> Answer:
        kind, since = PATHS[request.query["of"]], datetime.fromisoformat(request.query["since"])
        found = [entry for entry in self.office.changed({kind}, since) if entry.deleted]
        return Answer(200, {"data": [{"record": entry.number, "at": entry.modified.isoformat()} for entry in found]})

    # --- rows ---------------------------------------------------------------------------------------------------------

    def shown(self, entry: Entry) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, column in COLUMNS[entry.kind].items():
            row[column] = self._out(name, entry.fields.get(name))
        if entry.kind in PEOPLE:
            phones = {name: entry.fields.get(name) for name in PHONES}
            row["phones"] = [{"type": PHONES[name], "no": number} for name, number in phones.items() if number]
        for name in ("account", "contact", "related"):
            if name in FIELDS[entry.kind]:
                row[name] = self._link(entry.fields.get(name), name)
        stamp = entry.modified.astimezone(ODD_ZONE).isoformat()
        return {"id": entry.number, "attributes": row, "external_id": entry.key or None, "updated_at": stamp}

    def _out(self, name: str, value: str | None) -> Any:
        if value is None:
            return None
        if name == "amount":
            return float(value)
        return STAGES[value] if name == "stage" else (value == "Completed") if value in TASKS else value

    def _link(self, value: str | None, name: str) -> Any:
        if value is None:
            return None
        kind, _, number = value.partition(":")
        return {"type": NAMES[K(kind)], "id": int(number)} if name == "related" else {"id": int(number)}

    def _fields(self, kind: RecordKind, data: Mapping[str, Any]) -> dict[str, str | None]:
        sent = dict(data.get("attributes") or {})
        fields: dict[str, str | None] = {}
        for name, column in COLUMNS[kind].items():
            if column in sent:
                fields[name] = self._in(name, sent.pop(column))
        if "phones" in sent:
            numbers = {phone["type"]: phone["no"] for phone in sent.pop("phones")}
            fields |= {name: numbers.get(type_) for name, type_ in PHONES.items()}
        for name in ("account", "contact"):
            if f"{name}_id" in sent and name in FIELDS[kind]:
                number = sent.pop(f"{name}_id")
                fields[name] = None if number is None else f"{name}:{number}"
        if "related" in sent:
            link = sent.pop("related")
            kinds = {theirs: ours for ours, theirs in NAMES.items()}
            fields["related"] = None if link is None else f"{kinds[link['type']].value}:{link['id']}"
        if sent:
            raise OfficeRefusal("list", next(iter(sent)))
        return fields

    def _in(self, name: str, value: Any) -> str | None:
        if value is None:
            return None
        if name == "stage":
            return {number: stage for stage, number in STAGES.items()}.get(value, "?")
        if isinstance(value, bool):
            return "Completed" if value else "Not Started"
        if name == "happened_at":
            return datetime.fromisoformat(value).isoformat()
        return f"{value:.10g}" if name == "amount" else str(value)
