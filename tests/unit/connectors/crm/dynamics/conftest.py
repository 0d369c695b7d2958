"""A simulated environment and connectors to it; its clock stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.dynamics import Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import DynamicsSide, Setting, connect, customised


@pytest.fixture
def world() -> Dataverse:
    return customised(Dataverse(now=lambda: START))


@pytest.fixture
def server(world: Dataverse) -> Iterator[VendorServer]:
    with VendorServer(world) as running:
        yield running


@pytest.fixture
def other_side(server: VendorServer, world: Dataverse) -> DynamicsSide:
    return DynamicsSide(server, world)


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20))
    yield Setting(http, ledger, clock)
    http.close()


@pytest.fixture
def impatient(server: VendorServer) -> Iterator[Dynamics]:
    """A connector that gives up soon, for servers that never answer."""
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=0.5))
    yield Dynamics({"address": server.url}, token=lambda: "token", http=http, clock=ManualClock(), deadline=1.5)
    http.close()


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> Dynamics:
    return connect(server, setting)
