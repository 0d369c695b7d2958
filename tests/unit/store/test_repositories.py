"""Interactions, connections, the mirror, the book and the audit log."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from desktop.domain.connections import Checkpoint, Connection, Family
from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.errors import Conflict
from desktop.domain.evidence import FactKind
from desktop.domain.ids import ConnectionId, EntryId, RecordId
from desktop.domain.interactions import InteractionState
from desktop.domain.matching import phone_key
from desktop.domain.records import RecordKind, RecordRef
from tests.fakes.clock import ManualClock
from tests.fakes.situations import CRM, NOON, fact, interaction, message, new_store, reading, record


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    yield store
    store.close()


def test_the_same_mail_twice_is_stored_once(store):
    with store.transaction() as tx:
        assert tx.interactions.add(interaction(), b"raw")
        assert not tx.interactions.add(interaction(), b"raw")
        assert tx.interactions.count_by_state() == {InteractionState.RECEIVED: 1}


def test_an_error_inside_a_transaction_takes_everything_back(store):
    with pytest.raises(ValueError, match="oops"), store.transaction() as tx:
        tx.interactions.add(interaction(), b"raw")
        raise ValueError("oops")
    with store.reading() as tx:
        assert tx.interactions.count_by_state() == {}


def test_the_newest_due_mail_comes_first_and_a_postponed_one_waits(store):
    with store.transaction() as tx:
        for number in (3, 1, 2):
            tx.interactions.add(interaction(number=number), b"raw")
        newest = interaction(number=1).id
        found = tx.interactions.next_due(InteractionState.RECEIVED, NOON)
        assert found is not None
        assert (found[0].id, found[1]) == (newest, 0)
        assert not tx.interactions.has_postponed()
        tx.interactions.postpone(newest, NOON + timedelta(seconds=5))
        assert tx.interactions.has_postponed()
        found = tx.interactions.next_due(InteractionState.RECEIVED, NOON)
        assert found is not None
        assert found[0].id == interaction(number=2).id
        found = tx.interactions.next_due(InteractionState.RECEIVED, NOON + timedelta(seconds=6))
        assert found is not None
        assert (found[0].id, found[1]) == (newest, 1)


def test_a_reading_comes_back_as_it_was(store):
    body = "Call me at +49 30 23125 100"
    value = reading([fact(body, FactKind.PHONE, "+49 30 23125 100", "+493023125100")])
    with store.transaction() as tx:
        tx.interactions.add(interaction(message(body)), b"raw")
        tx.interactions.save_reading(interaction().id, value)
        tx.interactions.save_reading(interaction().id, value)
        assert tx.interactions.reading(interaction().id) == value


def test_hostile_text_comes_back_byte_for_byte(store):
    odd = "quote ' \" ; drop table interaction; -- \u202e rtl \ud7ff \U0001f4a9 \x01 \t end"
    with store.transaction() as tx:
        tx.interactions.add(interaction(message(odd, subject=odd)), odd.encode())
        back = tx.interactions.get(interaction().id)
        assert back is not None
        assert back.message.text == odd
        assert tx.interactions.raw(back.id) == odd.encode()


def test_connections_checkpoints_and_their_end(store):
    other = Connection(ConnectionId("x"), "imap", Family.MAIL, "X", {"host": "h"})
    with store.transaction() as tx:
        tx.connections.save(other, NOON)
        tx.connections.save_checkpoint(other.id, Checkpoint({"INBOX": "1:2"}))
        assert tx.connections.get(other.id) == other
        assert tx.connections.checkpoint(other.id) == Checkpoint({"INBOX": "1:2"})
        assert [c.id for c in tx.connections.all(Family.CRM)] == [CRM]
        tx.connections.remove(other.id)
        assert tx.connections.get(other.id) is None
        assert tx.connections.checkpoint(other.id) == Checkpoint({})


def test_the_mirror_finds_people_and_firms_by_other_spellings(store):
    jane = record(
        RecordKind.CONTACT, 1, first_name="Jane", last_name="Roe", email="Jane@Buyer.Example", phone="+49 30 231250"
    )
    firm = record(RecordKind.ACCOUNT, 1, name="Bücher & Söhne GmbH", domain="https://www.buyer.example/start")
    with store.transaction() as tx:
        tx.mirror.save(CRM, jane)
        tx.mirror.save(CRM, firm)
        assert tx.mirror.find(CRM, RecordKind.CONTACT, email="jane@buyer.example") == (jane,)
        assert tx.mirror.find(CRM, RecordKind.CONTACT, phone=phone_key("(030) 23 12 50")) == (jane,)
        assert tx.mirror.find(CRM, RecordKind.CONTACT, phone=phone_key("030 231251")) == ()
        assert tx.mirror.find(CRM, RecordKind.ACCOUNT, name="bucher sohne") == (firm,)
        assert tx.mirror.find(CRM, RecordKind.ACCOUNT, domain="buyer.example") == (firm,)
        assert tx.mirror.find(CRM, RecordKind.ACCOUNT, domain="") == ()
        assert tx.mirror.find(ConnectionId("other"), RecordKind.ACCOUNT, name="bucher sohne") == ()
        gone = record(RecordKind.ACCOUNT, 1, name="Bücher & Söhne GmbH")
        tx.mirror.save(CRM, type(gone)(gone.ref, {}, "2", NOON, is_deleted=True))
        assert tx.mirror.find(CRM, RecordKind.ACCOUNT, name="bucher sohne") == ()


def test_the_book_checks_versions_and_keys(store):
    ref = RecordRef(RecordKind.ACCOUNT, RecordId("a1"))
    first = store.book.put(ref, {"name": "Roe"}, key="k", expected="")
    assert store.book.by_key(RecordKind.ACCOUNT, "k") == first
    second = store.book.put(ref, {"name": "Roe Ltd"}, key=None, expected=first.version)
    with pytest.raises(Conflict) as caught:
        store.book.put(ref, {"name": "late"}, key=None, expected=first.version)
    assert caught.value.live == {"name": "Roe Ltd"}
    assert [r for r, _ in store.book.since(0, 10)] == [int(second.version)]
    assert store.book.remove(ref)
    assert not store.book.remove(ref)
    assert store.book.get(ref) is None
    assert store.book.by_key(RecordKind.ACCOUNT, "k") is None
    assert store.book.since(int(second.version), 10)[0][1].is_deleted


@pytest.mark.parametrize(
    "tamper",
    [
        "update audit set what = 'accept' where seq = 2",
        "delete from audit where seq = 2",
        "update audit set at = '2020' where seq = 1",
        "update audit set seq = 9 where seq = 3",
    ],
)
def test_the_audit_log_shows_that_somebody_meddled(store, tamper):
    with store.transaction() as tx:
        for number in range(3):
            tx.audit.append(NOON, "rep", "accept" if number != 1 else "dismiss", subject=f"s{number}")
        assert tx.audit.verify() is None
        seq, digest = tx.audit.head()
        assert (seq, len(digest)) == (3, 64)
    with store._database.begin() as sql:
        sql.execute(text(tamper))
    with store.reading() as tx:
        assert tx.audit.verify() is not None


def test_the_ledger_counts_bytes(store):
    store.ledger.record("127.0.0.1:993", "imap", 120, 4000)
    with store._database.reading() as sql:
        rows = list(sql.execute(text("select destination, purpose, sent, received from ledger")))
    assert rows == [("127.0.0.1:993", "imap", 120, 4000)]


def test_health_is_one_row_a_subject(store):
    clock = ManualClock(NOON)
    with store.transaction() as tx:
        tx.connections.save_health("crm", clock.now(), sentence="", is_ok=True)
        tx.connections.save_health("crm", clock.advance(5), sentence="It is down.", is_ok=False)
    with store._database.reading() as sql:
        assert list(sql.execute(text("select subject, is_ok, sentence from health"))) == [
            ("crm", 0, "It is down."),
            ("trouble/crm", 0, "It is down."),
        ]


def test_the_tally_stays_in_step_with_the_rows(store):
    with store.transaction() as tx:
        for number in range(5):
            tx.interactions.add(interaction(number=number), b"raw")
        tx.interactions.move(interaction(number=1).id, InteractionState.IGNORED, reason="a newsletter")
    with store._database.begin() as sql:
        sql.execute(text("delete from interaction where id = :id"), {"id": interaction(number=2).id})
    with store._database.reading() as sql:
        kept = dict(sql.execute(text("select state, count from tally where what = 'interaction'")))
        real = dict(sql.execute(text("select state, count(*) from interaction group by state")))
    assert kept == real == {"received": 3, "ignored": 1}


def test_what_is_on_its_way_somewhere_due_or_not(store):
    first = OutboxEntry(
        *(EntryId("e0"), "s", CRM, Operation.CREATE, RecordKind.CONTACT, None, {}, {}, ""),
        idempotency_key="k",
        created_at=NOON,
    )
    entries = [first, replace(first, id=EntryId("e1")), replace(first, id=EntryId("e2"))]
    with store.transaction() as tx:
        for each in entries:
            tx.outbox.add(each)
        tx.outbox.postpone(entries[0].id, NOON + timedelta(days=1), sentence="It is down.")
        tx.outbox.settle(entries[1].id, DeliveryState.DELIVERED)
        assert [found.id for found in tx.outbox.waiting(CRM, NOON)] == [entries[2].id]
        assert [found.id for found in tx.outbox.unfinished(CRM)] == [entries[0].id, entries[2].id]
        assert tx.outbox.unfinished(ConnectionId("other")) == ()
