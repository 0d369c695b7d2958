"""The clock and the door out; it stands still until a test moves it."""

from collections.abc import Iterator

import pytest

from desktop.connectors.http import HttpBoundary, HttpLimits
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.custom_office import Office
from tests.unit.connectors.crm.custom.side import Setting


@pytest.fixture
def setting() -> Iterator[Setting]:
    ledger, clock = ListLedger(), ManualClock()
    http = HttpBoundary(ledger=ledger, clock=clock, limits=HttpLimits(connect=20, silence=20), sleep=lambda _: None)
    yield Setting(http, ledger, clock)
    http.close()


@pytest.fixture
def office(setting: Setting) -> Office:
    return Office(now=setting.clock.now)
