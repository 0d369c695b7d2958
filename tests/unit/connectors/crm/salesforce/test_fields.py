"""Canonical fields and Salesforce's own; somebody else's edit in the last moment."""

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.connectors.tables.salesforce import COLUMNS, OBJECTS
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, Defect, Rejected
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import SAMPLES
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, WRITES_CONTACT, K, refuse

pytestmark = pytest.mark.server


# --- conflicts in the last moment -------------------------------------------------------------------------------------


def touch(server: SalesforceServer, ref: RecordRef, after: float) -> None:
    """Let somebody edit between our reading and our writing."""
    row = {"object": "Contact", "id": ref.id, "fields": {"Title": "Typed by a person"}}
    server.fault("touch", after=after, **row, **WRITES_CONTACT)


def test_an_edit_between_reading_and_writing_is_a_conflict(crm: Salesforce, server: SalesforceServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    touch(server, made.ref, after=30)
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert caught.value.live["title"] == "Typed by a person"
    assert server.org.records["Contact"][made.ref.id]["Title"] == "Typed by a person"


def test_a_412_without_a_change_is_tried_with_the_next_second(crm: Salesforce, server: SalesforceServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    refuse(server, 412, "PRECONDITION_FAILED")
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"


def test_a_412_that_stays_is_a_conflict(crm: Salesforce, server: SalesforceServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    refuse(server, 412, times=2)
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


# --- how fields are mapped --------------------------------------------------------------------------------------------


def test_every_canonical_field_has_a_column_and_the_simulator_knows_it(org: Org) -> None:
    org.hidden.clear()
    for kind in K:
        known = org.fields_of(OBJECTS[kind])
        assert {column.name for column in COLUMNS[kind]} <= set(known)


def test_currency_is_left_out_where_the_org_has_one_and_written_where_it_has_many(crm: Salesforce, org: Org) -> None:
    fields = {**SAMPLES[K.OPPORTUNITY], "currency": "GBP"}
    assert "currency" not in crm.create(K.OPPORTUNITY, fields, "one").fields
    assert crm.picklist(K.OPPORTUNITY, "currency") == ()
    org.hidden.clear()
    crm.close()
    assert crm.create(K.OPPORTUNITY, fields, "two").fields["currency"] == "GBP"
    assert crm.picklist(K.OPPORTUNITY, "currency")[0] == "EUR"


def test_the_contact_of_an_opportunity_can_be_set_once(crm: Salesforce) -> None:
    person = crm.create(K.CONTACT, CONTACT, "p")
    deal = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "contact": str(person.ref)}, "d")
    assert deal.fields["contact"] == str(person.ref)
    with pytest.raises(Rejected, match="later"):
        crm.update(deal.ref, {"contact": None})


def test_an_activity_is_a_completed_task_of_its_subtype(crm: Salesforce, org: Org) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "happened_at": "2026-03-02T23:30:00-05:00"}, "k")
    row = org.records["Task"][made.ref.id]
    assert (row["Status"], row["TaskSubtype"], row["ActivityDate"]) == ("Completed", "Email", "2026-03-02")
    with pytest.raises(Rejected):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Task"}, "other")


def test_a_planned_call_that_was_made_turns_from_task_to_activity(crm: Salesforce, org: Org) -> None:
    call = org.create("Task", {"Subject": "Call", "TaskSubtype": "Call"})
    todo = org.create("Task", {"Subject": "Write", "Status": "Completed"})
    first = {str(record.ref): record.is_deleted for record in crm.changes(EMPTY_CHECKPOINT).records}
    assert first == {f"task:{call}": False, f"task:{todo}": False}
    org.advance(200)
    org.update("Task", call, {"Status": "Completed"}, None)
    second = {str(record.ref): record.is_deleted for record in crm.changes(EMPTY_CHECKPOINT).records}
    assert second == {f"task:{call}": True, f"activity:{call}": False, f"task:{todo}": False}


def test_values_typed_by_people_are_read_in_canonical_form(crm: Salesforce, org: Org) -> None:
    account = org.create(
        "Account", {"Name": "A", "Website": "https://www.Acme.example/de?x", "Phone": "(415) 555-0100"}
    )
    person = org.create("Contact", {"LastName": "B", "Email": "Zoe@Acme.Example", "Phone": "+49 (30) 1234-567"})
    lead = org.create("Lead", {"LastName": "L", "Company": "C"})
    todo = org.create("Task", {"Subject": "T", "WhoId": lead})
    read = {ref: crm.read(RecordRef(kind, RecordId(ref))) for kind, ref in ((K.ACCOUNT, account), (K.CONTACT, person))}
    assert read[account] is not None
    assert read[account].fields["domain"] == "acme.example"
    assert read[account].fields["phone"] == "(415) 555-0100"
    assert read[person] is not None
    assert read[person].fields["email"] == "zoe@acme.example"
    assert read[person].fields["phone"] == "+49301234567"
    task = crm.read(RecordRef(K.TASK, RecordId(todo)))
    assert task is not None
    assert task.fields["contact"] == f"lead:{lead}"


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "12,50"), ("amount", "NaN"), ("amount", "0.12345678901234567891"), ("close_date", "next week")],
)
def test_malformed_values_are_rejected_before_anything_is_written(
    crm: Salesforce, org: Org, field: str, value: str
) -> None:
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], field: value}, "k")
    assert org.writes == 0


def test_an_unresolved_suggestion_is_our_own_fault(crm: Salesforce) -> None:
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "account": "suggestion:1"}, "k")
