"""A simulated account and connectors to it; the account's clock stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.hubspot import HubSpotWorld
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import HubSpotSide, Setting, connect


@pytest.fixture
def world() -> HubSpotWorld:
    return HubSpotWorld()


@pytest.fixture
def portal(world: HubSpotWorld) -> Portal:
    return world.portal


@pytest.fixture
def server(world: HubSpotWorld) -> Iterator[VendorServer]:
    with VendorServer(world) as running:
        yield running


@pytest.fixture
def other_side(server: VendorServer, world: HubSpotWorld) -> HubSpotSide:
    return HubSpotSide(server, world)


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20))
    yield Setting(http, ledger, clock)
    http.close()


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> HubSpot:
    return connect(server, setting)
