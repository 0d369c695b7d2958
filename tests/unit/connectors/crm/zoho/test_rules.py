"""What the rep may write is known from the organisation's own description before anything is shown for review."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.records import FIELDS, RecordKind
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_modules import changed
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import K

pytestmark = pytest.mark.server


def test_every_field_that_is_visible_has_a_rule(crm: Zoho, org: Org) -> None:
    org.hidden = set()
    for kind in crm.info.kinds:
        assert list(crm.describe(kind).fields) == list(FIELDS[kind])


def test_the_description_is_asked_for_once(crm: Zoho, server: ZohoServer) -> None:
    for _ in range(3):
        crm.describe(K.CONTACT)
        crm.picklist(K.CONTACT, "title")
        crm.required(K.CONTACT)
    assert len(server.requests) == 1


def test_a_read_only_field_can_be_seen_but_not_written(crm: Zoho, org: Org) -> None:
    org.readonly = {("Contacts", "Title")}
    rules = crm.describe(K.CONTACT)
    assert "Job title" in rules.problem("title", "CEO", is_new=True)
    assert "Job title" in rules.problem("title", "CEO", is_new=False)
    assert rules.problem("phone", "+491", is_new=False) == ""


def test_hidden_fields_and_modules_are_absent(crm: Zoho, org: Org) -> None:
    org.hidden = {("Contacts", "Mobile"), ("Deals", "Currency")}
    org.hidden_modules = {"Cases"}
    org.not_unique = {"Leads"}
    assert "mobile" not in crm.describe(K.CONTACT).fields
    assert "currency" not in crm.describe(K.OPPORTUNITY).fields
    case, lead = crm.describe(K.CASE), crm.describe(K.LEAD)
    assert (case.can_create, case.can_update, case.fields) == (False, False, {})
    assert (lead.can_create, lead.can_update) == (False, True)


def test_what_is_required_offered_and_too_long(crm: Zoho, org: Org) -> None:
    assert crm.describe(K.OPPORTUNITY).required == ("name", "stage") == crm.required(K.OPPORTUNITY)
    case = crm.describe(K.CASE)
    assert case.choices("status")[0] == "New"
    assert case.choices("priority")[0] == "Medium"
    assert case.problem("status", "Hopeful", is_new=False)
    assert "500" in case.problem("description", "x" * 32_500, is_new=True)
    assert case.fields["account"].max_length is None
    activity = crm.describe(K.ACTIVITY)
    assert activity.choices("type") == ("Email", "Call")
    assert activity.problem("type", "Call", is_new=True) == ""
    assert activity.problem("type", "Call", is_new=False)
    org.modules["Contacts"]["Title"] = changed(org.modules["Contacts"]["Title"], length=5)
    assert crm.describe(K.CONTACT).problem("title", "Chief", is_new=True) == ""
    assert crm.describe(K.CONTACT).problem("title", "Chiefs", is_new=True)


@pytest.mark.parametrize("kind", [K.TASK, K.ACTIVITY])
def test_where_a_lead_can_be_linked(crm: Zoho, kind: RecordKind) -> None:
    rules = crm.describe(kind)
    assert [name for name in ("contact", "related") if rules.takes(name, K.LEAD)] == ["related"]
    assert rules.takes("contact", K.CONTACT)
    assert rules.takes("related", K.OPPORTUNITY)
    assert not crm.describe(K.OPPORTUNITY).takes("contact", K.LEAD)
