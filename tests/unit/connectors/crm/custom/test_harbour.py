"""A tidy REST interface by its mapping file: it keeps every promise of a CRM."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.custom import Custom
from tests.conformance.crm import CrmConformance
from tests.servers.custom_office import Office
from tests.servers.harbour import HarbourWorld
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.custom.side import MAPPINGS, OfficeSide, Setting, connect

pytestmark = pytest.mark.server


@pytest.fixture
def world(office: Office) -> HarbourWorld:
    return HarbourWorld(office)


@pytest.fixture
def server(world: HarbourWorld) -> Iterator[VendorServer]:
    with VendorServer(world) as running:
        yield running


@pytest.fixture
def other_side(server: VendorServer, office: Office) -> OfficeSide:
    return OfficeSide(server, office, lambda request: request.method != "GET")


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> Custom:
    return connect(server, setting, MAPPINGS / "harbour.json", "/api")


class TestHarbour(CrmConformance):
    """The suite."""
