"""One Dataverse environment as its Web API shows it to the rep: the line, what the tables look like, and rows read.

What a table looks like (EntityDefinitions) is asked for once, and again after something only the rep can mend.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desktop.connectors.fieldmap import Codec, Column, Unreadable, column, read_values
from desktop.connectors.json_line import JsonAnswer, JsonCall, JsonLine, bearer, rows_of
from desktop.connectors.tables.dynamics import (
    BASE,
    LOGICAL,
    SYSTEM,
    Table,
    id_in,
    is_guid,
    is_name,
    origin_of,
    read_links,
    refusal_of,
    row_path,
)
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.ports import Clock
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

_K = RecordKind
VENDOR = "Dynamics 365"
ANNOTATED = f'odata.include-annotations="{LOGICAL}"'
REPRESENTED = f"return=representation,{ANNOTATED}"
_CURRENCY = "transactioncurrencyid"
_STATUS = "statuscode"
_CREATE, _UPDATE, _READ = "IsValidForCreate", "IsValidForUpdate", "IsValidForRead"
_ODATA = {"OData-Version": "4.0", "OData-MaxVersion": "4.0", "If-None-Match": "null"}
_DEFINED = "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled,IsOptimisticConcurrencyEnabled"
_OPTIONS = "OptionSet($select=Options)"
_DESCRIBED = f"LogicalName,AttributeType,{_CREATE},{_UPDATE},{_READ},RequiredLevel,IsSecured"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a picklist; `state` is the state a status belongs to."""

    value: int
    label: str
    state: int | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as the rep may see it. `tracks` changes; `guards` an If-Match."""

    attributes: Mapping[str, Mapping[str, Any]]
    tracks: bool
    guards: bool

    def may(self, right: str, name: str) -> bool:
        """Tell whether a column is there and has a right (`IsValidFor…`)."""
        return bool(self.attributes.get(name, {}).get(right))

    def is_secured(self, name: str) -> bool:
        """Tell whether a column may read as empty although it is not: the rep may have no right to see it."""
        return bool(self.attributes.get(name, {}).get("IsSecured"))


class Org:
    """See the module. Every method raises our own errors only."""

    def __init__(
        self, settings: Mapping[str, str], token: Callable[[], str | None], http: "HttpBoundary", deadline: float
    ) -> None:
        """`token` gives the access token at each call, `deadline` is the seconds one exchange may take."""
        self._settings = settings
        self._token = token
        self._http = http
        self._deadline = deadline
        self._line: JsonLine | None = None
        self.forget()

    def forget(self) -> None:
        """Look afresh at the environment from now on."""
        self._line = None
        self._shapes: dict[str, Shape | None] = {}
        self._options: dict[str, Mapping[str, tuple[Option, ...]]] = {}
        self._currencies: Mapping[str, str] | None = None

    # --- the line ---------------------------------------------------------------------------------------------------

    def ask(self, call: JsonCall) -> JsonAnswer:
        """Send a call; see JsonLine."""
        headers = {**_ODATA, **call.headers}
        if call.method != "GET":
            del headers["If-None-Match"]
        call = JsonCall(call.method, call.path, call.body, call.params, headers, call.also)
        try:
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
            return self._line.ask(call)
        except UserActionNeeded:
            self.forget()  # when it is mended, look afresh
            raise

    def get(self, path: str, params: Mapping[str, str], *, also: frozenset[int] = frozenset()) -> JsonAnswer:
        """Read something below the base of the interface."""
        return self.ask(JsonCall("GET", f"{BASE}/{path}", params=params, also=also))

    def server_time(self, otherwise: Clock) -> datetime:
        """Return the server's own time in its newest answer."""
        return (self._line.server_time if self._line else None) or otherwise.now()

    def who_am_i(self) -> None:
        """Ask the cheapest question there is."""
        body = self.get("WhoAmI", {}).body
        if not isinstance(body, Mapping) or not is_guid(body.get("UserId")):
            raise garbled("WhoAmI")

    # --- what the tables look like ----------------------------------------------------------------------------------

    def shape(self, table: Table) -> Shape | None:
        """Return how a table looks, or None when this environment has no such table."""
        if table.name not in self._shapes:
            params = {"$select": _DEFINED, "$expand": f"Attributes($select={_DESCRIBED})"}
            answer = self.get(f"EntityDefinitions(LogicalName='{table.name}')", params, also=frozenset({404}))
            self._shapes[table.name] = None if answer.status == 404 else _shape_of(answer.body)
        return self._shapes[table.name]

    def need(self, table: Table) -> Shape:
        """Return how a table looks; raise UserActionNeeded when it is not there."""
        shape = self.shape(table)
        if shape is None:
            self._shapes.clear()
            raise UserActionNeeded(
                f"{VENDOR} has no {table.kind.value} here; ask your administrator, or check the address.",
                detail=f"no {table.name}",
            )
        return shape

    def options(self, table: Table, name: str) -> tuple[Option, ...]:
        """Return the values of a picklist, its default first."""
        if table.name not in self._options:
            found: dict[str, tuple[Option, ...]] = {}
            kinds = ("Status", "Picklist") if any(row[1] != _STATUS for row in table.choices) else ("Status",)
            for kind in kinds:
                path = f"EntityDefinitions(LogicalName='{table.name}')/Attributes"
                expand = _OPTIONS if kind == "Status" else f"{_OPTIONS},Global{_OPTIONS}"
                params = {"$select": "LogicalName,DefaultFormValue", "$expand": expand}
                body = self.get(f"{path}/Microsoft.Dynamics.CRM.{kind}AttributeMetadata", params).body
                found |= _options_of(body)
            self._options[table.name] = found
        return self._options[table.name].get(name, ())

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
        made = list(table.columns)
        if table.kind is _K.OPPORTUNITY:
            own = self._settings.get("next_step_field", "").strip().lower()
            made += [column(_K.OPPORTUNITY, "next_step", own)] if is_name(own) else []
        made += [Column(field, name, self._choice(table, name)) for field, name in table.choices]
        return tuple(row for row in made if row.name in shape.attributes)

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

    def row(self, table: Table, guid: str) -> Mapping[str, Any] | None:
        """Return one row as it stands now, or None when it is gone."""
        if self.shape(table) is None:
            return None
        call = JsonCall(
            "GET",
            row_path(table, guid),
            params=self.chosen(table),
            headers={"Prefer": ANNOTATED},
            also=frozenset({404}),
        )
        answer = self.ask(call)
        return None if answer.status == 404 else row_of(table, answer.body)

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


def row_of(table: Table, body: Any) -> Mapping[str, Any]:
    """Return the row an answer holds; raise Temporary when it holds none."""
    if not isinstance(body, Mapping) or table.id_name not in body:
        raise garbled("no row")
    return body


def rows_in(body: Any) -> list[Mapping[str, Any]]:
    """Return the rows an answer holds; raise Temporary when it holds none."""
    try:
        return list(rows_of(body, "value"))
    except ValueError:
        raise garbled("no rows") from None


def garbled(detail: str) -> Temporary:
    """Return the error for an answer that makes no sense."""
    return Temporary(f"{VENDOR}'s answer was cut off or garbled; trying again later.", detail=detail)


def _is_hidden(shape: Shape, name: str) -> bool:
    return shape.is_secured(name.removeprefix("_").removesuffix("_value") if name.startswith("_") else name)


def _shape_of(body: Any) -> Shape:
    try:
        attributes = {str(row["LogicalName"]): dict(row) for row in rows_of(body, "Attributes")}
    except (LookupError, ValueError) as error:
        raise garbled(type(error).__name__) from None
    return Shape(
        attributes, bool(body.get("ChangeTrackingEnabled")), body.get("IsOptimisticConcurrencyEnabled") is not False
    )


def _options_of(body: Any) -> dict[str, tuple[Option, ...]]:
    found: dict[str, tuple[Option, ...]] = {}
    try:
        for spec in rows_of(body, "value"):
            where = "OptionSet" if spec.get("OptionSet") else "GlobalOptionSet"  # options that several columns share
            options = [
                Option(int(row["Value"]), str(row["Label"]["UserLocalizedLabel"]["Label"]).strip(), row.get("State"))
                for row in (rows_of(spec, where, "Options") if spec.get(where) else ())
                if (row.get("Label") or {}).get("UserLocalizedLabel")
            ]
            default = spec.get("DefaultFormValue")
            found[str(spec["LogicalName"])] = tuple(sorted(options, key=lambda row: row.value != default))
    except (LookupError, TypeError, ValueError) as error:
        raise garbled(type(error).__name__) from None
    return found
