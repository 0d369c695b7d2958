"""The local book keeps every promise of a CRM."""

import itertools

import pytest

from desktop.connectors.crm.book import LocalBook
from desktop.domain.errors import Defect
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef
from tests.conformance.crm import CrmConformance
from tests.conformance.crm_samples import SAMPLES, OtherSide
from tests.fakes.book import MemoryBook
from tests.fakes.clock import ManualClock


class BookSide(OtherSide):
    """The table itself."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.book = MemoryBook(self.clock)

    def later(self) -> None:
        self.clock.advance(120)

    def edit(self, ref: RecordRef, field: str, value: str) -> None:
        live = self.book.get(ref)
        assert live is not None
        self.book.put(ref, {**live.fields, field: value}, key=None, expected="")

    def remove(self, ref: RecordRef) -> None:
        assert self.book.remove(ref)

    def count(self, kind: RecordKind) -> int:
        rows = self.book.since(0, 10_000)
        return sum(1 for _, row in rows if row.ref.kind is kind and not row.is_deleted)


@pytest.fixture
def other_side() -> BookSide:
    return BookSide()


@pytest.fixture
def crm(other_side: BookSide) -> LocalBook:
    numbers = itertools.count(1)
    return LocalBook(other_side.book, new_id=lambda: f"{next(numbers):032d}")


class TestBook(CrmConformance):
    """The suite."""


def test_every_picklist_has_values(crm: LocalBook) -> None:
    for kind in RecordKind:
        for name, field in FIELDS[kind].items():
            assert bool(crm.picklist(kind, name)) == (field.type is FieldType.PICKLIST)


def test_a_new_record_has_all_its_fields(crm: LocalBook) -> None:
    made = crm.create(RecordKind.CONTACT, {"last_name": "Only"}, "k")
    assert set(made.fields) == set(FIELDS[RecordKind.CONTACT])
    assert made.title == "Only"


def test_an_unknown_field_is_our_own_fault(crm: LocalBook) -> None:
    with pytest.raises(Defect):
        crm.create(RecordKind.CONTACT, {**SAMPLES[RecordKind.CONTACT], "shoe_size": "44"}, "k")


def test_a_lead_can_be_linked_as_who_it_is_with():
    book = LocalBook(MemoryBook(ManualClock()), new_id=lambda: "1")
    for kind in (RecordKind.TASK, RecordKind.ACTIVITY):
        assert book.describe(kind).takes("contact", RecordKind.LEAD)
        assert book.describe(kind).choices("type") == book.picklist(kind, "type")
    assert not book.describe(RecordKind.CASE).takes("contact", RecordKind.LEAD)
