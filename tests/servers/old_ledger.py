"""Old Ledger, invented: everything is a POST and is answered with 200, offsets, revisions in the body, no unique keys.

People have one name, money is in cents, days are written 30.06.2026, moments are milliseconds, empty columns are not
sent at all, writes replace the whole row, deleting only hides, tasks and events share a table.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from desktop.domain.records import FIELDS, PEOPLE, RecordKind
from tests.servers.custom_office import Entry, Office, OfficeRefusal
from tests.servers.vendor import Answer, Request, World

K = RecordKind
TABLES: Mapping[str, tuple[RecordKind, ...]] = {
    "org": (K.ACCOUNT,),
    "people": (K.CONTACT,),
    "deals": (K.OPPORTUNITY,),
    "calls": (K.CASE,),
    "acts": (K.TASK, K.ACTIVITY),
}
LETTERS = {K.ACCOUNT: "O", K.CONTACT: "P", K.OPPORTUNITY: "D", K.CASE: "C", K.TASK: "A", K.ACTIVITY: "A"}
STAGES = {"Prospecting": "A", "Proposal": "B", "Won": "W", "Lost": "L"}
TYPES = {"Email": "E", "Call": "C"}
CODES = {"stale": 90, "gone": 44, "needed": 21, "list": 22, "link": 23, "long": 24}
PLAIN = ("name", "domain", "phone", "mobile", "title", "email", "next_step", "currency", "subject", "description")
LINKS = {"account": "org_id", "contact": "person_id"}


class LedgerWorld(World):
    """The server's side."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.has_unique_keys = False

    def now(self) -> datetime:
        return self.office.time()

    def error(self, status: int, code: str, message: str) -> Any:
        return {"ok": False, "err": {"no": code, "say": message}}

    def answer(self, request: Request) -> Answer:
        if request.headers.get("x-ledger-key") not in self.office.secrets:
            return Answer(200, {"ok": False, "err": {"no": 11}})
        try:
            return Answer(200, {"ok": True, **self._answer(request.parts[-1], request.body or {})})
        except OfficeRefusal as refusal:
            return Answer(200, {"ok": False, "err": {"no": CODES[refusal.word], "col": refusal.field}})

    def _answer(self, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if verb == "hello":
            return {}
        kinds = TABLES[body["tbl"]]
        if verb == "list":
            since = datetime.fromtimestamp(body["from"] / 1000, UTC)
            found = self.office.changed(set(kinds), since)
            return {"rows": [self.shown(entry) for entry in found[body["start"] :][: body["max"]]]}
        if verb == "find":
            live = [entry for kind in kinds for entry in self.office.live(kind) if body["val"] in entry.key]
            return {"rows": [self.shown(entry) for entry in live]}
        if verb == "new":
            row = body["row"]
            kind = kinds[0] if row.get("typ", "T") == "T" else kinds[-1]
            entry = self.office.create(kind, self._fields(kind, row), str(row.get("memo_ref") or ""))
            return {"id": id_of(entry)}
        entry = self._entry(kinds, body["id"])
        if verb == "put":
            self.office.update(entry.kind, entry.number, self._fields(entry.kind, body["row"]), body.get("rev") or 0)
        elif verb == "del":
            self.office.delete(entry.kind, entry.number, body.get("rev") or 0)
        return {"row": self.shown(entry)}

    def _entry(self, kinds: tuple[RecordKind, ...], text: str) -> Entry:
        letter, _, number = text.partition("-")
        entry = self.office.entries.get(int(number)) if number.isdecimal() else None
        if entry is None or entry.kind not in kinds or letter != LETTERS[entry.kind]:
            raise OfficeRefusal("gone")
        return entry

    # --- rows ---------------------------------------------------------------------------------------------------------

    def shown(self, entry: Entry) -> dict[str, Any]:
        row: dict[str, Any] = {"id": id_of(entry), "rev": entry.revision, "memo_ref": entry.key or None}
        row["chg"] = int(entry.modified.timestamp() * 1000)
        row["gone"] = 1 if entry.deleted else 0
        fields = entry.fields
        row |= {name: fields.get(name) for name in PLAIN}
        if entry.kind in PEOPLE:
            row["full_name"] = " ".join(part for part in (fields["first_name"], fields["last_name"]) if part)
        row["amt"] = round(float(fields["amount"]) * 100) if fields.get("amount") else None
        row["stg"] = STAGES.get(fields.get("stage") or "")
        for name, column in {"close_date": "exp", "due_date": "due"}.items():
            day = fields.get(name)
            row[column] = ".".join(reversed(day.split("-"))) if day else None
        at = fields.get("happened_at")
        row["at"] = int(datetime.fromisoformat(at).timestamp()) if at else None
        row["stat"], row["prio"] = fields.get("status"), fields.get("priority")
        row["typ"] = "T" if entry.kind is K.TASK else TYPES.get(fields.get("type") or "")
        for name, column in LINKS.items():
            link = fields.get(name)
            row[column] = self._id(link) if link else None
        related = fields.get("related")
        row["about"] = f"{related.partition(':')[0][0]}/{self._id(related)}" if related else None
        return {column: value for column, value in row.items() if value is not None}

    def _id(self, link: str) -> str:
        return id_of(self.office.entries[int(link.partition(":")[2])])

    def _fields(self, kind: RecordKind, row: Mapping[str, Any]) -> dict[str, str | None]:
        fields: dict[str, str | None] = {name: row.get(name) for name in PLAIN}
        first, _, last = (row.get("full_name") or "").rpartition(" ")
        fields |= {"first_name": first or None, "last_name": last or None}
        cents = row.get("amt")
        fields["amount"] = None if cents is None else f"{cents / 100:.10g}"
        fields["stage"] = _back(STAGES, row.get("stg"))
        for name, column in {"close_date": "exp", "due_date": "due"}.items():
            day = row.get(column)
            fields[name] = "-".join(reversed(day.split("."))) if day else None
        at = row.get("at")
        fields["happened_at"] = datetime.fromtimestamp(at, UTC).isoformat() if at is not None else None
        fields["status"], fields["priority"] = row.get("stat"), row.get("prio")
        fields["type"] = _back(TYPES, row.get("typ")) if kind is K.ACTIVITY else None
        for name, column in LINKS.items():
            fields[name] = self._link(name, row.get(column))
        letter, _, other = (row.get("about") or "").partition("/")
        kinds = {"a": "account", "o": "opportunity", "c": "case"}
        fields["related"] = self._link(kinds.get(letter, "?"), other) if other else None
        return {name: value for name, value in fields.items() if name in FIELDS[kind]}

    def _link(self, kind: str, text: str | None) -> str | None:
        return f"{kind}:{text.partition('-')[2]}" if text else None


def id_of(entry: Entry) -> str:
    return f"{LETTERS[entry.kind]}-{entry.number}"


def _back(table: Mapping[str, str], code: str | None) -> str | None:
    return {theirs: ours for ours, theirs in table.items()}.get(code, "?") if code else None
