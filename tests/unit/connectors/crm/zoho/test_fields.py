"""Canonical fields and Zoho's own; somebody else's edit in the last moment."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.tables.zoho import COLUMNS, MODULES
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, Defect, Rejected
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import SAMPLES
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, refuse

pytestmark = pytest.mark.server


# --- conflicts in the last moment -------------------------------------------------------------------------------------


def touch(server: ZohoServer, ref: RecordRef, after: float) -> None:
    """Let somebody edit between our reading and our writing."""

    def edit() -> None:
        server.org.advance(after)
        server.org.update("Contacts", ref.id, {"Title": "Typed by a person"}, as_person=True)

    server.fault("touch", method="PUT", act_on=edit)


def test_an_edit_between_reading_and_writing_is_a_conflict(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    touch(server, made.ref, after=30)
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert caught.value.live["title"] == "Typed by a person"
    assert server.org.records["Contacts"][made.ref.id]["Title"] == "Typed by a person"


def test_an_edit_within_the_second_of_the_last_one_has_another_version(crm: Zoho, org: Org) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    org.update("Contacts", made.ref.id, {"Title": "Typed by a person"}, as_person=True)
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


def test_a_412_without_a_change_is_tried_with_the_next_second(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    refuse(server, 412, method="PUT")
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"


def test_a_conflict_may_be_said_of_the_record_only(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.zoho.changed_status = 202
    touch(server, made.ref, after=30)
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert caught.value.live["title"] == "Typed by a person"


def test_a_412_that_stays_is_a_conflict(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    refuse(server, 412, method="PUT", times=2)
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


def test_a_record_deleted_between_reading_and_writing_is_a_conflict(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    for method in ("PUT", "DELETE"):
        made = crm.create(K.CONTACT, CONTACT, method)
        lost = made.ref.id
        server.fault("touch", method=method, act_on=lambda lost=lost: server.org.delete("Contacts", lost))
        if method == "PUT":
            with pytest.raises(Conflict, match="deleted"):
                crm.update(made.ref, {"title": "CEO"}, version=made.version)
        else:
            assert crm.delete(made.ref, version=made.version) is False


# --- how fields are mapped --------------------------------------------------------------------------------------------


def test_every_canonical_field_has_a_column_and_the_simulator_knows_it(org: Org) -> None:
    for kind in K:
        assert {column.name for column in COLUMNS[kind]} <= set(org.modules[MODULES[kind]])


def test_currency_is_left_out_where_there_is_one_and_written_where_there_are_many(crm: Zoho, org: Org) -> None:
    fields = {**SAMPLES[K.OPPORTUNITY], "currency": "GBP"}
    assert "currency" not in crm.create(K.OPPORTUNITY, fields, "one").fields
    assert crm.picklist(K.OPPORTUNITY, "currency") == ()
    org.hidden.clear()
    crm.close()
    assert crm.create(K.OPPORTUNITY, fields, "two").fields["currency"] == "GBP"
    assert crm.picklist(K.OPPORTUNITY, "currency")[0] == "EUR"


def test_an_activity_is_a_completed_task_whose_key_says_that_it_happened(crm: Zoho, org: Org) -> None:
    fields = {**SAMPLES[K.ACTIVITY], "type": "Call", "happened_at": "2026-03-02T23:30:00-05:00"}
    made = crm.create(K.ACTIVITY, fields, "k")
    row = org.records["Tasks"][made.ref.id]
    assert (row["Status"], row["Due_Date"], row["Dealside_Key"][:5]) == ("Completed", "2026-03-02", "call-")
    assert made.fields["type"] == "Call"
    assert crm.changes(EMPTY_CHECKPOINT).records == (made,)
    assert crm.read(RecordRef(K.TASK, made.ref.id)) is None
    with pytest.raises(Rejected):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Meeting"}, "other")
    with pytest.raises(Rejected, match="later"):
        crm.update(made.ref, {"type": "Email"})


def test_an_activity_repeated_under_another_type_stays_one(crm: Zoho, org: Org) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Call"}, "k")
    assert crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Email"}, "k") == made
    assert len(org.records["Tasks"]) == 1


def test_a_task_that_a_person_completed_is_a_task(crm: Zoho, org: Org) -> None:
    row = org.create("Tasks", {"Subject": "Call", "Status": "Completed"}, as_person=True)
    assert [str(record.ref) for record in crm.changes(EMPTY_CHECKPOINT).records] == [f"task:{row}"]


def test_a_case_of_ours_came_by_mail(crm: Zoho, org: Org) -> None:
    made = crm.create(K.CASE, SAMPLES[K.CASE], "k")
    assert org.records["Cases"][made.ref.id]["Case_Origin"] == "Email"


@pytest.mark.parametrize("says_module", [True, False])
@pytest.mark.parametrize("kind", [K.ACCOUNT, K.OPPORTUNITY, K.CASE, K.LEAD])
def test_a_task_is_related_to_any_of_four_and_can_be_cut_loose(crm: Zoho, org: Org, kind: K, says_module: bool) -> None:
    org.links_say_module = says_module
    other = crm.create(kind, SAMPLES[kind], "other")
    task = crm.create(K.TASK, {**SAMPLES[K.TASK], "related": str(other.ref)}, "task")
    assert task.fields["related"] == str(other.ref)
    same = crm.update(task.ref, {"related": str(other.ref)}, version=task.version)
    assert same == task
    assert crm.update(task.ref, {"related": None}, version=task.version).fields["related"] is None


def test_values_typed_by_people_are_read_in_canonical_form(crm: Zoho, org: Org) -> None:
    account = org.create(
        "Accounts", {"Account_Name": "A", "Website": "https://www.Acme.example/de?x", "Phone": "(415) 555-0100"}
    )
    person = org.create("Contacts", {"Last_Name": "B", "Email": "Zoe@Acme.Example", "Phone": "+49 (30) 1234-567"})
    lead = org.create("Leads", {"Last_Name": "L", "Company": "L"})
    todo = org.create("Tasks", {"Subject": "T", "What_Id": {"id": lead}, "$se_module": "Leads"})
    org.records["Tasks"][todo]["$se_module"] = "Campaigns"
    read = {ref: crm.read(RecordRef(kind, RecordId(ref))) for kind, ref in ((K.ACCOUNT, account), (K.CONTACT, person))}
    assert read[account] is not None
    assert read[account].fields["domain"] == "acme.example"
    assert read[account].fields["phone"] == "(415) 555-0100"
    assert read[person] is not None
    assert read[person].fields["email"] == "zoe@acme.example"
    assert read[person].fields["phone"] == "+49301234567"
    task = crm.read(RecordRef(K.TASK, RecordId(todo)))
    assert task is not None
    assert "related" not in task.fields  # a campaign: not empty, only not ours to say


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "12,50"), ("amount", "NaN"), ("amount", "0.12345678901234567891"), ("close_date", "next week")],
)
def test_malformed_values_are_rejected_before_anything_is_written(crm: Zoho, org: Org, field: str, value: str) -> None:
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], field: value}, "k")
    assert org.writes == 0


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "@cmd|' /C calc'!A0", "-2+3", "\t=x", "０１２", "x" * 32_000])
def test_texts_that_mean_something_elsewhere_are_only_texts(crm: Zoho, text: str) -> None:
    made = crm.create(K.CASE, {**SAMPLES[K.CASE], "description": text}, "k")
    assert made.fields["description"] == text.strip()


def test_a_text_too_long_is_not_even_sent(crm: Zoho, org: Org) -> None:
    with pytest.raises(Rejected, match="“Description” is too long"):
        crm.create(K.CASE, {**SAMPLES[K.CASE], "description": "x" * 32_001}, "k")
    assert org.writes == 0


@pytest.mark.parametrize(
    "odd", ["5725767/../x", "5725767 or id is not null", "57257670000000001?x", "12", "１２３４５６"]
)
def test_ids_that_are_none_are_not_even_sent(crm: Zoho, server: ZohoServer, odd: str) -> None:
    assert crm.read(RecordRef(K.CONTACT, RecordId(odd))) is None
    with pytest.raises(Rejected):
        crm.create(K.CONTACT, {**CONTACT, "account": f"account:{odd}"}, "k")
    assert not [path for method, path in server.requests if path.count("/") > 3 and "settings" not in path]
    assert server.org.writes == 0


def test_an_unresolved_suggestion_is_our_own_fault(crm: Zoho) -> None:
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "account": "suggestion:1"}, "k")
    with pytest.raises(Defect):
        crm.picklist(K.CONTACT, "shoe_size")
