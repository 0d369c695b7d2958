"""The line to one Zoho CRM organisation: calls, what became of a record, what the rep may do with its fields."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from desktop.connectors.fieldmap import Column, write_value
from desktop.connectors.json_line import JsonAnswer, JsonCall, JsonLine, bearer, rows_of
from desktop.connectors.refusals import FORBIDDEN, Refusal, to_error
from desktop.connectors.tables.zoho import (
    NOT_IN_LIST,
    QUOTA,
    RELATED,
    RELATED_MODULE,
    TOO_LONG,
    fault_in,
    moment_of,
    refusal_of,
    stamp_of,
)
from desktop.domain.errors import DealsideError, Temporary, UserActionNeeded
from desktop.domain.records import FIELDS, RecordKind

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

Shape = Mapping[str, Mapping[str, Any]]
"""What Zoho says of a module's fields, by their names, as far as the rep may see them."""

BASE = "/crm/v8"
LIMITED = frozenset({"text", "textarea", "email", "phone", "website"})
_NOTHING = frozenset({204, 304})
_CREDITS_LEFT = "x-api-credits-remaining"  # sent late in the day only
_LONGEST_NUMBER = 12


class Right(StrEnum):
    """What the rep may do with a field."""

    CREATE = "api_create"
    UPDATE = "api_update"


class ZohoLine:
    """Every call ends in an answer or in one of our errors."""

    def __init__(self, http: "HttpBoundary", *, origin: str, token: Callable[[], str | None], deadline: float) -> None:
        self._token = token
        self._line = JsonLine(
            http, origin=origin, vendor="Zoho", authorize=self._signed, judge=refusal_of, deadline=deadline
        )
        self._shapes: dict[str, Shape | None] = {}
        self._is_kept = self._is_stale = False
        self.credits_left: int | None = None

    @property
    def server_time(self) -> datetime | None:
        """The server's own time in its newest answer."""
        return self._line.server_time

    def forget(self) -> None:
        """Look afresh at the fields when they are next needed; within `kept`, only after its end."""
        if self._is_kept:
            self._is_stale = True
        else:
            self._shapes.clear()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Go by what is known of the fields throughout, lest each bad record of many asks for them again."""
        self._is_kept = True
        try:
            yield
        finally:
            self._is_kept = False
            if self._is_stale:
                self._is_stale = False
                self._shapes.clear()

    def ask(self, call: JsonCall) -> JsonAnswer:
        """Send a call; raise one of our errors for whatever is no good answer."""
        try:
            answer = self._line.ask(call)
        except UserActionNeeded:
            self.forget()  # when it is mended, look afresh
            raise
        except Temporary as error:
            if self.credits_left == 0 and "TOO_MANY_REQUESTS" in error.detail:
                raise refused(QUOTA, (), error.detail) from None
            raise
        left = answer.headers.get(_CREDITS_LEFT, "").strip()
        self.credits_left = int(left) if left.isdecimal() and len(left) < _LONGEST_NUMBER else None
        return answer

    def query(self, query: str) -> list[Mapping[str, Any]]:
        """Return the rows of a COQL query."""
        return self.rows(self.ask(JsonCall("POST", f"{BASE}/coql", {"select_query": query})))

    def rows(self, answer: JsonAnswer, name: str = "data") -> list[Mapping[str, Any]]:
        """Return the rows of an answer; Zoho says “none” without a body."""
        if answer.status in _NOTHING:
            return []
        if isinstance(answer.body, Mapping) and "data" not in answer.body and fault_in(answer.body) is not None:
            refusal, names, detail = refusal_of(answer.status, answer.body)
            raise refused(refusal, names, detail)
        try:
            return list(rows_of(answer.body, name))
        except ValueError as error:
            raise garbled(error) from None

    def accepted(self, answer: JsonAnswer) -> Mapping[str, Any]:
        """Return what became of the one record written; the status of the whole answer does not say it."""
        if answer.status >= 400 or fault_in(answer.body) is not None:
            refusal, names, detail = refusal_of(answer.status, answer.body)
            self.forget()  # it may have been changed since we looked
            raise refused(refusal, names, detail)
        rows = self.rows(answer)
        if len(rows) != 1 or rows[0].get("status") != "success":
            raise garbled(ValueError())
        return rows[0]

    def shape_of(self, module: str) -> Shape | None:
        """Return the fields of a module, None for one that the rep may not see."""
        if module not in self._shapes:
            call = JsonCall("GET", f"{BASE}/settings/fields", params={"module": module}, also=frozenset({400, 403}))
            answer = self.ask(call)
            if answer.status >= 400:
                refusal, names, detail = refusal_of(answer.status, answer.body)
                if refusal is not FORBIDDEN or fault_in(answer.body) is None:  # a page of somebody else's in between
                    raise refused(refusal, names, detail)
                self._shapes[module] = None
            else:
                rows = self.rows(answer, "fields")
                self._shapes[module] = {str(row.get("api_name")): dict(row) for row in rows} or None
        return self._shapes[module]

    def written(self, kind: RecordKind, column: Column, spec: Mapping[str, Any], value: str | None) -> Any:
        """Return Zoho's form of a canonical value; raise Rejected for one that it would refuse."""
        written = write_value(kind, column, value)
        label = f"“{FIELDS[kind][column.field].label}”"
        values = offered(spec)
        if written is not None and values and written not in values:
            self.forget()  # the list may have grown meanwhile
            raise refused(NOT_IN_LIST, (label,), column.name)
        longest = spec.get("length") if spec.get("data_type") in LIMITED else None
        if isinstance(written, str) and isinstance(longest, int) and 0 < longest < len(written):
            raise refused(TOO_LONG, (label,), column.name)
        return written

    def _signed(self) -> dict[str, str]:
        header = bearer(self._token(), "Zoho")["Authorization"]
        return {"Authorization": header.replace("Bearer", "Zoho-oauthtoken", 1)}


def sent(*bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a write of some records.

    It names no `trigger`, so the organisation's workflows run, as they do when the rep types the same by hand. What
    they change in turn comes with the feed.
    """
    return {"data": [_row(body) for body in bodies]}


def _row(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as it is written: what a link links to stands beside it, not in it."""
    row = dict(body)
    link = row.get(RELATED)
    if isinstance(link, Mapping):
        row |= {RELATED: {"id": link["id"]}, RELATED_MODULE: link["module"]}
    return row


def mark_of(row: Mapping[str, Any]) -> str:
    """Return our mark of a row in the feed."""
    try:
        return f"{stamp_of(moment_of(row['Modified_Time']))}|{row['id']}"
    except (LookupError, TypeError, ValueError) as error:
        raise garbled(error) from None


def has_more(body: Any) -> bool:
    """Return True when a list says that it goes on."""
    info = body.get("info") if isinstance(body, Mapping) else None
    return bool(info.get("more_records")) if isinstance(info, Mapping) else False


def may(spec: Mapping[str, Any], right: Right) -> bool:
    """Return True when the rep may set a field."""
    rights = spec.get("operation_type")
    is_open = not spec.get("read_only") and not spec.get("field_read_only")
    return is_open and (not isinstance(rights, Mapping) or bool(rights.get(right.value, True)))


def offered(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values of a picklist, its default first; `-None-` is Zoho's word for an empty one."""
    if spec.get("data_type") != "picklist":
        return ()
    listed = spec.get("pick_list_values")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    values = [row for row in rows if row.get("type", "used") == "used"]
    names = [str(row.get("actual_value") or row.get("display_value") or "-None-") for row in values]
    chosen = spec.get("default_value")
    return tuple(sorted((name for name in names if name != "-None-"), key=lambda name: name != chosen))


def refused(refusal: Refusal, names: Sequence[str], detail: str) -> DealsideError:
    """Return the error for a refusal of fields by these names."""
    return to_error(refusal, vendor="Zoho", fields=", ".join(names), detail=detail)


def garbled(error: Exception) -> Temporary:
    """Return the error for an answer that is none."""
    return Temporary("Zoho's answer was cut off or garbled; trying again later.", detail=type(error).__name__)
