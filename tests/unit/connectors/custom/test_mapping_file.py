"""A mapping file is believed only when every key makes sense; what is wrong is said with the key and what is right."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.connectors.custom.mapping_file import LARGEST, checked, load, read
from desktop.domain.errors import UserActionNeeded

SHIPPED = sorted((Path(__file__).resolve().parents[4] / "resources" / "custom").glob("*.json"))
SMALL: dict[str, Any] = {
    "title": "Small",
    "sign_in": {"kind": "bearer"},
    "kinds": {
        "contact": {
            "modified": {"at": "/changed"},
            "key": {"at": "/key"},
            "fields": {"last_name": "/name"},
            "read": {"path": "/people/{id}"},
            "changes": {"path": "/people", "params": {"since": "{since}"}, "rows": "/rows"},
            "find_by_key": {"path": "/people", "params": {"key": "{key}"}, "rows": "/rows"},
        }
    },
}
Change = Callable[[dict[str, Any]], object]


def contact(mapping: dict[str, Any]) -> dict[str, Any]:
    return mapping["kinds"]["contact"]


def problems_of(change: Change) -> list[str]:
    data = copy.deepcopy(SMALL)
    change(data)
    return read(json.dumps(data))[0]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_files_we_ship_are_right(path: Path) -> None:
    assert checked(path)[0] == []


def test_there_are_files_to_check() -> None:
    assert len(SHIPPED) >= 4


def test_a_small_one_is_right() -> None:
    problems, mapping = read(json.dumps(SMALL))
    assert problems == []
    assert mapping is not None
    assert mapping.kinds["contact"].id.at == "/id"


BAD: dict[str, tuple[Change, str]] = {
    "unknown key": (lambda m: m.update(tittle="x"), "“tittle” is not known here; did you mean “title”"),
    "unknown key deep": (
        lambda m: contact(m)["changes"].update(rowsz="/x"),
        "“kinds.contact.changes.rowsz” is not known here; did you mean “rows”",
    ),
    "unlike any key": (
        lambda m: contact(m)["read"].update(zzz=1),
        "“kinds.contact.read.zzz” is not known here; what may stand",
    ),
    "missing key": (
        lambda m: contact(m).pop("modified"),
        "“kinds.contact.modified” is missing; it should be an object",
    ),
    "wrong type": (
        lambda m: contact(m)["key"].update(unique="yes"),
        "“kinds.contact.key.unique” is “yes”; it should be true or",
    ),
    "a list": (lambda m: contact(m).update(read=[]), "“kinds.contact.read” is a list; it should be an object"),
    "wrong word": (
        lambda m: contact(m)["read"].update(method="FETCH"),
        "“kinds.contact.read.method” is “FETCH”; it should be one",
    ),
    "secret in the address": (
        lambda m: m["sign_in"].update(kind="query"),
        "“sign_in.kind” is “query”; it should be one of",
    ),
    "header sign-in without": (lambda m: m["sign_in"].update(kind="header"), "“sign_in.header” is missing"),
    "session without a call": (lambda m: m["sign_in"].update(kind="session"), "“sign_in.call” is missing"),
    "unknown kind": (
        lambda m: m["kinds"].update(contcat=contact(m)),
        "“kinds.contcat” is not known; did you mean “contact”",
    ),
    "no kinds": (lambda m: m.update(kinds={}), "“kinds” is empty; name at least one of"),
    "unknown field": (
        lambda m: contact(m)["fields"].update(lastname="/x"),
        "“kinds.contact.fields.lastname” is not known; did you",
    ),
    "no place": (
        lambda m: contact(m)["fields"].update(email="$.mail.first"),
        "“kinds.contact.fields.email” is “$.mail.first”; it should be a place like /mail/first",
    ),
    "no path": (lambda m: contact(m)["read"].update(path="people/{id}"), "it should begin with /"),
    "unknown place in a template": (
        lambda m: contact(m)["read"].update(path="/p/{id}/{nr}"),
        "uses {nr}, which does not exist",
    ),
    "id left out": (lambda m: contact(m)["read"].update(path="/p"), "“kinds.contact.read” has no {id}"),
    "since left out": (lambda m: contact(m)["changes"].update(params={}), "“kinds.contact.changes” has no {since}"),
    "cursor left out": (
        lambda m: contact(m)["changes"].update(paging={"kind": "cursor", "next": "/next"}),
        "“kinds.contact.changes” has no {cursor}",
    ),
    "pages that shift": (
        lambda m: contact(m)["changes"].update(params={"s": "{since}", "p": "{page}"}, paging={"kind": "page"}),
        "“kinds.contact.changes.oldest_first” must be true",
    ),
    "empty pages": (
        lambda m: contact(m)["changes"].update(paging={"kind": "none", "size": 0}),
        "“kinds.contact.changes.paging.size” is 0",
    ),
    "a key nobody can find": (lambda m: contact(m).pop("find_by_key"), "“kinds.contact.find_by_key” is missing"),
    "a search for no key": (lambda m: contact(m).pop("key"), "“kinds.contact.key” is missing"),
    "a short key": (
        lambda m: contact(m)["key"].update(length=4),
        "“kinds.contact.key.length” is 4; it should be 16 to 32",
    ),
    "a reference without kinds": (lambda m: contact(m)["fields"].update(account="/a"), "points to other records"),
    "a reference to no kind": (
        lambda m: contact(m)["fields"].update(account={"at": "/a", "refers": {"account": "a"}}),
        "“kinds.contact.fields.account.refers.account” is not among the kinds",
    ),
    "a form": (
        lambda m: contact(m)["fields"].update(title={"at": "/t", "form": "txet"}),
        "“kinds.contact.fields.title.form” is “txet”; did you mean “text”",
    ),
    "a date without the time": (
        lambda m: contact(m)["modified"].update(form="%d.%m.%Y"),
        "“kinds.contact.modified.form” is “%d.%m.%Y”",
    ),
    "one value twice": (
        lambda m: contact(m)["fields"].update(title={"at": "/t", "values": {"1": "x", "2": "x"}}),
        "“kinds.contact.fields.title.values” has one of our values twice",
    ),
    "joined and mapped": (
        lambda m: contact(m).update(joined=[{"at": "/n", "fields": ["first_name", "last_name"]}]),
        "“kinds.contact.joined[0]” joins first_name, last_name",
    ),
    "two versions": (
        lambda m: contact(m).update(version={"at": "/v", "header": "ETag"}),
        "“kinds.contact.version” needs one of “at”",
    ),
    "a meaning": (
        lambda m: m.update(errors={"codes": {"E1": "duplicated"}}),
        "“errors.codes.E1” is “duplicated”; did you mean “duplicate”",
    ),
    "a status": (
        lambda m: m.update(errors={"statuses": {"4xx": "busy"}}),
        "“errors.statuses.4xx” is no HTTP status",
    ),
    "a zone": (
        lambda m: m.update(timezone="Berlin"),
        "“timezone” is “Berlin”; it should be a name like Europe/Berlin",
    ),
    "a zone out of the tree": (lambda m: m.update(timezone="../../etc/passwd"), "“timezone” is “../../etc/passwd”"),
    "graphql with a body": (
        lambda m: contact(m)["read"].update(graphql="query One", variables={"id": "{id}"}, body={}),
        "“kinds.contact.read” is GraphQL",
    ),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_wrong_is_named(name: str) -> None:
    change, sentence = BAD[name]
    assert any(sentence in problem for problem in problems_of(change)), problems_of(change)


def test_a_secret_never_stands_in_an_address() -> None:
    def change(mapping: dict[str, Any]) -> None:
        call = {"method": "POST", "path": "/login", "params": {"password": "{secret}"}}
        mapping["sign_in"] = {"kind": "session", "call": call, "keep": {"t": "/t"}, "headers": {"X": "{t}"}}

    assert any("into an address" in problem for problem in problems_of(change))


def test_all_that_is_wrong_is_found_at_once() -> None:
    def change(mapping: dict[str, Any]) -> None:
        mapping["tittle"] = 1
        contact(mapping)["read"]["method"] = 5
        contact(mapping).pop("fields")

    assert len(problems_of(change)) == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1, column 1 is no JSON"),
        ('{"title": "x",\n}', "Line 2, column 1 is no JSON"),
        ("[]", "“the file” is a list; it should be an object"),
        ("null", "“the file” is null"),
        ('{"title": "a", "title": "b"}', "“title” stands twice"),
        ("[" * 100_000, "no JSON that can be read"),
        ("1" * 10_000, "no JSON that can be read"),
    ],
)
def test_text_that_is_no_mapping(text: str, sentence: str) -> None:
    problems, mapping = read(text)
    assert mapping is None
    assert sentence in problems[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    big, odd = tmp_path / "big.json", tmp_path / "odd.json"
    big.write_bytes(b" " * (LARGEST + 1))
    odd.write_bytes(b'{"title": "\xff"}')
    for path, word in (
        (tmp_path / "none.json", "check its path"),
        (tmp_path, "check its path"),
        (big, "megabyte"),
        (odd, "UTF-8"),
    ):
        with pytest.raises(UserActionNeeded, match=word) as caught:
            load(path)
        assert path.name in caught.value.sentence


def test_the_sentence_names_the_file_and_counts_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({"a": 1, "b": 2, "c": 3}))
    with pytest.raises(UserActionNeeded, match=r"^ours\.json: .*And \d+ more"):
        load(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(SMALL).encode())
    assert load(path).title == "Small"
