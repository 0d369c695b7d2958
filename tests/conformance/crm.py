"""What every CrmConnector promises. A vendor's test subclasses CrmConformance and provides its `other_side`."""

import pytest

from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint, Family
from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Conflict, Rejected, Temporary
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS, RecordKind, RecordRef
from tests.conformance.crm_many import ManyConformance
from tests.conformance.crm_merging import MergingConformance
from tests.conformance.crm_samples import CHANGED, HOSTILE, SAMPLES, K, OtherSide, drain, key, needs


class CrmConformance(ManyConformance, MergingConformance):
    """Subclasses provide the fixtures `crm` and `other_side`."""

    # --- what it says of itself -------------------------------------------------------------------------------------

    def test_describes_itself(self, crm: CrmConnector) -> None:
        assert crm.info.family is Family.CRM
        assert crm.info.kinds

    def test_check_passes(self, crm: CrmConnector) -> None:
        crm.check()

    def test_works_again_after_close(self, crm: CrmConnector) -> None:
        made = self.make(crm, K.CONTACT)
        crm.close()
        assert crm.read(made.ref) == made

    def test_picklists(self, crm: CrmConnector) -> None:
        assert "Prospecting" in crm.picklist(K.OPPORTUNITY, "stage")
        if K.CASE in crm.info.kinds:
            assert crm.picklist(K.CASE, "status")[0] == "New"
            assert crm.picklist(K.CASE, "priority")[0] == "Medium"
        else:
            assert crm.picklist(K.CASE, "status") == ()
        assert "Completed" in crm.picklist(K.TASK, "status")
        assert {"Email", "Call"} <= set(crm.picklist(K.ACTIVITY, "type"))
        assert crm.picklist(K.CONTACT, "title") == ()

    # --- create and read --------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", list(K))
    def test_create_then_read(self, crm: CrmConnector, kind: RecordKind) -> None:
        needs(crm, kind)
        made = self.make(crm, kind)
        read = crm.read(made.ref)
        assert read == made
        assert {name: made.fields[name] for name in SAMPLES[kind]} == SAMPLES[kind]
        assert made.ref.kind is kind
        assert made.version
        assert made.modified_at.tzinfo
        assert set(made.fields) <= set(FIELDS[kind])

    @pytest.mark.parametrize("kind", [K.TASK, K.ACTIVITY])
    def test_a_link_leads_to_a_lead_where_the_rules_say_so(self, crm: CrmConnector, kind: RecordKind) -> None:
        needs(crm, kind)
        rules = crm.describe(kind)
        links = [name for name in ("contact", "related") if rules.takes(name, K.LEAD)]
        if K.LEAD not in crm.info.kinds:
            assert links == []
            return
        lead = self.make(crm, K.LEAD)
        for name in links:
            made = crm.create(kind, {**SAMPLES[kind], name: str(lead.ref)}, key(kind.value, name))
            assert made.fields[name] == str(lead.ref)
            assert crm.read(made.ref) == made

    def test_unknown_record_reads_as_none(self, crm: CrmConnector) -> None:
        for odd in ("nothing-like-an-id", "../limits", "", "003000000000999AAA", "x' OR 'a'='a"):
            assert crm.read(RecordRef(K.CONTACT, RecordId(odd))) is None

    def test_same_key_makes_one_record(self, crm: CrmConnector, other_side: OtherSide) -> None:
        first = self.make(crm, K.CONTACT)
        second = self.make(crm, K.CONTACT)
        assert second.ref == first.ref
        assert other_side.count(K.CONTACT) == 1

    def test_same_key_does_not_overwrite_what_a_person_typed_since(
        self, crm: CrmConnector, other_side: OtherSide
    ) -> None:
        first = self.make(crm, K.CONTACT)
        other_side.later()
        other_side.edit(first.ref, "title", "Typed by a person")
        assert self.make(crm, K.CONTACT).fields["title"] == "Typed by a person"

    def test_create_repeated_after_a_lost_answer_makes_one_record(
        self, crm: CrmConnector, other_side: OtherSide
    ) -> None:
        if other_side.lose_next_answer():
            with pytest.raises(Temporary):
                self.make(crm, K.CONTACT)
        else:
            self.make(crm, K.CONTACT)
        made = self.make(crm, K.CONTACT)
        assert other_side.count(K.CONTACT) == 1
        assert made.fields["email"] == SAMPLES[K.CONTACT]["email"]

    def test_find_created(self, crm: CrmConnector) -> None:
        assert crm.find_created(K.CONTACT, key("contact", "one")) is None
        made = self.make(crm, K.CONTACT)
        assert crm.find_created(K.CONTACT, key("contact", "one")) == made
        assert crm.find_created(K.ACCOUNT, key("contact", "one")) is None

    @pytest.mark.parametrize("odd", ["..", "a/b", "x' OR '1'='1", "🦊", "k" * 400, "a.inc", "?x=1#y"])
    def test_odd_keys_are_only_keys(self, crm: CrmConnector, other_side: OtherSide, odd: str) -> None:
        made = crm.create(K.CONTACT, SAMPLES[K.CONTACT], odd)
        assert crm.find_created(K.CONTACT, odd) == made
        assert crm.create(K.CONTACT, SAMPLES[K.CONTACT], odd).ref == made.ref
        assert other_side.count(K.CONTACT) == 1

    # --- update -----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", list(K))
    def test_update_writes_only_the_given_field(
        self, crm: CrmConnector, other_side: OtherSide, kind: RecordKind
    ) -> None:
        needs(crm, kind)
        made = self.make(crm, kind)
        field, value = CHANGED[kind]
        other_side.later()
        after = crm.update(made.ref, {field: value}, version=made.version)
        assert after.fields == {**made.fields, field: value}
        assert after.version != made.version
        assert crm.read(made.ref) == after

    def test_none_clears(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.later()
        after = crm.update(made.ref, {"title": None, "mobile": None}, version=made.version)
        assert after.fields["title"] is None
        assert after.fields["mobile"] is None
        assert after.fields["last_name"] == made.fields["last_name"]

    def test_stale_version_is_a_conflict_with_the_live_fields(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.later()
        other_side.edit(made.ref, "title", "Typed by a person")
        with pytest.raises(Conflict) as caught:
            crm.update(made.ref, {"title": "CEO"}, version=made.version)
        assert caught.value.live["title"] == "Typed by a person"
        live = crm.read(made.ref)
        assert live is not None
        assert live.fields["title"] == "Typed by a person"

    def test_update_without_a_version_is_not_checked(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.later()
        other_side.edit(made.ref, "title", "Typed by a person")
        assert crm.update(made.ref, {"title": "CEO"}).fields["title"] == "CEO"

    def test_repeated_update_is_done_already(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.later()
        first = crm.update(made.ref, {"title": "CEO"}, version=made.version)
        assert crm.update(made.ref, {"title": "CEO"}, version=made.version) == first

    def test_update_of_a_deleted_record_is_a_conflict(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.remove(made.ref)
        with pytest.raises(Conflict):
            crm.update(made.ref, {"title": "CEO"}, version=made.version)

    def test_unknown_picklist_value_is_rejected_and_changes_nothing(self, crm: CrmConnector) -> None:
        made = self.make(crm, K.OPPORTUNITY)
        with pytest.raises(Rejected):
            crm.update(made.ref, {"stage": "Won, I guess"}, version=made.version)
        assert crm.read(made.ref) == made

    # --- references -------------------------------------------------------------------------------------------------

    def test_references(self, crm: CrmConnector) -> None:
        account = self.make(crm, K.ACCOUNT)
        contact = self.make(crm, K.CONTACT, account=str(account.ref))
        deal = self.make(crm, K.OPPORTUNITY, account=str(account.ref), contact=str(contact.ref))
        logged = self.make(crm, K.ACTIVITY, contact=str(contact.ref), related=str(deal.ref))
        assert contact.fields["account"] == str(account.ref)
        assert deal.fields["account"] == str(account.ref)
        assert logged.fields["contact"] == str(contact.ref)
        assert logged.fields["related"] == str(deal.ref)

    def test_reference_to_nothing_is_rejected(self, crm: CrmConnector, other_side: OtherSide) -> None:
        account = self.make(crm, K.ACCOUNT)
        other_side.remove(account.ref)
        for odd in (str(account.ref), "account:../limits", "account:", "nonsense"):
            with pytest.raises(Rejected):
                self.make(crm, K.CONTACT, account=odd)
        assert other_side.count(K.CONTACT) == 0

    # --- delete -----------------------------------------------------------------------------------------------------

    def test_delete(self, crm: CrmConnector) -> None:
        made = self.make(crm, K.CONTACT)
        assert crm.delete(made.ref, version=made.version) is True
        assert crm.read(made.ref) is None
        assert crm.delete(made.ref, version=made.version) is False

    def test_delete_of_a_changed_record_is_a_conflict(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = self.make(crm, K.CONTACT)
        other_side.later()
        other_side.edit(made.ref, "title", "Typed by a person")
        with pytest.raises(Conflict):
            crm.delete(made.ref, version=made.version)
        assert crm.read(made.ref) is not None

    # --- hostile text -----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_comes_back_as_it_went(self, crm: CrmConnector, other_side: OtherSide, text: str) -> None:
        kind = K.CASE if K.CASE in crm.info.kinds else K.ACTIVITY
        made = self.make(crm, kind, subject=text, description=text)
        assert made.fields["subject"] == text
        assert made.fields["description"] == text
        other_side.later()
        assert crm.update(made.ref, {"subject": f"{text}!"}, version=made.version).fields["subject"] == f"{text}!"
        assert other_side.count(kind) == 1

    # --- changes ----------------------------------------------------------------------------------------------------

    def test_changes_from_the_beginning_page_through_everything(self, crm: CrmConnector, other_side: OtherSide) -> None:
        made = {self.make(crm, kind, f"n{number}").ref for kind in crm.info.kinds for number in range(3)}
        other_side.later()
        records, _, pulls = drain(crm, EMPTY_CHECKPOINT, 4)
        assert {record.ref for record in records if not record.is_deleted} == made
        assert pulls > 1

    def test_changes_see_edits_creations_and_deletions(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, edited, gone = (self.make(crm, K.CONTACT, name) for name in ("kept", "edited", "gone"))
        other_side.later()
        _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
        other_side.later()
        other_side.edit(edited.ref, "title", "Typed by a person")
        other_side.remove(gone.ref)
        new = self.make(crm, K.ACCOUNT, "new")
        records, checkpoint, _ = drain(crm, checkpoint, 50)
        newest = {record.ref: record for record in records}
        assert newest[edited.ref].fields["title"] == "Typed by a person"
        assert newest[gone.ref].is_deleted
        assert not newest[new.ref].is_deleted
        assert kept.ref not in newest

    def test_changes_settle(self, crm: CrmConnector, other_side: OtherSide) -> None:
        self.make(crm, K.CONTACT)
        other_side.later()
        _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
        other_side.later()
        records, _, _ = drain(crm, checkpoint, 50)
        assert records == []

    @pytest.mark.parametrize("mark", ["", "nonsense", "' OR Id != '", "9999-99-99", "-1", "|||"])
    def test_a_broken_checkpoint_starts_over(self, crm: CrmConnector, mark: str) -> None:
        made = self.make(crm, K.CONTACT)
        marks = dict.fromkeys((*(kind.value for kind in K), "book", "since"), mark)
        records, _, _ = drain(crm, Checkpoint(marks), 50)
        assert made.ref in {record.ref for record in records}
