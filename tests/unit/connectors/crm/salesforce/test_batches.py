"""Many records at once: how few calls it takes, and what one bad record, a lock or a lost answer does to the others."""

from collections.abc import Sequence

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, K, Setting, connect

pytestmark = pytest.mark.server

MANY = 1000


def people(org: Org, count: int) -> list[RecordRef]:
    ids = [org.create("Contact", {"LastName": f"N{number}", "Title": "Buyer"}) for number in range(count)]
    return [RecordRef(K.CONTACT, RecordId(made)) for made in ids]


def deals(count: int) -> list[NewRecord]:
    return [NewRecord(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "name": f"D{n}"}, f"deal-{n}") for n in range(count)]


def changes(crm: Salesforce, refs: Sequence[RecordRef], **more: str) -> list[RecordChange]:
    """Return changes as the outbox gives them: it has just read the records."""
    found = crm.read_many(refs)
    fields = {"title": "CEO", **more}
    return [RecordChange(ref, fields, found[ref].version, found[ref]) for ref in refs]


@pytest.fixture
def warm(crm: Salesforce, server: SalesforceServer) -> Salesforce:
    """A connector that has asked the org for its rules."""
    for kind in K:
        crm.describe(kind)
    server.requests.clear()
    return crm


# --- few calls --------------------------------------------------------------------------------------------------------


def test_a_thousand_changes_take_three_calls(warm: Salesforce, server: SalesforceServer, org: Org) -> None:
    refs = people(org, MANY)
    org.advance(60)
    outcomes = warm.update_many(changes(warm, refs))
    assert server.requests == [("POST", "/composite")] * 3  # what is there, the changes, what is there now
    assert [outcome.ref for outcome in outcomes if isinstance(outcome, RecordSnapshot)] == refs
    assert {row["Title"] for row in org.records["Contact"].values()} == {"CEO"}
    assert warm.read_many(refs) == dict(zip(refs, outcomes, strict=True))


def test_without_a_look_of_the_callers_own_there_is_one(warm: Salesforce, server: SalesforceServer, org: Org) -> None:
    refs = people(org, MANY)
    org.advance(60)
    warm.update_many([RecordChange(ref, {"title": "CEO"}) for ref in refs])
    assert len(server.requests) == 3


def test_two_hundred_new_records_take_two_calls(warm: Salesforce, server: SalesforceServer, org: Org) -> None:
    made = warm.create_many(deals(200))
    assert server.requests == [("POST", "/composite")] * 2  # are they there, then: make them and look
    assert len({outcome.ref for outcome in made if isinstance(outcome, RecordSnapshot)}) == 200
    again = warm.create_many(deals(200))
    assert len(server.requests) == 3
    assert again == made
    assert org.created["Opportunity"] == 200


def test_a_few_changes_take_one_call_and_each_has_its_own_precondition(
    warm: Salesforce, server: SalesforceServer, org: Org
) -> None:
    refs = people(org, 20)
    org.advance(60)
    wanted = changes(warm, refs)
    server.requests.clear()
    edited = {"object": "Contact", "id": refs[7].id, "fields": {"Title": "Typed by a person"}}
    server.fault("touch", after=30, prefix="/composite", **edited)  # after the look, before the write
    outcomes = warm.update_many(wanted)
    assert len(server.requests) == 1
    assert isinstance(outcomes[7], Conflict)
    assert outcomes[7].live["title"] == "Typed by a person"
    assert org.records["Contact"][refs[7].id]["Title"] == "Typed by a person"
    assert sum(isinstance(outcome, RecordSnapshot) for outcome in outcomes) == 19


def test_kinds_are_mixed_in_one_call(warm: Salesforce, server: SalesforceServer, org: Org) -> None:
    records = [
        NewRecord(kind, {**SAMPLES[kind], "subject": f"S{n}"} if kind is K.CASE else SAMPLES[kind], f"k-{kind}-{n}")
        for n in range(30)
        for kind in (K.CONTACT, K.CASE)
    ]
    made = warm.create_many(records)
    assert len(server.requests) == 2
    assert [outcome.ref.kind for outcome in made if isinstance(outcome, RecordSnapshot)] == [r.kind for r in records]


def test_a_task_and_an_activity_are_read_back_as_what_they_are(warm: Salesforce) -> None:
    made = warm.create_many([NewRecord(kind, SAMPLES[kind], f"k-{kind}") for kind in (K.TASK, K.ACTIVITY)])
    assert [outcome.ref.kind for outcome in made if isinstance(outcome, RecordSnapshot)] == [K.TASK, K.ACTIVITY]


# --- one does not hold up another -------------------------------------------------------------------------------------


def test_each_refusal_is_that_of_its_record(warm: Salesforce, org: Org) -> None:
    records = [NewRecord(K.CONTACT, {**CONTACT, "email": f"z{n}@nordwind.example"}, f"k{n}") for n in range(6)]
    records[1] = NewRecord(K.CONTACT, {"first_name": "Zoë"}, "k1")
    records[2] = NewRecord(K.CONTACT, {**CONTACT, "last_name": "x" * 200}, "k2")
    records[3] = NewRecord(K.CONTACT, {**CONTACT, "email": "no address"}, "k3")
    made = warm.create_many(records)
    assert [type(outcome).__name__ for outcome in made] == [
        "RecordSnapshot",
        *["Rejected"] * 3,
        *["RecordSnapshot"] * 2,
    ]
    assert "LastName" in str(made[1])
    assert org.created["Contact"] == 3


@pytest.mark.parametrize("count", [10, 60])
def test_a_lock_is_waited_for_alone(warm: Salesforce, org: Org, count: int) -> None:
    refs = people(org, count)
    org.advance(60)
    org.locked = {refs[3].id}
    outcomes = warm.update_many(changes(warm, refs))
    assert isinstance(outcomes[3], Temporary)
    assert sum(isinstance(outcome, RecordSnapshot) for outcome in outcomes) == count - 1
    org.locked = set()
    assert all(isinstance(outcome, RecordSnapshot) for outcome in warm.update_many(changes(warm, refs)))


def test_a_record_that_the_org_refuses_the_whole_collection_for_is_found_out(warm: Salesforce, org: Org) -> None:
    refs = people(org, 64)
    org.advance(60)
    wanted = changes(warm, refs)
    wanted[40] = RecordChange(refs[40], {"mobile": "+4917012345678"}, wanted[40].version, wanted[40].live)
    org.hidden |= {("Contact", "MobilePhone")}  # since we looked: “No such column” refuses the collection
    outcomes = warm.update_many(wanted)
    org.hidden.clear()
    assert isinstance(outcomes[40], UserActionNeeded)
    assert {row["Title"] for row in org.records["Contact"].values()} == {"CEO", "Buyer"}
    assert sum(row["Title"] == "CEO" for row in org.records["Contact"].values()) == 63


def test_records_that_went_or_moved_on_are_conflicts(warm: Salesforce, org: Org) -> None:
    refs = people(org, 40)
    org.advance(60)
    wanted = changes(warm, refs)
    org.delete("Contact", refs[5].id)
    outcomes = warm.update_many(wanted)
    assert isinstance(outcomes[5], Conflict)
    assert sum(isinstance(outcome, RecordSnapshot) for outcome in outcomes) == 39
    stale = [RecordChange(change.ref, {"title": "CFO"}, change.version) for change in wanted]
    assert all(isinstance(outcome, Conflict) for outcome in warm.update_many(stale))


def test_the_same_key_twice_in_a_batch_is_one_record(warm: Salesforce, org: Org) -> None:
    one, two, other = warm.create_many([NewRecord(K.CONTACT, CONTACT, name) for name in ("k", "K", "other")])
    assert one == two
    assert isinstance(other, RecordSnapshot)
    assert org.created["Contact"] == 2


def test_two_records_with_one_key_are_left_alone(warm: Salesforce, org: Org) -> None:
    for name in ("A", "B"):
        org.records["Contact"][org.create("Contact", {"LastName": name})]["Dealside_Key__c"] = "k"
    bad, good = warm.create_many([NewRecord(K.CONTACT, CONTACT, name) for name in ("k", "other")])
    assert isinstance(bad, Rejected)
    assert isinstance(good, RecordSnapshot)


def test_an_object_without_the_key_field_holds_up_no_other(warm: Salesforce, org: Org) -> None:
    org.without_key = {"Contact"}
    warm.close()
    bad, good = warm.create_many([NewRecord(kind, SAMPLES[kind], "k") for kind in (K.CONTACT, K.ACCOUNT)])
    assert isinstance(bad, UserActionNeeded)
    assert "Dealside_Key__c" in bad.sentence
    assert isinstance(good, RecordSnapshot)


def test_an_attempt_that_is_still_under_way_makes_no_second_record(
    warm: Salesforce, server: SalesforceServer, org: Org
) -> None:
    """The unique field refuses it, and the look that went along finds the first."""
    late = {"act_on": lambda: org.create("Contact", {"LastName": "A", "Dealside_Key__c": "k"})}
    server.fault("slow", seconds=0, prefix="/composite")  # our look
    server.fault("touch", prefix="/composite", **late)
    (made,) = warm.create_many([NewRecord(K.CONTACT, CONTACT, "k")])
    assert isinstance(made, RecordSnapshot)
    assert made.fields["last_name"] == "A"
    assert org.created["Contact"] == 1


# --- the whole call ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
def test_half_an_answer_leaves_all_of_it_unknown(
    warm: Salesforce, server: SalesforceServer, org: Org, act: str
) -> None:
    refs = people(org, 40)
    org.advance(60)
    wanted = changes(warm, refs)
    server.fault(act, method="POST", prefix="/composite", times=9)
    assert all(isinstance(outcome, Temporary) for outcome in warm.update_many(wanted))
    assert all(isinstance(outcome, Temporary) for outcome in warm.create_many(deals(3)))
    server.faults.clear()
    assert all(isinstance(outcome, RecordSnapshot) for outcome in warm.update_many(wanted))
    assert {row["Title"] for row in org.records["Contact"].values()} == {"CEO"}
    assert len({outcome.ref for outcome in warm.create_many(deals(3)) if isinstance(outcome, RecordSnapshot)}) == 3
    assert org.created["Opportunity"] == 3


def test_no_call_is_made_for_the_rest_once_the_org_asks_for_patience(
    warm: Salesforce, server: SalesforceServer, org: Org
) -> None:
    refs = people(org, MANY)
    org.advance(60)
    wanted = changes(warm, refs)
    server.requests.clear()
    server.fault("status", status=403, code="REQUEST_LIMIT_EXCEEDED", message="TotalRequests Limit exceeded.")
    outcomes = warm.update_many(wanted)
    assert all(isinstance(outcome, Temporary) and outcome.retry_after for outcome in outcomes)
    assert len(server.requests) == 1


def test_a_dead_token_is_one_call_and_one_sentence_for_each(
    warm: Salesforce, server: SalesforceServer, org: Org
) -> None:
    refs = people(org, MANY)
    wanted = changes(warm, refs)
    server.requests.clear()
    org.tokens.clear()
    assert all(isinstance(outcome, UserActionNeeded) for outcome in warm.update_many(wanted))
    assert len(server.requests) == 1
    assert org.writes == MANY


def test_everything_in_a_batch_goes_through_the_one_door(
    crm: Salesforce, setting: Setting, server: SalesforceServer
) -> None:
    crm.create_many(deals(3))
    assert len(setting.ledger.rows) == len(server.requests)
    assert connect(server, setting).info.at_once == 10_000


@pytest.mark.parametrize("odd", ["x' OR '1'='1", "back\\slash", "🦊", "k" * 400, "a&b=c#d%20", "\n"])
def test_odd_keys_are_only_keys_in_a_batch_too(warm: Salesforce, org: Org, odd: str) -> None:
    (made,) = warm.create_many([NewRecord(K.CONTACT, CONTACT, odd)])
    assert isinstance(made, RecordSnapshot)
    assert warm.find_created(K.CONTACT, odd) == made
    assert warm.create_many([NewRecord(K.CONTACT, CONTACT, odd)]) == (made,)
    assert org.created["Contact"] == 1


def test_long_keys_stay_within_an_address(warm: Salesforce, server: SalesforceServer, org: Org) -> None:
    records = [NewRecord(K.CONTACT, {**CONTACT, "email": f"z{n}@a.example"}, f"{n:080d}") for n in range(300)]
    assert all(isinstance(outcome, RecordSnapshot) for outcome in warm.create_many(records))
    assert warm.create_many(records) == warm.create_many(records)
    assert org.created["Contact"] == 300


def test_an_org_that_cannot_be_asked_is_asked_once_for_each_object(
    crm: Salesforce, server: SalesforceServer, org: Org
) -> None:
    refs = people(org, 50)
    server.fault("status", status=500, times=99)
    assert all(isinstance(o, Temporary) for o in crm.update_many([RecordChange(ref, {"title": "A"}) for ref in refs]))
    assert all(isinstance(o, Temporary) for o in crm.create_many(deals(50)))
    assert len(server.requests) == 2


def test_long_texts_make_for_smaller_collections(warm: Salesforce, server: SalesforceServer) -> None:
    cases = [NewRecord(K.CASE, {"subject": f"S{n}", "description": "x" * 32_000}, f"case-{n}") for n in range(100)]
    assert all(isinstance(outcome, RecordSnapshot) for outcome in warm.create_many(cases))
    assert len(server.requests) == 2  # four collections and a look
