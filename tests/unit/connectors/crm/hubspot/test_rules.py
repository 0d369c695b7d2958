"""What the rep may write is known from the account's own description before anything is shown for review."""

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.errors import Rejected
from desktop.domain.records import FIELDS
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, K

pytestmark = pytest.mark.server


def test_every_field_that_is_visible_has_a_rule(crm: HubSpot) -> None:
    for kind in crm.info.kinds:
        assert list(crm.describe(kind).fields) == list(FIELDS[kind])


def test_a_read_only_property_can_be_seen_but_not_written(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["jobtitle"].read_only = True
    rules = crm.describe(K.CONTACT)
    assert "Job title" in rules.problem("title", "CEO", is_new=True)
    assert "Job title" in rules.problem("title", "CEO", is_new=False)
    assert rules.problem("phone", "+491", is_new=False) == ""


def test_hidden_properties_and_links_are_absent(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["mobilephone"].is_hidden = True
    portal.missing_scopes = {"crm.schemas.companies.read"}
    fields = crm.describe(K.CONTACT).fields
    assert "mobile" not in fields
    assert "account" not in fields
    assert not crm.describe(K.ACCOUNT).can_create


def test_what_is_required_and_offered(crm: HubSpot, portal: Portal) -> None:
    rules = crm.describe(K.OPPORTUNITY)
    assert rules.required == ("name", "stage") == crm.required(K.OPPORTUNITY)
    assert rules.choices("stage")[0] == "Prospecting"
    assert rules.problem("stage", "Hopeful", is_new=False)
    portal.missing_scopes = {"crm.schemas.notes.read"}
    crm.close()
    activity = crm.describe(K.ACTIVITY)
    assert activity.choices("type") == ("Email", "Call")
    assert activity.problem("type", "Call", is_new=True) == ""
    assert activity.problem("type", "Call", is_new=False)


def test_an_admins_length_is_known_before_it_is_enforced(crm: HubSpot, portal: Portal) -> None:
    assert crm.describe(K.CONTACT).fields["title"].max_length == 65_536
    assert crm.describe(K.OPPORTUNITY).fields["amount"].max_length is None
    portal.objects["contacts"]["jobtitle"].longest = 10
    crm.close()
    assert "shorten it by 5" in crm.describe(K.CONTACT).problem("title", "x" * 15, is_new=True)
    with pytest.raises(Rejected, match="too long"):
        crm.create(K.CONTACT, {**CONTACT, "title": "x" * 15}, "k")


def test_without_the_key_property_nothing_can_be_created(crm: HubSpot, portal: Portal) -> None:
    portal.objects["tasks"]["dealside_key"].unique = False
    assert not crm.describe(K.TASK).can_create
    assert crm.describe(K.TASK).can_update


def test_it_is_asked_once(crm: HubSpot, server: VendorServer) -> None:
    first = crm.describe(K.TASK)
    asked = len(server.requests)
    assert crm.describe(K.TASK) == first
    assert crm.picklist(K.TASK, "status") == first.choices("status")
    assert len(server.requests) == asked


def test_a_token_that_may_not_see_the_rules_goes_by_the_usual_length(crm: HubSpot, server: VendorServer) -> None:
    server.fault("status", status=403, code="MISSING_SCOPES", prefix="/crm/property-validations")
    assert crm.describe(K.CONTACT).fields["title"].max_length == 65_536
