"""A HubSpot account as seen through one token: what it lets the rep do, its records, and the links between them.

Paths come in two manners: dated ones (`/crm/objects/2026-03/contacts`), the vendor's own since March 2026, and the
numbered ones before them (`v3`, with `v4` for links). Bodies are the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, TypeVar

from desktop.connectors.hubspot.shape import Links, Shape, mapped, read_lengths, read_shape, snapshot, zone_of
from desktop.connectors.json_line import MISSING, JsonAnswer, JsonCall, JsonLine, rows_of, segment
from desktop.connectors.overrides import FieldMap
from desktop.connectors.tables.hubspot import PRIMARY, PRIMARY_WORDS, TABLES, Table, is_id, ref_of
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from desktop.domain.rights import Quota

_VERSION = re.compile(r"20[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"[0-9]{1,15}")
_ASSOCIATED = "HUBSPOT_DEFINED"
_NOTHING_LINKED = "NO_ASSOCIATIONS_FOUND"
_MOST_IDS = 1000  # in one batch of links

_T = TypeVar("_T")
Target = tuple[str, bool]
"""The id of a linked record, and whether the link is the one to a record's own company."""


class Paths:
    """Where things are in one version of the interface."""

    def __init__(self, version: str) -> None:
        """`version` is a date such as 2026-03, or v3; raise UserActionNeeded for anything else."""
        if version != "v3" and not _VERSION.fullmatch(version):
            raise UserActionNeeded("The interface version of HubSpot is a year and month, such as 2026-03.")
        self._dated = version != "v3"
        self._version = version

    def objects(self, table: Table, *rest: str) -> str:
        root = f"/crm/objects/{self._version}" if self._dated else "/crm/v3/objects"
        return "/".join((root, table.name, *map(segment, rest)))

    def link(self, table: Table, record_id: str, to: RecordRef, *, is_default: bool = False) -> str:
        root = f"/crm/objects/{self._version}" if self._dated else "/crm/v4/objects"
        middle = "associations/default" if is_default else "associations"
        return f"{root}/{table.name}/{segment(record_id)}/{middle}/{table_of(to).name}/{segment(to.id)}"

    def links(self, table: Table, to: str, action: str = "read") -> str:
        root = f"/crm/associations/{self._version}" if self._dated else "/crm/v4/associations"
        return f"{root}/{table.name}/{to}/batch/{action}"

    def properties(self, table: Table) -> str:
        return f"/crm/properties/{self._version}/{table.name}" if self._dated else f"/crm/v3/properties/{table.name}"

    def pipelines(self, table: Table) -> str:
        return f"/crm/pipelines/{self._version}/{table.name}" if self._dated else f"/crm/v3/pipelines/{table.name}"

    def validations(self, table: Table) -> str:
        root = f"/crm/property-validations/{self._version}" if self._dated else "/crm/v3/property-validations"
        return f"{root}/{table.number}"

    def owners(self) -> str:
        return f"/crm/owners/{self._version}" if self._dated else "/crm/v3/owners/"

    def details(self) -> str:
        return f"/account-info/{self._version}/details"


@dataclass(frozen=True, slots=True)
class Found:
    """One record with all it is linked to."""

    snapshot: RecordSnapshot
    links: Links


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of an answer, and where the next page begins ("" for the last)."""

    rows: list[Mapping[str, Any]]
    after: str


class Account:
    """Remembers what it was told until `forget`. Raises what JsonLine raises."""

    def __init__(
        self, line: JsonLine, paths: Paths, key_property: str, *, field_map: FieldMap, pace: Callable[[], None]
    ) -> None:
        """`field_map` says where a column is another than usual; `pace` is called before each search."""
        self.paths = paths
        self.key_property = key_property
        self.quota: Quota | None = None
        self._line = line
        self._field_map = field_map
        self._pace = pace
        self._shapes: dict[str, Shape | None] = {}
        self._longest: dict[str, Mapping[str, int]] = {}
        self._zone: tzinfo | None = None

    def server_time(self, fallback: datetime) -> datetime:
        """Return the server's own time in its newest answer."""
        return self._line.server_time or fallback

    def forget(self) -> None:
        """Look afresh at what the account lets the rep do."""
        self._shapes.clear()
        self._longest.clear()
        self._zone = None

    def ask(self, call: JsonCall) -> JsonAnswer:
        try:
            return self._told(call)
        except UserActionNeeded:
            self.forget()  # when it is mended, look afresh
            raise

    def _told(self, call: JsonCall) -> JsonAnswer:
        answer = self._line.ask(call)
        self.quota = quota_of(answer.headers) or self.quota
        return answer

    # --- what it lets the rep do ------------------------------------------------------------------------------------

    def shape(self, table: Table) -> Shape | None:
        """Return what the rep may see of an object type; None when that is nothing."""
        if table.name not in self._shapes:
            self._shapes[table.name] = self._described(table)
        return self._shapes[table.name]

    def needed(self, table: Table) -> Shape:
        """Return what the rep may see of an object type; raise UserActionNeeded when that is nothing."""
        shape = self.shape(table)
        if shape is None:
            self.forget()
            raise UserActionNeeded(
                f"HubSpot does not show you any {table.name}; ask your administrator to add crm.objects."
                f"{table.name}.read to the access token.",
                detail=f"no {table.name}",
            )
        return shape

    def _described(self, table: Table) -> Shape | None:
        body = self.if_allowed(JsonCall("GET", self.paths.properties(table)))
        if body is None:
            return None
        stages = self.if_allowed(JsonCall("GET", self.paths.pipelines(table))) if table.pipeline else None
        return read_answer(
            lambda: read_shape(
                mapped(table, self._field_map),
                rows_of(body, "results"),
                rows_of(stages, "results") if stages is not None else (),
                self._own_zone,
                self.key_property,
                self._field_map,
            )
        )

    def longest(self, table: Table) -> Mapping[str, int]:
        """Return how many characters an admin lets properties hold, where they made a rule of it."""
        if table.name not in self._longest:
            body = self.if_allowed(JsonCall("GET", self.paths.validations(table))) or {"results": []}
            self._longest[table.name] = read_answer(lambda: read_lengths(rows_of(body, "results")))
        return self._longest[table.name]

    def if_allowed(self, call: JsonCall) -> Any:
        """Return what a description says; None where the token may not see it."""
        also = frozenset({403, MISSING})
        answer = self._told(replace(call, also=also))
        return None if answer.status in also else (answer.body or {})

    def _own_zone(self) -> tzinfo:
        if self._zone is None:
            try:
                self._zone = zone_of(self._told(JsonCall("GET", self.paths.details())).body)
            except (UserActionNeeded, Rejected):  # a token without the right to see it
                self._zone = UTC
        return self._zone

    # --- records ----------------------------------------------------------------------------------------------------

    def get(self, table: Table, record_id: str, *, by_key: bool = False) -> Found | None:
        """Return one record, by its id or by our key; None when it is gone."""
        shape = self.needed(table)
        seen = self.seen_links(table)
        params = {"properties": ",".join(column.name for column in shape.columns)}
        if seen:
            params["associations"] = ",".join(dict.fromkeys(name for names in seen.values() for name in names))
        if by_key:
            params["idProperty"] = self.key_property
        call = JsonCall("GET", self.paths.objects(table, record_id), params=params, also=frozenset({MISSING}))
        answer = self.ask(call)
        if "html" in answer.headers.get("content-type", ""):  # a page of the network one is in says 404 to everything
            raise garbled(f"{answer.status} html")
        if answer.status == MISSING:
            return None
        row = read_answer(lambda: as_row(answer.body))
        if row.get("archived") or (not by_key and str(row.get("id")) != record_id):
            return None  # merged into another record, whose id answers for both
        links = read_answer(lambda: self._inline_links(table, row, seen))
        return Found(snapshot(shape, row, links), links)

    def search(self, table: Table, wanted: Mapping[str, Any]) -> Page:
        """Return one page of what a search finds; `wanted` are its filters, its order and its size.

        The index is some seconds behind.
        """
        shape = self.needed(table)
        names = dict.fromkeys([*(column.name for column in shape.columns), table.changed])
        self._pace()
        answer = self.ask(
            JsonCall("POST", self.paths.objects(table, "search"), {"after": "0", **wanted, "properties": list(names)})
        )
        rows = read_answer(lambda: [as_row(row) for row in rows_of(answer.body, "results")])
        return Page(rows, next_page(answer.body))

    def snapshots(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[RecordSnapshot]:
        """Return what rows of a search say, together with their links, which a search leaves out."""
        return [found.snapshot for found in self.with_links(table, rows)]

    def with_links(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[Found]:
        """Return records read without their links, in order, together with those."""
        shape = self.needed(table)
        seen = self.seen_links(table)
        ids = [str(row["id"]) for row in rows]
        names = dict.fromkeys(name for names in seen.values() for name in names) if ids else {}
        linked = {name: self._links_to(table, ids, name) for name in names}
        found: list[Found] = []
        for row in rows:
            targets = {name: by_id.get(str(row["id"]), []) for name, by_id in linked.items()}
            links = read_answer(partial(_in_order, seen, targets))
            found.append(Found(snapshot(shape, row, links), links))
        return found

    def archived(self, table: Table, after: str) -> tuple[list[Any], str]:
        """Return one page of what was deleted in the last 90 days, and where the next page begins."""
        params = {"archived": "true", "limit": "100", **({"after": after} if after else {})}
        body = self.ask(JsonCall("GET", self.paths.objects(table), params=params)).body
        rows = read_answer(lambda: [as_row(row) for row in rows_of(body, "results")])
        return rows, next_page(body)

    # --- links ------------------------------------------------------------------------------------------------------

    def put_link(self, table: Table, record_id: str, to: RecordRef) -> None:
        """Link a record to another; to its own company, where it has one of those. Repeating it changes nothing."""
        if table_of(to).name == "companies" and table.name in PRIMARY:
            body = [{"associationCategory": _ASSOCIATED, "associationTypeId": PRIMARY[table.name]}]
            self.ask(JsonCall("PUT", self.paths.link(table, record_id, to), body))
        else:
            self.ask(JsonCall("PUT", self.paths.link(table, record_id, to, is_default=True)))

    def remove_link(self, table: Table, record_id: str, to: RecordRef) -> None:
        """Unlink two records; no matter if they are not linked."""
        self.ask(JsonCall("DELETE", self.paths.link(table, record_id, to), also=frozenset({MISSING})))

    def seen_links(self, table: Table) -> dict[str, tuple[str, ...]]:
        """Return, per REFERENCE, the object types it may point to, as far as the rep may see them."""
        links = mapped(table, self._field_map).links
        seen = {name: tuple(to for to in names if self.shape(TABLES[to]) is not None) for name, names in links.items()}
        return {name: names for name, names in seen.items() if names}

    def _inline_links(self, table: Table, row: Mapping[str, Any], seen: Mapping[str, tuple[str, ...]]) -> Links:
        linked = row.get("associations") or {}
        targets: dict[str, list[Target]] = {}
        for name in {name for names in seen.values() for name in names}:
            listed = rows_of(linked, name, "results") if name in linked else ()
            targets[name] = [(str(each["id"]), each.get("type") == PRIMARY_WORDS.get(table.name)) for each in listed]
        return _in_order(seen, targets)

    def _links_to(self, table: Table, ids: Sequence[str], name: str) -> dict[str, list[Target]]:
        found: dict[str, list[Target]] = {}
        for start in range(0, len(ids), _MOST_IDS):
            body = {"inputs": [{"id": each} for each in ids[start : start + _MOST_IDS]]}
            answer = self.ask(JsonCall("POST", self.paths.links(table, name), body))
            found.update(read_answer(partial(_batch_links, table, answer.body)))
        return found


def _batch_links(table: Table, body: Any) -> dict[str, list[Target]]:
    """Read a batch of links. A record without any is an «error» of its own, which is no error."""
    for fault in body.get("errors") or ():
        if _NOTHING_LINKED not in str(fault.get("subCategory") or fault.get("category")):
            raise ValueError("some links could not be read")
    found: dict[str, list[Target]] = {}
    for row in rows_of(body, "results"):
        targets = found.setdefault(str(row["from"]["id"]), [])
        for each in rows_of(row, "to"):
            kinds = {kind.get("typeId") for kind in each.get("associationTypes") or ()}
            targets.append((str(each["toObjectId"]), PRIMARY.get(table.name) in kinds))
    return found


def _in_order(seen: Mapping[str, tuple[str, ...]], targets: Mapping[str, Sequence[Target]]) -> Links:
    """Return what each REFERENCE points to: the own company first, then by age, so that it is the same each time."""
    links: dict[str, list[RecordRef]] = {}
    for field, names in seen.items():
        links[field] = []
        for name in names:
            own = {record_id for record_id, is_own in targets.get(name, ()) if is_own}
            ordered = sorted({each for each, _ in targets.get(name, ())}, key=lambda each: (each not in own, int(each)))
            links[field] += [ref_of(TABLES[name], each) for each in ordered]
    return links


def table_of(ref: RecordRef) -> Table:
    """Return the object type of a record that others point to."""
    return next(table for table in TABLES.values() if table.kind is ref.kind)


def quota_of(headers: Mapping[str, str]) -> Quota | None:
    """Return what an answer's headers say of the day's calls; searches are not counted there."""
    limit, left = (headers.get(f"x-hubspot-ratelimit-daily{end}", "") for end in ("", "-remaining"))
    if not (_COUNT.fullmatch(limit) and _COUNT.fullmatch(left)):
        return None
    return Quota(max(0, int(limit) - int(left)), int(limit))


def as_row(body: Any) -> Mapping[str, Any]:
    """Return a body that is one record; raise ValueError for any other."""
    is_record = isinstance(body, Mapping) and is_id(str(body.get("id"))) and isinstance(body.get("properties"), Mapping)
    if not is_record:
        raise ValueError("no record")
    found: Mapping[str, Any] = body
    return found


def row_of(body: Any, record_id: str) -> Mapping[str, Any] | None:
    """Return a body that is the record of this id; None for any other."""
    try:
        row = as_row(body)
    except ValueError:
        return None
    return row if str(row["id"]) == record_id else None


def read_answer(take: Callable[[], _T]) -> _T:
    """Return what `take` reads out of an answer; raise Temporary for an answer of another shape."""
    try:
        return take()
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise garbled(type(error).__name__) from None


def next_page(body: Any) -> str:
    """Return where the page after an answer begins, "" after the last."""
    paging = body.get("paging") if isinstance(body, Mapping) else None
    return read_answer(lambda: str(((paging or {}).get("next") or {}).get("after") or ""))


def garbled(detail: str) -> Temporary:
    """Return the error for an answer that cannot be understood."""
    return Temporary("HubSpot's answer was garbled; trying again later.", detail=detail)
