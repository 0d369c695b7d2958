"""Rows of odd tables: names in one column, telephones in a list, commands instead of values, columns left out."""

import json
from datetime import UTC
from typing import Any

import pytest

from desktop.connectors.custom.mapping_file import read
from desktop.connectors.custom.rows import Rows
from desktop.domain.errors import Rejected
from desktop.domain.records import RecordKind

K = RecordKind
COMMANDS = {
    "where": {"/type": "email"},
    "add": ["create", [{"type": "email", "value": "{value}"}]],
    "change": ["write", ["{entry_id}"], {"value": "{value}"}],
    "remove": ["delete", ["{entry_id}"]],
}
PHONE = {"at": "/phones", "entry": {"where": {"/type": "work"}, "value": "/no"}}
MOBILE = {"at": "/phones", "entry": {"where": {"/type": "cell"}, "value": "/no"}}
ROW: dict[str, Any] = {"id": "1", "at": "2026-01-01T00:00:00Z"}


def rows(fields: dict[str, Any], **more: Any) -> Rows:
    contact = {
        "modified": {"at": "/at"},
        "fields": fields,
        "read": {"path": "/people/{id}"},
        "changes": {"path": "/people", "params": {"since": "{since}"}},
        **more,
    }
    mapping = {"title": "Odd", "sign_in": {"kind": "none"}, "kinds": {"contact": contact}}
    problems, known = read(json.dumps(mapping))
    assert problems == []
    assert known is not None
    return Rows(K.CONTACT, known, UTC)


def body(
    table: Rows, fields: dict[str, str | None], row: dict[str, Any] | None, *, is_whole: bool = False
) -> dict[str, Any]:
    live = table.fields_of(row) if row is not None else {}
    return table.body(fields, row, live, is_whole=is_whole, constants={})


# --- names in one column ----------------------------------------------------------------------------------------------

JOINED = {"at": "/name", "fields": ["first_name", "last_name"]}


@pytest.mark.parametrize(
    ("joined", "text", "first", "last"),
    [
        (JOINED, "Zoë O'Brien", "Zoë", "O'Brien"),
        (JOINED, "Anna Maria Schmidt", "Anna Maria", "Schmidt"),
        (JOINED, "Cher", None, "Cher"),
        (JOINED, "  ", None, None),
        (JOINED, None, None, None),
        ({**JOINED, "split": "first"}, "Jan van Berg", "Jan", "van Berg"),
        ({**JOINED, "split": "first"}, "Jan", "Jan", None),
        ({"at": "/name", "fields": ["last_name", "first_name"], "by": ", "}, "van Berg, Jan", "Jan", "van Berg"),
    ],
)
def test_a_name_is_split(joined: dict[str, Any], text: str | None, first: str | None, last: str | None) -> None:
    assert rows({}, joined=[joined]).fields_of({"name": text}) == {"first_name": first, "last_name": last}


def test_half_a_name_is_written_with_the_other_half() -> None:
    table = rows({}, joined=[JOINED])
    assert body(table, {"last_name": "New"}, {"name": "Zoë Old"}) == {"name": "Zoë New"}
    assert body(table, {"first_name": None}, {"name": "Zoë Old"}) == {"name": "Old"}
    assert body(table, {"first_name": None, "last_name": None}, {"name": "Zoë Old"}) == {"name": None}
    assert body(table, {"first_name": "Zoë"}, None) == {"name": "Zoë"}


def test_a_name_that_is_not_shown_is_not_overwritten_by_half_of_one() -> None:
    with pytest.raises(Rejected, match="does not show"):
        body(rows({}, joined=[JOINED]), {"last_name": "New"}, ROW)
    assert body(rows({}, joined=[JOINED], missing_means_empty=True), {"last_name": "New"}, ROW) == {"name": "New"}


# --- lists ------------------------------------------------------------------------------------------------------------


def test_one_entry_of_a_list_leaves_the_others_alone() -> None:
    table = rows({"phone": PHONE, "mobile": MOBILE})
    row = {**ROW, "phones": [{"type": "fax", "no": "9", "note": "old"}, {"type": "work", "no": "1", "id": 5}]}
    assert table.fields_of(row) == {"phone": "1", "mobile": None}
    fax, work = row["phones"]
    assert body(table, {"phone": "2"}, row) == {"phones": [fax, {**work, "no": "2"}]}
    assert body(table, {"phone": None}, row) == {"phones": [fax]}
    both = body(table, {"phone": "2", "mobile": "3"}, row)
    assert both == {"phones": [fax, {**work, "no": "2"}, {"type": "cell", "no": "3"}]}
    assert row["phones"][1]["no"] == "1"


@pytest.mark.parametrize("odd", [None, "none", 5, [], [None], ["x"], [{"type": None}]])
def test_a_list_that_is_none_holds_nothing(odd: Any) -> None:
    table = rows({"phone": PHONE})
    assert body(table, {"phone": "1"}, {**ROW, "phones": odd})["phones"][-1] == {"type": "work", "no": "1"}


def test_a_list_that_is_not_shown_is_not_overwritten() -> None:
    with pytest.raises(Rejected, match="does not show"):
        body(rows({"phone": PHONE}), {"phone": "1"}, ROW)
    assert body(rows({"phone": PHONE}, missing_means_empty=True), {"phone": "1"}, ROW)["phones"][0]["no"] == "1"


def test_commands_for_lists() -> None:
    table = rows({"email": {"at": "/mails", "write_to": "/commands", "entry": COMMANDS}})
    row = {**ROW, "mails": [{"id": 7, "type": "email", "value": "a@b.example"}]}
    assert body(table, {"email": "c@d.example"}, row) == {"commands": [["write", [7], {"value": "c@d.example"}]]}
    assert body(table, {"email": None}, row) == {"commands": [["delete", [7]]]}
    made = {"commands": [["create", [{"type": "email", "value": "c@d.example"}]]]}
    assert body(table, {"email": "c@d.example"}, {**ROW, "mails": []}) == made
    assert body(table, {"email": None}, {**ROW, "mails": []}) == {"commands": []}


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_missing_column_is_unknown_unless_the_crm_leaves_empty_ones_out() -> None:
    assert rows({"title": "/t"}).fields_of({}) == {}
    assert rows({"title": "/t"}, missing_means_empty=True).fields_of({}) == {"title": None}
    assert rows({"title": "/t"}).fields_of({"t": False}) == {"title": None}


def test_a_whole_row_goes_back_with_the_change_in_it() -> None:
    row = {**ROW, "t": "old", "theirs": [1, {"x": 2}], "deep": {"a": 1}}
    table = rows({"title": "/deep/title"})
    assert body(table, {"title": "CEO"}, row, is_whole=True) == {**row, "deep": {"a": 1, "title": "CEO"}}
    assert row["deep"] == {"a": 1}


def test_nothing_is_left_out_in_silence() -> None:
    table = rows({"title": {"at": "/t", "write": "create", "max_length": 3}, "email": {"at": "/m", "write": "never"}})
    assert body(table, {"title": "CEO"}, None) == {"t": "CEO"}
    for fields, row in (
        ({"title": "CEO"}, ROW),
        ({"title": "Boss"}, None),
        ({"email": "a@b.example"}, None),
        ({"phone": "1"}, None),
    ):
        with pytest.raises(Rejected):
            body(table, dict(fields), row)


def test_two_edits_in_the_same_second_are_two_versions() -> None:
    table = rows({"title": "/t"}, version={"at": "/at"})
    one, other = table.snapshot({**ROW, "t": "a"}, {}), table.snapshot({**ROW, "t": "b"}, {})
    assert one.version != other.version
    assert one == table.snapshot({**ROW, "t": "a"}, {})


@pytest.mark.parametrize(
    "row", [{}, {"id": "1"}, {"id": None, "at": ROW["at"]}, {"id": "1", "at": "soon"}, {"id": "..", "at": ROW["at"]}]
)
def test_a_row_without_an_id_or_a_moment_is_none(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rows({"title": "/t"}).snapshot(row, {})
