"""A Field that one organisation keeps in a field of its own, with values of its own."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_modules import Spec
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server
MAP = {
    "case": {"priority": {"column": "status_code_9", "values": {"Low": "S0", "Medium": "S5", "High": "S9"}}},
    "contact": {"title": {"column": "Position"}, "mobile": None, "account": None},
}


@pytest.fixture
def crm(server: ZohoServer, setting: Setting, org: Org, tmp_path: Path) -> Zoho:
    path = tmp_path / "map.json"
    path.write_text(json.dumps(MAP), "utf-8")
    values = ("-None-", "S0", "S5", "S9")
    org.modules["Cases"]["status_code_9"] = Spec("status_code_9", "picklist", 120, values=values)
    org.modules["Contacts"]["Position"] = Spec("Position")
    return connect(server, setting, field_map=str(path))


def test_a_custom_field_with_a_value_map(crm: Zoho, org: Org) -> None:
    case = {**SAMPLES[K.CASE], "priority": "Low"}
    made = crm.create(K.CASE, case, "one")
    assert made.fields["priority"] == "Low"
    assert org.records["Cases"][made.ref.id]["status_code_9"] == "S0"
    assert crm.update(made.ref, {"priority": "High"}, version=made.version).fields["priority"] == "High"
    assert org.records["Cases"][made.ref.id]["status_code_9"] == "S9"
    (batched,) = crm.create_many([NewRecord(K.CASE, {**case, "priority": "Medium"}, "two")])
    assert isinstance(batched, RecordSnapshot)
    (changed,) = crm.update_many([RecordChange(batched.ref, {"priority": "Low"}, batched.version)])
    assert isinstance(changed, RecordSnapshot)
    assert org.records["Cases"][batched.ref.id]["status_code_9"] == "S0"
    assert changed == crm.read(batched.ref)
    assert crm.update_many([RecordChange(batched.ref, {"priority": "Low"}, batched.version)]) == (changed,)
    seen = {record.ref: record.fields["priority"] for record in drain(crm, EMPTY_CHECKPOINT, 50)[0]}
    assert seen == {made.ref: "High", batched.ref: "Low"}
    assert crm.picklist(K.CASE, "priority") == ("Low", "Medium", "High")
    assert crm.update(made.ref, {"priority": None}).fields["priority"] is None
    with pytest.raises(Rejected, match="Priority"):
        crm.update(made.ref, {"priority": "Urgent"})


def test_a_number_field_with_a_value_map(server: ZohoServer, setting: Setting, org: Org, tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({"case": {"priority": {"column": "code", "values": {"Low": 0, "High": 9}}}}), "utf-8")
    org.modules["Cases"]["code"] = Spec("code", "currency", 16)
    crm = connect(server, setting, field_map=str(path))
    made = crm.create(K.CASE, {**SAMPLES[K.CASE], "priority": "Low"}, "one")
    assert (made.fields["priority"], org.records["Cases"][made.ref.id]["code"]) == ("Low", 0)
    (changed,) = crm.update_many([RecordChange(made.ref, {"priority": "High"}, made.version)])
    assert changed == crm.read(made.ref)
    assert org.records["Cases"][made.ref.id]["code"] == 9


def test_a_field_in_another_column_and_fields_that_are_not_there(crm: Zoho, org: Org) -> None:
    person = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = crm.create(K.CONTACT, person, "k")
    row = org.records["Contacts"][made.ref.id]
    assert (row["Position"], row["Title"]) == (CONTACT["title"], None)
    assert made.fields["title"] == CONTACT["title"]
    assert not {"mobile", "account"} & made.fields.keys()
    assert not {"mobile", "account"} & crm.describe(K.CONTACT).fields.keys()
    for field, value in (("mobile", "+4917012345678"), ("account", "account:57257670000000001")):
        with pytest.raises(UserActionNeeded):
            crm.update(made.ref, {field: value})


def test_a_broken_map_is_said_when_the_connection_is_checked(server: ZohoServer, setting: Setting) -> None:
    crm = connect(server, setting, field_map="/nowhere/map.json")
    with pytest.raises(UserActionNeeded, match=r"map\.json"):
        crm.check()
    assert server.requests == []
