"""Dynamics keeps every promise of a CRM; signing in."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.records import RecordKind, RecordSnapshot
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.book import MemoryBook
from tests.servers.dynamics import Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, K, Setting, connect, customer

pytestmark = pytest.mark.server


class TestDynamics(CrmConformance):
    """The suite. A case needs a customer here."""

    def make(self, crm: CrmConnector, kind: RecordKind, name: str = "one", /, **more: str | None) -> RecordSnapshot:
        if kind is K.CASE and "account" not in more:
            more["account"] = str(customer(crm).ref)
        return super().make(crm, kind, name, **more)

    @pytest.mark.parametrize("kind", [kind for kind in K if kind is not K.ACTIVITY])
    def test_update_writes_only_the_given_field(
        self, crm: CrmConnector, other_side: OtherSide, kind: RecordKind
    ) -> None:
        super().test_update_writes_only_the_given_field(crm, other_side, kind)

    def test_what_has_happened_is_closed_and_stays_as_it_is(self, crm: CrmConnector) -> None:
        made = self.make(crm, K.ACTIVITY)
        with pytest.raises(Rejected, match="closed"):
            crm.update(made.ref, {"subject": "Something else"}, version=made.version)
        assert crm.update(made.ref, {"subject": made.fields["subject"]}) == made


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_dead_token_asks_to_sign_in_again(crm: Dynamics, world: Dataverse) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    world.tokens.clear()
    for call in (crm.check, lambda: crm.read(made.ref), lambda: crm.changes(EMPTY_CHECKPOINT)):
        with pytest.raises(UserActionNeeded, match="sign in"):
            call()
    world.tokens.add("token")
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("token", ["", "  ", "töken", "to\nken"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_leaves(
    server: VendorServer, setting: Setting, token: str
) -> None:
    with pytest.raises(UserActionNeeded, match="sign in"):
        connect(server, setting, token=token).check()
    assert server.requests == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "   ",
        "not an address",
        "ftp://x.crm.dynamics.com",
        "https://u:p@x.crm.dynamics.com",
        "http://[::1",
        "x:99999",
    ],
)
def test_an_unusable_address_says_what_to_enter(server: VendorServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"address|certificate"):
        connect(server, setting, address=address).check()
    assert server.requests == []


@pytest.mark.parametrize("address", ["https://make.powerapps.com/environments", "admin.powerplatform.microsoft.com"])
def test_the_address_of_the_portal_is_explained(server: VendorServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"crm4\.dynamics\.com"):
        connect(server, setting, address=address).check()


def test_the_address_of_a_page_is_good_enough(server: VendorServer, setting: Setting) -> None:
    connect(server, setting, address=f" {server.url}/main.aspx?appid=1#x ").check()


def test_plain_http_is_for_loopback_only(server: VendorServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match="https"):
        connect(server, setting, address="http://acme.crm4.dynamics.com").check()


def test_an_environment_without_contacts_is_not_one_of_ours(crm: Dynamics, world: Dataverse) -> None:
    world.absent = {"contact"}
    with pytest.raises(UserActionNeeded, match="contact"):
        crm.check()


def test_no_right_to_read_contacts_is_said_at_once(crm: Dynamics, world: Dataverse) -> None:
    world.denied = {("contact", "Read")}
    with pytest.raises(UserActionNeeded, match="administrator"):
        crm.check()


def test_connects_with_what_bootstrap_supplies(server: VendorServer, setting: Setting) -> None:
    crossed: list[str] = []
    supplies = Supplies(
        settings={"address": server.url},
        secret={"access_token": " token\n"}.get,
        ledger=setting.ledger,
        clock=setting.clock,
        boundary=crossed.append,
        book=MemoryBook(setting.clock),
        new_id=lambda: "1",
    )
    crm = Dynamics.connect(supplies)
    crm.check()
    crm.close()
    assert crossed == ["send", "sent"] * len(server.requests)
    assert {row.purpose for row in setting.ledger.rows} == {"dynamics 365"}


def test_few_calls(crm: Dynamics, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "warm")
    before = len(server.requests)
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert len(server.requests) - before == 1
    crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert len(server.requests) - before == 3
    assert crm.create(K.CONTACT, SAMPLES[K.CONTACT], "k").fields["title"] == "CEO"
    assert len(server.requests) - before == 5
