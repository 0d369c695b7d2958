"""Canonical fields and Pipedrive's own; somebody else's edit in the last moment."""

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.tables.pipedrive_rows import note_of, text_of_note
from desktop.domain.errors import Conflict, Defect, Rejected
from desktop.domain.ids import RecordId
from desktop.domain.records import FIELDS, RecordRef
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.pipedrive_company import TEXT_LIMIT, Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import ACTIVITY, CONTACT, K, own

pytestmark = pytest.mark.server

ODD = (
    "=1+1",
    "+SUM(A1)",
    "-2",
    "@cmd",
    "\tx\ty",
    "0",
    "null",
    "[dealside:x]",
    "a\u00a0b",
    "<br>",
    "&lt;br&gt;",
    "x < y > z",
)


def ref(kind: K, row: dict) -> RecordRef:
    return RecordRef(kind, RecordId(str(row["id"])))


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_a_second_edit_within_the_same_second_is_a_conflict(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    company.update("persons", int(made.ref.id), {"job_title": "Typed by a person"})
    with pytest.raises(Conflict) as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert caught.value.live["title"] == "Typed by a person"
    with pytest.raises(Conflict):
        crm.delete(made.ref, version=made.version)


def test_a_stamp_that_pipedrive_moved_by_itself_is_no_conflict(crm: Pipedrive, company: Company) -> None:
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    company.advance(60)
    crm.create(K.ACTIVITY, {**ACTIVITY, "related": str(deal.ref)}, "e")
    assert crm.read(deal.ref) != deal
    after = crm.update(deal.ref, {"stage": "Proposal made"}, version=deal.version)
    assert after.fields["stage"] == "Proposal made"


def test_only_what_changes_is_sent_so_others_fields_survive_the_last_moment(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    number = int(made.ref.id)
    server.fault(
        "touch", method="PATCH", act_on=lambda: company.update("persons", number, {"name": "Other Name"}) and None
    )
    after = crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert (after.fields["title"], after.fields["last_name"]) == ("CEO", "Name")


# --- people -----------------------------------------------------------------------------------------------------------


def test_half_a_name_changes_that_half(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.CONTACT, {"first_name": "Ada", "last_name": "King"}, "k")
    assert crm.update(made.ref, {"last_name": "Lovelace"}).title == "Ada Lovelace"
    assert crm.update(made.ref, {"first_name": None}).title == "Lovelace"
    with pytest.raises(Rejected, match="name"):
        crm.update(made.ref, {"first_name": None, "last_name": ""})
    assert company.records["persons"][int(made.ref.id)]["name"] == "Lovelace"


def test_a_person_without_a_name_is_called_by_the_address_and_without_either_refused(
    crm: Pipedrive, company: Company
) -> None:
    assert crm.create(K.CONTACT, {"email": "A@b.example"}, "k").title == "A@b.example"
    with pytest.raises(Rejected, match="name"):
        crm.create(K.CONTACT, {"phone": "+491"}, "other")
    assert company.created["persons"] == 1


def test_other_addresses_and_numbers_stay(crm: Pipedrive, company: Company) -> None:
    row = company.create(
        "persons",
        {
            "name": "A B",
            "emails": [
                {"value": "home@a.example", "primary": False, "label": "home"},
                {"value": "Work@A.example", "primary": True, "label": "work"},
            ],
            "phones": [
                {"value": "+4917012", "primary": True, "label": "Mobile"},
                {"value": "+49 (30) 1234-56", "primary": False, "label": "work"},
            ],
        },
    )
    record = crm.read(ref(K.CONTACT, row))
    assert record is not None
    assert (record.fields["email"], record.fields["phone"], record.fields["mobile"]) == (
        "work@a.example",
        "+4930123456",
        "+4917012",
    )
    after = crm.update(record.ref, {"email": "new@a.example", "phone": "+4930999", "mobile": None})
    assert (after.fields["email"], after.fields["phone"], after.fields["mobile"]) == ("new@a.example", "+4930999", None)
    live = company.records["persons"][row["id"]]
    assert [entry["value"] for entry in live["emails"]] == ["home@a.example", "new@a.example"]
    assert [entry["value"] for entry in live["phones"]] == ["+4930999"]
    with pytest.raises(Rejected, match="several"):
        crm.update(record.ref, {"email": None})


def test_a_first_mobile_beside_an_office_number(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.CONTACT, {"last_name": "A", "phone": "+4930"}, "k")
    after = crm.update(made.ref, {"mobile": "+49170"})
    assert (after.fields["phone"], after.fields["mobile"]) == ("+4930", "+49170")
    phones = company.records["persons"][int(made.ref.id)]["phones"]
    assert [(entry["label"], entry["primary"]) for entry in phones] == [("work", True), ("mobile", False)]


# --- deals ------------------------------------------------------------------------------------------------------------


def test_stages_of_the_deals_own_pipeline_come_first(crm: Pipedrive, company: Company) -> None:
    row = company.create("deals", {"title": "T", "stage_id": 22})
    crm.update(ref(K.OPPORTUNITY, row), {"stage": "prospecting"})
    assert company.records["deals"][row["id"]]["stage_id"] == 21
    assert crm.picklist(K.OPPORTUNITY, "stage") == ("Prospecting", "Proposal made", "Renewal", "Won", "Lost")


def test_a_deal_is_won_and_opened_again(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "k")
    assert crm.update(made.ref, {"stage": "Won"}).fields["stage"] == "Won"
    assert crm.update(made.ref, {"stage": "Proposal made"}).fields["stage"] == "Proposal made"
    assert company.records["deals"][int(made.ref.id)]["status"] == "open"


def test_a_stage_that_is_newer_than_our_list_is_looked_up_once(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    crm.picklist(K.OPPORTUNITY, "stage")
    company.stages.append((31, "Brand new", 1))
    row = company.create("deals", {"title": "T", "stage_id": 31})
    record = crm.read(ref(K.OPPORTUNITY, row))
    assert record is not None
    assert record.fields["stage"] == "Brand new"
    company.stages.pop()
    server.requests.clear()
    crm.read(record.ref)
    assert len(server.requests) == 1


def test_a_currency_pipedrive_does_not_know_is_a_sentence(crm: Pipedrive, company: Company) -> None:
    with pytest.raises(Rejected, match="currency"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "currency": "XXX"}, "k")
    assert company.writes == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("amount", "12,50"), ("amount", "NaN"), ("amount", "0.12345678901234567891"), ("close_date", "next week")],
)
def test_malformed_values_are_rejected_before_anything_is_written(
    crm: Pipedrive, company: Company, field: str, value: str
) -> None:
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], field: value}, "k")
    assert company.writes == 0


# --- activities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02T23:30:00-05:00", "2026-03-03T04:30:00+00:00"),
        ("2026-03-02T00:15:00+05:45", "2026-03-01T18:30:00+00:00"),
        ("2026-03-02T12:00:00+14:00", "2026-03-01T22:00:00+00:00"),
        ("2026-03-02T12:00:59.9", "2026-03-02T12:00:00+00:00"),
    ],
)
def test_the_moment_of_an_activity_is_kept_in_utc_to_the_minute(crm: Pipedrive, written: str, read: str) -> None:
    made = crm.create(K.ACTIVITY, {**ACTIVITY, "happened_at": written}, "k")
    assert made.fields["happened_at"] == read
    assert crm.update(made.ref, {"happened_at": written}, version=made.version) == made


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_is_none(crm: Pipedrive, company: Company, value: str) -> None:
    with pytest.raises(Rejected, match="When"):
        crm.create(K.ACTIVITY, {**ACTIVITY, "happened_at": value}, "k")
    assert company.writes == 0


def test_types_have_our_names_and_their_own(crm: Pipedrive, company: Company) -> None:
    assert crm.picklist(K.ACTIVITY, "type") == ("Call", "Email", "Meeting", "Lunch")
    made = crm.create(K.ACTIVITY, {**ACTIVITY, "type": "Lunch"}, "k")
    row = company.records["activities"][int(made.ref.id)]
    assert (row["type"], row["done"]) == ("lunch", True)
    for odd in ("Task", "Dinner"):
        with pytest.raises(Rejected, match="Lunch"):
            crm.create(K.ACTIVITY, {**ACTIVITY, "type": odd}, "other")
    with pytest.raises(Rejected, match="Completed"):
        crm.create(K.TASK, {**SAMPLES[K.TASK], "status": "Deferred"}, "other")


def test_other_participants_stay_when_the_contact_changes(crm: Pipedrive, company: Company) -> None:
    first, second, third = (company.create("persons", {"name": name})["id"] for name in "ABC")
    made = crm.create(K.ACTIVITY, {**ACTIVITY, "contact": f"contact:{first}"}, "k")
    row = company.records["activities"][int(made.ref.id)]
    row["participants"].append({"person_id": second, "primary": False})
    after = crm.update(made.ref, {"contact": f"contact:{third}"})
    assert after.fields["contact"] == f"contact:{third}"
    people = company.records["activities"][int(made.ref.id)]["participants"]
    assert [entry["person_id"] for entry in people] == [third, second]
    assert crm.update(made.ref, {"contact": None}).fields["contact"] is None


def test_what_an_activity_is_about_can_be_a_deal_or_an_organisation_but_no_case(crm: Pipedrive) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    made = crm.create(K.ACTIVITY, {**ACTIVITY, "related": str(account.ref)}, "k")
    for related in (str(deal.ref), str(account.ref), None):
        assert crm.update(made.ref, {"related": related}).fields["related"] == related
    with pytest.raises(Rejected):
        crm.update(made.ref, {"related": "case:1"})


@pytest.mark.parametrize("text", [*HOSTILE, *ODD])
def test_a_note_reads_as_the_text_it_was_made_of(text: str) -> None:
    marker = "0" * 32
    assert text_of_note(note_of(text.strip(), marker)) == (text.strip(), marker)
    assert text_of_note(note_of(text.strip(), ""))[0] == text.strip()


def test_notes_that_people_formatted_are_read_as_text() -> None:
    note = '<div>Hello <b>you</b><br/>next&nbsp;line</div><ul><li>one</li><li>two</li></ul><a href="x">y</a> 1 < 2'
    assert text_of_note(note) == ("Hello you\nnext line\none\ntwo\ny 1 < 2", "")
    for odd in (None, "", "<" * 50_000, "<a " * 20_000, "&" * 50_000, " " * 50_000):
        text_of_note(odd)


# --- any text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE, *(text.strip() for text in ODD)])
def test_odd_text_comes_back_as_it_went(crm: Pipedrive, text: str) -> None:
    made = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "name": text, "next_step": text}, "k")
    assert (made.fields["name"], made.fields["next_step"]) == (text, text)
    logged = crm.create(K.ACTIVITY, {**ACTIVITY, "subject": text, "description": text}, "k")
    assert (logged.fields["subject"], logged.fields["description"]) == (text, text)


def test_a_very_long_text(crm: Pipedrive, company: Company) -> None:
    text = "Zoë & co <b>\n" * 2500
    made = crm.create(K.ACTIVITY, {**ACTIVITY, "description": text}, "k")
    assert made.fields["description"] == text.strip()
    before = company.writes
    with pytest.raises(Rejected, match="subject is too long"):
        crm.create(K.ACTIVITY, {**ACTIVITY, "subject": "x" * 32_000}, "other")
    with pytest.raises(Rejected, match="too long"):
        crm.create(K.CONTACT, {"last_name": "x" * (TEXT_LIMIT + 1)}, "other")
    assert company.writes == before


@pytest.mark.parametrize("odd", ["", " ", "0", "-1", "1.0", "1/../2", "1?x", "١", "9" * 30, "1\n"])
def test_ids_that_are_none(crm: Pipedrive, server: VendorServer, odd: str) -> None:
    assert crm.read(RecordRef(K.CONTACT, RecordId(odd))) is None
    assert crm.delete(RecordRef(K.CONTACT, RecordId(odd))) is False
    with pytest.raises(Conflict):
        crm.update(RecordRef(K.CONTACT, RecordId(odd)), {"title": "x"})
    assert [path for _, path in server.requests if "/persons/" in path] == []


def test_every_canonical_field_can_be_written_and_read(crm: Pipedrive, company: Company) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    person = crm.create(K.CONTACT, {**CONTACT, "account": str(account.ref)}, "p")
    more = {"currency": "USD", "account": str(account.ref), "contact": str(person.ref)}
    deal = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], **more}, "d")
    links = {"contact": str(person.ref), "related": str(deal.ref)}
    task = crm.create(K.TASK, {**SAMPLES[K.TASK], **links}, "t")
    logged = crm.create(K.ACTIVITY, {**ACTIVITY, **links}, "e")
    for record in (account, person, deal, task, logged):
        assert set(record.fields) == set(FIELDS[record.ref.kind])
        assert all(record.fields.values())
    assert own(company, "deals", "Next step") in company.records["deals"][int(deal.ref.id)]["custom_fields"]


def test_a_field_that_does_not_exist_and_an_unresolved_suggestion_are_our_own_fault(crm: Pipedrive) -> None:
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "shoe_size": "43"}, "k")
    with pytest.raises(Defect):
        crm.create(K.CONTACT, {**CONTACT, "account": "suggestion:1"}, "k")
