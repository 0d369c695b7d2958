"""A simulated company and connectors to it; its clock stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import PipedriveSide, Setting, connect


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20))
    setting = Setting(http, ledger, clock)
    yield setting
    setting.close()


@pytest.fixture
def company(setting: Setting) -> Company:
    return Company(now=setting.clock.now)


@pytest.fixture
def server(company: Company) -> Iterator[VendorServer]:
    with VendorServer(PipedriveWorld(company)) as running:
        yield running


@pytest.fixture
def other_side(server: VendorServer, company: Company) -> PipedriveSide:
    return PipedriveSide(server, company)


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> Pipedrive:
    return connect(server, setting)
