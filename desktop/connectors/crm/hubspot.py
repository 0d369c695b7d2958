"""HubSpot over its CRM interface, with the token of a private app or a service key.

Exactly once rests on one property per object type (`dealside_key`: single-line text with unique values). A Record is
looked up by it and then created with it, links and all, in one call: a second create with the same key is refused by
the uniqueness and ends in the Record made first. The batch upsert would do as well, but for two things: it takes no
links, and when the first write is still under way it would write over what a person typed in between. Many Records go
a hundred a call (see `hubspot.many`), each with the same promises.

HubSpot checks no precondition. A Record is read just before it is written; what somebody changes in the blink between
the two is overwritten, in the given fields only.

There is no kind LEAD: a lead in HubSpot is a step on the way of a contact, not a person of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.connectors import overrides
from desktop.connectors.header_words import typed_url
from desktop.connectors.hubspot import feed as hubspot_feed
from desktop.connectors.hubspot import finding, many, merging, rules
from desktop.connectors.hubspot.account import Account, Found, Paths, row_of
from desktop.connectors.hubspot.pace import Pace, no_pace
from desktop.connectors.hubspot.planning import (
    Change,
    keyed_tables,
    may_be_mended,
    no_key_property,
    plan_create,
    plan_update,
    safe_key,
)
from desktop.connectors.hubspot.shape import with_written
from desktop.connectors.hubspot.writing import conflict, gone_target, not_shown_yet
from desktop.connectors.json_line import MISSING, JsonCall, JsonLine, bearer
from desktop.connectors.merging import merge_once
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.hubspot import COMPANIES, CONTACTS, TABLES, Table, is_id, place_of
from desktop.connectors.tables.hubspot_errors import judge
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordBatch, RecordChange
from desktop.domain.errors import DealsideError, Rejected, UserActionNeeded
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.domain.rights import Owner, Quota, RecordRules

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_ADDRESS = "https://api.hubapi.com"
_VERSION = "2026-03"
_KEY_PROPERTY = "dealside_key"
_BETWEEN_SEARCHES = 0.21  # seconds
_NEEDED = (COMPANIES, CONTACTS)
_T = TypeVar("_T")


class HubSpot(CrmConnector):
    """One HubSpot account, with the rights of the token."""

    info = ConnectorInfo(
        name="hubspot",
        title="HubSpot",
        family=Family.CRM,
        settings=(
            FieldSpec(
                "access_token",
                "Access token",
                FieldWidget.SECRET,
                help="Of a private app or a service key, which your HubSpot admin makes in the settings of the account",
            ),
            FieldSpec(
                "key_property",
                "Key property",
                required=False,
                default=_KEY_PROPERTY,
                help="A single-line text property that your admin adds to each object, with unique values required",
            ),
            FieldSpec(
                "api_version",
                "Interface version",
                required=False,
                default=_VERSION,
                help="Year and month, such as 2026-03. Leave it as it is unless HubSpot retires it",
            ),
            FieldSpec(
                "address", "Address", required=False, default=_ADDRESS, help="The same for every HubSpot account"
            ),
            overrides.SETTING,
        ),
        can=frozenset({"upsert_key", "delete", "find", "merge"}),
        kinds=frozenset(RecordKind) - {RecordKind.LEAD},
        at_once=1000,
    )

    def __init__(
        self,
        settings: Mapping[str, str],
        *,
        token: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float = 60.0,
        pace: Callable[[], None] = no_pace,
    ) -> None:
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take.

        `pace` is called before each search.
        """
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._pace = pace
        self._key_property = settings.get("key_property", "").strip() or _KEY_PROPERTY
        self._known: Account | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "HubSpot":
        """Return the connector for one Connection."""
        door = supplies.door()
        return cls(
            supplies.settings,
            token=door.token,
            http=door,
            clock=supplies.clock,
            pace=Pace(_BETWEEN_SEARCHES).wait,
        )

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        account = self._account
        account.forget()
        for name in _NEEDED:
            account.needed(TABLES[name])
        shapes = {name: account.shape(table) for name, table in TABLES.items()}
        lacking = [name for name, shape in shapes.items() if shape is not None and not shape.has_key]
        if lacking:
            raise no_key_property(account, lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        return self.describe(kind).choices(field)

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return self.describe(kind).required

    def describe(self, kind: RecordKind) -> RecordRules:
        return rules.describe(self._account, kind)

    def owners(self) -> tuple[Owner, ...]:
        return finding.owners(self._account)

    def quota(self) -> Quota | None:
        return self._known.quota if self._known else None

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        found = self._find(ref)
        return found.snapshot if found else None

    def read_many(self, refs: Sequence[RecordRef]) -> Mapping[RecordRef, RecordSnapshot]:
        return many.read_many(self._account, refs)

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        keyed, lacking = keyed_tables(self._account, kind)
        for table in keyed:
            found = self._account.get(table, safe_key(key), by_key=True)
            if found is not None:
                return found.snapshot
        if lacking:
            raise no_key_property(self._account, lacking)
        return None

    def find(self, kind: RecordKind, field: str, values: Sequence[str]) -> Mapping[str, tuple[RecordSnapshot, ...]]:
        return finding.find(self._account, kind, field, values)

    def search(self, kind: RecordKind, words: str, *, limit: int = 20) -> tuple[RecordSnapshot, ...]:
        return finding.search(self._account, kind, words, limit)

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        return hubspot_feed.pull(self._account, checkpoint, limit, self._clock.now())

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        table, body = self._planned(lambda: plan_create(self._account, kind, fields, key))
        try:
            answer = self._account.ask(JsonCall("POST", self._account.paths.objects(table), body))
        except Rejected:
            made = self.find_created(kind, key)  # by a call whose answer we never saw, and which was still under way
            if made is None:
                raise
            return made
        return self._written(table, answer.body)

    def _written(self, table: Table, body: Any) -> RecordSnapshot:
        record_id = str(body.get("id")) if isinstance(body, Mapping) else ""
        found = self._account.get(table, record_id) if is_id(record_id) else None
        if found is None:
            raise not_shown_yet(table)
        return found.snapshot

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        """Write `fields`: first the Record's own, then each link. A repeated update goes on where it stopped."""
        found, place = self._find(ref), place_of(ref)
        if found is None or place is None:
            raise conflict(None)
        table, record_id = place
        change = self._planned(lambda: plan_update(self._account, found, table, fields, version))
        if change is None:
            return found.snapshot  # also how a repeated update, whose first answer was lost, comes to its end
        row = self._write(table, record_id, change)
        if row is not None and not any(map(any, change.steps)):
            told = with_written(change.shape, found.snapshot, row, change.properties)
            if told is not None:
                return told
        written = self.read(ref)
        if written is None:
            raise conflict(None)
        return written

    def _write(self, table: Table, record_id: str, change: Change) -> Mapping[str, Any] | None:
        """Write properties, then links; return the record as the answer shows it, None where it does not."""
        for target, _ in change.steps:
            if target is not None and self._find(target) is None:  # before anything is written, or half of it would be
                raise gone_target(target)
        row = None
        if change.properties:
            path = self._account.paths.objects(table, record_id)
            answer = self._account.ask(JsonCall("PATCH", path, {"properties": change.properties}))
            row = row_of(answer.body, record_id)
        for target, former in change.steps:
            if target is not None:
                self._account.put_link(table, record_id, target)
            if former is not None:
                self._account.remove_link(table, record_id, former)
        return row

    def create_many(self, records: Sequence[NewRecord]) -> tuple[Outcome, ...]:
        return self._each(
            records,
            lambda: many.create_many(
                self._account, records, lambda record: self.create(record.kind, record.fields, record.key)
            ),
        )

    def update_many(self, changes: Sequence[RecordChange]) -> tuple[Outcome, ...]:
        return self._each(
            changes,
            lambda: many.update_many(
                self._account, changes, lambda change: self.update(change.ref, change.fields, version=change.version)
            ),
        )

    def _each(self, items: Sequence[object], write: Callable[[], tuple[Outcome, ...]]) -> tuple[Outcome, ...]:
        """Return what `write` does, or for each of `items` why nothing can be sent at all: an unusable address, say."""
        try:
            return write()
        except DealsideError as error:
            return (error,) * len(items)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        found = self._find(ref)
        place = place_of(ref)
        if found is None or place is None:
            return False
        if version and found.snapshot.version != version:
            raise conflict(found)
        path = self._account.paths.objects(place[0], place[1])
        return self._account.ask(JsonCall("DELETE", path, also=frozenset({MISSING}))).status != MISSING

    def merge(self, kept: RecordRef, gone: RecordRef, *, version: str = "", gone_version: str = "") -> RecordSnapshot:
        return merge_once(merging.way(self._account), kept, gone, (version, gone_version))

    def close(self) -> None:
        """Let go of connections and of what was learned about the account."""
        self._http.close()
        self._known = None

    # --- the account ------------------------------------------------------------------------------------------------

    def _planned(self, plan: Callable[[], _T]) -> _T:
        try:
            return plan()
        except DealsideError as error:
            if may_be_mended(error):
                self._account.forget()
            raise

    def _find(self, ref: RecordRef) -> Found | None:
        place = place_of(ref)
        return self._account.get(*place) if place else None

    @property
    def _account(self) -> Account:
        if self._known is None:
            self._known = self._connected()
        return self._known

    def _connected(self) -> Account:
        line = JsonLine(
            self._http,
            origin=_origin_of(self._settings.get("address", "").strip() or _ADDRESS),
            vendor="HubSpot",
            authorize=lambda: bearer(self._token(), "HubSpot"),
            judge=judge,
            deadline=self._deadline,
        )
        return Account(
            line,
            Paths(self._settings.get("api_version", "").strip() or _VERSION),
            self._key_property,
            field_map=overrides.load(self._settings.get("field_map", "")),
            pace=self._pace,
        )


def _origin_of(text: str) -> str:
    url = typed_url(text)
    if url is None:
        raise UserActionNeeded(f"The address of HubSpot is {_ADDRESS}; correct it, or leave it empty.")
    return f"{url.scheme}://{url.netloc}"
