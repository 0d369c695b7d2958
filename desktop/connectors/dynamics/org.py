"""One Dataverse environment as its Web API shows it to the rep: the line, what the tables look like, and rows read.

What a table looks like (EntityDefinitions) is asked for once, and again after something only the rep can mend.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop.connectors import overrides
from desktop.connectors.dynamics.batches import Answered, Batches
from desktop.connectors.dynamics.shape import (
    Option,
    Shape,
    garbled,
    has_options,
    lengths_of,
    options_of,
    rows_in,
    shape_of,
)
from desktop.connectors.fieldmap import Codec, Column, Unreadable, column, read_values
from desktop.connectors.json_line import JsonAnswer, JsonCall, JsonLine, bearer
from desktop.connectors.overrides import FieldMap
from desktop.connectors.tables.dynamics import (
    BASE,
    LOGICAL,
    SYSTEM,
    VENDOR,
    Table,
    id_in,
    is_guid,
    is_name,
    origin_of,
    read_links,
    refusal_of,
    row_path,
)
from desktop.domain.errors import DealsideError, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.domain.rights import Quota

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_K = RecordKind
ANNOTATED = f'odata.include-annotations="{LOGICAL}"'
REPRESENTED = f"return=representation,{ANNOTATED}"
_CURRENCY = "transactioncurrencyid"
_STATUS = "statuscode"
_DATA = "Microsoft.Dynamics.CRM."
_CREATE, _UPDATE, _READ = "IsValidForCreate", "IsValidForUpdate", "IsValidForRead"
_ODATA = {"OData-Version": "4.0", "OData-MaxVersion": "4.0", "If-None-Match": "null"}
_DEFINED = (
    "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled,Privileges"
)
_NO_COLUMNS = frozenset({FieldType.REFERENCE, FieldType.CURRENCY})
_LEFT = "x-ms-ratelimit-burst-remaining-xrm-requests"
_IN_WINDOW, _WINDOW = 6000, timedelta(minutes=5)
"""Dataverse counts a rep's calls over five minutes; it says nothing of the day's."""
_OPTIONS = "OptionSet($select=Options)"
_DESCRIBED = f"LogicalName,MetadataId,AttributeType,{_CREATE},{_UPDATE},{_READ},RequiredLevel,IsSecured"


class Org:
    """See the module. Every method raises our own errors only."""

    def __init__(
        self,
        settings: Mapping[str, str],
        token: Callable[[], str | None],
        http: "HttpBoundary",
        clock: Clock,
        deadline: float,
    ) -> None:
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._clock = clock
        self._deadline = deadline
        self._batches = Batches(self._to_server, self.ask, self.note, clock)
        self._failed: dict[str, DealsideError] | None = None
        self._is_stale = False
        self.age = 0
        self.quota: Quota | None = None
        self.forget()

    def forget(self) -> None:
        """Look afresh at the environment from now on, or after the batch that is under way."""
        self._is_stale = self._failed is not None
        if self._is_stale:
            return
        self.age += 1
        self._line: JsonLine | None = None
        self._map: FieldMap | None = None
        self._shapes: dict[str, Shape | None] = {}
        self._columns: dict[str, tuple[Column, ...]] = {}
        self._lengths: dict[str, Mapping[str, int]] = {}
        self._options: dict[str, Mapping[str, tuple[Option, ...]]] = {}
        self._currencies: Mapping[str, str] | None = None

    # --- the line ---------------------------------------------------------------------------------------------------

    def ask(self, call: JsonCall) -> JsonAnswer:
        """Send a call; see JsonLine."""
        try:
            answer = self._to_server().ask(_as_odata(call))
        except UserActionNeeded:
            self.forget()  # when it is mended, look afresh
            raise
        self.note(answer.headers)
        return answer

    def ask_many(self, calls: Sequence[JsonCall]) -> list[Answered]:
        """Send calls of which none builds on another; return what was answered to each, in order. Raises nothing."""
        answered = self._batches.ask([_as_odata(call) for call in calls])
        if any(isinstance(answer, UserActionNeeded) for answer in answered):
            self.forget()
        return answered

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While many Records are written, nothing is asked again for each: neither what is known nor what failed."""
        self._failed = {}
        try:
            yield
        finally:
            self._failed = None
            if self._is_stale:
                self.forget()

    def get(self, path: str, params: Mapping[str, str], *, also: frozenset[int] = frozenset()) -> JsonAnswer:
        """Read something below the base of the interface."""
        if self._failed and path in self._failed:
            raise self._failed[path]
        try:
            return self.ask(JsonCall("GET", f"{BASE}/{path}", params=params, also=also))
        except DealsideError as error:
            if self._failed is not None:
                self._failed[path] = error
            raise

    def _to_server(self) -> JsonLine:
        if self._line is None:
            origin = origin_of(self._settings.get("address", "").strip())
            self._line = JsonLine(
                self._http,
                origin=origin,
                vendor=VENDOR,
                authorize=lambda: bearer(self._token(), VENDOR),
                judge=refusal_of,
                deadline=self._deadline,
            )
        return self._line

    def note(self, headers: Mapping[str, str]) -> None:
        """Keep what an answer says of the calls that are left."""
        left = headers.get(_LEFT, "")
        if left.isdecimal():
            resets_at = self.server_time(self._clock) + _WINDOW
            self.quota = Quota(max(_IN_WINDOW - int(left), 0), _IN_WINDOW, resets_at)

    def server_time(self, otherwise: Clock) -> datetime:
        """Return the server's own time in its newest answer."""
        return (self._line.server_time if self._line else None) or otherwise.now()

    def who_am_i(self) -> str:
        """Ask the cheapest question there is: the rep's own id."""
        body = self.get("WhoAmI", {}).body
        if not isinstance(body, Mapping) or not is_guid(body.get("UserId")):
            raise garbled("WhoAmI")
        return str(body["UserId"])

    # --- what the tables look like ----------------------------------------------------------------------------------

    def shape(self, table: Table) -> Shape | None:
        """Return how a table looks, or None when this environment has no such table."""
        if table.name not in self._shapes:
            params = {"$select": _DEFINED, "$expand": f"Attributes($select={_DESCRIBED})"}
            answer = self.get(f"EntityDefinitions(LogicalName='{table.name}')", params, also=frozenset({404}))
            self._shapes[table.name] = None if answer.status == 404 else shape_of(answer.body)
        return self._shapes[table.name]

    def need(self, table: Table) -> Shape:
        """Return how a table looks; raise UserActionNeeded when it is not there."""
        shape = self.shape(table)
        if shape is None:
            self.forget()
            raise UserActionNeeded(
                f"{VENDOR} has no {table.kind.value} here; ask your administrator, or check the address.",
                detail=f"no {table.name}",
            )
        return shape

    def options(self, table: Table, name: str) -> tuple[Option, ...]:
        """Return the values of a picklist, its default first."""
        if table.name not in self._options:
            found: dict[str, tuple[Option, ...]] = {}
            kinds = ("Status", "Picklist") if any(name != _STATUS for _, name in self.choices(table)) else ("Status",)
            for kind in kinds:
                path = f"EntityDefinitions(LogicalName='{table.name}')/Attributes"
                expand = _OPTIONS if kind == "Status" else f"{_OPTIONS},Global{_OPTIONS}"
                params = {"$select": "LogicalName,DefaultFormValue", "$expand": expand}
                body = self.get(f"{path}/{_DATA}{kind}AttributeMetadata", params).body
                found |= options_of(body)
            self._options[table.name] = found
        return self._options[table.name].get(name, ())

    def lengths(self, table: Table) -> Mapping[str, int]:
        """Return how many characters each text column holds."""
        if table.name not in self._lengths:
            found: dict[str, int] = {}
            for kind in ("String", "Memo"):
                path = f"EntityDefinitions(LogicalName='{table.name}')/Attributes/{_DATA}{kind}AttributeMetadata"
                found |= lengths_of(self.get(path, {"$select": "LogicalName,MaxLength"}).body)
            self._lengths[table.name] = found
        return self._lengths[table.name]

    def currencies(self) -> Mapping[str, str]:
        """Return the ids of the currencies by their ISO codes; none where the rep may not see them."""
        if self._currencies is None:
            params = {"$select": "transactioncurrencyid,isocurrencycode"}
            answer = self.get("transactioncurrencies", params, also=frozenset({403, 404}))
            rows = [] if answer.status in {403, 404} else rows_in(answer.body)
            self._currencies = {
                str(row.get("isocurrencycode")).upper(): str(row[_CURRENCY])
                for row in rows
                if is_guid(row.get(_CURRENCY))
            }
        return self._currencies

    def columns(self, table: Table) -> tuple[Column, ...]:
        """Return the columns of a table that are no links, as far as this environment has them."""
        shape = self.need(table)
        if table.name not in self._columns:
            made = list(table.columns)
            if table.kind is _K.OPPORTUNITY:
                name = self._settings.get("next_step_field", "").strip().lower()
                made += [column(_K.OPPORTUNITY, "next_step", name)] if is_name(name) else []
            made += [Column(field, name, self._choice(table, name)) for field, name in table.choices]
            moved = [row for row in self._field_map().columns(table.kind, made) if row.name in shape.attributes]
            chosen = set(self.choices(table))
            self._columns[table.name] = tuple(
                replace(row, codec=self._choice(table, row.name)) if (row.field, row.name) in chosen else row
                for row in moved
            )
        return self._columns[table.name]

    def choices(self, table: Table) -> tuple[tuple[str, str], ...]:
        """Return (field, column) of what is chosen from the environment's own options; a value map has its own."""
        shape = self.shape(table)
        named = self._field_map().overrides.get(table.kind, {})
        usual = [(field, name) for field, name in table.choices if field not in named]
        moved = [(field, one.column) for field, one in named.items() if one is not None and not one.values]
        return (*usual, *(row for row in moved if shape is not None and has_options(shape, row[1])))

    def mapped(self, table: Table, field: str) -> tuple[str, ...]:
        """Return the values that the field map knows for a Field; none where it has no value map."""
        return self._field_map().choices(table.kind, field)

    def _field_map(self) -> FieldMap:
        if self._map is None:
            found = overrides.load(self._settings.get(overrides.SETTING.key, ""))
            for kind, named in found.overrides.items():
                for field in named:
                    if FIELDS[kind][field].type in _NO_COLUMNS or (kind, field) == (_K.ACTIVITY, "type"):
                        raise UserActionNeeded(
                            f"The field map cannot move “{FIELDS[kind][field].label}” of {VENDOR}: take it out.",
                            detail=f"{kind.value}.{field}",
                        )
            self._map = found
        return self._map

    def _choice(self, table: Table, name: str) -> Codec:
        def write(label: str) -> int:
            for option in self.writable(table, name):
                if option.label == label:
                    return option.value
            raise ValueError("not offered")

        def read(raw: Any) -> str:
            for option in self.options(table, name):
                if option.value == raw:
                    return option.label
            raise Unreadable(raw)

        return Codec(write, read)

    def writable(self, table: Table, name: str) -> tuple[Option, ...]:
        """Return the options that may be written: a row that closes is closed by an action, not by its status."""
        return tuple(
            option
            for option in self.options(table, name)
            if option.label and not (table.closes and name == _STATUS and option.state)
        )

    # --- rows -------------------------------------------------------------------------------------------------------

    def select(self, table: Table) -> str:
        """Return the columns to ask for: those that the environment has and lets be read."""
        shape = self.need(table)
        names = [table.id_name, *SYSTEM, *(row.name for row in self.columns(table))]
        if table.closes and not table.type:
            names.append(_STATUS)
        links = [link.name for link in table.links]
        if table.kind is _K.OPPORTUNITY:
            links.append(_CURRENCY)
        names = [name for name in names if shape.may(_READ, name)]
        names += [f"_{name}_value" for name in links if shape.may(_READ, name)]
        return ",".join(dict.fromkeys(names))

    def chosen(self, table: Table) -> dict[str, str]:
        """Return the parameters that ask for all we want of one row."""
        params = {"$select": self.select(table)}
        if table.parties:
            params["$expand"] = f"{table.parties}($select=_partyid_value,participationtypemask)"
        return params

    def row_call(self, table: Table, guid: str) -> JsonCall:
        """Return the call that asks for one row; a 404 is an answer to it."""
        return JsonCall(
            "GET",
            row_path(table, guid),
            params=self.chosen(table),
            headers={"Prefer": ANNOTATED},
            also=frozenset({404}),
        )

    def snapshot(self, table: Table, row: Mapping[str, Any]) -> RecordSnapshot:
        """Read one row; raise Temporary when it is not one."""
        shape = self.need(table)
        seen = {name: value for name, value in row.items() if value is not None or not _is_hidden(shape, name)}
        try:
            guid, version = str(row[table.id_name]), str(row["@odata.etag"])
            modified_at = datetime.fromisoformat(row["modifiedon"])
        except (LookupError, TypeError, ValueError) as error:
            raise garbled(type(error).__name__) from None
        if not is_guid(guid) or modified_at.tzinfo is None:
            raise garbled("id or time")
        fields = {**read_values(self.columns(table), seen), **read_links(table, seen)}
        if table.kind is _K.OPPORTUNITY:
            self._finish_opportunity(table, seen, fields)
        if table.type:
            fields["type"] = table.type
        ref = RecordRef(table.kind, RecordId(id_in(table, guid)))
        return RecordSnapshot(ref, fields, version, modified_at, title=title_of(table.kind, fields))

    def _finish_opportunity(self, table: Table, row: Mapping[str, Any], fields: dict[str, str | None]) -> None:
        if row.get("statecode"):  # won or lost says more than the stage it was in
            labels = {option.value: option.label for option in self.options(table, _STATUS)}
            fields["stage"] = labels.get(row.get(_STATUS, -1)) or fields.get("stage")
        slot = f"_{_CURRENCY}_value"
        if slot in row:
            codes: dict[str | None, str | None] = {guid: code for code, guid in self.currencies().items()}
            if codes and row[slot] in {None, *codes}:
                fields["currency"] = codes.get(row[slot])


def _as_odata(call: JsonCall) -> JsonCall:
    headers = {**_ODATA, **call.headers}
    if call.method != "GET":
        del headers["If-None-Match"]
    return replace(call, headers=headers)


def _is_hidden(shape: Shape, name: str) -> bool:
    return shape.is_secured(name.removeprefix("_").removesuffix("_value") if name.startswith("_") else name)
