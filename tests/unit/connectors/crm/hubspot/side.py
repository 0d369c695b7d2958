"""What the tests of the HubSpot connector stand on."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.fieldmap import write_value
from desktop.connectors.http import HttpBoundary
from desktop.connectors.tables.hubspot import OF_KIND, place_of
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.hubspot import HubSpotWorld
from tests.servers.loopback import LoopbackHandler, LoopbackServer
from tests.servers.vendor import Fault, Request, VendorServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
OBJECTS = "/crm/objects/2026-03"
MAKES_CONTACT = {"method": "POST", "prefix": f"{OBJECTS}/contacts"}
EDITS_CONTACT = {"method": "PATCH", "prefix": f"{OBJECTS}/contacts"}


class HubSpotSide(OtherSide):
    """The simulated account."""

    def __init__(self, server: VendorServer, world: HubSpotWorld) -> None:
        self.server = server
        self.portal = world.portal

    def later(self) -> None:
        self.portal.advance(15 * 60)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        table, record_id = _at(ref)
        column = next(column for column in table.columns if column.field == field)
        row = self.portal.row(table.name, record_id)
        self.portal.update(table.name, row, {column.name: write_value(ref.kind, column, value) or ""})

    def remove(self, ref: RecordRef) -> None:
        table, record_id = _at(ref)
        self.portal.archive(table.name, record_id)

    def count(self, kind: RecordKind) -> int:
        return sum(len(self.portal.live(table.name)) for table in OF_KIND[kind])

    def lose_next_answer(self) -> bool:
        self.server.faults.append(WriteFault("drop_after"))
        return True


class WriteFault(Fault):
    """A fault for the next writes of whatever kind: a batch that reads, and a search, are POSTs too."""

    def is_for(self, request: Request) -> bool:
        return super().is_for(request) and is_write(request.method, request.path)


def is_write(method: str, path: str) -> bool:
    return method != "GET" and not path.endswith(("/search", "/batch/read"))


def _at(ref: RecordRef):
    place = place_of(ref)
    assert place is not None
    return place


@dataclass
class Setting:
    """What a connector under test stands on."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock


def connect(server: VendorServer, setting: Setting, **settings: str) -> HubSpot:
    given = {"address": server.url, **settings}
    token = given.pop("token", "token")
    return HubSpot(given, token=lambda: token, http=setting.http, clock=setting.clock)


def refuse(server: VendorServer, status: int, code: str = "", message: str = "", **more: object) -> None:
    server.fault("status", status=status, code=code, message=message, **{**MAKES_CONTACT, **more})


class _AlwaysTheSame(LoopbackHandler):
    def _serve(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.served_by
        self.send_response(server.status)
        for name, value in server.headers.items():
            self.send_header(name, value)
        if server.status != 204:
            self.send_header("Content-Length", str(len(server.body)))
        self.end_headers()
        self.wfile.write(server.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815


class StaticServer(LoopbackServer):
    """Answers everything alike: somebody else's server, or a page of the network one is in."""

    handler = _AlwaysTheSame

    def __init__(self, status: int, body: bytes, *, kind: str = "", headers: Mapping[str, str] | None = None) -> None:
        self.status = status
        self.body = body
        self.headers = {"Content-Type": kind or "application/json", **(headers or {})}
