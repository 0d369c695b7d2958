"""A company that keeps some of it in columns of its own."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import RecordChange
from desktop.domain.errors import Rejected, UserActionNeeded
from tests.conformance.crm_many import fields_of, new, refs_of
from tests.conformance.crm_samples import drain
from tests.servers.dynamics import Dataverse
from tests.servers.dynamics_tables import Attribute
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, DynamicsSide, K, Setting, connect, customer

pytestmark = pytest.mark.server

STATUS = {"New": 0, "Waiting": 4, "Closed": 9}
MOODS = ((7, "Fine", 0), (8, "Angry", 0))
MAP = {
    "case": {
        "status": {"column": "cr1_status_code_9", "values": STATUS},
        "priority": {"column": "cr1_mood"},
    },
    "contact": {"title": {"column": "cr1_position"}, "mobile": None},
}


@pytest.fixture
def mapped(server: VendorServer, world: Dataverse, setting: Setting, tmp_path: Path) -> Dynamics:
    world.own["incident"] = (
        Attribute("cr1_status_code_9", "Picklist", options=tuple((n, f"status {n}") for n in range(10))),
        Attribute("cr1_mood", "Picklist", options=MOODS, default=8),
    )
    world.own["contact"] = (Attribute("cr1_position", length=40),)
    return connect(server, setting, field_map=written(tmp_path, MAP))


def written(folder: Path, content: object) -> str:
    file = folder / "map.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def test_a_value_map_alone_in_a_batch_and_in_the_feed(
    mapped: Dynamics, world: Dataverse, other_side: DynamicsSide
) -> None:
    account = str(customer(mapped).ref)
    first = mapped.create(K.CASE, {"subject": "One", "status": "Waiting", "account": account}, "1")
    assert first.fields["status"] == "Waiting"
    assert world.rows["incident"][first.ref.id]["cr1_status_code_9"] == 4
    many = mapped.create_many([new(K.CASE, str(n), account=account, status="New") for n in range(3)])
    assert [fields_of(one)["status"] for one in many] == ["New"] * 3
    changes = [RecordChange(ref, {"status": "Closed"}) for ref in refs_of(many)]
    assert [fields_of(one)["status"] for one in mapped.update_many(changes)] == ["Closed"] * 3
    assert mapped.update(first.ref, {"status": "Closed"}, version=first.version).fields["status"] == "Closed"
    assert {row["cr1_status_code_9"] for row in world.rows["incident"].values()} == {9}
    world.update("incident", first.ref.id, {"cr1_status_code_9": 5})  # the map does not know it
    other_side.later()
    found = {one.ref: one.fields.get("status") for one in drain(mapped, EMPTY_CHECKPOINT, 50)[0]}
    assert [found[ref] for ref in (*refs_of(many), first.ref)] == ["Closed", "Closed", "Closed", "5"]


def test_what_may_be_chosen_is_what_the_map_or_the_column_says(mapped: Dynamics) -> None:
    assert mapped.picklist(K.CASE, "status") == tuple(STATUS)
    assert mapped.picklist(K.CASE, "priority") == ("Angry", "Fine")
    rules = mapped.describe(K.CASE)
    assert (rules.choices("status"), rules.choices("priority")) == (tuple(STATUS), ("Angry", "Fine"))
    made = mapped.create(K.CASE, {"subject": "x", "account": str(customer(mapped).ref), "priority": "Fine"}, "k")
    assert made.fields["priority"] == "Fine"
    for field, value in {"status": "Escalated", "priority": "Sad"}.items():
        with pytest.raises(Rejected):
            mapped.update(made.ref, {field: value})


def test_a_text_elsewhere_and_one_that_is_nowhere(mapped: Dynamics, world: Dataverse) -> None:
    without = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = mapped.create(K.CONTACT, without, "k")
    assert made.fields["title"] == CONTACT["title"]
    assert "mobile" not in made.fields
    row = world.rows["contact"][made.ref.id]
    assert (row["cr1_position"], row.get("jobtitle")) == (CONTACT["title"], None)
    assert mapped.describe(K.CONTACT).fields["title"].max_length == 40
    assert "mobile" not in mapped.describe(K.CONTACT).fields
    assert refs_of(mapped.find(K.CONTACT, "email", [CONTACT["email"]])[CONTACT["email"]]) == [made.ref]
    with pytest.raises(UserActionNeeded):
        mapped.update(made.ref, {"mobile": "+491"})


def test_once_a_map_is_there_the_feed_gives_the_new_columns(
    server: VendorServer, mapped: Dynamics, setting: Setting
) -> None:
    made = mapped.create(K.CONTACT, {"last_name": "Kiesel", "title": "CEO"}, "k")
    _, checkpoint, _ = drain(connect(server, setting), EMPTY_CHECKPOINT, 50)
    records, checkpoint, _ = drain(mapped, checkpoint, 50)
    assert [(one.ref, one.fields["title"]) for one in records if one.ref.kind is K.CONTACT] == [(made.ref, "CEO")]
    assert drain(mapped, checkpoint, 50)[0] == []


@pytest.mark.parametrize(("kind", "field"), [("contact", "account"), ("opportunity", "currency"), ("activity", "type")])
def test_what_is_no_column_cannot_be_moved(
    server: VendorServer, setting: Setting, tmp_path: Path, kind: str, field: str
) -> None:
    crm = connect(server, setting, field_map=written(tmp_path, {kind: {field: {"column": "cr1_x"}}}))
    with pytest.raises(UserActionNeeded, match="field map"):
        crm.check()
