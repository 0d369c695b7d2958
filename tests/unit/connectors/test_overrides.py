"""Field maps: what they change, and what is wrong with one, said so that an admin can mend it."""

import json

import pytest

from desktop.connectors.fieldmap import column, read_values, write_value
from desktop.connectors.overrides import FieldMap, load
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.records import RecordKind

CONTACT = [column(RecordKind.CONTACT, name, name.title()) for name in ("title", "email", "mobile")]
CASE = [column(RecordKind.CASE, "status", "Status"), column(RecordKind.CASE, "subject", "Subject")]


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "map.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    return write


def test_without_a_file_nothing_changes():
    assert load("") == load("  ") == FieldMap()
    assert FieldMap().columns(RecordKind.CONTACT, CONTACT) == tuple(CONTACT)


def test_a_field_can_live_in_another_column_or_in_none(written):
    chosen = load(written({"contact": {"title": {"column": "Position__c"}, "mobile": None}}))
    columns = chosen.columns(RecordKind.CONTACT, CONTACT)
    assert [(c.field, c.name) for c in columns] == [("title", "Position__c"), ("email", "Email")]
    assert chosen.columns(RecordKind.CASE, CASE) == tuple(CASE)


def test_a_field_the_vendor_lacks_can_be_added(written):
    chosen = load(written({"contact": {"phone": {"column": "Rufnummer"}}}))
    added = chosen.columns(RecordKind.CONTACT, CONTACT)[-1]
    assert (added.field, added.name, added.codec.read("+49 (30) 123456")) == ("phone", "Rufnummer", "+4930123456")


@pytest.mark.parametrize("stored", [9, "9", 9.0])
def test_a_value_map_goes_both_ways(written, stored):
    chosen = load(written({"case": {"status": {"column": "status_code_9", "values": {"New": 0, "Closed": 9}}}}))
    columns = chosen.columns(RecordKind.CASE, CASE)
    assert read_values(columns, {"status_code_9": stored}) == {"status": "Closed"}
    assert write_value(RecordKind.CASE, columns[0], "Closed") == 9
    assert chosen.choices(RecordKind.CASE, "status") == ("New", "Closed")
    assert chosen.choices(RecordKind.CASE, "subject") == ()


def test_what_a_value_map_does_not_know_does_not_look_empty(written):
    numbers = load(written({"case": {"status": {"column": "s", "values": {"New": 0}}}}))
    columns = numbers.columns(RecordKind.CASE, CASE)
    assert read_values(columns, {"s": 7}) == {"status": "7"}
    with pytest.raises(Rejected, match="Status"):
        write_value(RecordKind.CASE, columns[0], "7")
    texts = load(written({"case": {"status": {"column": "s", "values": {"New": "neu"}}}}))
    assert write_value(RecordKind.CASE, texts.columns(RecordKind.CASE, CASE)[0], "alt") == "alt"


def test_true_and_one_are_told_apart(written):
    chosen = load(written({"case": {"status": {"column": "s", "values": {"Closed": True, "New": False, "Held": 1}}}}))
    columns = chosen.columns(RecordKind.CASE, CASE)
    assert [read_values(columns, {"s": raw})["status"] for raw in (True, False, 1)] == ["Closed", "New", "Held"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "truncated"),
        ("[]", "object"),
        ({"person": {}}, "“person” is no kind of record"),
        ({"contact": {"nose": {"column": "x"}}}, "contact.nose is no field; contact has: first_name"),
        ({"contact": {"title": {"colum": "x"}}}, "colum"),
        ({"contact": {"title": {"column": 7}}}, "column"),
        ({"contact": {"title": {"column": "a b; DROP"}}}, "no name of a column"),
        ({"contact": {"title": {"column": "x"}, "phone": {"column": "x"}}}, "contact.phone and contact.title name"),
        ({"case": {"status": {"column": "s", "values": {"New": 1, "Old": "1"}}}}, "stored alike"),
        ({"case": {"status": {"column": "s", "values": {"New": []}}}}, "values"),
        ("[" * 100_000, "cannot be used"),
        (" " * 1_000_001, "larger"),
    ],
)
def test_a_broken_map_says_where_and_what(written, content, words):
    with pytest.raises(UserActionNeeded) as caught:
        load(written(content))
    assert "map.json" in caught.value.sentence
    assert words in caught.value.sentence


def test_a_map_that_is_not_there(tmp_path):
    with pytest.raises(UserActionNeeded, match=r"gone\.json cannot be used: it cannot be read: No such file"):
        load(str(tmp_path / "gone.json"))
