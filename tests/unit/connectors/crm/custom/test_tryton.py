"""A real third-party CRM, Tryton, through nothing but a mapping file: what a CRM promises, as far as its model goes.

Tryton has no cases, tasks, activities or leads, and a party is in no account; what the suite asks of those is left out.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.connectors.crm.custom import Custom
from desktop.connectors.http import HttpBoundary
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Conflict, Rejected, UserActionNeeded
from desktop.domain.records import RecordKind, RecordRef
from desktop.system.clock import SystemClock
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import HOSTILE, SAMPLES, OtherSide
from tests.fakes.ledger import ListLedger
from tests.servers.tryton import PASSWORD, TrytonServer, require_tryton
from tests.unit.connectors.crm.custom.side import MAPPINGS

pytestmark = pytest.mark.server
K = RecordKind
MODELS = {K.ACCOUNT: "party.party", K.CONTACT: "party.party", K.OPPORTUNITY: "sale.opportunity"}
CATEGORY = {K.ACCOUNT: 1, K.CONTACT: 2}


@pytest.fixture(scope="module")
def tryton(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    cache = getattr(request.config, "cache", None)
    folder = Path(cache.mkdir("dealside")) if cache is not None else tmp_path_factory.mktemp("tryton")
    with TrytonServer(require_tryton(folder)) as running:
        yield running


class TrytonSide(OtherSide):
    """Somebody else at the same Tryton."""

    def __init__(self, server: TrytonServer) -> None:
        self.server = server

    def later(self) -> None:
        """Nothing: Tryton's stamps tell microseconds apart."""

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        assert field == "title"
        [row] = self.server.model("party.party", "read", [int(ref.id)], ["contact_mechanisms.name"])
        [found] = [each["id"] for each in row["contact_mechanisms."] if each["name"] == "Job title"]
        change = {"contact_mechanisms": [["write", [found], {"value": value}]]}
        self.server.model("party.party", "write", [int(ref.id)], change)

    def remove(self, ref: RecordRef) -> None:
        self.server.model("party.party", "write", [int(ref.id)], {"active": False})

    def count(self, kind: RecordKind) -> int:
        domain = [["active", "=", True], ["categories", "=", CATEGORY[kind]]] if kind in CATEGORY else []
        return self.server.model(MODELS[kind], "search_count", domain)


@pytest.fixture
def http() -> Iterator[HttpBoundary]:
    boundary = HttpBoundary(ledger=ListLedger(), clock=SystemClock())
    yield boundary
    boundary.close()


@pytest.fixture
def crm(tryton: TrytonServer, http: HttpBoundary) -> Custom:
    tryton.clear()
    return connect(tryton, http)


@pytest.fixture
def other_side(tryton: TrytonServer) -> TrytonSide:
    return TrytonSide(tryton)


def connect(tryton: TrytonServer, http: HttpBoundary, password: str = PASSWORD) -> Custom:
    settings = {"mapping": str(MAPPINGS / "tryton.json"), "address": tryton.url, "user": "admin"}
    return Custom(settings, secret=lambda: password, http=http, clock=SystemClock())


class TestTryton(CrmConformance):
    """The suite, less what Tryton has no place for."""

    def test_picklists(self, crm: CrmConnector) -> None:
        assert crm.picklist(K.OPPORTUNITY, "stage")[0] == "Prospecting"
        assert crm.picklist(K.CASE, "status") == ()
        assert crm.picklist(K.CONTACT, "title") == ()

    def test_references(self, crm: CrmConnector) -> None:
        account = self.make(crm, K.ACCOUNT)
        deal = self.make(crm, K.OPPORTUNITY, account=str(account.ref))
        assert deal.fields["account"] == str(account.ref)

    def test_reference_to_nothing_is_rejected(self, crm: CrmConnector, other_side: OtherSide) -> None:
        account = self.make(crm, K.ACCOUNT)
        other_side.remove(account.ref)
        for odd in (str(account.ref), "account:../limits", "account:", "nonsense"):
            with pytest.raises(Rejected):
                self.make(crm, K.OPPORTUNITY, account=odd)
        assert other_side.count(K.OPPORTUNITY) == 0

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_comes_back_as_it_went(self, crm: CrmConnector, other_side: OtherSide, text: str) -> None:
        """Tryton has no record with a subject and a description; an opportunity has a text of many lines."""
        made = self.make(crm, K.OPPORTUNITY, next_step=text)
        assert made.fields["next_step"] == text
        assert crm.update(made.ref, {"next_step": f"{text}!"}, version=made.version).fields["next_step"] == f"{text}!"
        assert other_side.count(K.OPPORTUNITY) == 1


def test_a_stage_is_reached_by_trytons_own_button(crm: Custom) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    fields = {**SAMPLES[K.OPPORTUNITY], "account": str(account.ref), "stage": "Qualification"}
    deal = crm.create(K.OPPORTUNITY, fields, "k")
    assert deal.fields["stage"] == "Qualification"
    lost = crm.update(deal.ref, {"stage": "Closed Lost", "next_step": "Call next year"}, version=deal.version)
    assert lost.fields["stage"] == "Closed Lost"
    assert lost.fields["next_step"] == "Call next year"
    with pytest.raises(Rejected, match="takes one of"):
        crm.update(lost.ref, {"stage": "Closed Won"}, version=lost.version)


def test_an_opportunity_is_cancelled_before_it_is_deleted(crm: Custom, other_side: TrytonSide) -> None:
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "k")
    assert crm.delete(deal.ref, version=deal.version) is True
    assert crm.read(deal.ref) is None
    assert other_side.count(K.OPPORTUNITY) == 0


def test_tryton_itself_refuses_a_write_to_what_changed(crm: Custom, tryton: TrytonServer) -> None:
    made = crm.create(K.CONTACT, SAMPLES[K.CONTACT], "k")
    tryton.model("party.party", "write", [int(made.ref.id)], {"name": "Zoë New-Name"})
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"last_name": "Other"}, version=made.version)
    assert caught.value.live["last_name"] == "New-Name"


def test_a_party_of_neither_category_is_left_alone(crm: Custom) -> None:
    records = crm.changes(EMPTY_CHECKPOINT).records
    assert records == ()
    assert crm.read(RecordRef(K.CONTACT, crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a").ref.id)) is None


def test_a_wrong_password_and_a_session_that_has_run_out(crm: Custom, tryton: TrytonServer, http: HttpBoundary) -> None:
    with pytest.raises(UserActionNeeded, match="did not let us in"):
        connect(tryton, http, "wrong").check()
    crm.check()
    with tryton.database() as database:
        database.execute("update ir_session set key = 'x'")
    crm.check()
