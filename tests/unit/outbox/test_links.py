"""A link leads to what is there when it is written, and to nothing that the CRM would refuse."""

from dataclasses import replace

import pytest

from desktop.domain.deliveries import Operation, OutboxEntry
from desktop.domain.ids import EntryId
from desktop.domain.records import RecordKind
from desktop.domain.rights import FieldRule
from desktop.outbox.links import as_they_stand
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, NOON, record, rules_with

K = RecordKind
JANE = "jane.roe@buyer.example"
GONE, LIVE = (
    record(K.LEAD, 1, last_name="Roe", email=JANE),
    record(K.LEAD, 2, last_name="Low", email="tom@buyer.example"),
)
NOBODY = record(K.LEAD, 3, last_name="Quill")
CONTACT = record(K.CONTACT, 1, last_name="Roe", email=JANE.upper())


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    people = FieldRule(targets=frozenset({K.CONTACT, K.LEAD}))
    rules = rules_with(K.ACTIVITY)
    with rig.store.transaction() as tx:
        tx.mirror.save_rules(CRM, replace(rules, fields={**rules.fields, "contact": people}))
        for one in (GONE, LIVE, NOBODY, CONTACT):
            tx.mirror.save(CRM, replace(one, is_deleted=one in (GONE, NOBODY)))
    yield rig
    rig.close()


def written(rig, kind=K.ACTIVITY, **fields):
    entry = OutboxEntry(EntryId("e"), "s", CRM, Operation.CREATE, kind, None, fields, {}, "", "k", NOON)
    with rig.store.reading() as tx:
        return as_they_stand(tx, entry, dict(fields))


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("lead:lead-1", "contact:contact-1"),
        ("lead:lead-2", "lead:lead-2"),
        ("lead:lead-3", "left out"),
        ("lead:never seen", "lead:never seen"),
        ("contact:never seen", "contact:never seen"),
        ("account:1", "left out"),
        ("no link at all", "no link at all"),
        (None, None),
    ],
)
def test_a_person(rig, link, leads_to):
    found = written(rig, subject="lead:lead-3", contact=link)
    assert found.pop("subject") == "lead:lead-3"
    assert found == ({} if leads_to == "left out" else {"contact": leads_to})


def test_a_lead_stands_alone(rig):
    assert written(rig, contact="lead:lead-2", related="case:1") == {"related": "case:1"}
    assert written(rig, contact="lead:lead-2", related=None) == {"contact": "lead:lead-2", "related": None}
    assert written(rig, contact="lead:lead-1", related="case:1") == {
        "contact": "contact:contact-1",
        "related": "case:1",
    }


def test_where_no_lead_can_stand(rig):
    assert written(rig, K.OPPORTUNITY, contact="lead:lead-2", account="account:1") == {"account": "account:1"}


def test_without_a_kind_there_are_no_links(rig):
    assert written(rig, None, contact="lead:lead-3") == {"contact": "lead:lead-3"}
