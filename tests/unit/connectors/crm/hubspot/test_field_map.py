"""A Field that one company keeps in a property of its own, with values of its own."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.hubspot_objects import Prop
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server
MAP = {
    "case": {"priority": {"column": "status_code_9", "values": {"Low": 0, "Medium": 5, "High": 9}}},
    "contact": {"title": {"column": "position"}, "mobile": None, "account": None},
}


@pytest.fixture
def crm(server: VendorServer, setting: Setting, portal: Portal, tmp_path: Path) -> HubSpot:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(MAP), "utf-8")
    portal.objects["tickets"]["status_code_9"] = Prop("status_code_9", "Status code", "number")
    portal.objects["contacts"]["position"] = Prop("position", "Position")
    return connect(server, setting, field_map=str(path))


def test_a_custom_property_with_a_value_map(crm: HubSpot, portal: Portal) -> None:
    case = {**SAMPLES[K.CASE], "priority": "Low"}
    made = crm.create(K.CASE, case, "one")
    assert made.fields["priority"] == "Low"
    assert portal.rows["tickets"][made.ref.id].properties["status_code_9"] == "0"
    assert crm.update(made.ref, {"priority": "High"}, version=made.version).fields["priority"] == "High"
    assert portal.rows["tickets"][made.ref.id].properties["status_code_9"] == "9"
    (batched,) = crm.create_many([NewRecord(K.CASE, {**case, "priority": "Medium"}, "two")])
    assert isinstance(batched, RecordSnapshot)
    (changed,) = crm.update_many([RecordChange(batched.ref, {"priority": "Low"}, batched.version)])
    assert isinstance(changed, RecordSnapshot)
    assert changed == crm.read(batched.ref)
    assert crm.update_many([RecordChange(batched.ref, {"priority": "Low"}, batched.version)]) == (changed,)
    seen = {record.ref: record.fields["priority"] for record in drain(crm, EMPTY_CHECKPOINT, 50)[0]}
    assert seen == {made.ref: "High", batched.ref: "Low"}
    assert crm.picklist(K.CASE, "priority") == ("Low", "Medium", "High")
    assert crm.update(made.ref, {"priority": None}).fields["priority"] is None
    with pytest.raises(Rejected, match=r"Priority.*Low, Medium, High"):
        crm.update(made.ref, {"priority": "Urgent"})


def test_a_field_in_another_property_and_fields_that_are_not_there(crm: HubSpot, portal: Portal) -> None:
    person = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = crm.create(K.CONTACT, person, "k")
    row = portal.rows["contacts"][made.ref.id].properties
    assert (row["position"], row.get("jobtitle")) == (CONTACT["title"], None)
    assert made.fields["title"] == CONTACT["title"]
    assert not {"mobile", "account"} & made.fields.keys()
    assert not {"mobile", "account"} & crm.describe(K.CONTACT).fields.keys()
    for field, value in (("mobile", "+4917012345678"), ("account", "account:7")):
        with pytest.raises((Rejected, UserActionNeeded)):
            crm.update(made.ref, {field: value})


def test_a_broken_map_is_said_when_the_connection_is_checked(server: VendorServer, setting: Setting) -> None:
    crm = connect(server, setting, field_map="/nowhere/map.json")
    with pytest.raises(UserActionNeeded, match=r"map\.json"):
        crm.check()
    assert server.requests == []
