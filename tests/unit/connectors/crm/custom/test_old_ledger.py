"""A legacy interface by its mapping file: POSTs only, whole rows, no unique keys; it keeps every promise too."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.custom import Custom
from tests.conformance.crm import CrmConformance
from tests.servers.custom_office import Office
from tests.servers.old_ledger import LedgerWorld
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.custom.side import MAPPINGS, OfficeSide, Setting, connect

pytestmark = pytest.mark.server


@pytest.fixture
def world(office: Office) -> LedgerWorld:
    return LedgerWorld(office)


@pytest.fixture
def server(world: LedgerWorld) -> Iterator[VendorServer]:
    with VendorServer(world) as running:
        yield running


@pytest.fixture
def other_side(server: VendorServer, office: Office) -> OfficeSide:
    return OfficeSide(server, office, lambda request: request.parts[-1] in {"new", "put", "del"})


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> Custom:
    return connect(server, setting, MAPPINGS / "old-ledger.json", "/api")


class TestOldLedger(CrmConformance):
    """The suite."""
