"""A field map: a Field in a column of the company's own, with values of its own, and one that the company lacks."""

import json
from pathlib import Path

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import RecordChange
from desktop.domain.errors import Rejected, UserActionNeeded
from tests.conformance.crm_many import fields_of, new
from tests.conformance.crm_samples import SAMPLES, drain
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, Setting, connect, own

pytestmark = pytest.mark.server


@pytest.fixture
def code(company: Company) -> str:
    return own(company, "deals", "Status code")


@pytest.fixture
def mapped(server: VendorServer, setting: Setting, tmp_path: Path, code: str) -> Pipedrive:
    path = tmp_path / "map.json"
    given = {
        "opportunity": {"stage": {"column": code, "values": {"Prospecting": 1, "Won": 9}}},
        "contact": {"mobile": None},
    }
    path.write_text(json.dumps(given), encoding="utf-8")
    return connect(server, setting, field_map=str(path))


def test_a_column_with_a_value_map_is_read_written_batched_and_followed(
    mapped: Pipedrive, company: Company, code: str
) -> None:
    made = mapped.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "one")
    row = company.get("deals", int(made.ref.id))
    assert row["custom_fields"][code] == 1
    assert made.fields["stage"] == "Prospecting"
    company.advance(120)
    won = mapped.update(made.ref, {"stage": "Won"}, version=made.version)
    row = company.get("deals", int(made.ref.id))
    assert (won.fields["stage"], row["custom_fields"][code], row["status"]) == ("Won", 9, "open")
    [other] = mapped.create_many([new(K.OPPORTUNITY, "2", stage="Won")])
    assert fields_of(other)["stage"] == "Won"
    [after] = mapped.update_many([RecordChange(made.ref, {"stage": "Prospecting"}, won.version)])
    assert fields_of(after)["stage"] == "Prospecting"
    company.advance(120)
    records, _, _ = drain(mapped, EMPTY_CHECKPOINT, 50)
    assert sorted(str(one.fields["stage"]) for one in records) == ["Prospecting", "Won"]
    assert mapped.describe(K.OPPORTUNITY).choices("stage") == ("Prospecting", "Won")
    assert mapped.picklist(K.OPPORTUNITY, "stage") == ("Prospecting", "Won")
    with pytest.raises(Rejected):
        mapped.update(made.ref, {"stage": "Renewal"})


def test_a_field_that_the_company_lacks_is_neither_read_nor_written(mapped: Pipedrive, company: Company) -> None:
    bare = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = mapped.create(K.CONTACT, bare, "p")
    company.records["persons"][int(made.ref.id)]["phones"].append({"value": "+4917099", "label": "mobile"})
    live = mapped.read(made.ref)
    assert live is not None
    assert "mobile" not in live.fields
    assert "mobile" not in mapped.describe(K.CONTACT).fields
    with pytest.raises(UserActionNeeded, match="field map"):
        mapped.update(made.ref, {"mobile": "+4917012345678"})


def test_a_broken_map_says_what_to_mend(server: VendorServer, setting: Setting, tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    path.write_text('{"contact": {"shoe_size": null}}', encoding="utf-8")
    with pytest.raises(UserActionNeeded, match="shoe_size"):
        connect(server, setting, field_map=str(path)).check()
