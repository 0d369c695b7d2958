"""HubSpot over its CRM interface, with the token of a private app or a service key.

Exactly once rests on one property per object type (`dealside_key`: single-line text with unique values). A Record is
looked up by it and then created with it, links and all, in one call: a second create with the same key is refused by
the uniqueness and ends in the Record made first. The batch upsert would do as well, but for two things: it takes no
links, and when the first write is still under way it would write over what a person typed in between.

HubSpot checks no precondition. A Record is read just before it is written; what somebody changes in the blink between
the two is overwritten, in the given fields only.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktop.connectors.fieldmap import read_values
from desktop.connectors.header_words import typed_url
from desktop.connectors.hubspot import feed as hubspot_feed
from desktop.connectors.hubspot.account import Account, Found, Paths
from desktop.connectors.hubspot.shape import Shape, parts_of
from desktop.connectors.hubspot.writing import (
    Step,
    association,
    complain_of_missing,
    conflict,
    link_step,
    properties_of,
    table_for,
    targets_of,
)
from desktop.connectors.json_line import MISSING, JsonCall, JsonLine, bearer
from desktop.connectors.supplies import Supplies
from desktop.connectors.tables.hubspot import COMPANIES, CONTACTS, NOTES, OF_KIND, TABLES, Table, is_id, place_of
from desktop.connectors.tables.hubspot_errors import judge
from desktop.domain.connections import Checkpoint, ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.crm_port import CrmConnector, RecordBatch
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import derive
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_ADDRESS = "https://api.hubapi.com"
_VERSION = "2026-03"
_KEY_PROPERTY = "dealside_key"
_BETWEEN_CALLS = 0.21  # seconds: an account may search five times a second, all its programs together
_NEEDED = (COMPANIES, CONTACTS)
_KEY = re.compile(r"[a-z0-9]{1,80}")  # unique values are not told apart by upper and lower case


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
        ),
        can=frozenset({"upsert_key", "delete"}),
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
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._key_property = settings.get("key_property", "").strip() or _KEY_PROPERTY
        self._known: Account | None = None

    @classmethod
    def connect(cls, supplies: Supplies) -> "HubSpot":
        """Return the connector for one Connection."""
        from desktop.connectors.http import HttpBoundary, HttpLimits  # noqa: PLC0415  (httpx: a quarter of a second)

        http = HttpBoundary(
            ledger=supplies.ledger,
            clock=supplies.clock,
            boundary=supplies.boundary,
            limits=HttpLimits(min_interval=_BETWEEN_CALLS),
        )
        return cls(supplies.settings, token=lambda: supplies.secret("access_token"), http=http, clock=supplies.clock)

    def check(self) -> None:
        """Sign in, and look whether records can be seen and made exactly once."""
        account = self._account
        account.forget()
        for name in _NEEDED:
            account.needed(TABLES[name])
        shapes = {name: account.shape(table) for name, table in TABLES.items()}
        lacking = [name for name, shape in shapes.items() if shape is not None and not shape.has_key]
        if lacking:
            raise self._no_key_property(lacking)

    def picklist(self, kind: RecordKind, field: str) -> tuple[str, ...]:
        if kind is RecordKind.ACTIVITY and field == "type":
            return tuple(table.type for table in OF_KIND[kind] if self._account.shape(table) is not None)
        return self._account.needed(OF_KIND[kind][0]).choices.get(field, ())

    def required(self, kind: RecordKind) -> tuple[str, ...]:
        return OF_KIND[kind][0].required

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, ref: RecordRef) -> RecordSnapshot | None:
        found = self._find(ref)
        return found.snapshot if found else None

    def find_created(self, kind: RecordKind, key: str) -> RecordSnapshot | None:
        lacking: list[str] = []
        for table in OF_KIND[kind]:
            shape = self._account.needed(table) if len(OF_KIND[kind]) == 1 else self._account.shape(table)
            if shape is None:
                continue
            if not shape.has_key:
                lacking.append(table.name)
                continue
            found = self._account.get(table, _safe_key(key), by_key=True)
            if found is not None:
                return found.snapshot
        if lacking:
            raise self._no_key_property(lacking)
        return None

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        return hubspot_feed.pull(self._account, checkpoint, limit, self._clock.now())

    # --- writing ----------------------------------------------------------------------------------------------------

    def create(self, kind: RecordKind, fields: Mapping[str, str | None], key: str) -> RecordSnapshot:
        earlier = self.find_created(kind, key)
        if earlier is not None:
            return earlier
        given = {name: value for name, value in fields.items() if value is not None and value.strip()}
        table = table_for(kind, given.pop("type", "").strip() if kind is RecordKind.ACTIVITY else "")
        if table.name == NOTES and "subject" in given:  # a note has none, so it goes on top
            given["description"] = "\n\n".join([given.pop("subject"), *filter(None, [given.get("description")])])
        complain_of_missing(table, given)
        shape = self._account.needed(table)
        properties, targets = self._split(shape, given)
        defaults = {name: value for name, value in table.defaults.items() if name in shape.writable}
        body = {
            "properties": {**defaults, **properties, self._key_property: _safe_key(key)},
            "associations": [association(table, target) for target in targets.values() if target is not None],
        }
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
            raise Temporary("HubSpot does not show the new record yet; looking again later.", detail=table.name)
        return found.snapshot

    def update(self, ref: RecordRef, fields: Mapping[str, str | None], *, version: str = "") -> RecordSnapshot:
        """Write `fields`: first the Record's own, then each link. A repeated update goes on where it stopped."""
        found, place = self._find(ref), place_of(ref)
        if found is None or place is None:
            raise conflict(None)
        table, record_id = place
        if fields.get("type", table.type) != table.type:
            raise Rejected("HubSpot does not let “Type” be changed later; leave it out.", detail=table.name)
        shape = self._account.needed(table)
        properties, targets = self._split(shape, {name: value for name, value in fields.items() if name != "type"})
        seen = parts_of(version) if version else {}
        wanted = read_values(shape.columns, properties)
        is_done = all(found.snapshot.fields.get(name) == value for name, value in wanted.items())
        if not is_done and seen and seen.get("") != parts_of(found.snapshot.version)[""]:
            raise conflict(found)
        steps = [link_step(table, found, name, target, seen) for name, target in targets.items()]
        if is_done and not any(any(step) for step in steps):
            return found.snapshot  # also how a repeated update, whose first answer was lost, comes to its end
        self._write(table, record_id, {} if is_done else properties, steps)
        written = self.read(ref)
        if written is None:
            raise conflict(None)
        return written

    def _write(self, table: Table, record_id: str, properties: Mapping[str, str], steps: Sequence[Step]) -> None:
        for target, _ in steps:
            if target is not None and self._find(target) is None:  # before anything is written, or half of it would be
                raise Rejected("The record this one should point to is no longer in HubSpot.", detail=target.kind.value)
        if properties:
            path = self._account.paths.objects(table, record_id)
            self._account.ask(JsonCall("PATCH", path, {"properties": properties}))
        for target, former in steps:
            if target is not None:
                self._account.put_link(table, record_id, target)
            if former is not None:
                self._account.remove_link(table, record_id, former)

    def delete(self, ref: RecordRef, *, version: str = "") -> bool:
        found = self._find(ref)
        place = place_of(ref)
        if found is None or place is None:
            return False
        if version and found.snapshot.version != version:
            raise conflict(found)
        path = self._account.paths.objects(place[0], place[1])
        return self._account.ask(JsonCall("DELETE", path, also=frozenset({MISSING}))).status != MISSING

    def close(self) -> None:
        """Let go of connections and of what was learned about the account."""
        self._http.close()
        self._known = None

    # --- the account ------------------------------------------------------------------------------------------------

    def _split(
        self, shape: Shape, fields: Mapping[str, str | None]
    ) -> tuple[dict[str, str], dict[str, RecordRef | None]]:
        """Return a change as properties and as records to link to."""
        table = shape.table
        try:
            own = properties_of(shape, {name: value for name, value in fields.items() if name not in table.links})
            linked = {name: value for name, value in fields.items() if name in table.links}
            return own, targets_of(table, linked, self._account.seen_links(table) if linked else {})
        except (UserActionNeeded, Rejected):
            self._account.forget()  # an admin may mend it: the next attempt looks afresh
            raise

    def _find(self, ref: RecordRef) -> Found | None:
        place = place_of(ref)
        return self._account.get(*place) if place else None

    def _no_key_property(self, objects: Sequence[str]) -> UserActionNeeded:
        self._account.forget()
        return UserActionNeeded(
            f"Ask your HubSpot admin to add the property {self._key_property} (single-line text, unique values "
            f"required) to: {', '.join(objects)}. Until then nothing can be created there without the risk of doubles.",
            detail="no key property",
        )

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
        return Account(line, Paths(self._settings.get("api_version", "").strip() or _VERSION), self._key_property)


def _origin_of(text: str) -> str:
    url = typed_url(text)
    if url is None:
        raise UserActionNeeded(f"The address of HubSpot is {_ADDRESS}; correct it, or leave it empty.")
    return f"{url.scheme}://{url.netloc}"


def _safe_key(key: str) -> str:
    """Return a key that may stand in an address; whatever else is hashed, so it stays the same key each time."""
    return key if _KEY.fullmatch(key) else derive("hubspot key", key)
