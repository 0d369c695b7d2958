"""What the tests of the Dynamics connector stand on."""

import re
from dataclasses import dataclass

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.fieldmap import write_value
from desktop.connectors.http import HttpBoundary
from desktop.connectors.tables.dynamics import place_of, tables_of
from desktop.domain.crm_port import CrmConnector
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, OtherSide, key
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.dynamics_tables import Attribute
from tests.servers.vendor import Fault, Request, VendorServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
NEXT_STEP = "cr1_nextstep"
MAKES_CONTACT = {"method": "POST", "prefix": f"{PATH}/contacts"}
WRITES_CONTACT = {"method": "PATCH", "prefix": f"{PATH}/contacts"}
# An environment whose admin gave options other names, as they do.
LABELS = {
    ("lead", "statuscode", 2): "Working",
    ("opportunity", "salesstage", 0): "Prospecting",
    ("incident", "statuscode", 1): "New",
    ("incident", "prioritycode", 2): "Medium",
}


def customised(world: Dataverse) -> Dataverse:
    """Return `world` with labels and a column of its own."""
    world.labels.update(LABELS)
    world.own["opportunity"] = (Attribute(NEXT_STEP, length=400),)
    return world


class DynamicsSide(OtherSide):
    """The simulated environment."""

    def __init__(self, server: VendorServer, world: Dataverse) -> None:
        self.server = server
        self.world = world

    def later(self) -> None:
        self.world.advance(120)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        table, guid = placed(ref)
        column = next(column for column in table.columns if column.field == field)
        self.world.update(table.name, guid, {column.name: write_value(ref.kind, column, value)})

    def remove(self, ref: RecordRef) -> None:
        table, guid = placed(ref)
        self.world.remove(table.name, guid)

    def count(self, kind: RecordKind) -> int:
        return sum(len(self.world.rows[table.name]) for table in tables_of(kind))

    def lose_next_answer(self) -> bool:
        self.server.faults.append(WriteFault("drop_after"))
        return True


class WriteFault(Fault):
    """A fault for the next writes of whatever kind, alone or in a batch."""

    def is_for(self, request: Request) -> bool:
        return super().is_for(request) and is_write(request)


def is_write(request: Request) -> bool:
    """Tell whether a request, or one of those in a batch, changes something."""
    in_batch = re.search(rb"^(POST|PATCH|DELETE) ", request.raw, re.MULTILINE)
    return in_batch is not None if request.path.endswith("/$batch") else request.method != "GET"


def placed(ref: RecordRef):
    place = place_of(ref.kind, ref.id)
    assert place is not None
    return place


def customer(crm: CrmConnector) -> RecordSnapshot:
    """Return an account for a case to belong to: the first that the suite makes itself."""
    return crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], key(K.ACCOUNT.value, "n0"))


def contact_ref(guid: str) -> RecordRef:
    return RecordRef(K.CONTACT, RecordId(guid))


@dataclass
class Setting:
    """What a connector under test stands on."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock


def connect(server: VendorServer, setting: Setting, **settings: str) -> Dynamics:
    given = {"address": server.url, "next_step_field": NEXT_STEP, **settings}
    token = given.pop("token", "token")
    return Dynamics(given, token=lambda: token, http=setting.http, clock=setting.clock)
