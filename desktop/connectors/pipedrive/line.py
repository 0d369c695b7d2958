"""The calls of Pipedrive's interface, each a question with an answer, and the silence that its limits ask for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.json_line import JsonCall, JsonLine, Judged, bearer, rows_of
from desktop.connectors.pipedrive.gate import Gate
from desktop.connectors.tables.pipedrive import BLOCKED, Stage, is_id, old_stamp, refusal_of, throttled, whole
from desktop.domain.errors import Temporary
from desktop.domain.ports import Clock

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

Row = Mapping[str, Any]
V1, V2 = "/api/v1", "/api/v2"
PAGE = 500
AT_ONCE = 100
"""How many records a list takes by their ids."""
_GONE = 410
_FORBIDDEN = 403
_THROTTLED = 429
_MOST_PAGES = 40
_GARBLED = "Pipedrive's answer was cut off or garbled; trying again later."


class PipedriveLine:
    """One company, with the rights of the rep whose API token it is."""

    def __init__(  # noqa: PLR0913  (collaborators, all but two by name)
        self,
        http: "HttpBoundary",
        gate: Gate,
        *,
        clock: Clock,
        origin: str,
        token: str | None,
        labels: dict[str, str],
        deadline: float = 60.0,
    ) -> None:
        """`deadline` is the seconds one exchange may take; `labels` are names of the company's fields, by code."""
        signed = bearer(token, "Pipedrive")["Authorization"].removeprefix("Bearer ")
        self._door = _Door(http, gate, clock)
        self._clock = clock
        self._me = ""
        self._labels = labels
        self._line = JsonLine(
            cast("HttpBoundary", self._door),  # of which a line uses `request` alone
            origin=origin,
            vendor="Pipedrive",
            authorize=lambda: {"x-api-token": signed},
            judge=self._judge,
            deadline=deadline,
        )

    @property
    def server_time(self) -> datetime:
        """Pipedrive's own time in its newest answer."""
        return self._line.server_time or self._clock.now()

    @property
    def may_have_been_done(self) -> bool:
        """Whether the newest call, when it failed as Temporary, may have been carried out all the same."""
        return self._door.status != _THROTTLED

    @property
    def rest(self) -> timedelta:
        """How long a feed should rest: Pipedrive counts what a company's programs cost in a day, all of them together.

        An idle pull every five minutes is a fifth of the smallest plan's tokens for one seat; the last tenth is for
        writing. Where nothing is counted there is no need to rest.
        """
        limit = whole(self._door.headers.get("x-daily-ratelimit-token-limit"))
        left = whole(self._door.headers.get("x-daily-ratelimit-token-remaining"))
        if limit is None:
            return timedelta()
        return timedelta(hours=1) if left is not None and left * 10 < limit else timedelta(minutes=5)

    def row(self, entity: str, record_id: str) -> Row | None:
        """Return one record, or None when it is gone or was never there."""
        answer = self._line.find(JsonCall("GET", f"{V2}/{entity}/{record_id}", also=frozenset({_GONE})))
        if answer is None or answer.status == _GONE:
            return None
        row = _row_of(answer.body)
        return None if _is_gone(row) else row

    def rows(self, entity: str, ids: Sequence[str]) -> dict[str, Row]:
        """Return those of at most AT_ONCE records that are there, by id; a list holds no archived deals."""
        if not ids:
            return {}
        found, _ = self.page(entity, {"ids": ",".join(ids), "limit": str(AT_ONCE)})
        return {str(row.get("id")): row for row in found if not _is_gone(row)}

    def page(self, entity: str, params: Mapping[str, str]) -> tuple[list[Row], str]:
        """Return one page of a list and the cursor of the next, or nothing."""
        body = self._line.ask(JsonCall("GET", f"{V2}/{entity}", params=params)).body
        return _rows(body, "data"), _cursor(body)

    def pages(self, entity: str, params: Mapping[str, str], *, most: int = _MOST_PAGES) -> Iterator[list[Row]]:
        """Yield pages until the last, or until there were so many."""
        cursor = ""
        for _ in range(most):
            rows, cursor = self.page(entity, {**params, "cursor": cursor} if cursor else params)
            yield rows
            if not cursor:
                return

    def searched(self, entity: str, text: str, *, within: str = "custom_fields") -> list[str]:
        """Return the ids of records that hold exactly `text`, whatever its case, in such a field; oldest first."""
        params = {"term": text, "fields": within, "exact_match": "true"}
        return sorted(self._search(entity, params), key=int)

    def worded(self, entity: str, words: str, limit: int) -> list[str]:
        """Return the ids of records that Pipedrive's own search finds for `words`, best first."""
        return self._search(entity, {"term": words, "limit": str(limit)})

    def _search(self, entity: str, params: Mapping[str, str]) -> list[str]:
        body = self._line.ask(JsonCall("GET", f"{V2}/{entity}/search", params=params)).body
        try:
            return [str(int(row["item"]["id"])) for row in rows_of(body, "data", "items")]
        except (LookupError, TypeError, ValueError) as error:
            raise Temporary(_GARBLED, detail=type(error).__name__) from None

    def recents(self, stamp: str, items: str, start: int) -> tuple[list[Row], str, int]:
        """Return what changed since `stamp`: the rows, the newest stamp on the page, where to go on (0: at its end)."""
        params = {"since_timestamp": old_stamp(stamp), "items": items, "start": str(start), "limit": str(PAGE)}
        body = self._line.ask(JsonCall("GET", f"{V1}/recents", params=params)).body
        rows = _rows(body, "data") if isinstance(body, Mapping) and body.get("data") is not None else []
        more = body.get("additional_data") if isinstance(body, Mapping) else None
        more = more if isinstance(more, Mapping) else {}
        pagination = more.get("pagination")
        goes_on = isinstance(pagination, Mapping) and pagination.get("more_items_in_collection")
        return rows, str(more.get("last_timestamp_on_page") or ""), start + len(rows) if goes_on and rows else 0

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> Row:
        """Send a record and return it as it stands afterwards."""
        return _row_of(self._line.ask(JsonCall(method, f"{V2}/{path}", body)).body)

    def remove(self, entity: str, record_id: str) -> bool:
        """Delete one record; return False when it was gone already."""
        answer = self._line.find(JsonCall("DELETE", f"{V2}/{entity}/{record_id}", also=frozenset({_GONE})))
        return answer is not None and answer.status != _GONE

    def merge(self, entity: str, record_id: str, *, into: str) -> None:
        """Take one record into another, which stays; v1 alone can."""
        body = {"merge_with_id": int(into)}
        self._line.ask(JsonCall("PUT", f"{V1}/{entity}/{record_id}/merge", body))

    def fields(self, name: str) -> list[Row]:
        """Return the description of an entity's fields."""
        found = [row for rows in self.pages(name, {"limit": str(PAGE)}) for row in rows]
        self._labels.update((str(row.get("field_code")), str(row.get("field_name"))) for row in found if _is_own(row))
        return found

    def stages(self) -> tuple[Stage, ...]:
        """Return the stages that are in use, pipeline after pipeline."""
        rows = [row for rows in self.pages("stages", {"limit": str(PAGE)}) for row in rows if not row.get("is_deleted")]
        rows.sort(key=lambda row: (row.get("pipeline_id") or 0, row.get("order_nr") or 0))
        try:
            return tuple(Stage(row["id"], str(row["name"]), row["pipeline_id"]) for row in rows)
        except LookupError:
            raise Temporary(_GARBLED, detail="stages") from None

    def listed(self, name: str) -> list[Row]:
        """Return one of v1's short lists."""
        return _rows(self._line.ask(JsonCall("GET", f"{V1}/{name}")).body, "data")

    def me(self) -> Row:
        """Return the rep; the cheapest call there is."""
        return _row_of(self._line.ask(JsonCall("GET", f"{V1}/users/me")).body)

    def me_id(self) -> str:
        """Return the rep's own id, which stays what it is."""
        self._me = self._me or str(self.me()["id"])
        return self._me

    def _judge(self, status: int, body: Any) -> Judged:
        refusal, name, detail = refusal_of(status, body, self._door.headers, self._clock.now())
        return refusal, (self._labels.get(name, name),) if name else (), detail


class _Door:
    """The way out, which stays shut after a 429 for as long as Pipedrive asks, and after a 403 page: a block."""

    def __init__(self, http: "HttpBoundary", gate: Gate, clock: Clock) -> None:
        self._http = http
        self._gate = gate
        self._clock = clock
        self.headers: Mapping[str, str] = {}
        self.status: int | None = None

    def request(self, call: HttpCall) -> HttpAnswer:
        self.status = _THROTTLED
        self._gate.require_open()
        self.status, self.headers = None, {}
        answer = self._http.request(call)
        self.status, self.headers = answer.status, answer.headers
        self._gate.note(answer.headers)
        if answer.status == _THROTTLED:
            self._gate.shut(
                max(throttled(answer.headers, self._clock.now()).retry_after or 0.0, answer.retry_after or 0.0)
            )
        elif answer.status == _FORBIDDEN and not answer.body.lstrip().startswith(b"{"):
            self._gate.shut(BLOCKED.retry_after or 0.0)
        return answer


def _is_gone(row: Row) -> bool:
    return bool(row.get("is_deleted")) or row.get("status") == "deleted"


def _is_own(row: Row) -> bool:
    return bool(row.get("is_custom_field"))


def _rows(body: Any, *keys: str) -> list[Row]:
    try:
        return list(rows_of(body, *keys))
    except ValueError:
        raise Temporary(_GARBLED, detail="no rows") from None


def _row_of(body: Any) -> Row:
    row = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(row, Mapping) or not is_id(str(row.get("id"))):
        raise Temporary(_GARBLED, detail="no row")
    return row


def _cursor(body: Any) -> str:
    more = body.get("additional_data")
    cursor = more.get("next_cursor") if isinstance(more, Mapping) else None
    return cursor if isinstance(cursor, str) else ""
