"""What the rep may write, as the org describes it, and columns that a company keeps for itself."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import RecordChange
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.records import RecordKind, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_objects import FieldDef
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server


def test_required_fields_lengths_and_choices_are_the_orgs_own(crm: Salesforce) -> None:
    assert set(crm.required(K.CONTACT)) == {"last_name"}
    assert set(crm.required(K.LEAD)) == {"last_name", "company"}
    assert set(crm.required(K.OPPORTUNITY)) == {"name", "stage", "close_date"}
    assert crm.required(K.CASE) == ()
    rules = crm.describe(K.CONTACT)
    assert rules.fields["last_name"].max_length == 80
    assert rules.fields["account"].max_length is None
    assert "shorten it by 20" in rules.problem("last_name", "x" * 100, is_new=True)
    assert crm.picklist(K.LEAD, "status")[0] == "Open - Not Contacted"
    assert crm.describe(K.ACTIVITY).choices("type") == ("Email", "Call")


def test_what_can_be_set_once_is_said(crm: Salesforce) -> None:
    rule = crm.describe(K.OPPORTUNITY).fields["contact"]
    assert rule.can_create
    assert not rule.can_update


def test_hidden_and_read_only_fields_and_objects(crm: Salesforce, org: Org) -> None:
    org.hidden |= {("Contact", "MobilePhone")}
    org.readonly = {("Contact", "Phone")}
    org.hidden_objects = {"Case"}
    rules = crm.describe(K.CONTACT)
    assert "mobile" not in rules.fields
    assert not rules.fields["phone"].can_update
    assert "let you write" in rules.problem("phone", "+4930", is_new=True)
    assert crm.describe(K.CASE).fields == {}
    assert not crm.describe(K.CASE).can_create


def test_the_rules_are_asked_for_once(crm: Salesforce, server: SalesforceServer) -> None:
    for _ in range(3):
        crm.describe(K.CONTACT)
        crm.picklist(K.CONTACT, "title")
        crm.required(K.CONTACT)
    assert len(server.requests) == 1


def test_the_quota_is_what_the_last_answer_said(crm: Salesforce, org: Org) -> None:
    assert crm.quota() is None
    org.daily_calls = 20
    crm.check()
    quota = crm.quota()
    assert quota is not None
    assert (quota.used, quota.limit) == (org.calls, 20)
    assert quota.share == org.calls / 20


def test_a_quota_of_nothing_is_used_up_and_waited_for(crm: Salesforce, org: Org) -> None:
    org.daily_calls = 0
    with pytest.raises(Exception, match="used up") as caught:
        crm.check()
    assert caught.value.retry_after >= 3600
    quota = crm.quota()
    assert quota is not None
    assert quota.share == 1.0


def test_owners(crm: Salesforce) -> None:
    assert [(owner.name, owner.is_active) for owner in crm.owners()] == [("Gone Gina", False), ("Robin Rep", True)]


# --- a converted lead -------------------------------------------------------------------------------------------------


def test_a_lead_that_was_converted_is_gone_but_was_made(crm: Salesforce, org: Org) -> None:
    made = crm.create(K.LEAD, SAMPLES[K.LEAD], "k")
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    org.advance(120)
    org.update("Lead", made.ref.id, {"Title": "CEO"}, None)
    org.records["Lead"][made.ref.id]["IsConverted"] = True
    records, _, _ = drain(crm, checkpoint, 50)
    assert [(record.ref, record.is_deleted) for record in records] == [(made.ref, True)]
    assert crm.read(made.ref) is None
    assert crm.read_many([made.ref]) == {}
    assert crm.create(K.LEAD, SAMPLES[K.LEAD], "k").ref == made.ref
    assert org.created["Lead"] == 1
    with pytest.raises(Rejected):
        crm.update(made.ref, {"title": "CFO"})


# --- columns of the company's own -------------------------------------------------------------------------------------


@pytest.fixture
def own(server: SalesforceServer, setting: Setting, org: Org, tmp_path: Path) -> Salesforce:
    org.own["Case"] = (FieldDef("status_code_9__c", "string", 10), FieldDef("Cause__c", "string", 40, required=True))
    org.own["Contact"] = (FieldDef("Position__c", "string", 20),)
    file = tmp_path / "map.json"
    values = {"New": "0", "Working": "4", "Closed": "9"}
    given = {
        "case": {
            "status": {"column": "status_code_9__c", "values": values},
            "subject": {"column": "Cause__c"},
        },
        "contact": {"title": {"column": "Position__c"}, "mobile": None},
    }
    file.write_text(json.dumps(given), "utf-8")
    return connect(server, setting, field_map=str(file))


def test_a_column_with_a_value_map_is_read_and_written(own: Salesforce, org: Org) -> None:
    made = own.create(K.CASE, {**SAMPLES[K.CASE], "status": "New"}, "k")
    row = org.records["Case"][made.ref.id]
    assert (row["status_code_9__c"], row["Cause__c"], row["Subject"]) == ("0", SAMPLES[K.CASE]["subject"], None)
    assert made.fields["status"] == "New"
    assert own.picklist(K.CASE, "status") == ("New", "Working", "Closed")
    assert own.required(K.CASE) == ("subject",)
    org.advance(60)
    after = own.update(made.ref, {"status": "Closed"}, version=made.version)
    assert (row["Status"], org.records["Case"][made.ref.id]["status_code_9__c"]) == ("New", "9")
    assert after.fields["status"] == "Closed"
    org.advance(60)
    (written,) = own.update_many([RecordChange(made.ref, {"status": "Working"}, after.version)])
    assert isinstance(written, RecordSnapshot)
    assert written.fields["status"] == "Working"
    assert org.records["Case"][made.ref.id]["status_code_9__c"] == "4"
    org.advance(120)
    records, _, _ = drain(own, EMPTY_CHECKPOINT, 50)
    assert [record.fields["status"] for record in records] == ["Working"]


def test_columns_elsewhere_have_lengths_of_their_own(own: Salesforce) -> None:
    assert own.describe(K.CONTACT).fields["title"].max_length == 20
    assert own.find(K.CONTACT, "phone", ["+4930"]) == {}


def test_a_field_that_the_company_lacks_is_refused_with_the_reason(own: Salesforce) -> None:
    assert "mobile" not in own.describe(K.CONTACT).fields
    with pytest.raises(Rejected, match="field map"):
        own.create(K.CONTACT, CONTACT, "k")


def test_a_field_map_that_cannot_be_read_is_named_until_it_is_mended(
    server: SalesforceServer, setting: Setting, tmp_path: Path
) -> None:
    file = tmp_path / "map.json"
    crm = connect(server, setting, field_map=str(file))
    with pytest.raises(UserActionNeeded, match=r"map\.json"):
        crm.create(K.CONTACT, CONTACT, "k")
    file.write_text("{}", "utf-8")
    assert crm.create(K.CONTACT, CONTACT, "k").fields["title"] == CONTACT["title"]


@pytest.mark.parametrize("kind", [K.TASK, K.ACTIVITY])
def test_where_a_lead_can_be_linked(crm: Salesforce, kind: RecordKind) -> None:
    rules = crm.describe(kind)
    assert [name for name in ("contact", "related") if rules.takes(name, K.LEAD)] == ["contact"]
    assert rules.takes("contact", K.CONTACT)
    assert rules.takes("related", K.OPPORTUNITY)
    assert not crm.describe(K.OPPORTUNITY).takes("contact", K.LEAD)
