"""Which Records wait to be filled in: noted once, handed out one by one, of one CRM at a time."""

from dataclasses import replace

import pytest

from desktop.domain.ids import ConnectionId, InteractionId, RecordId
from desktop.domain.records import RecordKind, RecordRef
from desktop.store.enrichments import enrichment_key, reference
from tests.fakes.situations import CRM, NOON, new_store, record

OTHER = ConnectionId("crm-2")
JANE = record(RecordKind.CONTACT, 1, last_name="Roe", email="Jane.Roe@buyer.example", account="account:account-1")
FIRM = RecordRef(RecordKind.ACCOUNT, RecordId("account-1"))


@pytest.fixture
def tx(tmp_path):
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.conversations.add(InteractionId("mail"), ["contact:jane.roe@buyer.example"], NOON)
        yield tx
    store.close()


def waiting(tx, connection_id=CRM):
    found = []
    while (ref := tx.enrichments.next(connection_id)) is not None:
        tx.enrichments.done(connection_id, ref)
        found.append(ref)
    return found


def test_a_person_is_noted_once_with_their_firm(tx):
    assert [tx.enrichments.ask(CRM, JANE, NOON) for _ in range(2)] == [True, True]
    assert waiting(tx) == [FIRM, JANE.ref]
    assert waiting(tx) == []


@pytest.mark.parametrize("kind", [RecordKind.CONTACT, RecordKind.LEAD])
def test_only_people_whom_a_mail_speaks_of(tx, kind):
    assert tx.enrichments.ask(CRM, record(kind, 1, email="jane.roe@buyer.example"), NOON)
    assert not tx.enrichments.ask(CRM, record(kind, 2, email="max@buyer.example"), NOON)
    assert not tx.enrichments.ask(CRM, record(kind, 3), NOON)
    assert waiting(tx) == [record(kind, 1).ref]


def test_a_deleted_person_and_other_kinds_are_not_noted(tx):
    assert not tx.enrichments.ask(CRM, replace(JANE, is_deleted=True), NOON)
    assert not tx.enrichments.ask(CRM, record(RecordKind.OPPORTUNITY, 1, name="Pumps"), NOON)
    assert waiting(tx) == []


def test_a_firm_is_noted_once_somebody_works_there(tx):
    firm = record(RecordKind.ACCOUNT, 1, name="Buyer")
    assert not tx.enrichments.ask(CRM, firm, NOON)
    tx.mirror.save(CRM, JANE)
    assert tx.enrichments.ask(CRM, firm, NOON)
    assert not tx.enrichments.ask(OTHER, firm, NOON)


def test_one_crm_is_not_taken_for_another(tx):
    odd = replace(JANE, ref=RecordRef(RecordKind.CONTACT, RecordId("a:b:c ü%")), fields={"email": JANE.fields["email"]})
    tx.enrichments.ask(OTHER, odd, NOON)
    assert waiting(tx, CRM) == []
    assert waiting(tx, OTHER) == [odd.ref]


def test_what_waits_is_no_mail(tx):
    tx.enrichments.ask(CRM, JANE, NOON)
    assert tx.conversations.next_arrived() is None
    assert [mail for mail, _ in tx.conversations.holding("contact:jane.roe@buyer.example", most=9)] == ["mail"]


def test_keys_differ_by_crm_and_record():
    keys = {enrichment_key(crm, ref) for crm in (CRM, OTHER) for ref in (JANE.ref, FIRM)}
    assert len(keys) == 4


@pytest.mark.parametrize("value", [None, "", "x", "nothing:1", "account:"])
def test_what_names_no_record(value):
    assert reference(value) is None
