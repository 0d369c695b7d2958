"""What the tests of the Salesforce connector stand on."""

from dataclasses import dataclass

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.fieldmap import write_value
from desktop.connectors.http import HttpBoundary
from desktop.connectors.tables.salesforce import COLUMNS, OBJECTS
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.salesforce import SalesforceServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
WRITES_CONTACT = {"method": "PATCH", "prefix": "/sobjects/Contact/"}


class SalesforceSide(OtherSide):
    """The simulated org."""

    def __init__(self, server: SalesforceServer) -> None:
        self.server = server
        self.org = server.org

    def later(self) -> None:
        self.org.advance(120)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        column = next(column for column in COLUMNS[ref.kind] if column.field == field)
        self.org.update(OBJECTS[ref.kind], ref.id, {column.name: write_value(ref.kind, column, value)}, None)

    def remove(self, ref: RecordRef) -> None:
        self.org.delete(OBJECTS[ref.kind], ref.id)

    def object_of(self, ref: RecordRef) -> str:
        return OBJECTS[ref.kind]

    def count(self, kind: RecordKind) -> int:
        return sum(1 for row in self.org.records[OBJECTS[kind]].values() if not row["IsDeleted"])

    def lose_next_answer(self) -> bool:
        self.server.lose_next_write()
        return True


@dataclass
class Setting:
    """What a connector under test stands on."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock


def connect(server: SalesforceServer, setting: Setting, **settings: str) -> Salesforce:
    given = {"instance_url": server.url, **settings}
    token = given.pop("token", "token")
    return Salesforce(given, token=lambda: token, http=setting.http, clock=setting.clock)


def refuse(server: SalesforceServer, status: int, code: str = "", message: str = "", **more: object) -> None:
    server.fault("status", status=status, code=code, message=message, **WRITES_CONTACT, **more)
