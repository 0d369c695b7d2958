"""From canonical fields to what Dataverse is sent: rights, options and links looked up in the environment first."""

from collections.abc import Mapping
from typing import Any

from desktop.connectors.dynamics.org import Org
from desktop.connectors.fieldmap import Column, reference, write_value
from desktop.connectors.tables.dynamics import (
    CUSTOMER_IS_CONTACT,
    REGARDING,
    VENDOR,
    Link,
    Table,
    is_guid,
    tables_of,
)
from desktop.domain.errors import Defect, Rejected, UserActionNeeded
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot

_K = RecordKind
CREATE, UPDATE = "IsValidForCreate", "IsValidForUpdate"
_TO = 2


class Bodies:
    """What is sent to one environment."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def new_body(self, table: Table, given: Mapping[str, str]) -> dict[str, Any]:
        """Return what to send for a new Record: its fields, who took part, and a case's customer."""
        body = self.body(table, given, CREATE)
        if "contact" not in given:
            return body
        link = next(link for link in table.links if link.field == "contact")
        person = _target(table, link, given["contact"].strip())
        if table.parties:
            to = {"partyid_contact@odata.bind": f"/contacts({person.id})", "participationtypemask": _TO}
            body[table.parties] = [to]
        elif table.kind is _K.CASE and "account" not in given:
            body[f"{CUSTOMER_IS_CONTACT}@odata.bind"] = f"/contacts({person.id})"
        return body

    def body(
        self, table: Table, fields: Mapping[str, str | None], right: str, live: RecordSnapshot | None = None
    ) -> dict[str, Any]:
        """Return what to send for `fields`; raise Rejected or UserActionNeeded, naming what cannot be sent."""
        columns = {column.field: column for column in self._org.columns(table)}
        links = {link.field: link for link in table.links}
        body: dict[str, Any] = {}
        for name, value in fields.items():
            if name not in FIELDS[table.kind]:
                raise Defect("A change names a field that does not exist.", detail=f"{table.kind.value}.{name}")
            if name in links and links[name].name == REGARDING:
                continue
            if name == "type":
                _check_type(table, value, right)
            elif name == "currency":
                body |= self._currency(table, value, right)
            elif name in links:
                self._need_right(table, name, links[name].name, right)
                body[f"{_nav(table, links[name], value)}@odata.bind"] = _bound(table, links[name], value)
            elif name in columns:
                self._need_right(table, name, columns[name].name, right)
                body[columns[name].name] = self._written(table, columns[name], value)
            else:
                raise self._no_right(table, name, "")
        if table.has_one_link:
            body |= self._about(table, fields, right, live)
        return self._with_state(table, body)

    def _written(self, table: Table, column: Column, value: str | None) -> Any:
        if column.field in dict(self._org.choices(table)) and value is not None and value.strip():
            offered = [option.label for option in self._org.writable(table, column.name)]
            if value.strip() not in offered:
                label = FIELDS[table.kind][column.field].label
                raise Rejected(
                    f"{VENDOR} does not know this value of “{label}”; choose one of: {', '.join(offered)}.",
                    detail=column.name,
                )
        return write_value(table.kind, column, value)

    def _with_state(self, table: Table, body: dict[str, Any]) -> dict[str, Any]:
        status = body.get("statuscode")
        if table.kind is _K.TASK and status is not None:
            states = {option.value: option.state for option in self._org.options(table, "statuscode")}
            body["statecode"] = states.get(status) or 0
        return body

    def _currency(self, table: Table, value: str | None, right: str) -> dict[str, Any]:
        currencies = self._org.currencies()
        if not currencies:
            raise self._no_right(table, "currency", "transactioncurrencyid")
        self._need_right(table, "currency", "transactioncurrencyid", right)
        code = (value or "").strip().upper()
        if code and code not in currencies:
            raise Rejected(
                f"{VENDOR} does not know this currency; choose one of: {', '.join(currencies)}.", detail="currency"
            )
        guid = currencies.get(code)
        return {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({guid})" if guid else None}

    def _about(
        self, table: Table, fields: Mapping[str, str | None], right: str, live: RecordSnapshot | None
    ) -> dict[str, Any]:
        """Return the one link of an activity: to what it is related to, or else to its contact."""
        before = live.fields if live else {}
        given = {name: (fields.get(name) or "").strip() for name in ("related", "contact") if name in fields}
        wanted = next((name for name, value in given.items() if value), None)
        cleared = next((name for name in given if before.get(name)), None)
        if wanted == "contact" and "related" not in given and before.get("related"):
            raise Rejected(
                f"A {table.kind.value} in {VENDOR} has one link, and this one is related to another record; "
                "clear that first, or leave the contact out.",
                detail=table.name,
            )
        name = wanted or cleared
        if name is None:
            return {}
        self._need_right(table, name, REGARDING, right)
        link = next(link for link in table.links if link.field == name)
        return {f"{_nav(table, link, given[name])}@odata.bind": _bound(table, link, given[name])}

    def is_there(
        self, table: Table, fields: Mapping[str, str | None], body: Mapping[str, Any], live: RecordSnapshot
    ) -> bool:
        """Tell whether a Record holds already what `fields` and their `body` ask for."""
        columns = {column.field: column for column in self._org.columns(table)}
        for name, value in fields.items():
            wanted: str | None = (value or "").strip() or None
            if name in columns:
                raw = body[columns[name].name]
                wanted = None if raw is None else columns[name].codec.read(raw)
            elif name == "contact" and table.has_one_link and (fields.get("related") or "").strip():
                continue  # it has no place beside what the task is related to
            elif FIELDS[table.kind][name].type is FieldType.CURRENCY and wanted:
                wanted = wanted.upper()
            if live.fields.get(name) != wanted:
                return False
        return True

    def _need_right(self, table: Table, field: str, name: str, right: str) -> None:
        if not self._org.need(table).may(right, name):
            raise self._no_right(table, field, name)

    def _no_right(self, table: Table, field: str, name: str) -> UserActionNeeded:
        self._org.forget()
        label = FIELDS[table.kind][field].label
        if field == "next_step":
            return UserActionNeeded(
                f"{VENDOR} has no field of its own for “{label}”; name a column for it in the settings of the "
                "connection, or leave it out.",
                detail=name,
            )
        return UserActionNeeded(
            f"{VENDOR} does not let you write “{label}”; ask your administrator, or leave it out.", detail=name
        )


def _check_type(table: Table, value: str | None, right: str) -> None:
    if right == UPDATE and (value or "").strip() != table.type:
        raise Rejected(f"{VENDOR} does not let “Type” be changed later; leave it out.", detail="type")


def _nav(table: Table, link: Link, value: str | None) -> str:
    if value and value.strip():
        kind = _target(table, link, value.strip()).kind
        return link.targets[kind]
    return next(iter(link.targets.values()))


def _bound(table: Table, link: Link, value: str | None) -> str | None:
    if not value or not value.strip():
        return None
    ref = _target(table, link, value.strip())
    return f"/{tables_of(ref.kind)[0].entity_set}({ref.id})"


def _target(table: Table, link: Link, value: str) -> RecordRef:
    try:
        ref = reference(value, tuple(link.targets))
    except ValueError:
        ref = None
    if ref is None or not is_guid(ref.id):
        label = FIELDS[table.kind][link.field].label
        raise Rejected(f"“{label}” does not hold a usable value; edit it and try again.", detail=link.name)
    return ref
