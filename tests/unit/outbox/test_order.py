"""Which entries share a batch, which wait, and that a later decision on a field never arrives before an earlier one."""

import pytest

from desktop.domain.deliveries import Operation, OutboxEntry
from desktop.domain.errors import Rejected, Temporary
from desktop.domain.ids import EntryId, RecordId
from desktop.domain.records import RecordKind, RecordRef
from desktop.outbox.ordering import next_ready
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, NOON

JANE = RecordRef(RecordKind.CONTACT, RecordId("jane"))
JOHN = RecordRef(RecordKind.CONTACT, RecordId("john"))


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path, at_once=50)
    for ref in (JANE, JOHN):
        rig.crm.memory.put(ref, {"title": "old", "phone": "old", "mobile": "old"}, key=None, expected="")
    yield rig
    rig.close()


def queue(rig, number, target, **fields):
    entry = OutboxEntry(
        id=EntryId(f"e{number}"),
        subject_id=f"s{number}",
        connection_id=CRM,
        operation=Operation.UPDATE if target else Operation.CREATE,
        kind=RecordKind.CONTACT,
        target=target,
        fields=fields,
        before=dict.fromkeys(fields, "old") if target else {},
        version="",
        idempotency_key=f"k{number}",
        created_at=NOON,
    )
    with rig.store.transaction() as tx:
        tx.outbox.add(entry)


def ready(rig, most=50):
    with rig.store.transaction() as tx:
        return [entry.id for entry in next_ready(tx, CRM, rig.clock.now(), most)]


def sentence(rig, number):
    with rig.store.reading() as tx:
        return tx.outbox.get(EntryId(f"e{number}")).sentence


def test_what_touches_other_records_goes_together(rig):
    queue(rig, 1, JANE, title="CEO")
    queue(rig, 2, JOHN, title="CFO")
    queue(rig, 3, None, last_name="New")
    assert ready(rig) == ["e1", "e2", "e3"]
    assert ready(rig, most=2) == ["e1", "e2"]


def test_two_changes_of_one_record_are_never_in_one_batch(rig):
    queue(rig, 1, JANE, title="CEO")
    queue(rig, 2, JANE, phone="new")
    assert ready(rig) == ["e1"]
    rig.deliver()
    assert rig.crm.read(JANE).fields == {"title": "CEO", "phone": "new", "mobile": "old"}


def test_a_later_decision_on_a_field_does_not_overtake_one_that_was_put_off(rig):
    queue(rig, 1, JANE, title="CEO")
    queue(rig, 2, JANE, title="Chairwoman")
    rig.crm.fail_before = [Temporary("Away.", retry_after=600)]
    rig.deliver_next(CRM)
    assert ready(rig) == []
    assert "earlier change" in sentence(rig, 2)


def test_another_field_need_not_wait_for_one_that_was_put_off(rig):
    queue(rig, 1, JANE, title="CEO")
    queue(rig, 2, JANE, phone="new")
    rig.crm.fail_before = [Temporary("Away.", retry_after=600)]
    rig.deliver_next(CRM)
    assert ready(rig) == ["e2"]


def test_one_that_is_refused_holds_up_nothing(rig):
    queue(rig, 1, JANE, title="CEO")
    queue(rig, 2, JANE, title="Chairwoman")
    queue(rig, 3, JOHN, title="CFO")
    rig.crm.fail_before = [Rejected("No.")]
    rig.deliver()
    assert rig.crm.read(JANE).fields["title"] == "Chairwoman"
    assert rig.crm.read(JOHN).fields["title"] == "CFO"


def test_in_a_batch_each_has_its_own_fate(rig):
    for number, (ref, title) in enumerate(((JANE, "CEO"), (JOHN, "CFO"))):
        queue(rig, number, ref, title=title)
    queue(rig, 2, RecordRef(RecordKind.CONTACT, RecordId("gone")), title="x")
    rig.crm.fail_before = [Rejected("No.")]
    rig.deliver_next(CRM)
    assert [rig.crm.read(ref).fields["title"] for ref in (JANE, JOHN)] == ["old", "CFO"]
    assert "not in the CRM any more" in sentence(rig, 2)
