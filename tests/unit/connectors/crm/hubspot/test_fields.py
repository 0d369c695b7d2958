"""Values and permissions: what goes over, what comes back, what is refused before anything is sent."""

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.hubspot.shape import zone_of
from desktop.connectors.tables.hubspot import LINK_TYPES, PRIMARY, RICH, is_id, place_of
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import HOSTILE, SAMPLES
from tests.servers.hubspot_objects import OWN, PLAIN
from tests.servers.hubspot_portal import Portal
from tests.unit.connectors.crm.hubspot.side import CONTACT, HubSpotSide, K

pytestmark = pytest.mark.server
DEAL = SAMPLES[K.OPPORTUNITY]


# --- permissions ------------------------------------------------------------------------------------------------------


def test_a_readonly_property_asks_for_the_permission(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["phone"].read_only = True
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert portal.writes == 0
    portal.objects["contacts"]["phone"].read_only = False
    assert crm.create(K.CONTACT, CONTACT, "k").fields["phone"] == CONTACT["phone"]


def test_a_permission_lost_after_we_looked_is_asked_for_too(crm: HubSpot, portal: Portal) -> None:
    made = crm.create(K.CONTACT, CONTACT, "one")
    portal.objects["contacts"]["jobtitle"].read_only = True
    with pytest.raises(UserActionNeeded, match="Job title"):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


def test_a_hidden_property_is_absent_not_empty(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["mobilephone"].is_hidden = True
    made = crm.create(K.CONTACT, {name: value for name, value in CONTACT.items() if name != "mobile"}, "k")
    assert "mobile" not in made.fields
    with pytest.raises(UserActionNeeded, match="Mobile"):
        crm.update(made.ref, {"mobile": "+4917012345678"})


def test_links_to_what_the_rep_may_not_see_are_absent(crm: HubSpot, portal: Portal) -> None:
    portal.missing_scopes = {"crm.schemas.companies.read"}
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert "account" not in made.fields
    with pytest.raises(UserActionNeeded, match="Account"):
        crm.update(made.ref, {"account": "account:7"})


def test_an_admins_own_rule_is_shown_in_their_words(crm: HubSpot, portal: Portal) -> None:
    portal.objects["contacts"]["firstname"].rule = ("[A-Za-z]+", "INVALID_ALPHA", "Enter only letters")
    with pytest.raises(Rejected, match=r"First name.*Enter only letters"):
        crm.create(K.CONTACT, CONTACT, "k")


# --- picklists and stages ---------------------------------------------------------------------------------------------


def test_a_label_of_two_pipelines_tells_them_apart(crm: HubSpot, portal: Portal) -> None:
    offered = crm.picklist(K.OPPORTUNITY, "stage")
    assert offered == ("Prospecting", "Offer sent", "Won", "Prospecting (Pipeline 77)", "Renewed")
    for stage, ids in (("Renewed", ("2002", "77")), ("prospecting (pipeline 77)", ("2001", "77"))):
        made = crm.create(K.OPPORTUNITY, {**DEAL, "stage": stage}, stage)
        row = portal.rows["deals"][made.ref.id].properties
        assert (row["dealstage"], row["pipeline"]) == ids
    moved = crm.update(made.ref, {"stage": "Won"}, version=made.version)
    assert moved.fields["stage"] == "Won"
    assert portal.rows["deals"][made.ref.id].properties["pipeline"] == "default"


def test_stages_are_their_ids_where_the_pipelines_are_hidden(crm: HubSpot, portal: Portal) -> None:
    portal.missing_scopes = {"crm.pipelines.deals.read"}
    made = crm.create(K.OPPORTUNITY, {**DEAL, "stage": "1001"}, "k")
    assert made.fields["stage"] == "1001"
    assert crm.picklist(K.OPPORTUNITY, "stage") == ()


def test_a_value_that_is_not_offered_is_refused_with_the_choice(crm: HubSpot, portal: Portal) -> None:
    with pytest.raises(Rejected, match="choose one of: Prospecting, Offer sent"):
        crm.create(K.OPPORTUNITY, {**DEAL, "stage": "Hopeful"}, "k")
    assert portal.writes == 0
    portal.pipelines["deals"]["default"].append(("1002", "Hopeful"))
    assert crm.create(K.OPPORTUNITY, {**DEAL, "stage": "Hopeful"}, "k").fields["stage"] == "Hopeful"


def test_an_option_that_was_retired_is_read_but_not_offered(crm: HubSpot, portal: Portal) -> None:
    made = crm.create(K.CASE, {**SAMPLES[K.CASE], "priority": "High"}, "k")
    portal.objects["tickets"]["hs_ticket_priority"].retired = frozenset({"HIGH"})
    crm.close()
    assert crm.picklist(K.CASE, "priority") == ("Medium", "Low")
    live = crm.read(made.ref)
    assert live is not None
    assert live.fields["priority"] == "High"


def test_an_account_with_one_currency_has_no_property_for_it(crm: HubSpot, portal: Portal) -> None:
    del portal.objects["deals"]["deal_currency_code"]
    made = crm.create(K.OPPORTUNITY, {**DEAL, "currency": "EUR"}, "k")
    assert "currency" not in made.fields


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [(K.OPPORTUNITY, "stage"), (K.CASE, "subject"), (K.TASK, "due_date"), (K.ACTIVITY, "happened_at")],
)
def test_what_is_required_is_said_before_anything_is_sent(crm: HubSpot, portal: Portal, kind: K, lacking: str) -> None:
    assert lacking in crm.required(kind)
    with pytest.raises(Rejected, match="needs"):
        crm.create(kind, {name: value for name, value in SAMPLES[kind].items() if name != lacking}, "k")
    assert portal.writes == 0


# --- activities -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type_name", ["Email", "Call", "call", ""])
def test_activities_are_what_their_type_says(crm: HubSpot, portal: Portal, type_name: str) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": type_name}, "k")
    expected = "Call" if type_name.lower() == "call" else "Email"
    assert made.fields["type"] == expected
    assert made.ref.id.startswith(f"{expected.lower()}s-")
    assert crm.find_created(K.ACTIVITY, "k") == made
    with pytest.raises(Rejected, match="Type"):
        crm.update(made.ref, {"type": "Note"})


def test_a_note_has_its_subject_on_top(crm: HubSpot) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Note"}, "k")
    assert made.fields["description"] == f"{SAMPLES[K.ACTIVITY]['subject']}\n\n{SAMPLES[K.ACTIVITY]['description']}"
    assert "subject" not in made.fields
    with pytest.raises(Rejected, match="Subject"):
        crm.update(made.ref, {"subject": "Other"})


def test_an_activity_of_another_type_is_refused(crm: HubSpot) -> None:
    with pytest.raises(Rejected, match="Email, Call, Note"):
        crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Fax"}, "k")


@pytest.mark.parametrize(
    "text", [*HOSTILE, "&lt;b&gt; stays", "a < b > c", "<script>alert(1)</script>", "two\n\n\nlines"]
)
def test_text_that_is_shown_as_html_stays_text(crm: HubSpot, portal: Portal, text: str) -> None:
    made = crm.create(
        K.ACTIVITY, {"type": "Call", "subject": text, "happened_at": "2026-03-02", "description": text}, "k"
    )
    stored = portal.rows["calls"][made.ref.id.split("-")[1]].properties["hs_call_body"]
    assert "<" not in stored.replace("<br>", "")
    assert (made.fields["subject"], made.fields["description"]) == (text, text)


def test_what_people_wrote_with_markup_reads_as_text() -> None:
    raw = "<div style='color: red'><p>Hello&nbsp;<b>there</b></p>\n<p>1 &lt; 2<br/>x</p></div>"
    assert RICH.read(raw) == "Hello\xa0there\n1 < 2\nx"


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["Pacific/Auckland", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata", "UTC"]
)
def test_a_day_is_the_same_day_in_every_zone(crm: HubSpot, portal: Portal, zone: str) -> None:
    portal.details = {"timeZone": zone}
    made = crm.create(K.OPPORTUNITY, DEAL, "k")
    assert made.fields["close_date"] == DEAL["close_date"]
    task = crm.create(K.TASK, SAMPLES[K.TASK], "k")
    assert task.fields["due_date"] == SAMPLES[K.TASK]["due_date"]


def test_a_day_typed_by_a_person_in_the_accounts_zone(crm: HubSpot, portal: Portal) -> None:
    portal.details = {"timeZone": "Pacific/Auckland"}
    made = crm.create(K.TASK, SAMPLES[K.TASK], "k")
    portal.update("tasks", portal.rows["tasks"][made.ref.id], {"hs_timestamp": "2026-03-08T19:00:00Z"})  # 8:00 there
    live = crm.read(made.ref)
    assert live is not None
    assert live.fields["due_date"] == "2026-03-09"


def test_zones_of_all_sorts() -> None:
    assert zone_of({"timeZone": "No/Where", "utcOffsetMilliseconds": 3600_000}).utcoffset(None).total_seconds() == 3600
    for odd in (None, [], {}, {"timeZone": "../../etc/passwd"}, {"timeZone": 5, "utcOffsetMilliseconds": 10**12}):
        assert str(zone_of(odd)) == "UTC"


@pytest.mark.parametrize(
    "moment", ["2026-03-02T23:30:00-11:00", "2026-03-02T10:00:00.123456+13:45", "2026-03-02T10:00:00"]
)
def test_moments_keep_their_instant(crm: HubSpot, moment: str) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "happened_at": moment}, "k")
    again = crm.update(made.ref, {"happened_at": moment}, version=made.version)
    assert again == made


@pytest.mark.parametrize("amount", ["0", "-5", "12500.50", "99999999999999999999.01", "1E+3"])
def test_amounts_keep_their_digits(crm: HubSpot, amount: str) -> None:
    made = crm.create(K.OPPORTUNITY, {**DEAL, "amount": amount}, "k")
    expected = {"12500.50": "12500.5", "1E+3": "1000"}.get(amount, amount)
    assert made.fields["amount"] == expected


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "many"), ("amount", "NaN"), ("close_date", "soon"), ("close_date", "2026-02-30")]
)
def test_malformed_values_are_refused_before_anything_is_sent(
    crm: HubSpot, portal: Portal, field: str, value: str
) -> None:
    with pytest.raises(Rejected, match="usable"):
        crm.create(K.OPPORTUNITY, {**DEAL, field: value}, "k")
    assert portal.writes == 0


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2", "\ufeffstart", "ü" * 32_000])
def test_formulas_and_long_texts_are_only_text(crm: HubSpot, text: str) -> None:
    made = crm.create(K.CASE, {**SAMPLES[K.CASE], "description": text}, "k")
    assert made.fields["description"] == text


def test_a_text_that_is_too_long_is_refused_before_anything_is_sent(crm: HubSpot, portal: Portal) -> None:
    with pytest.raises(Rejected, match="“Description” is too long"):
        crm.create(K.CASE, {**SAMPLES[K.CASE], "description": "x" * 65_537}, "k")
    assert portal.writes == 0


# --- ids and links ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["", "..", "1/2", "notes-5", "٣", "1" * 21, "5?x=1", "-5", "%31"])
def test_odd_ids_are_nobodys(crm: HubSpot, odd: str) -> None:
    assert not is_id(odd)
    assert crm.read(RecordRef(K.CONTACT, RecordId(odd))) is None
    assert crm.delete(RecordRef(K.CONTACT, RecordId(odd))) is False


@pytest.mark.parametrize("odd", ["5", "contacts-5", "notes-", "notes-x", "-5", "notes--5"])
def test_odd_ids_of_activities_are_nobodys(odd: str) -> None:
    assert place_of(RecordRef(K.ACTIVITY, RecordId(odd))) is None


def test_numbers_of_links_are_those_of_the_simulator() -> None:
    assert {pair: OWN.get(pair, number) for pair, number in PLAIN.items()} == dict(LINK_TYPES)
    assert set(PRIMARY.values()) == set(OWN.values())


def test_a_new_account_takes_the_old_ones_place_and_the_old_link_stays(crm: HubSpot, portal: Portal) -> None:
    one, two = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("A", "B"))
    made = crm.create(K.CONTACT, {**CONTACT, "account": str(two.ref)}, "k")
    after = crm.update(made.ref, {"account": str(one.ref)}, version=made.version)
    assert after.fields["account"] == str(one.ref)
    back = crm.update(made.ref, {"account": str(two.ref)}, version=after.version)
    assert back.fields["account"] == str(two.ref)
    assert len(portal.linked("contacts", made.ref.id, "companies")) == 2


def test_only_the_link_that_was_shown_is_ever_removed(crm: HubSpot, portal: Portal, other_side: HubSpotSide) -> None:
    people = [crm.create(K.CONTACT, {"last_name": name}, name) for name in ("A", "B", "C")]
    deal = crm.create(K.OPPORTUNITY, {**DEAL, "contact": str(people[0].ref)}, "deal")
    portal.link("deals", deal.ref.id, "contacts", people[1].ref.id)
    live = crm.read(deal.ref)
    assert live == deal  # another link beside ours is no change of ours
    crm.update(deal.ref, {"contact": str(people[2].ref)}, version=live.version)
    assert {each for each, _ in portal.linked("deals", deal.ref.id, "contacts")} == {people[1].ref.id, people[2].ref.id}
    cleared = crm.update(deal.ref, {"contact": None})
    assert cleared.fields["contact"] == str(people[2].ref)


def test_a_link_somebody_changed_is_a_conflict(crm: HubSpot, portal: Portal) -> None:
    one, two, three = (crm.create(K.ACCOUNT, {"name": name}, name) for name in ("A", "B", "C"))
    made = crm.create(K.CONTACT, {**CONTACT, "account": str(one.ref)}, "k")
    portal.link("contacts", made.ref.id, "companies", two.ref.id, 1)
    with pytest.raises(Rejected, match="meanwhile"):
        crm.update(made.ref, {"account": str(three.ref)}, version=made.version)
    with pytest.raises(Rejected, match="meanwhile"):
        crm.update(made.ref, {"account": None}, version=made.version)


def test_a_deal_stands_before_a_company_that_hubspot_linked_by_itself(crm: HubSpot, portal: Portal) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    deal = crm.create(K.OPPORTUNITY, DEAL, "d")
    task = crm.create(K.TASK, {**SAMPLES[K.TASK], "related": str(account.ref)}, "t")
    after = crm.update(task.ref, {"related": str(deal.ref)}, version=task.version)
    assert after.fields["related"] == str(deal.ref)
    assert len(portal.linked("tasks", task.ref.id, "companies")) == 1
    back = crm.update(task.ref, {"related": str(account.ref)}, version=after.version)
    assert back.fields["related"] == str(account.ref)


def test_a_link_to_a_record_that_is_gone_changes_nothing(crm: HubSpot, portal: Portal) -> None:
    account = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "a")
    made = crm.create(K.CONTACT, CONTACT, "k")
    portal.archive("companies", account.ref.id)
    with pytest.raises(Rejected, match="no longer"):
        crm.update(made.ref, {"title": "CEO", "account": str(account.ref)}, version=made.version)
    assert crm.read(made.ref) == made
