from datetime import UTC, datetime, timedelta

from desktop.domain.ids import RecordId
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.matching.records import find_twins

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, kind: RecordKind = RecordKind.CONTACT, **fields: str | None) -> RecordSnapshot:
    ref = RecordRef(kind, RecordId(str(number)))
    return RecordSnapshot(ref, fields, "1", DAY + timedelta(days=number), title=title_of(kind, fields))


def titles(kind: RecordKind, *records: RecordSnapshot, **firms: str) -> list[list[str]]:
    return [[one.title for one in twins.records] for twins in find_twins(kind, records, firms)]


def test_contacts_that_are_probably_one_are_found_and_colleagues_are_not():
    shared = {"phone": "+49 30 5550 1004", "account": "account:1"}
    records = [
        record(1, first_name="Jane", last_name="Roe", email="jane.roe@buyer.example", **shared),
        record(2, first_name="Janie", last_name="Roe", email=None, **shared),
        record(3, first_name="Bob", last_name="Carter", email="bob@buyer.example", **shared),
        record(4, first_name="Ann", last_name="Müller", email="ann@other.example"),
        record(5, first_name="Anne", last_name="Mueller", email="ann@other.example"),
        record(6, first_name="Zoe", last_name="Quill", email="zoe@third.example"),
    ]
    found = titles(RecordKind.CONTACT, *records, **{"account:1": "Buyer Works"})
    assert found == [["Ann Müller", "Anne Mueller"], ["Jane Roe", "Janie Roe"]]


def test_the_longest_known_comes_first_and_the_others_say_why():
    older = record(1, first_name="Ann", last_name="Müller", email="ann@other.example")
    newer = record(9, first_name="Anne", last_name="Mueller", email="ann@other.example")
    (twins,) = find_twins(RecordKind.CONTACT, [newer, older], {})
    assert [one.title for one in twins.records] == ["Ann Müller", "Anne Mueller"]
    assert twins.likeness[0].reasons[0] == "same e-mail address"


def test_accounts_under_several_spellings():
    accounts = [
        record(1, RecordKind.ACCOUNT, name="Nordglas GmbH", domain="nordglas.example"),
        record(2, RecordKind.ACCOUNT, name="NORD GLAS", domain=None),
        record(3, RecordKind.ACCOUNT, name="Ostholz", domain="ostholz.example"),
        record(4, RecordKind.ACCOUNT, name="Ostholz Nord", domain="ostholz-nord.example"),
    ]
    assert titles(RecordKind.ACCOUNT, *accounts) == [["Nordglas GmbH", "NORD GLAS"]]


def test_few_or_no_records():
    assert titles(RecordKind.CONTACT) == []
    assert titles(RecordKind.CONTACT, record(1, first_name="Ann", last_name="Müller")) == []
    assert titles(RecordKind.CONTACT, *(record(n) for n in range(5))) == []
