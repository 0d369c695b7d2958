"""What the tests of the Zoho connector stand on."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.fieldmap import write_value
from desktop.connectors.http import HttpBoundary
from desktop.connectors.tables.zoho import COLUMNS, HAPPENED, MODULES
from desktop.connectors.zoho.line import sent
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.vendor import Fault, Request
from tests.servers.zoho import ZohoServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
MAKES_CONTACT = {"method": "POST", "prefix": "/crm/v8/Contacts"}


class ZohoSide(OtherSide):
    """The simulated organisation."""

    def __init__(self, server: ZohoServer) -> None:
        self.server = server
        self.org = server.org

    def later(self) -> None:
        self.org.advance(120)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        column = next(column for column in COLUMNS[ref.kind] if column.field == field)
        body: Any = sent({column.name: write_value(ref.kind, column, value)})
        self.org.update(MODULES[ref.kind], ref.id, body["data"][0], as_person=True)

    def remove(self, ref: RecordRef) -> None:
        self.org.delete(MODULES[ref.kind], ref.id)

    def count(self, kind: RecordKind) -> int:
        rows = self.org.records[MODULES[kind]].values()
        if kind not in {K.TASK, K.ACTIVITY}:
            return len(rows)
        happened = [row for row in rows if str(row["Dealside_Key"]).partition("-")[0] in HAPPENED]
        return len(happened) if kind is K.ACTIVITY else len(rows) - len(happened)

    def lose_next_answer(self) -> bool:
        self.server.faults.append(WriteFault("drop_after"))
        return True


class WriteFault(Fault):
    """A fault for the next writes of whatever kind; a query is a POST too."""

    def is_for(self, request: Request) -> bool:
        return super().is_for(request) and request.method != "GET" and request.path != "/crm/v8/coql"


@dataclass(slots=True)
class Chance(Fault):
    """A fault that happens now and then, to any call."""

    dice: Random = field(default_factory=Random)
    rate: float = 0.0
    happened: int = 0

    def is_for(self, request: Request) -> bool:
        strikes = self.dice.random() < self.rate
        self.happened += strikes
        return strikes


@dataclass
class Setting:
    """What a connector under test stands on."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock


def connect(server: ZohoServer, setting: Setting, **settings: str) -> Zoho:
    given = {"api_domain": server.url, **settings}
    token = given.pop("token", "token")
    return Zoho(given, token=lambda: token, http=setting.http, clock=setting.clock)


def refuse(server: ZohoServer, status: int, code: str = "", message: str = "", **more: Any) -> None:
    server.fault("status", status=status, code=code, message=message, **{**MAKES_CONTACT, **more})
