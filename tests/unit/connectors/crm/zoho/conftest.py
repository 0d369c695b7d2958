"""A simulated organisation and connectors to it; its clock stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import Setting, ZohoSide, connect


@pytest.fixture
def server() -> Iterator[ZohoServer]:
    with ZohoServer(Org(now=lambda: START)) as running:
        yield running


@pytest.fixture
def org(server: ZohoServer) -> Org:
    return server.org


@pytest.fixture
def other_side(server: ZohoServer) -> ZohoSide:
    return ZohoSide(server)


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20))
    yield Setting(http, ledger, clock)
    http.close()


@pytest.fixture
def impatient(server: ZohoServer) -> Iterator[Zoho]:
    """A connector that gives up soon, for servers that never answer."""
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=0.5))
    yield Zoho({"api_domain": server.url}, token=lambda: "token", http=http, clock=ManualClock(), deadline=1.5)
    http.close()


@pytest.fixture
def crm(server: ZohoServer, setting: Setting) -> Zoho:
    return connect(server, setting)
