"""Real connectors over their simulators, while the token ends under their hands."""

from datetime import timedelta

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.signin.grant import Grant
from desktop.connectors.supplies import Supplies
from desktop.domain.ports import no_boundary
from desktop.domain.records import RecordKind
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.book import MemoryBook
from tests.fakes.clock import START, ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.salesforce import SalesforceServer
from tests.servers.zoho import ZohoServer
from tests.unit.connectors.signin.rig import Rig
from tests.unit.connectors.signin.test_manager import counting

K = RecordKind


@pytest.mark.parametrize(
    ("make", "server_of", "setting"),
    [(Salesforce, SalesforceServer, "instance_url"), (Zoho, ZohoServer, "api_domain")],
)
def test_a_token_that_ends_between_two_calls_of_one_write_doubles_nothing(make, server_of, setting):
    rig = Rig(counting(), grant=Grant("old", "r1", START + timedelta(days=9), (START,)))
    with server_of() as server:
        good = dict.fromkeys(server.org.tokens, None) if isinstance(server.org.tokens, set) else dict(server.org.tokens)
        rights = next(iter(good.values()))

        def let_in(*tokens):
            server.org.tokens = set(tokens) if isinstance(server.org.tokens, set) else dict.fromkeys(tokens, rights)

        let_in("old")
        clock = ManualClock()
        supplies = Supplies(
            {setting: server.url},
            lambda _key: None,
            ListLedger(),
            clock,
            no_boundary,
            MemoryBook(clock),
            lambda: "1",
            tokens=rig.manager,
        )
        crm = make.connect(supplies)
        crm.check()
        for number in range(1, 4):
            let_in(f"a{number}")  # what the vendor gives next; the one before is no good any more
            made = crm.create(K.CONTACT, SAMPLES[K.CONTACT] | {"email": f"{number}@reef.example"}, f"key-{number}")
            assert crm.find_created(K.CONTACT, f"key-{number}").ref == made.ref
        crm.close()
    assert len(rig.http.calls) == 3  # one refresh for each end, whatever the number of calls
