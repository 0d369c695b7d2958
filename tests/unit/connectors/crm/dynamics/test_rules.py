"""What the environment says the rep may do: rights, lengths, options, and what happens where it does not say."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.errors import Rejected
from desktop.domain.records import FIELDS, RecordKind
from desktop.domain.rights import RecordRules
from tests.conformance.crm_samples import SAMPLES
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


def test_a_contact_as_the_environment_describes_it(crm: Dynamics) -> None:
    rules = crm.describe(K.CONTACT)
    assert set(rules.fields) == set(FIELDS[K.CONTACT])
    assert rules.fields["title"].max_length == 100
    assert rules.fields["last_name"].max_length == 50
    assert "shorten it by 1" in rules.problem("last_name", "x" * 51, is_new=True)
    assert rules.fields["account"].max_length is None
    assert rules.required == ()


def test_options_come_with_the_default_first(crm: Dynamics) -> None:
    assert crm.describe(K.OPPORTUNITY).choices("stage") == crm.picklist(K.OPPORTUNITY, "stage")
    assert crm.describe(K.CASE).choices("priority")[0] == "Medium"
    assert crm.describe(K.LEAD).choices("status") == ("New", "Working")
    assert crm.describe(K.CASE).required == ("account",)


def test_of_two_tables_the_stricter_rule_holds(crm: Dynamics, world: Dataverse) -> None:
    rules = crm.describe(K.ACTIVITY)
    assert rules.fields["subject"].max_length == 200  # a call's; an e-mail's may have 800
    assert rules.fields["type"].choices == ("Email", "Call")
    assert not rules.fields["type"].can_update
    world.unwritable = {("phonecall", "description")}
    crm.check()
    assert not crm.describe(K.ACTIVITY).fields["description"].can_create


def test_secured_columns(crm: Dynamics, world: Dataverse) -> None:
    world.hidden = {("contact", "mobilephone")}
    world.unwritable = {("contact", "jobtitle")}
    rules = crm.describe(K.CONTACT)
    assert "mobile" not in rules.fields
    assert not rules.fields["title"].can_update
    assert not rules.fields["title"].can_create
    assert rules.fields["phone"].can_update


def test_a_column_that_nobody_may_write(crm: Dynamics, world: Dataverse) -> None:
    world.readonly = {("account", "telephone1")}
    assert "does not let you write" in crm.describe(K.ACCOUNT).problem("phone", "+491", is_new=False)


def test_rights_of_the_reps_roles(crm: Dynamics, world: Dataverse) -> None:
    world.denied = {("lead", "Create"), ("opportunity", "Write")}
    assert (crm.describe(K.LEAD).can_create, crm.describe(K.LEAD).can_update) == (False, True)
    assert (crm.describe(K.OPPORTUNITY).can_create, crm.describe(K.OPPORTUNITY).can_update) == (True, False)


def test_an_environment_that_tells_nothing_of_the_rep(crm: Dynamics, world: Dataverse) -> None:
    world.denied = {("systemuser", "Read"), ("lead", "Create")}
    world.unwritable = {("contact", "jobtitle")}
    assert crm.describe(K.LEAD).can_create  # the refusal says it
    assert crm.describe(K.CONTACT).fields["title"].can_update


def test_a_kind_this_environment_does_not_have(crm: Dynamics, world: Dataverse) -> None:
    world.absent = {"lead"}
    assert crm.describe(K.LEAD) == RecordRules(K.LEAD, can_create=False, can_update=False)
    assert crm.required(K.LEAD) == ()


def test_it_is_asked_once(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    for kind in crm.info.kinds:
        crm.describe(kind)
    server.requests.clear()
    for kind in crm.info.kinds:
        crm.describe(kind)
    assert server.requests == []
    world.readonly = {("contact", "jobtitle")}
    crm.check()
    assert not crm.describe(K.CONTACT).fields["title"].can_update


def test_the_column_of_the_next_step(server: VendorServer, setting: Setting) -> None:
    assert "next_step" in connect(server, setting).describe(K.OPPORTUNITY).fields
    assert "next_step" not in connect(server, setting, next_step_field="").describe(K.OPPORTUNITY).fields


# --- quota ------------------------------------------------------------------------------------------------------------


def test_quota_is_what_the_answers_said(crm: Dynamics, world: Dataverse, server: VendorServer) -> None:
    assert crm.quota() is None
    world.calls_left = 1500
    crm.check()
    calls = len(server.requests)
    quota = crm.quota()
    assert quota is not None
    assert (quota.used, quota.limit) == (4500 + calls, 6000)
    assert quota.resets_at is not None
    crm.create_many([])
    assert len(server.requests) == calls


# --- leads ------------------------------------------------------------------------------------------------------------


def test_a_qualified_lead_cannot_be_changed(crm: Dynamics, world: Dataverse) -> None:
    made = crm.create(K.LEAD, {**SAMPLES[K.LEAD], "status": "Working"}, "k")
    assert made.fields["status"] == "Working"
    world.settle("lead", made.ref.id, statecode=1, statuscode=3)
    now = crm.read(made.ref)
    assert now is not None
    assert now.fields["status"] == "Qualified"
    with pytest.raises(Rejected, match="closed"):
        crm.update(made.ref, {"title": "CEO"}, version=now.version)
    with pytest.raises(Rejected, match="choose one of: New, Working"):
        crm.create(K.LEAD, {**SAMPLES[K.LEAD], "status": "Qualified"}, "other")


def test_a_contact_needs_no_more_calls_for_all_that(crm: Dynamics, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert [path for _, path in server.requests if path != f"{PATH}/contacts"] == [
        f"{PATH}/EntityDefinitions(LogicalName='contact')"
    ]


@pytest.mark.parametrize("kind", [K.TASK, K.ACTIVITY])
def test_where_a_lead_can_be_linked(crm: Dynamics, kind: RecordKind) -> None:
    rules = crm.describe(kind)
    assert [name for name in ("contact", "related") if rules.takes(name, K.LEAD)] == ["related"]
    assert rules.takes("contact", K.CONTACT)
    assert rules.takes("related", K.OPPORTUNITY)
    assert not crm.describe(K.OPPORTUNITY).takes("contact", K.LEAD)
