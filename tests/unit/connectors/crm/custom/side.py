"""What the tests of the custom connector stand on: three invented CRMs and their mapping files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.connectors.crm.custom import Custom
from desktop.connectors.http import HttpBoundary
from desktop.domain.records import RecordKind, RecordRef
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.custom_office import Office
from tests.servers.vendor import Fault, Request, VendorServer

K = RecordKind
CONTACT = SAMPLES[K.CONTACT]
MAPPINGS = Path(__file__).resolve().parents[5] / "resources" / "custom"


@dataclass
class Setting:
    """What a connector under test stands on. One clock for both sides."""

    http: HttpBoundary
    ledger: ListLedger
    clock: ManualClock


@dataclass(slots=True)
class WriteFault(Fault):
    """A fault for the next call that writes, however a CRM tells one."""

    is_write: Callable[[Request], bool] = lambda _: True

    def is_for(self, request: Request) -> bool:
        return self.is_write(request)


class OfficeSide(OtherSide):
    """The simulated CRM as its other users see it."""

    def __init__(self, server: VendorServer, office: Office, is_write: Callable[[Request], bool]) -> None:
        self.server = server
        self.office = office
        self.is_write = is_write

    def later(self) -> None:
        self.office.later()

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        self.office.update(ref.kind, number_of(ref), {field: value})

    def remove(self, ref: RecordRef) -> None:
        self.office.delete(ref.kind, number_of(ref))

    def count(self, kind: RecordKind) -> int:
        return len(list(self.office.live(kind)))

    def lose_next_answer(self) -> bool:
        self.server.faults.append(WriteFault("drop_after", is_write=self.is_write))
        return True


def number_of(ref: RecordRef) -> int:
    """Return the office's number in whatever form of id a server makes of it."""
    return int("".join(letter for letter in ref.id.rpartition("/")[2] if letter.isdecimal()))


def connect(server: VendorServer, setting: Setting, mapping: Path, path: str = "", **settings: str) -> Custom:
    given = {"mapping": str(mapping), "address": server.url + path, "user": "robin", **settings}
    secret = given.pop("secret", "s3cret")
    return Custom(given, secret=lambda: secret, http=setting.http, clock=setting.clock)
