"""A person who is to be created came into the CRM since we last looked."""

from dataclasses import replace

import pytest

from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Temporary, UserActionNeeded
from desktop.domain.evidence import Intent
from desktop.domain.ids import RecordId
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.outbox.meanwhile import THERE_ALREADY
from tests.fakes.crm import MoodyCrm
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, message, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

JANE = RecordRef(RecordKind.CONTACT, RecordId("typed-by-a-colleague"))


class Searchable(MoodyCrm):
    """A CRM that can be searched."""

    info = replace(MoodyCrm.info, can=MoodyCrm.info.can | {"find"})

    def __init__(self, clock):
        super().__init__(clock)
        self.asked = []
        self.broken = None

    def find(self, kind, field, values):
        self.asked.append((kind, field, tuple(values)))
        if self.broken is not None:
            raise self.broken
        return {v: tuple(r for r in self.all(kind) if r.fields.get(field) == v) for v in values}


@pytest.fixture(params=[1, 50], ids=["one by one", "in batches"])
def rig(tmp_path, request):
    rig = Rig(tmp_path, at_once=request.param)
    rig.crm = Searchable(rig.clock)
    yield rig
    rig.close()


@pytest.fixture
def card(rig):
    card = rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))
    for item in card.suggestions:
        rig.review.accept(item.id)
    return card


def somebody_adds_jane(rig):
    fields = {"first_name": "Jane", "last_name": "Roe", "email": "jane.roe@buyer.example", "title": None}
    return rig.crm.memory.put(JANE, fields, key=None, expected="")


def entry_of(rig, item):
    with rig.store.reading() as tx:
        return tx.outbox.of_subject(item.id)[-1]


def test_no_second_record_is_made_and_what_links_to_it_leads_to_the_one_that_is_there(rig, card):
    somebody_adds_jane(rig)
    rig.deliver()
    contact, deal = of_kind(card, RecordKind.CONTACT), of_kind(card, RecordKind.OPPORTUNITY)
    assert [record.ref for record in rig.crm.all(RecordKind.CONTACT)] == [JANE]
    assert rig.now(contact).state is SuggestionState.EXPIRED
    assert rig.now(contact).target == JANE
    assert (entry_of(rig, contact).state, entry_of(rig, contact).sentence) == (DeliveryState.CANCELLED, THERE_ALREADY)
    assert rig.now(deal).state is SuggestionState.DELIVERED
    (made,) = rig.crm.all(RecordKind.OPPORTUNITY)
    assert made.fields["contact"] == str(JANE)


def test_one_that_was_in_view_when_the_rep_decided_is_no_reason(rig, card):
    record = somebody_adds_jane(rig)
    with rig.store.transaction() as tx:
        tx.mirror.save(CRM, record)
    rig.deliver()
    assert len(rig.crm.all(RecordKind.CONTACT)) == 2


def test_our_own_record_whose_answer_was_lost_is_ours(rig, card):
    rig.crm.fail_after = [Temporary("No answer.") for _ in range(2)]
    rig.deliver(rounds=4)
    assert len(rig.crm.all(RecordKind.CONTACT)) == 1
    assert rig.now(of_kind(card, RecordKind.CONTACT)).state is SuggestionState.DELIVERED


@pytest.mark.parametrize("error", [Temporary("Busy."), UserActionNeeded("You may not search.")])
def test_a_search_that_fails_stops_nothing(rig, card, error):
    rig.crm.broken = error
    rig.deliver()
    assert len(rig.crm.all(RecordKind.CONTACT)) == 1


def test_only_people_with_an_address_are_asked_for(rig, card):
    rig.deliver()
    assert {kind for kind, _, _ in rig.crm.asked} == {RecordKind.CONTACT}
    assert all(field == "email" and values == ("jane.roe@buyer.example",) for _, field, values in rig.crm.asked)
