"""The calls of Pipedrive's interface, each a question with an answer, and the silence that its limits ask for."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from desktop.connectors.exchange import HttpAnswer, HttpCall
from desktop.connectors.json_line import JsonCall, JsonLine, Judged, bearer, rows_of
from desktop.connectors.tables.pipedrive import BLOCKED, Stage, is_id, old_stamp, refusal_of, throttled, whole
from desktop.domain.errors import Temporary
from desktop.domain.ports import Clock

if TYPE_CHECKING:
    from desktop.connectors.http import HttpBoundary

Row = Mapping[str, Any]
V1, V2 = "/api/v1", "/api/v2"
PAGE = 500
_GONE = 410
_FORBIDDEN = 403
_THROTTLED = 429
_MOST_PAGES = 40
_GARBLED = "Pipedrive's answer was cut off or garbled; trying again later."


class PipedriveLine:
    """One company, with the rights of the rep whose API token it is."""

    def __init__(
        self, http: "HttpBoundary", *, clock: Clock, origin: str, token: str | None, deadline: float = 60.0
    ) -> None:
        """`deadline` is the seconds one exchange may take."""
        signed = bearer(token, "Pipedrive")["Authorization"].removeprefix("Bearer ")
        self._door = _Door(http, clock)
        self._clock = clock
        self._me = ""
        self._labels: dict[str, str] = {}
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
        return None if row.get("is_deleted") or row.get("status") == "deleted" else row

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

    def searched(self, entity: str, text: str) -> list[str]:
        """Return the ids of records of which a custom field is exactly `text`, whatever its case, oldest first."""
        params = {"term": text, "fields": "custom_fields", "exact_match": "true"}
        body = self._line.ask(JsonCall("GET", f"{V2}/{entity}/search", params=params)).body
        try:
            return sorted((str(int(row["item"]["id"])) for row in rows_of(body, "data", "items")), key=int)
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

    def fields(self, name: str) -> list[Row]:
        """Return the description of an entity's fields."""
        found = [row for rows in self.pages(name, {"limit": str(PAGE)}) for row in rows]
        self._labels |= {str(row.get("field_code")): str(row.get("field_name")) for row in found if _is_own(row)}
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

    def __init__(self, http: "HttpBoundary", clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self._opens_at: datetime | None = None
        self.headers: Mapping[str, str] = {}
        self.status: int | None = None

    def request(self, call: HttpCall) -> HttpAnswer:
        now = self._clock.now()
        if self._opens_at is not None and now < self._opens_at:
            wait = (self._opens_at - now).total_seconds()
            self.status = _THROTTLED
            raise Temporary("Pipedrive asked us to wait.", detail="throttled", retry_after=wait)
        self.status, self.headers = None, {}
        answer = self._http.request(call)
        self.status, self.headers = answer.status, answer.headers
        if answer.status == _THROTTLED:
            wait = max(throttled(answer.headers, now).retry_after or 0.0, answer.retry_after or 0.0)
            self._opens_at = now + timedelta(seconds=min(wait, 24 * 3600.0))
        elif answer.status == _FORBIDDEN and not answer.body.lstrip().startswith(b"{"):
            self._opens_at = now + timedelta(seconds=BLOCKED.retry_after or 0.0)
        return answer


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
