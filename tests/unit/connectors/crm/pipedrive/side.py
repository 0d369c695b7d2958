"""What the tests of the Pipedrive connector stand on."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.pipedrive.crew import Door
from desktop.connectors.tables.pipedrive import ENTITIES
from desktop.connectors.tables.pipedrive_rows import kind_of
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import Fault, Request, VendorServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
ACTIVITY = SAMPLES[K.ACTIVITY]
POSTS = {"method": "POST", "prefix": "/api/v2/persons"}

_COLUMNS = {"title": "job_title", "subject": "subject", "name": "name", "domain": "website"}


@dataclass
class Setting:
    """What a connector under test stands on. One clock for both sides: `wait` moves it."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock
    ticks: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] | None = None
    is_alone: bool = False
    """One line does everything, so that the same choices always have the same outcome."""
    more: list[HttpBoundary] = field(default_factory=list)

    def more_http(self) -> HttpBoundary:
        """Return the boundary of one more worker."""
        limits = HttpLimits(connect=20, silence=20)
        self.more.append(
            HttpBoundary(ledger=self.ledger, clock=self.clock, limits=limits, ticks=self.ticks, sleep=self.sleep)
        )
        return self.more[-1]

    def sleep(self, seconds: float) -> None:
        """Let the time pass that a connector wants to wait, unless the test moves all clocks itself."""
        if self.pause is not None:
            self.pause(seconds)
        else:
            self.clock.advance(seconds)

    def close(self) -> None:
        for http in (self.http, *self.more):
            http.close()


class PipedriveSide(OtherSide):
    """The simulated company."""

    def __init__(self, server: VendorServer, company: Company) -> None:
        self.server = server
        self.company = company

    def later(self) -> None:
        self.company.advance(120)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        self.company.update(ENTITIES[ref.kind], int(ref.id), {_COLUMNS[field]: value})

    def remove(self, ref: RecordRef) -> None:
        self.company.delete(ENTITIES[ref.kind], int(ref.id))

    def count(self, kind: RecordKind) -> int:
        rows = list(self.company.live(ENTITIES[kind])) if kind in ENTITIES else []
        return sum(1 for row in rows if kind not in {K.TASK, K.ACTIVITY} or kind_of(row) is kind)

    def lose_next_answer(self) -> bool:
        self.server.faults.append(WriteFault("drop_after"))
        return True


class WriteFault(Fault):
    """A fault for the next writes of whatever kind."""

    def is_for(self, request: Request) -> bool:
        return request.method != "GET" and Fault.is_for(self, request)


def connect(server: VendorServer, setting: Setting, **settings: str) -> Pipedrive:
    given = {"address": server.url, **settings}
    token = given.pop("token", "token")
    return Pipedrive(
        given,
        token=lambda: token,
        http=setting.http,
        more_doors=None if setting.is_alone else lambda: Door(setting.more_http(), lambda: token),
        clock=setting.clock,
        sleep=setting.sleep,
    )


def refuse(server: VendorServer, status: int, code: str = "", message: str = "", **more: Any) -> None:
    server.fault("status", status=status, code=code, message=message, **{**POSTS, **more})


def own(company: Company, entity: str, name: str) -> str:
    """Return the code of one of the company's own fields."""
    return next(one.code for one in company.fields[entity] if one.name == name and one.own)
