"""Composite: many requests in one call, each with an answer of its own.

A call takes 25 of them, and at most 5 that are queries or collections. None stands in for another: `allOrNone` is
false, and they are not collated, so that the limits of an automation count for each by itself. They are carried out
in their order, so a look after a write sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desktop.connectors.salesforce.org import Org
from desktop.connectors.tables.salesforce import BASE
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded

AT_MOST = 25
HEAVY_AT_MOST = 5
_HEAVY = ("query", "composite/sobjects")


@dataclass(frozen=True, slots=True)
class Part:
    """One request in a call. `path` stands below the version."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_heavy(self) -> bool:
        return self.path.startswith(_HEAVY)


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What became of one request: a body, or an error. `is_refused`: nothing of it was done, for what it said."""

    body: Any = None
    error: DealsideError | None = None
    is_refused: bool = False


class Caller:
    """Sends calls while that is of any use.

    Once Salesforce asks for patience or for the rep, or two calls in a row had no answer, the rest is not tried.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._lost = 0
        self._over: DealsideError | None = None

    def send(self, parts: Sequence[Part]) -> list[PartAnswer]:
        """Send requests in as few calls as they fit in; return their answers, in order. Raises nothing."""
        answers: list[PartAnswer] = []
        for call in _calls(parts):
            answers += self._sent(call)
        return answers

    def _sent(self, parts: Sequence[Part]) -> list[PartAnswer]:
        try:
            rows = self._answered(parts)
        except Rejected as error:
            if len(parts) == 1:
                return [PartAnswer(error=error, is_refused=True)]
            return [answer for part in parts for answer in self._sent([part])]
        except DealsideError as error:
            return [PartAnswer(error=error)] * len(parts)
        return [self._read(row) for row in rows]

    def _answered(self, parts: Sequence[Part]) -> list[Mapping[str, Any]]:
        if self._over is not None:
            raise self._over
        try:
            rows = self._org.ask(
                lambda client: _rows(client.restful("composite", method="POST", json=_body(parts)), parts)
            )
        except Temporary as error:
            self._lost += 1
            if error.retry_after is not None or self._lost > 1:
                self._over = error
            raise
        except UserActionNeeded as error:
            self._over = error
            raise
        self._lost = 0
        return rows

    def _read(self, row: Mapping[str, Any]) -> PartAnswer:
        status, body = int(row["httpStatusCode"]), row.get("body")
        if status < 300:
            return PartAnswer(body)
        return PartAnswer(body, self._org.refused(status, body), is_refused=status == 400)


def garbled(detail: str) -> Temporary:
    """Return the error for an answer that cannot be made sense of."""
    return Temporary("Salesforce's answer was cut off or garbled; trying again later.", detail=detail)


def _calls(parts: Sequence[Part]) -> list[list[Part]]:
    calls: list[list[Part]] = [[]]
    heavy = 0
    for part in parts:
        if len(calls[-1]) == AT_MOST or (part.is_heavy and heavy == HEAVY_AT_MOST):
            calls.append([])
            heavy = 0
        calls[-1].append(part)
        heavy += part.is_heavy
    return [call for call in calls if call]


def _body(parts: Sequence[Part]) -> dict[str, Any]:
    requests = []
    for number, part in enumerate(parts):
        request: dict[str, Any] = {
            "method": part.method,
            "url": f"{BASE}/{part.path}",
            "referenceId": f"part{number}",
        }
        if part.body is not None:
            request["body"] = part.body
        if part.headers:
            request["httpHeaders"] = dict(part.headers)
        requests.append(request)
    return {"allOrNone": False, "collateSubrequests": False, "compositeRequest": requests}


def _rows(answer: Any, parts: Sequence[Part]) -> list[Mapping[str, Any]]:
    """Return the answers in the order of the requests; raise LookupError, TypeError or ValueError for anything else."""
    known = {row["referenceId"]: row for row in answer["compositeResponse"]}
    rows = [known[f"part{number}"] for number in range(len(parts))]
    for row in rows:
        int(row["httpStatusCode"])
    return rows
