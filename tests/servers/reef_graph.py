"""Reef, invented: one GraphQL address, a session, Relay's cursors, complaints inside good answers, ids full of slashes.

Queries are told apart by their names, and answers hold only what the query's text names; the values come from the
variables alone.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desktop.domain.records import FIELDS, RecordKind
from tests.servers.custom_office import Entry, Office, OfficeRefusal
from tests.servers.vendor import Answer, Request, World

K = RecordKind
NAMES = {K.ACCOUNT: "Company", K.CONTACT: "Person", K.OPPORTUNITY: "Deal", K.TASK: "Todo", K.ACTIVITY: "Event"}
KINDS = {name: kind for kind, name in NAMES.items()}
CODES = {"stale": "STALE", "duplicate": "TAKEN", "gone": "NOT_FOUND", "needed": "BLANK"}
NAMED = re.compile(r"^(query|mutation) (\w+?)(List|One|ByKey|Create|Update|Delete|Removed)?\b")


class ReefWorld(World):
    """The server's side."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.sessions: set[str] = set()
        self.logins = 0

    def now(self) -> datetime:
        return self.office.time()

    def error(self, status: int, code: str, message: str) -> Any:
        return {"errors": [{"message": message, "extensions": {"code": code}}]}

    def answer(self, request: Request) -> Answer:
        text, variables = request.body["query"], request.body["variables"]
        if text.startswith("mutation SignIn"):
            return self._sign_in(variables)
        if request.headers.get("authorization", "").removeprefix("Session ") not in self.sessions:
            return Answer(200, {"data": None, **self.error(200, "UNAUTHENTICATED", "who?")})
        found = NAMED.match(text)
        if found is None or found[2] not in KINDS:
            return Answer(400, self.error(400, "GRAPHQL_PARSE_FAILED", "no such thing"))
        data = self._data(KINDS[found[2]], found[3], variables, set(re.findall(r"\w+", text)))
        return Answer(200, {"data": data})

    def _sign_in(self, variables: Mapping[str, Any]) -> Answer:
        if variables["password"] not in self.office.secrets or variables["user"] != "robin":
            return Answer(200, self.error(200, "BAD_PASSWORD", "no"))
        self.logins += 1
        self.sessions.add(f"session-{self.logins}")
        return Answer(200, {"data": {"signIn": {"token": f"session-{self.logins}"}}})

    def _data(self, kind: RecordKind, verb: str, variables: Mapping[str, Any], words: set[str]) -> dict[str, Any]:
        if verb in {"List", "Removed", "ByKey"}:
            return {"records": self._listed(kind, verb, variables, words)}
        if verb == "One":
            try:
                return {"record": self.shown(self.office.get(kind, number_of(kind, variables["id"])), words)}
            except OfficeRefusal:
                return {"record": None}
        try:
            return {"done": {"record": self._done(kind, verb, variables, words), "problems": []}}
        except OfficeRefusal as refusal:
            problem = {"code": CODES.get(refusal.word, "BAD_VALUE"), "field": camel(refusal.field)}
            return {"done": {"record": None, "problems": [problem]}}

    def _done(self, kind: RecordKind, verb: str, variables: Mapping[str, Any], words: set[str]) -> Any:
        if verb == "Create":
            sent = variables["input"]
            entry = self.office.create(kind, fields_of(kind, sent), sent["foreignKey"])
            return self.shown(entry, words)
        number, revision = number_of(kind, variables["id"]), variables.get("revision") or 0
        if verb == "Update":
            return self.shown(self.office.update(kind, number, fields_of(kind, variables["input"]), revision), words)
        self.office.delete(kind, number, revision)
        return {"id": variables["id"]}

    def _listed(self, kind: RecordKind, verb: str, variables: Mapping[str, Any], words: set[str]) -> Any:
        if verb == "ByKey":
            return {"nodes": [self.shown(e, words) for e in self.office.live(kind) if e.key == variables["key"]]}
        since = datetime.fromisoformat(variables["since"])
        found = [entry for entry in self.office.changed({kind}, since) if entry.deleted is (verb == "Removed")]
        start = int(variables.get("after") or 0)
        rows = found[start : start + variables["first"]]
        more = start + len(rows) < len(found)
        page = {"hasNextPage": more, "endCursor": str(start + len(rows)) if rows else None}
        return {"nodes": [self.shown(entry, words) for entry in rows], "pageInfo": page}

    def shown(self, entry: Entry, words: set[str]) -> dict[str, Any]:
        row: dict[str, Any] = {"id": id_of(entry), "foreignKey": entry.key or None, "revision": entry.revision}
        row["changedAt"] = entry.modified.isoformat()
        for name, value in entry.fields.items():
            if name in {"account", "contact", "related"}:
                linked = self.office.entries[int(value.partition(":")[2])] if value else None
                row[camel(name)] = {"id": id_of(linked)} if linked else None
            else:
                row[camel(name)] = {"amount": value, "currency": "EUR"} if name == "amount" and value else value
        return {name: value for name, value in row.items() if name in words}


def id_of(entry: Entry) -> str:
    return f"gid://reef/{NAMES[entry.kind]}/{entry.number}"


def number_of(kind: RecordKind, text: str) -> int:
    found = re.fullmatch(rf"gid://reef/{NAMES[kind]}/(\d{{1,9}})", text)
    if found is None:
        raise OfficeRefusal("gone")
    return int(found[1])


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def fields_of(kind: RecordKind, sent: Mapping[str, Any]) -> dict[str, str | None]:
    fields: dict[str, str | None] = {}
    for name in FIELDS[kind]:
        if name in {"account", "contact", "related"}:
            if f"{camel(name)}Id" in sent:
                given = sent[f"{camel(name)}Id"]
                link = re.fullmatch(r"gid://reef/(\w+)/(\d+)", given or "")
                if given and not link:
                    raise OfficeRefusal("link", name)
                fields[name] = f"{KINDS[link[1]].value}:{link[2]}" if link else None
        elif camel(name) in sent:
            value = sent[camel(name)]
            fields[name] = value["amount"] if name == "amount" and value else value
    return fields
