"""What every CrmConnector promises of many Records at once, of what the rep may do, and of finding."""

from collections.abc import Sequence

import pytest

from desktop.domain.crm_port import CrmConnector, NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, Fields, K, OtherSide, key


class ManyConformance:
    """Subclasses provide the fixtures `crm` and `other_side`."""

    def make(self, crm: CrmConnector, kind: RecordKind, name: str = "one", /, **more: str | None) -> RecordSnapshot:
        """Create the sample of a kind under a key of its own for each `name`."""
        return crm.create(kind, {**SAMPLES[kind], **more}, key(kind.value, name))

    # --- many at once -----------------------------------------------------------------------------------------------

    def test_read_many(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, gone, firm = (
            self.make(crm, K.CONTACT, "kept"),
            self.make(crm, K.CONTACT, "gone"),
            self.make(crm, K.ACCOUNT),
        )
        other_side.remove(gone.ref)
        odd = RecordRef(K.CONTACT, RecordId("../limits"))
        found = crm.read_many([kept.ref, odd, firm.ref, gone.ref, kept.ref])
        assert found == {kept.ref: kept, firm.ref: firm}
        assert crm.read_many([]) == {}

    def test_create_many_in_order(self, crm: CrmConnector) -> None:
        wanted = [new(kind, str(number)) for number in range(3) for kind in (K.CONTACT, K.ACCOUNT, K.OPPORTUNITY)]
        made = crm.create_many(wanted)
        assert crm.create_many([]) == ()
        for asked, record in zip(wanted, made, strict=True):
            assert isinstance(record, RecordSnapshot), record
            assert record == crm.find_created(asked.kind, asked.key)
            assert {name: record.fields[name] for name in asked.fields} == asked.fields

    def test_create_many_makes_each_once(self, crm: CrmConnector, other_side: OtherSide) -> None:
        first = self.make(crm, K.CONTACT, "0")
        other_side.later()
        other_side.edit(first.ref, "title", "Typed by a person")
        made = crm.create_many([new(K.CONTACT, str(number)) for number in range(3)])
        again = crm.create_many([new(K.CONTACT, str(number)) for number in range(3)])
        assert [refs_of(made)[0], *refs_of(made)] == [first.ref, *refs_of(again)]
        assert fields_of(again[0])["title"] == "Typed by a person"
        assert other_side.count(K.CONTACT) == 3

    def test_one_bad_record_holds_up_no_other(self, crm: CrmConnector, other_side: OtherSide) -> None:
        records = [new(K.CONTACT, "0"), new(K.CONTACT, "1", account="account:../limits"), new(K.CONTACT, "2")]
        first, bad, last = crm.create_many(records)
        assert isinstance(bad, Rejected)
        assert {fields_of(first)["email"], fields_of(last)["email"]} == {
            "zoe0@nordwind.example",
            "zoe2@nordwind.example",
        }
        assert other_side.count(K.CONTACT) == 2

    def test_create_many_after_a_lost_answer(self, crm: CrmConnector, other_side: OtherSide) -> None:
        records = [new(K.CONTACT, str(number)) for number in range(4)]
        if other_side.lose_next_answer():
            assert any(isinstance(outcome, Temporary) for outcome in crm.create_many(records))
        assert len({ref.id for ref in refs_of(crm.create_many(records))}) == 4
        assert other_side.count(K.CONTACT) == 4

    def test_update_many(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = [self.make(crm, K.CONTACT, str(n), email=f"zoe{n}@nordwind.example") for n in range(4)]
        firm = self.make(crm, K.ACCOUNT)
        other_side.later()
        other_side.edit(made[1].ref, "title", "Typed by a person")
        other_side.remove(made[2].ref)
        changes = [
            RecordChange(old.ref, {"title": f"CEO {n}", "mobile": None}, old.version) for n, old in enumerate(made)
        ]
        first, stale, gone, last, other = crm.update_many(
            [*changes, RecordChange(firm.ref, {"phone": "+493099999999"})]
        )
        assert fields_of(first) == {**made[0].fields, "title": "CEO 0", "mobile": None}
        assert isinstance(stale, Conflict)
        assert stale.live["title"] == "Typed by a person"
        assert isinstance(gone, Conflict)
        assert fields_of(last)["title"] == "CEO 3"
        assert fields_of(other)["phone"] == "+493099999999"
        assert crm.read_many([made[0].ref, firm.ref]) == {made[0].ref: first, firm.ref: other}
        assert crm.update_many([]) == ()

    def test_repeated_update_many_is_done_already(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = [self.make(crm, K.CONTACT, str(n), email=f"zoe{n}@nordwind.example") for n in range(3)]
        other_side.later()
        changes = [RecordChange(old.ref, {"title": "CEO"}, old.version) for old in made]
        if other_side.lose_next_answer():
            assert any(isinstance(outcome, Temporary) for outcome in crm.update_many(changes))
        first = crm.update_many(changes)
        assert [fields_of(outcome)["title"] for outcome in first] == ["CEO"] * 3
        assert crm.update_many(changes) == first

    # --- what the rep may do, and whom the CRM knows ---------------------------------------------------------------

    def test_describe(self, crm: CrmConnector) -> None:
        for kind in K:
            rules = crm.describe(kind)
            assert rules.kind is kind
            assert set(rules.fields) <= set(FIELDS[kind])
            if kind not in crm.info.kinds:
                assert not rules.can_create
                assert not rules.fields
                continue
            assert rules.can_create
            assert rules.can_update
            assert set(rules.required) == set(crm.required(kind))
            for name, value in SAMPLES[kind].items():
                assert rules.problem(name, value, is_new=True) == "", name
            for name, rule in rules.fields.items():
                if FIELDS[kind][name].type is FieldType.PICKLIST:
                    assert rule.choices == crm.picklist(kind, name)

    def test_find_by_what_a_record_holds(self, crm: CrmConnector, other_side: OtherSide) -> None:
        if "find" not in crm.info.can:
            pytest.skip(f"{crm.info.title} cannot be searched")
        one = self.make(crm, K.CONTACT, "1")
        other = self.make(crm, K.CONTACT, "2", email="o'hara+1@nordwind.example", last_name="O'Hara")
        firm = self.make(crm, K.ACCOUNT, "1", name='Smith & Wesson ("UK"), Ltd.')
        other_side.later()
        odd = "x' OR '1'='1"
        found = crm.find(K.CONTACT, "email", ["zoe@nordwind.example", "o'hara+1@nordwind.example", odd, "a@b.example"])
        assert {value: refs_of(records) for value, records in found.items() if records} == {
            "zoe@nordwind.example": [one.ref],
            "o'hara+1@nordwind.example": [other.ref],
        }
        assert refs_of(crm.find(K.ACCOUNT, "name", [str(firm.fields["name"])])[str(firm.fields["name"])]) == [firm.ref]
        assert crm.find(K.CONTACT, "email", []) == {}

    def test_quota_costs_nothing(self, crm: CrmConnector) -> None:
        crm.check()
        quota = crm.quota()
        assert quota is None or 0 <= quota.share <= 1

    def test_owners_have_names(self, crm: CrmConnector) -> None:
        owners = crm.owners()
        assert len({owner.id for owner in owners}) == len(owners)
        assert all(owner.name for owner in owners)


def new(kind: RecordKind, name: str, **more: str) -> NewRecord:
    """Return a Record to be created; Contacts differ by their e-mail, which some CRMs insist on."""
    own = {"email": f"zoe{name}@nordwind.example"} if kind is K.CONTACT else {}
    return NewRecord(kind, {**SAMPLES[kind], **own, **more}, key(kind.value, name))


def fields_of(outcome: Outcome) -> Fields:
    assert isinstance(outcome, RecordSnapshot), outcome
    return outcome.fields


def refs_of(outcomes: Sequence[Outcome]) -> list[RecordRef]:
    assert all(isinstance(outcome, RecordSnapshot) for outcome in outcomes), outcomes
    return [outcome.ref for outcome in outcomes if isinstance(outcome, RecordSnapshot)]
