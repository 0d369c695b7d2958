"""What a CrmConnector that can merge promises: one Record is left, with its values and the links of both."""

from typing import Any

import pytest

from desktop.domain.crm_port import CrmConnector
from desktop.domain.errors import Conflict, Rejected, Temporary
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, K, OtherSide, key

Faults = tuple[dict[str, Any], ...]
_LOST, _CUT, _SHUT = {"act": "drop_after"}, {"act": "cut"}, {"act": "status", "status": 503}
FAULTS: tuple[Faults, ...] = (
    ({"act": "drop"},),
    (_LOST,),
    (_CUT,),
    ({"act": "garbage"},),
    (_SHUT, _LOST),
    (_LOST, _SHUT),
    ({"act": "drop"}, _CUT, _LOST),
)
"""What may happen to the line while two Records are merged, call by call."""


def pair(crm: CrmConnector) -> tuple[RecordSnapshot, RecordSnapshot]:
    """Return two Contacts: the one to stay and the one to go. Skips where the CRM cannot merge."""
    if "merge" not in crm.info.can:
        pytest.skip(f"{crm.info.title} cannot merge through its interface")
    kept = crm.create(K.CONTACT, SAMPLES[K.CONTACT], key("merge", "kept"))
    other = {**SAMPLES[K.CONTACT], "first_name": "Zoe", "email": "z.obrien@nordwind.example", "title": "Buyer"}
    return kept, crm.create(K.CONTACT, other, key("merge", "gone"))


class MergingConformance:
    """Subclasses provide the fixtures `crm` and `other_side`."""

    def test_a_merge_leaves_one_record_with_its_own_values(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, gone = pair(crm)
        other_side.later()
        left = crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        assert {name: left.fields[name] for name in SAMPLES[K.CONTACT]} == SAMPLES[K.CONTACT]
        assert crm.read(left.ref) == left
        assert crm.read(gone.ref) is None
        assert other_side.count(K.CONTACT) == 1

    def test_links_move_to_the_one_that_stays(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, gone = pair(crm)
        deal = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "contact": str(gone.ref)}, key("merge", "deal"))
        other_side.later()
        left = crm.merge(kept.ref, gone.ref)
        linked = crm.read(deal.ref)
        assert linked is not None
        assert linked.fields["contact"] == str(left.ref)

    def test_two_accounts_become_one(self, crm: CrmConnector, other_side: OtherSide) -> None:
        pair(crm)
        one = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], key("merge", "one"))
        two = crm.create(K.ACCOUNT, {**SAMPLES[K.ACCOUNT], "name": "Nordwind"}, key("merge", "two"))
        other_side.later()
        assert crm.merge(one.ref, two.ref).fields["name"] == SAMPLES[K.ACCOUNT]["name"]
        assert other_side.count(K.ACCOUNT) == 1

    def test_a_merge_whose_answer_was_lost_is_done_already(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, gone = pair(crm)
        other_side.later()
        if other_side.lose_next_answer():
            with pytest.raises(Temporary):
                crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        else:
            crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        left = crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        assert left.fields["email"] == SAMPLES[K.CONTACT]["email"]
        assert other_side.count(K.CONTACT) == 1

    @pytest.mark.parametrize("which", ["kept", "gone"])
    def test_a_merge_of_a_changed_record_is_a_conflict(
        self, crm: CrmConnector, other_side: OtherSide, which: str
    ) -> None:
        kept, gone = pair(crm)
        other_side.later()
        other_side.edit((kept if which == "kept" else gone).ref, "title", "Typed by a person")
        with pytest.raises(Conflict):
            crm.merge(kept.ref, gone.ref, version=kept.version, gone_version=gone.version)
        assert other_side.count(K.CONTACT) == 2

    def test_a_merge_into_nothing_is_a_conflict(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, gone = pair(crm)
        other_side.remove(kept.ref)
        with pytest.raises(Conflict):
            crm.merge(kept.ref, gone.ref)
        assert crm.read(gone.ref) is not None

    def test_what_is_not_of_one_kind_is_not_merged(self, crm: CrmConnector, other_side: OtherSide) -> None:
        kept, _ = pair(crm)
        account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], key("merge", "one"))
        for other in (account.ref, kept.ref, RecordRef(K.ACCOUNT, RecordId("../limits"))):
            with pytest.raises(Rejected):
                crm.merge(kept.ref, other)
        assert (other_side.count(K.CONTACT), other_side.count(K.ACCOUNT)) == (2, 1)

    def test_one_that_cannot_says_so(self, crm: CrmConnector) -> None:
        if "merge" in crm.info.can:
            pytest.skip(f"{crm.info.title} can merge")
        with pytest.raises(Rejected, match="merge"):
            crm.merge(RecordRef(K.CONTACT, RecordId("1")), RecordRef(K.CONTACT, RecordId("2")))
