"""What the tests of the Pipedrive connector stand on."""

from dataclasses import dataclass
from typing import Any

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.http import HttpBoundary
from desktop.connectors.tables.pipedrive import ENTITIES
from desktop.connectors.tables.pipedrive_rows import kind_of
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer

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
        self.server.fault("drop_after", method="POST")
        return True


def connect(server: VendorServer, setting: Setting, **settings: str) -> Pipedrive:
    given = {"address": server.url, **settings}
    token = given.pop("token", "token")
    return Pipedrive(given, token=lambda: token, http=setting.http, clock=setting.clock)


def refuse(server: VendorServer, status: int, code: str = "", message: str = "", **more: Any) -> None:
    server.fault("status", status=status, code=code, message=message, **{**POSTS, **more})


def own(company: Company, entity: str, name: str) -> str:
    """Return the code of one of the company's own fields."""
    return next(field.code for field in company.fields[entity] if field.name == name and field.own)
