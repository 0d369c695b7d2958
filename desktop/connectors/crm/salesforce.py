"""Salesforce over its REST interface, through simple-salesforce, which is imported when it is first needed.

Exactly once rests on one custom field per object (`Dealside_Key__c`: text, External ID, Unique): a Record is made by
an upsert on that field and looked up by it first, so a lost answer is repeated safely and a person's later edits are
never overwritten. There is no safe way without it: the write may still be under way when we look for its outcome, and
no standard field that can be searched is ours to use. So a missing field is something only the rep's admin can mend.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.connectors.fieldmap import Column, read_values, write_value
from desktop.connectors.refusals import to_error
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.salesforce import (
    COLUMNS,
    HAPPENED,
    OBJECTS,
    after,
    clean_mark,
    is_id,
    moment_of,
    origin_of,
    refusal_of,
    snapshot,
    snapshots,
    stamp_of,
)
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, RecordBatch
from desktop.domain.errors import Conflict, DealsideError, Defect, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import derive
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, RecordKind, RecordRef, RecordSnapshot

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary
    from desktop.connectors.requests_door import BoundaryAdapter

_T = TypeVar("_T")
Shape = Mapping[str, Mapping[str, Any]]
"""What `describe` says of an object's fields, by their names, as far as the rep may see them."""

_VERSION = "60.0"
_OVERLAP = timedelta(seconds=60)  # a slow transaction shows up this long after its stamp
_MAX_PAGES = 50
_KEY_FIELD = "Dealside_Key__c"
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")
_SINCE = "since"
_SYSTEM = ("Id", "SystemModstamp", "IsDeleted", "CreatedDate")
_FEEDS = tuple(kind for kind in OBJECTS if kind is not RecordKind.ACTIVITY)


class _Right(StrEnum):
    CREATE = "createable"
    UPDATE = "updateable"


class Salesforce(CrmConnector):
    """One Salesforce org, with the rights of the rep whose token it is."""

    info = ConnectorInfo(
        name="salesforce",
        title="Salesforce",
        family=Family.CRM,
        settings=(
            FieldSpec("instance_url", "Address", help="The one that ends in .my.salesforce.com"),
            FieldSpec("access_token", "Access token", FieldWidget.SECRET),
            FieldSpec(
                "external_id_field",
                "Key field",
                default=_KEY_FIELD,
                help="A text field that your admin adds to each object, marked External ID and Unique",
            ),
        ),
        can=frozenset({"upsert_key", "conflict_check", "delete"}),
        kinds=frozenset(RecordKind) - {RecordKind.LEAD},
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        token: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float = 60.0,
    ) -> None:
        """`token` gives the access token at each sign-in, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._key_field = settings.get("external_id_field", "").strip() or _KEY_FIELD
        self._line: _Line | None = None
        self._shapes: dict[str, Shape | None] = {}

    @classmethod
    def connect(cls, supplies: Supplies) -> "Salesforce":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary  # noqa: PLC0415  (httpx and requests: a quarter of a second)

        http = HttpBoundary(ledger=supplies.ledger, clock=supplies.clock, boundary=supplies.boundary)
        return cls(supplies.settings, token=lambda: supplies.secret("access_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        self._shapes.clear()
        self._shape(RecordKind.ACCOUNT)
        self._shape(RecordKind.CONTACT)
        shapes = {name: self._shape_of(name) for name in dict.fromkeys(OBJECTS.values())}
        lacking = [name for name, shape in shapes.items() if shape is not None and not self._has_key(shape)]
        if lacking:
            raise self._no_key_field(lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        spec = self._shape(kind).get(_column(kind, field).name, {})
        if spec.get("type") not in {"picklist", "multipicklist"}:
            return ()
        offered = [value for value in spec.get("picklistValues") or () if value.get("active", True)]
        ordered = [str(value["value"]) for value in sorted(offered, key=lambda value: not value.get("defaultValue"))]
        return tuple(name for name in ordered if field != "type" or name in HAPPENED)

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        if not is_id(ref.id):
            return None
        wanted = {"fields": ",".join(self._names(ref.kind, self._shape(ref.kind)))}
        row = self._find(lambda sf: getattr(sf, OBJECTS[ref.kind]).get(ref.id, params=wanted))
        return snapshot(ref.kind, row) if row is not None else None

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        shape = self._shape(kind)
        if not self._has_key(shape):
            raise self._no_key_field([OBJECTS[kind]])
        wanted = {"fields": ",".join(self._names(kind, shape))}
        where = (self._key_field, _safe_key(key))
        row = self._find(lambda sf: getattr(sf, OBJECTS[kind]).get_by_custom_id(*where, params=wanted))
        return snapshot(kind, row) if row is not None else None

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        """Return changed Records; a round over all objects ends by going back a minute, to miss no late commit."""
        marks = {kind.value: clean_mark(checkpoint.marks.get(kind.value, "")) for kind in _FEEDS}
        since = clean_mark(checkpoint.marks.get(_SINCE, ""))
        records: list[RecordSnapshot] = []
        left = limit
        for kind in _FEEDS:
            rows = self._changed(kind, marks[kind.value], left)
            since = since or stamp_of(self._server_time() - _OVERLAP)
            for row in rows:
                records += snapshots(kind, row)
                marks[kind.value] = f"{stamp_of(moment_of(row))}|{row['Id']}"
            left -= len(rows)
            if left <= 0:
                break
        records.sort(key=lambda record: record.modified_at)
        if left <= 0:
            return RecordBatch(tuple(records), Checkpoint({**marks, _SINCE: since}), has_more=True)
        rewound = {name: min(mark, since) for name, mark in marks.items() if mark}
        return RecordBatch(tuple(records), Checkpoint(rewound))

    def _changed(self, kind: RecordKind, mark: str, limit: int) -> list[Mapping[str, Any]]:
        shape = self._shape_of(OBJECTS[kind])
        if shape is None:  # the rep has no right to see this object: nothing of it can change for them
            return []
        names = dict.fromkeys(self._names(kind, shape))
        if kind is RecordKind.TASK:
            names.update(dict.fromkeys((*self._names(RecordKind.ACTIVITY, shape), "IsClosed", "TaskSubtype")))
        chosen = ", ".join(name for name in names if name in shape)
        scope = f"{OBJECTS[kind]}{after(mark)} ORDER BY SystemModstamp, Id LIMIT {limit}"
        query = f"SELECT {chosen} FROM {scope}"  # noqa: S608  (names from our table, a mark that was checked)
        return self._ask(lambda sf: _all_pages(sf, query))[:limit]

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        body = self._body(kind, given, _Right.CREATE)
        if kind is RecordKind.ACTIVITY:
            body = {"TaskSubtype": "Email", "Status": "Completed", **body}
            if body["TaskSubtype"] not in HAPPENED:
                raise Rejected("Salesforce logs e-mails and calls here; choose one of the two.", detail="TaskSubtype")
        where = f"{self._key_field}/{_safe_key(key)}"
        self._ask(lambda sf: getattr(sf, OBJECTS[kind]).upsert(where, body))
        made = self.find_created(kind, key)
        if made is None:
            raise Temporary("Salesforce does not show the new record yet; looking again later.", detail=OBJECTS[kind])
        return made

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        body = self._body(ref.kind, fields, _Right.UPDATE)
        live = self.read(ref)
        if live is None:
            raise _conflict(None)
        wanted = read_values(COLUMNS[ref.kind], body)
        if all(live.fields.get(name) == value for name, value in wanted.items()):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise _conflict(live)
        self._patch(ref, body, live, is_guarded=bool(version))
        written = self.read(ref)
        if written is None:
            raise _conflict(None)
        return written

    def _patch(self, ref: RecordRef, body: Mapping[str, Any], live: RecordSnapshot, *, is_guarded: bool) -> None:
        if not is_guarded:
            return self._send_patch(ref, body, {})
        # HTTP dates are whole seconds: a stamp with a fraction fails its own second, so the next one is tried too.
        for slack in (0, 1):
            moment = format_datetime(live.modified_at.astimezone(UTC) + timedelta(seconds=slack), usegmt=True)
            try:
                return self._send_patch(ref, body, {"If-Unmodified-Since": moment})
            except Conflict:
                now = self.read(ref)
                if now is None or now.version != live.version:
                    raise _conflict(now) from None
        raise _conflict(live)

    def _send_patch(self, ref: RecordRef, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self._ask(lambda sf: getattr(sf, OBJECTS[ref.kind]).update(ref.id, dict(body), headers=dict(headers)))

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and live.version != version:
            raise _conflict(live)
        return self._find(lambda sf: getattr(sf, OBJECTS[ref.kind]).delete(ref.id)) is not None

    def close(self) -> None:
        """Let go of connections and of what was learned about the org."""
        self._http.close()
        self._line = None
        self._shapes.clear()

    # --- what the org lets the rep do -------------------------------------------------------------------------------

    def _body(self, kind: RecordKind, fields: Mapping[str, str | None], right: _Right) -> dict[str, Any]:
        shape = self._shape(kind)
        body: dict[str, Any] = {}
        for name, value in fields.items():
            column = _column(kind, name)
            spec = shape.get(column.name)
            if spec is None and name == "currency":  # an org with one currency has no such field
                continue
            label = FIELDS[kind][name].label
            if column.is_fixed and right is _Right.UPDATE:
                raise Rejected(f"Salesforce does not let “{label}” be changed later; leave it out.", detail=column.name)
            if spec is None or not spec.get(right.value):
                self._shapes.clear()
                raise UserActionNeeded(
                    f"Salesforce does not let you write “{label}”; ask your administrator, or leave it out.",
                    detail=column.name,
                )
            body[column.name] = write_value(kind, column, value)
        return body

    def _names(self, kind: RecordKind, shape: Shape) -> list[str]:
        return [*_SYSTEM, *(column.name for column in COLUMNS[kind] if column.name in shape)]

    def _shape(self, kind: RecordKind) -> Shape:
        shape = self._shape_of(OBJECTS[kind])
        if shape is None:
            self._shapes.clear()
            raise UserActionNeeded(
                f"Salesforce does not show you any {kind.value}; ask your administrator, or check the address.",
                detail=f"no {OBJECTS[kind]}",
            )
        return shape

    def _shape_of(self, name: str) -> Shape | None:
        if name not in self._shapes:
            self._shapes[name] = self._find(
                lambda sf: {str(spec["name"]): dict(spec) for spec in getattr(sf, name).describe()["fields"]}
            )
        return self._shapes[name]

    def _has_key(self, shape: Shape) -> bool:
        spec = shape.get(self._key_field, {})
        return bool(spec.get("externalId") and spec.get("unique"))

    def _no_key_field(self, objects: Sequence[str]) -> UserActionNeeded:
        self._shapes.clear()
        return UserActionNeeded(
            f"Ask your Salesforce admin to add the text field {self._key_field}, marked External ID and Unique, "
            f"to: {', '.join(objects)}. Until then nothing can be created there without the risk of doubles.",
            detail="no key field",
        )

    # --- the line ---------------------------------------------------------------------------------------------------

    def _ask(self, act: Callable[[Any], _T]) -> _T:
        self._line = self._line or self._connected()
        try:
            return self._line.ask(act)
        except UserActionNeeded:
            self._shapes.clear()  # when it is mended, look afresh, with whatever token there is by then
            self._line = None
            raise

    def _connected(self) -> "_Line":
        from desktop.connectors.requests_door import BoundaryAdapter  # noqa: PLC0415  (as above)

        origin = origin_of(self._settings.get("instance_url", "").strip())
        token = (self._token() or "").strip()
        if not token or not token.isascii() or not token.isprintable():
            raise UserActionNeeded("There is no usable access token for Salesforce; sign in to it again.")
        adapter = BoundaryAdapter(self._http, origin=origin, purpose="salesforce", deadline=self._deadline)
        return _Line(origin, token, adapter, key_field=self._key_field)

    def _find(self, act: Callable[[Any], _T]) -> _T | None:
        try:
            return self._ask(act)
        except Rejected:
            if self._line is not None and self._line.is_missing:
                return None
            raise

    def _server_time(self) -> datetime:
        return (self._line.server_time if self._line else None) or self._clock.now()


class _Line:
    """The connected library: every call ends in an answer or in one of our errors.

    Chained causes are cut off: the library's errors quote whole addresses and answers, which must not reach a log.
    """

    def __init__(self, origin: str, token: str, adapter: "BoundaryAdapter", *, key_field: str) -> None:
        import simple_salesforce.api  # noqa: PLC0415  (a quarter of a second, and most reps have another CRM)

        self._adapter = adapter
        self._key_field = key_field
        self._client: Any = simple_salesforce.api.Salesforce(
            instance_url=origin, session_id=token, session=adapter.session(), version=_VERSION
        )
        self._library_error = simple_salesforce.exceptions.SalesforceError

    @property
    def is_missing(self) -> bool:
        """The newest answer was 404."""
        return self._adapter.last is not None and self._adapter.last.status == 404

    @property
    def server_time(self) -> datetime | None:
        """The server's own time in its newest answer."""
        return self._adapter.last.server_time if self._adapter.last else None

    def ask(self, act: Callable[[Any], _T]) -> _T:
        try:
            return act(self._client)
        except self._library_error as error:
            raise self._refused(error.status, error.content) from None
        except (ValueError, TypeError, LookupError, OSError, RecursionError) as error:
            sentence = "Salesforce's answer was cut off or garbled; trying again later."
            raise Temporary(sentence, detail=type(error).__name__) from None

    def _refused(self, status: int, content: object) -> DealsideError:
        refusal, fields, detail = refusal_of(status, content, self._key_field)
        wait = self._adapter.last.retry_after if self._adapter.last else None
        return to_error(refusal, vendor="Salesforce", fields=", ".join(fields), detail=detail, retry_after=wait)


def _all_pages(client: Any, query: str) -> list[Mapping[str, Any]]:
    page = client.query(query, include_deleted=True)
    rows = list(page["records"])
    for _ in range(_MAX_PAGES):
        if page["done"]:
            return [dict(row) for row in rows]
        page = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
        rows += page["records"]
    raise ValueError("pages without end")


def _column(kind: RecordKind, field: str) -> Column:
    for column in COLUMNS[kind]:
        if column.field == field:
            return column
    raise Defect("A change names a field that does not exist.", detail=f"{kind.value}.{field}")


def _safe_key(key: str) -> str:
    """Return a key that may stand in an address; whatever else is hashed, so it stays the same key each time."""
    return key if _KEY.fullmatch(key) else derive("salesforce key", key)


def _conflict(live: RecordSnapshot | None) -> Conflict:
    if live is None:
        return Conflict("The record was deleted in Salesforce meanwhile.")
    return Conflict("Somebody changed the record in Salesforce meanwhile.", live=dict(live.fields))
