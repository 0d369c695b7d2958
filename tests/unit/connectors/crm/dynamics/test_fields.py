"""Canonical fields and Dataverse's own; somebody else's edit in the last moment."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.connectors.tables.dynamics import HTML, TABLES
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, Defect, Rejected, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.dynamics import Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import (
    CONTACT,
    WRITES_CONTACT,
    DynamicsSide,
    K,
    Setting,
    connect,
    customer,
    placed,
)

pytestmark = pytest.mark.server

FORMULAS = ("=1+1", "+49 30 1", "-2", "@SUM(A1)", '=cmd|" /C calc"!A0')


# --- conflicts in the last moment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("unguarded", [set(), {"contact"}])
def test_an_edit_between_reading_and_writing(
    crm: Dynamics, server: VendorServer, world: Dataverse, other_side: DynamicsSide, unguarded: set[str]
) -> None:
    world.unguarded = unguarded
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("touch", act_on=lambda: other_side.edit(made.ref, "title", "Typed by a person"), **WRITES_CONTACT)
    if unguarded:  # the table cannot check: what can be seen before the writing is all there is
        assert crm.update(made.ref, {"mobile": None}, version=made.version).fields["title"] == "Typed by a person"
        return
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert caught.value.live["title"] == "Typed by a person"


def test_a_stale_version_is_seen_where_the_table_cannot_check(
    crm: Dynamics, world: Dataverse, other_side: DynamicsSide
) -> None:
    world.unguarded = {"contact"}
    made = crm.create(K.CONTACT, CONTACT, "k")
    other_side.edit(made.ref, "title", "Typed by a person")
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    with pytest.raises(Conflict):
        crm.delete(made.ref, version=made.version)


def test_a_record_deleted_in_the_last_moment_does_not_rise_again(
    crm: Dynamics, server: VendorServer, other_side: DynamicsSide
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    for version in (made.version, ""):
        if other_side.count(K.CONTACT) == 0:
            crm.create(K.CONTACT, CONTACT, "k")
        server.fault("touch", act_on=lambda: other_side.remove(made.ref), **WRITES_CONTACT)
        with pytest.raises(Conflict):
            crm.update(made.ref, {"title": "CEO"}, version=version)
        assert other_side.count(K.CONTACT) == 0


def test_an_update_to_a_link_that_leads_nowhere_is_rejected(crm: Dynamics, other_side: DynamicsSide) -> None:
    made, account = crm.create(K.CONTACT, CONTACT, "k"), customer(crm)
    other_side.remove(account.ref)
    with pytest.raises(Rejected, match="points to") as caught:
        crm.update(made.ref, {"account": str(account.ref)}, version=made.version)
    assert not isinstance(caught.value, Conflict)


# --- how fields are mapped --------------------------------------------------------------------------------------------


def test_every_column_of_ours_is_one_of_theirs(crm: Dynamics, world: Dataverse) -> None:
    for table in TABLES:
        selected = crm._org.select(table).split(",")
        names = {*(column.name for column in table.columns), *(name for _, name in table.choices)}
        names |= {f"_{link.name}_value" for link in table.links}
        assert names <= set(selected)


def test_labels_are_those_of_the_environment(crm: Dynamics, world: Dataverse) -> None:
    assert crm.picklist(K.OPPORTUNITY, "stage") == ("Prospecting", "Develop", "Propose", "Close")
    assert crm.picklist(K.CASE, "status") == ("New", "On Hold", "Waiting for Details", "Researching")
    assert crm.picklist(K.CASE, "priority") == ("Medium", "High", "Low")
    assert crm.picklist(K.OPPORTUNITY, "currency") == ("EUR", "GBP", "USD")
    assert crm.picklist(K.OPPORTUNITY, "name") == ()
    with pytest.raises(Rejected, match="choose one of: Prospecting, Develop"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "stage": "Qualify"}, "k")
    assert world.writes == 0


def test_required_is_what_the_server_insists_on(crm: Dynamics, world: Dataverse) -> None:
    assert crm.required(K.CONTACT) == ()
    assert crm.required(K.CASE) == ("account",)
    world.required = {("contact", "emailaddress1")}
    crm.close()
    assert crm.required(K.CONTACT) == ("email",)


def test_a_case_may_belong_to_a_contact(crm: Dynamics) -> None:
    person = crm.create(K.CONTACT, CONTACT, "p")
    made = crm.create(K.CASE, {**SAMPLES[K.CASE], "contact": str(person.ref)}, "k")
    assert made.fields["contact"] == str(person.ref)
    assert "account" not in made.fields
    with pytest.raises(Rejected, match="missing"):
        crm.create(K.CASE, SAMPLES[K.CASE], "other")


def test_the_next_step_needs_a_column_that_the_rep_names(server: VendorServer, setting: Setting) -> None:
    crm = connect(server, setting, next_step_field="")
    fields = {**SAMPLES[K.OPPORTUNITY]}
    with pytest.raises(UserActionNeeded, match="settings"):
        crm.create(K.OPPORTUNITY, fields, "k")
    fields.pop("next_step")
    assert "next_step" not in crm.create(K.OPPORTUNITY, fields, "k").fields
    with pytest.raises(UserActionNeeded, match="settings"):
        connect(server, setting, next_step_field="x' or 1").create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "other")


def test_currencies_by_their_codes(crm: Dynamics, world: Dataverse) -> None:
    made = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "currency": "gbp"}, "k")
    assert made.fields["currency"] == "GBP"
    assert crm.update(made.ref, {"currency": "GBP"}, version=made.version) == made
    with pytest.raises(Rejected, match="EUR"):
        crm.update(made.ref, {"currency": "CHF"}, version=made.version)
    world.denied = {("transactioncurrency", "Read")}
    crm.close()
    with pytest.raises(UserActionNeeded, match="Currency"):  # the environment's own would be another amount
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "currency": "GBP"}, "two")
    live = crm.read(made.ref)
    assert live is not None
    assert "currency" not in live.fields


@pytest.mark.parametrize(("state", "status", "words"), [(1, 3, "Won"), (2, 5, "Out-Sold")])
def test_a_closed_deal_says_how_it_ended_and_is_left_alone(
    crm: Dynamics, world: Dataverse, state: int, status: int, words: str
) -> None:
    made = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "k")
    world.settle("opportunity", made.ref.id, statecode=state, statuscode=status)
    live = crm.read(made.ref)
    assert live is not None
    assert live.fields["stage"] == words
    with pytest.raises(Rejected, match="reopen"):
        crm.update(made.ref, {"next_step": "Celebrate"}, version=live.version)


def test_a_task_has_one_link(crm: Dynamics) -> None:
    account, person = customer(crm), crm.create(K.CONTACT, CONTACT, "p")
    both = crm.create(K.TASK, {**SAMPLES[K.TASK], "contact": str(person.ref), "related": str(account.ref)}, "both")
    assert both.fields["related"] == str(account.ref)
    assert "contact" not in both.fields
    with pytest.raises(Rejected, match="one link"):
        crm.update(both.ref, {"contact": str(person.ref)}, version=both.version)
    moved = crm.update(both.ref, {"related": None, "contact": str(person.ref)}, version=both.version)
    assert (moved.fields["related"], moved.fields["contact"]) == (None, str(person.ref))
    free = crm.update(moved.ref, {"contact": None}, version=moved.version)
    assert (free.fields["related"], free.fields["contact"]) == (None, None)
    assert crm.update(free.ref, {"contact": None, "related": None}, version=free.version) == free


def test_a_task_is_completed_and_reopened_with_its_state(crm: Dynamics, world: Dataverse) -> None:
    made = crm.create(K.TASK, {**SAMPLES[K.TASK], "status": "Completed"}, "k")
    assert made.fields["status"] == "Completed"
    assert world.rows["task"][made.ref.id]["statecode"] == 1
    again = crm.update(made.ref, {"status": "Not Started"}, version=made.version)
    assert again.fields["status"] == "Not Started"
    assert world.rows["task"][made.ref.id]["statecode"] == 0


@pytest.mark.parametrize("due", ["2026-03-05", "2024-02-29", "1999-12-31"])
def test_a_due_date_is_that_day_everywhere(crm: Dynamics, world: Dataverse, due: str) -> None:
    made = crm.create(K.TASK, {**SAMPLES[K.TASK], "due_date": due}, "k")
    assert world.rows["task"][made.ref.id]["scheduledend"] == f"{due}T12:00:00Z"
    assert made.fields["due_date"] == due


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-03-02T23:30:00-05:00", "2026-03-03T04:30:00+00:00"),
        ("2026-03-02T05:45:00+05:45", "2026-03-02T00:00:00+00:00"),
        ("2026-03-29T02:30:00+14:00", "2026-03-28T12:30:00+00:00"),
    ],
)
def test_moments_of_odd_zones(crm: Dynamics, given: str, kept: str) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "happened_at": given}, "k")
    assert made.fields["happened_at"] == kept
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "happened_at": "2026-03-02T10:00:00"}, "other")


def test_a_call_and_an_email_stand_in_tables_of_their_own(crm: Dynamics, world: Dataverse) -> None:
    call = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Call"}, "call")
    assert call.ref.id.startswith("phonecall.")
    assert call.fields["type"] == "Call"
    assert crm.find_created(K.ACTIVITY, "call") == call
    assert crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "call") == call  # the key counts, also when edited meanwhile
    with pytest.raises(Rejected, match="e-mails and calls"):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Fax"}, "other")
    assert crm.delete(call.ref, version=call.version)
    assert not world.rows["phonecall"]


@pytest.mark.parametrize("text", [*HOSTILE, *FORMULAS, "<script>alert(1)</script>", "a<br>b", "x < y > z", "&lt;"])
def test_the_text_of_an_email_is_text_not_html(crm: Dynamics, world: Dataverse, text: str) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "description": text}, "k")
    (row,) = world.rows["email"].values()
    assert made.fields["description"] == text
    assert "<" not in row["description"].replace("<br>", "")


def test_html_typed_by_others_is_read_as_text_and_in_time() -> None:
    assert HTML.read('<div class="x"><p>Dear Zo&euml;,</p>\n<p>see &lt;below&gt;</p></div>') == "Dear Zoë,\nsee <below>"
    for nasty in ("<" * 500_000, "<a" * 250_000, "<br" * 200_000, "&" * 500_000, "</p>" * 100_000):
        assert isinstance(HTML.read(nasty), str)


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_stay_text(crm: Dynamics, text: str) -> None:
    assert crm.create(K.ACCOUNT, {"name": text}, "k").fields["name"] == text


def test_long_texts(crm: Dynamics, world: Dataverse) -> None:
    long = "ä" * 32_000
    assert crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "description": long}, "k").fields["description"] == long
    with pytest.raises(Rejected, match="at most 2000"):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Call", "description": long}, "call")
    assert not world.rows["phonecall"]


def test_values_typed_by_people_are_read_in_canonical_form(crm: Dynamics, world: Dataverse) -> None:
    account = world.create("account", {"name": "A", "websiteurl": "https://www.Acme.example/de?x"})
    boss = world.create("contact", {"lastname": "Boss", "telephone1": "+49 (30) 1234-567"})
    below = {"parentcustomerid_contact@odata.bind": f"/contacts({boss})", "emailaddress1": "Zoe@Acme.Example"}
    person = world.create("contact", below)
    refs = [RecordRef(K.ACCOUNT, RecordId(account)), *(RecordRef(K.CONTACT, RecordId(guid)) for guid in (boss, person))]
    read = [record.fields for ref in refs if (record := crm.read(ref)) is not None]
    assert read[0]["domain"] == "acme.example"
    assert read[1]["phone"] == "+49301234567"
    assert read[2]["email"] == "zoe@acme.example"
    assert "account" not in read[2]  # belongs to a contact: not empty, only not ours to say


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "12,50"), ("amount", "NaN"), ("close_date", "next week"), ("account", "contact:x")],
)
def test_malformed_values_are_rejected_before_anything_is_written(
    crm: Dynamics, world: Dataverse, field: str, value: str
) -> None:
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], field: value}, "k")
    assert world.writes == 0


def test_what_is_our_own_fault(crm: Dynamics) -> None:
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "account": "suggestion:1"}, "k")
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "nope": "1"}, "k")


def test_a_planned_call_is_no_activity_until_it_was_made(crm: Dynamics, world: Dataverse) -> None:
    guid = world.create("phonecall", {"subject": "Call Zoë"})
    first = crm.changes(EMPTY_CHECKPOINT)
    assert first.records == ()
    world.advance(60)
    world.update("phonecall", guid, {"statecode": 1, "statuscode": 2})
    second = crm.changes(first.checkpoint)
    assert [(str(record.ref), record.is_deleted) for record in second.records] == [
        (f"activity:phonecall.{guid}", False)
    ]
    world.settle("phonecall", guid, statecode=2, statuscode=3)
    third = crm.changes(second.checkpoint)
    assert [record.is_deleted for record in third.records] == [True]


def test_ids_are_only_ids(crm: Dynamics, server: VendorServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.requests.clear()
    for odd in (made.ref.id.upper(), f"{made.ref.id})/x", f"contact.{made.ref.id}", f"email.{made.ref.id}", "a" * 5000):
        ref = RecordRef(K.CONTACT, RecordId(odd))
        assert crm.read(ref) is None
        assert crm.delete(ref) is False
        with pytest.raises(Conflict):
            crm.update(ref, {"title": "CEO"})
    assert server.requests == []
    assert placed(made.ref)[1] == made.ref.id
