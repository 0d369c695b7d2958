"""Salesforce over its REST interface, through simple-salesforce, which is imported when it is first needed.

Exactly once rests on one custom field per object (`Dealside_Key__c`: text, External ID, Unique): a Record is looked up
by it before it is made, one alone by an upsert on that field, many by inserts that the unique field guards. So a lost
answer is repeated safely and a person's later edits are never overwritten. There is no safe way without it: the write
may still be under way when we look for its outcome, and no standard field that can be searched is ours to use. So a
missing field is something only the rep's admin can mend.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.connectors import overrides
from desktop.connectors.fieldmap import read_values
from desktop.connectors.salesforce import batches, feed, finding, looking
from desktop.connectors.salesforce.composite import garbled
from desktop.connectors.salesforce.org import Org, Right, conflict
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.salesforce import API_VERSION, OBJECTS, is_id, origin_of, safe_key
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordBatch, RecordChange
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary
    from desktop.connectors.requests_door import BoundaryAdapter

_T = TypeVar("_T")
_KEY_FIELD = "Dealside_Key__c"
_USAGE = re.compile(r"\bapi-usage=(\d{1,12})/(\d{1,12})")


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
            overrides.SETTING,
        ),
        can=frozenset({"upsert_key", "conflict_check", "delete", "find", "bulk"}),
        kinds=frozenset(RecordKind),
        at_once=10_000,
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
        key_field = settings.get("external_id_field", "").strip() or _KEY_FIELD
        self._org = Org(self._ask, self._find, key_field=key_field, field_map=settings.get(overrides.SETTING.key, ""))
        self._line: _Line | None = None
        self._quota: Quota | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "Salesforce":
        """Return the connector for one Connection."""
        door = supplies.door()
        return cls(supplies.settings, token=door.token, http=door, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        self._org.forget()
        self._org.shape(RecordKind.ACCOUNT)
        self._org.shape(RecordKind.CONTACT)
        shapes = {name: self._org.shape_of(name) for name in dict.fromkeys(OBJECTS.values())}
        lacking = [name for name, shape in shapes.items() if shape is not None and not self._org.has_key(shape)]
        if lacking:
            raise self._org.no_key_field(lacking)

    # --- what the rep may do ----------------------------------------------------------------------------------------

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        return self._org.rules(kind).choices(field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return self._org.rules(kind).required

    def describe(self, kind: RecordKind) -> RecordRules:
        return self._org.rules(kind)

    def owners(self) -> tuple[Owner, ...]:
        return finding.owners(self._org)

    def quota(self) -> Quota | None:
        """Return the calls of the last 24 hours, of the whole company; they come free again one by one, not at once."""
        return self._quota

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        if not is_id(ref.id):
            return None
        wanted = {"fields": ",".join(self._org.names(ref.kind))}
        row = self._find(lambda sf: getattr(sf, OBJECTS[ref.kind]).get(ref.id, params=wanted))
        record = self._org.snapshot(ref.kind, row) if row is not None else None
        return None if record is None or record.is_deleted else record

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        return looking.read_many(self._org, refs)

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        wanted = {"fields": ",".join(self._org.keyed_names(kind))}
        where = (self._org.key_field, safe_key(key))
        row = self._find(lambda sf: getattr(sf, OBJECTS[kind]).get_by_custom_id(*where, params=wanted))
        return self._org.snapshot(kind, row) if row is not None else None

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        return finding.find(self._org, kind, field, values)

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        return finding.search(self._org, kind, words, limit=limit)

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        return feed.changes(self._org, checkpoint, limit, self._server_time)

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        body = self._checked(lambda: self._org.new_body(kind, fields))
        where = f"{self._org.key_field}/{safe_key(key)}"
        self._ask(lambda sf: getattr(sf, OBJECTS[kind]).upsert(where, body))
        made = self.find_created(kind, key)
        if made is None:
            raise Temporary("Salesforce does not show the new record yet; looking again later.", detail=OBJECTS[kind])
        return made

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        body = self._checked(lambda: self._org.body(ref.kind, fields, Right.UPDATE))
        live = self.read(ref)
        if live is None:
            raise conflict(None)
        wanted = read_values(self._org.columns(ref.kind), body)
        if all(live.fields.get(name) == value for name, value in wanted.items()):
            return live  # also how a repeated update, whose first answer was lost, comes to its end
        if version and live.version != version:
            raise conflict(live)
        self._patch(ref, body, live, is_guarded=bool(version))
        written = self.read(ref)
        if written is None:
            raise conflict(None)
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
                    raise conflict(now) from None
        raise conflict(live)

    def _send_patch(self, ref: RecordRef, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self._ask(lambda sf: getattr(sf, OBJECTS[ref.kind]).update(ref.id, dict(body), headers=dict(headers)))

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        live = self.read(ref)
        if live is None:
            return False
        if version and live.version != version:
            raise conflict(live)
        return self._find(lambda sf: getattr(sf, OBJECTS[ref.kind]).delete(ref.id)) is not None

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        return batches.create_many(self._org, records)

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        return batches.update_many(self._org, changes)

    def close(self) -> None:
        """Let go of connections and of what was learned about the org."""
        self._http.close()
        self._line = None
        self._org.forget()

    # --- the line ---------------------------------------------------------------------------------------------------

    def _ask(self, act: Callable[[Any], _T]) -> _T:
        self._line = self._line or self._connected()
        try:
            return self._line.ask(act)
        except UserActionNeeded:
            self._org.forget()  # when it is mended, look afresh, with whatever token there is by then
            self._line = None
            raise
        finally:
            self._note_usage()

    def _connected(self) -> "_Line":
        from desktop.connectors.requests_door import BoundaryAdapter  # noqa: PLC0415  (requests, as below)

        origin = origin_of(self._settings.get("instance_url", "").strip())
        token = (self._token() or "").strip()
        if not token or not token.isascii() or not token.isprintable():
            raise UserActionNeeded("There is no usable access token for Salesforce; sign in to it again.")
        adapter = BoundaryAdapter(self._http, origin=origin, purpose="salesforce", deadline=self._deadline)
        return _Line(origin, token, adapter, refused=self._org.refused)

    def _checked(self, plan: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return a change that may be sent; what was refused of it an admin may mend, so the next one looks afresh."""
        try:
            return plan()
        except UserActionNeeded:
            self._org.forget()
            raise

    def _note_usage(self) -> None:
        usage = _USAGE.search(self._line.usage) if self._line else None
        if usage:
            self._quota = Quota(int(usage[1]), int(usage[2]))

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

    def __init__(
        self, origin: str, token: str, adapter: "BoundaryAdapter", *, refused: Callable[..., DealsideError]
    ) -> None:
        import simple_salesforce.api  # noqa: PLC0415  (a quarter of a second, and most reps have another CRM)

        self._adapter = adapter
        self._refused = refused
        self._client: Any = simple_salesforce.api.Salesforce(
            instance_url=origin, session_id=token, session=adapter.session(), version=API_VERSION
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

    @property
    def usage(self) -> str:
        """What the newest answer said of the calls that were made; "" when it said nothing."""
        return self._adapter.last.headers.get("sforce-limit-info", "") if self._adapter.last else ""

    def ask(self, act: Callable[[Any], _T]) -> _T:
        try:
            return act(self._client)
        except self._library_error as error:
            said: object = error.content  # parsed, or text where that could not be parsed
            if error.status != 401 and isinstance(said, str) and said.lstrip()[:1] in {"[", "{"}:
                raise garbled("half a refusal") from None  # its code broke off, and the status alone misleads
            wait = self._adapter.last.retry_after if self._adapter.last else None
            raise self._refused(error.status, error.content, wait) from None
        except (ValueError, TypeError, LookupError, OSError, RecursionError) as error:
            raise garbled(type(error).__name__) from None
