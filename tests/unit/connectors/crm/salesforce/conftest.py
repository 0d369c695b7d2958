"""A simulated org and connectors to it; the clock of the org stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import (
    SalesforceSide,
    Setting,
    connect,
)


@pytest.fixture
def server() -> Iterator[SalesforceServer]:
    with SalesforceServer(Org(now=lambda: START)) as running:
        yield running


@pytest.fixture
def org(server: SalesforceServer) -> Org:
    return server.org


@pytest.fixture
def other_side(server: SalesforceServer) -> SalesforceSide:
    return SalesforceSide(server)


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20))
    yield Setting(http, ledger, clock)
    http.close()


@pytest.fixture
def impatient(server: SalesforceServer) -> Iterator[Salesforce]:
    """A connector that gives up soon, for servers that never answer."""
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=0.5))
    given = {"instance_url": server.url}
    yield Salesforce(given, token=lambda: "token", http=http, clock=ManualClock(), deadline=1.5)
    http.close()


@pytest.fixture
def crm(server: SalesforceServer, setting: Setting) -> Salesforce:
    return connect(server, setting)
