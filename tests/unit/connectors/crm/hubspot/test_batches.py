"""Many at once: few calls, each Record's own outcome, and nothing lost or doubled whatever becomes of a batch."""

from collections.abc import Sequence

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.servers.hubspot import HubSpotWorld
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import Fault, VendorServer
from tests.unit.connectors.crm.hubspot.side import CONTACT, OBJECTS, HubSpotSide, K, Setting, WriteFault, connect

pytestmark = pytest.mark.server

LOST = ("drop", "drop_after", "cut", "garbage")
BATCHES = {"method": "POST", "prefix": f"{OBJECTS}/contacts/batch"}


def person(number: int, **more: str) -> NewRecord:
    return NewRecord(K.CONTACT, {**CONTACT, "email": f"n{number}@nordwind.example", **more}, f"key{number}")


def people(count: int) -> list[NewRecord]:
    return [person(number) for number in range(count)]


def made_by(crm: HubSpot, count: int) -> list[RecordSnapshot]:
    return good(crm.create_many(people(count)))


def good(outcomes: Sequence[Outcome]) -> list[RecordSnapshot]:
    records = [each for each in outcomes if isinstance(each, RecordSnapshot)]
    assert len(records) == len(outcomes), [each for each in outcomes if not isinstance(each, RecordSnapshot)]
    return records


def titled(records: Sequence[RecordSnapshot], title: str = "CEO") -> list[RecordChange]:
    return [RecordChange(record.ref, {"title": title}, record.version) for record in records]


def posts(server: VendorServer) -> list[str]:
    asked = [f"{path.split('/')[-3]} {path.split('/')[-1]}" for method, path in server.requests if method == "POST"]
    server.requests.clear()
    return asked


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_two_hundred_creates_and_a_thousand_updates(
    crm: HubSpot, server: VendorServer, portal: Portal, other_side: HubSpotSide
) -> None:
    for number in range(1000):
        portal.create("contacts", {"lastname": f"N{number}", "jobtitle": "before"})
    refs = [RecordRef(K.CONTACT, RecordId(row)) for row in portal.rows["contacts"]]
    crm.check()
    server.requests.clear()
    made = crm.create_many(people(200))
    assert posts(server) == ["contacts read"] * 2 + ["contacts create"] * 2 + ["contacts read"] * 2 + ["companies read"]
    assert good(made) == [crm.find_created(K.CONTACT, f"key{number}") for number in range(200)]
    server.requests.clear()
    live = crm.read_many(refs)
    assert posts(server) == ["contacts read"] * 10 + ["companies read"]
    other_side.later()
    changes = [RecordChange(ref, {"title": "after"}, live[ref].version, live[ref]) for ref in refs]
    outcomes = crm.update_many(changes)
    assert posts(server) == ["contacts update"] * 10
    assert {record.ref: record for record in good(outcomes)} == crm.read_many(refs)
    server.requests.clear()
    assert {record.fields["title"] for record in good(crm.update_many(titled(good(outcomes), "again")))} == {"again"}
    assert posts(server) == ["contacts read"] * 10 + ["companies read"] + ["contacts update"] * 10


def test_what_is_done_already_is_only_read(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    made = made_by(crm, 3)
    after = crm.update_many(titled(made))
    writes = portal.writes
    server.requests.clear()
    assert crm.update_many(titled(made)) == after
    assert good(crm.create_many(people(3))) == list(after)
    assert portal.writes == writes
    assert posts(server) == ["contacts read", "companies read"] * 2


# --- bad ones among good ones -----------------------------------------------------------------------------------------


def test_an_update_that_hubspot_refuses_holds_up_no_other(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    made = made_by(crm, 200)
    portal.objects["contacts"]["jobtitle"].rule = ("(?!bad).*", "INVALID_ALPHA", "Nothing bad")
    changes = titled(made)
    changes[57] = RecordChange(made[57].ref, {"title": "bad"}, made[57].version)
    server.requests.clear()
    outcomes = crm.update_many(changes)
    assert len([path for _, path in server.requests if path.endswith("batch/update")]) == 2 + 10 + 10
    assert isinstance(outcomes[57], Rejected)
    assert "Nothing bad" in outcomes[57].sentence
    assert {each.fields["title"] for each in good([*outcomes[:57], *outcomes[58:]])} == {"CEO"}
    assert portal.rows["contacts"][made[57].ref.id].properties["jobtitle"] == CONTACT["title"]


@pytest.mark.parametrize("has_multi_status", [True, False])
def test_a_create_that_hubspot_refuses_holds_up_no_other(
    crm: HubSpot, server: VendorServer, portal: Portal, has_multi_status: bool
) -> None:
    portal.has_multi_status = has_multi_status
    crm.create(K.CONTACT, {**CONTACT, "email": "taken@nordwind.example"}, "other")
    wanted = people(120)
    wanted[7] = person(7, email="Taken@nordwind.example")
    wanted[101] = person(101, account="account:999")
    wanted[102] = person(102, email="nobody")
    server.requests.clear()
    outcomes = crm.create_many(wanted)
    if has_multi_status:
        assert posts(server).count("contacts create") == 2
    for number, words in ((7, "already has"), (101, "points to"), (102, "e-mail")):
        refused = outcomes[number]
        assert isinstance(refused, Rejected)
        assert words in refused.sentence
    assert len(good([each for number, each in enumerate(outcomes) if number not in {7, 101, 102}])) == 117
    assert portal.created["contacts"] == 118


def test_what_the_rep_may_not_write_is_said_for_those_it_is_about(crm: HubSpot, portal: Portal) -> None:
    made = made_by(crm, 3)
    portal.objects["contacts"]["jobtitle"].read_only = True  # after we looked
    changes = [
        *titled(made[:2]),
        RecordChange(made[2].ref, {"phone": "+493099999999"}, made[2].version),
    ]
    first, second, third = crm.update_many(changes)
    assert isinstance(first, UserActionNeeded)
    assert isinstance(second, UserActionNeeded)
    assert good([third])[0].fields["phone"] == "+493099999999"
    portal.objects["contacts"]["jobtitle"].read_only = False
    assert len(good(crm.update_many(titled(made[:2])))) == 2


def test_kinds_without_the_key_property_hold_up_no_others(crm: HubSpot, portal: Portal) -> None:
    del portal.objects["tickets"]["dealside_key"]
    case = NewRecord(K.CASE, SAMPLES[K.CASE], "k")
    first, second = crm.create_many([case, person(1)])
    assert isinstance(first, UserActionNeeded)
    assert "tickets" in first.sentence
    assert good([second])


def test_a_conflict_shows_the_live_fields_and_the_rest_is_written(crm: HubSpot, portal: Portal) -> None:
    made = made_by(crm, 3)
    portal.update("contacts", portal.rows["contacts"][made[1].ref.id], {"phone": "+491"})
    first, stale, last = crm.update_many(titled(made))
    assert isinstance(stale, Conflict)
    assert stale.live["phone"] == "+491"
    assert len(good([first, last])) == 2


def test_one_that_is_deleted_between_look_and_write(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    made = made_by(crm, 3)
    server.fault(
        "touch", prefix=f"{OBJECTS}/contacts/batch/update", act_on=lambda: portal.archive("contacts", made[1].ref.id)
    )
    first, gone, last = crm.update_many(titled(made))
    assert isinstance(gone, Conflict)
    assert {each.fields["title"] for each in good([first, last])} == {"CEO"}


def test_a_record_merged_into_another_is_gone(crm: HubSpot, portal: Portal) -> None:
    made = made_by(crm, 2)
    portal.merge("contacts", made[0].ref.id, made[1].ref.id)
    assert crm.read_many([each.ref for each in made]) == {made[0].ref: made[0]}
    assert crm.read_many([made[1].ref]) == {}
    kept, gone = crm.update_many(titled(made))
    assert isinstance(gone, Conflict)
    assert good([kept])[0].fields["title"] == "CEO"


def test_the_same_twice_in_one_batch(crm: HubSpot, portal: Portal) -> None:
    first, other, again = good(crm.create_many([person(1), person(2), person(1)]))
    assert first == again
    assert portal.created["contacts"] == 2
    changes = [
        RecordChange(first.ref, {"title": "CEO"}),
        RecordChange(other.ref, {"title": "CFO"}),
        RecordChange(first.ref, {"phone": "+493099999999"}),
    ]
    outcomes = good(crm.update_many(changes))
    assert (outcomes[2].fields["title"], outcomes[2].fields["phone"]) == ("CEO", "+493099999999")


def test_ids_that_hubspot_never_gave(crm: HubSpot) -> None:
    odd = [RecordRef(K.CONTACT, RecordId(each)) for each in ("", "../limits", "999999")]
    assert crm.read_many(odd) == {}
    assert all(
        isinstance(each, Conflict) for each in crm.update_many([RecordChange(ref, {"title": "x"}) for ref in odd])
    )


def test_a_kind_that_hubspot_has_not(crm: HubSpot) -> None:
    (refused, made) = crm.create_many([NewRecord(K.LEAD, SAMPLES[K.LEAD], "k"), person(1)])
    assert isinstance(refused, Rejected)
    assert "lead" in refused.sentence
    assert good([made])
    lead = RecordRef(K.LEAD, RecordId("5"))
    assert crm.read(lead) is None
    assert crm.read_many([lead]) == {}
    assert isinstance(crm.update_many([RecordChange(lead, {"title": "x"})])[0], Conflict)


def test_an_unusable_setting_is_everyones_outcome(server: VendorServer, setting: Setting) -> None:
    crm = connect(server, setting, address="ftp://x.example")
    outcomes = [*crm.create_many(people(2)), *crm.update_many([RecordChange(RecordRef(K.CONTACT, RecordId("1")), {})])]
    assert [type(each) for each in outcomes] == [UserActionNeeded] * 3


# --- links and stages -------------------------------------------------------------------------------------------------


def test_links_are_written_in_batches(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    one, two = (crm.create(K.ACCOUNT, {"name": name}, name).ref for name in ("A", "B"))
    made = good(crm.create_many([person(number, account=str(one)) for number in range(30)]))
    assert {each.fields["account"] for each in made} == {str(one)}
    deals = [
        NewRecord(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "contact": str(each.ref)}, f"deal{each.ref.id}")
        for each in made[:20]
    ]
    opened = good(crm.create_many(deals))
    server.requests.clear()
    changes = [RecordChange(each.ref, {"title": "CEO", "account": str(two)}, each.version, each) for each in made]
    changes += [RecordChange(each.ref, {"contact": str(made[25].ref)}, each.version, each) for each in opened]
    outcomes = good(crm.update_many(changes))
    assert len(server.requests) < 20
    assert {each.fields["account"] for each in outcomes[:30]} == {str(two)}
    assert {each.fields["contact"] for each in outcomes[30:]} == {str(made[25].ref)}
    assert [record_id for record_id, _ in portal.linked("deals", opened[0].ref.id, "contacts")] == [made[25].ref.id]
    assert good(crm.update_many(changes)) == outcomes


def test_a_link_to_nothing_writes_nothing_of_that_record(crm: HubSpot, portal: Portal) -> None:
    account = crm.create(K.ACCOUNT, {"name": "A"}, "a")
    made = made_by(crm, 2)
    portal.archive("companies", account.ref.id)
    bad = RecordChange(made[0].ref, {"title": "CEO", "account": str(account.ref)}, made[0].version)
    refused, written = crm.update_many([bad, *titled(made[1:])])
    assert isinstance(refused, Rejected)
    assert crm.read(made[0].ref) == made[0]
    assert good([written])[0].fields["title"] == "CEO"


@pytest.mark.parametrize("act", LOST)
@pytest.mark.parametrize("action", ["create", "archive"])
def test_links_whose_batch_was_lost_are_put_one_by_one(
    crm: HubSpot, server: VendorServer, act: str, action: str
) -> None:
    one, two = (each.ref for each in made_by(crm, 2))
    deals = [
        NewRecord(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "contact": str(one)}, f"deal{number}")
        for number in range(3)
    ]
    opened = good(crm.create_many(deals))
    server.fault(act, prefix=f"/crm/associations/2026-03/deals/contacts/batch/{action}")
    changes = [RecordChange(each.ref, {"contact": str(two)}, each.version) for each in opened]
    outcomes = crm.update_many(changes)
    assert server.faults == []
    if act == "cut":  # there is no body to be cut when links are archived: the next call may meet a closed connection
        outcomes = crm.update_many(changes)
    assert {each.fields["contact"] for each in good(outcomes)} == {str(two)}


def test_a_new_stage_may_move_other_fields_so_it_is_read_back(crm: HubSpot, server: VendorServer) -> None:
    deals = [NewRecord(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], f"deal{number}") for number in range(3)]
    opened = good(crm.create_many(deals))
    won = good(crm.update_many([RecordChange(each.ref, {"stage": "Won"}, each.version, each) for each in opened]))
    assert won == [crm.read(each.ref) for each in opened]


def test_activities_are_made_in_batches_of_their_types(crm: HubSpot, portal: Portal) -> None:
    wanted = [
        NewRecord(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": type_name}, f"{type_name}{number}")
        for number in range(3)
        for type_name in ("Email", "Call", "Note")
    ]
    made = good(crm.create_many(wanted))
    assert [each.fields["type"] for each in made] == ["Email", "Call", "Note"] * 3
    assert good(crm.create_many(wanted)) == made
    assert [len(portal.live(name)) for name in ("emails", "calls", "notes")] == [3, 3, 3]


# --- answers that are lost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", LOST)
@pytest.mark.parametrize("at", [0, 1, 2, 3, 4])
def test_creates_lost_at_any_of_their_calls_are_made_once(
    crm: HubSpot, server: VendorServer, portal: Portal, act: str, at: int
) -> None:
    crm.check()
    server.faults.extend(Fault("slow", **BATCHES) for _ in range(at))  # these many get through
    server.fault(act, **BATCHES)
    outcomes = crm.create_many(people(150))
    assert any(isinstance(each, Temporary) for each in outcomes)
    assert not any(isinstance(each, Rejected) for each in outcomes)
    server.faults.clear()
    made = good(crm.create_many(people(150)))
    assert len({each.ref for each in made}) == 150
    assert portal.created["contacts"] == 150


@pytest.mark.parametrize("act", LOST)
def test_a_batch_of_updates_that_is_lost_leaves_the_others_to_be_written(
    crm: HubSpot, server: VendorServer, act: str
) -> None:
    made = made_by(crm, 250)
    server.faults.append(WriteFault(act))
    outcomes = crm.update_many(titled(made))
    assert all(isinstance(each, Temporary) for each in outcomes[:100])
    assert {each.fields["title"] for each in good(outcomes[100:])} == {"CEO"}
    again = good(crm.update_many(titled(made)))
    assert {each.fields["title"] for each in again} == {"CEO"}
    assert again[100:] == list(outcomes[100:])


def test_a_batch_lost_now_and_then_does_not_end_the_rest(crm: HubSpot, server: VendorServer) -> None:
    made = made_by(crm, 450)
    for act in ("cut", "slow", "cut", "slow", "cut"):
        server.faults.append(WriteFault(act))
    outcomes = crm.update_many(titled(made))
    for start in (0, 200, 400):
        assert all(isinstance(each, Temporary) for each in outcomes[start : start + 100])
    assert len(good([*outcomes[100:200], *outcomes[300:400]])) == 200
    assert server.faults == []


@pytest.mark.parametrize("act", LOST)
def test_a_look_that_is_lost_leaves_the_others_to_be_written(crm: HubSpot, server: VendorServer, act: str) -> None:
    made = made_by(crm, 150)
    server.fault(act, prefix=f"{OBJECTS}/contacts/batch/read")
    outcomes = crm.update_many(titled(made))
    assert all(isinstance(each, Temporary) for each in outcomes[:100])
    assert len(good(outcomes[100:])) == 50
    server.fault(act, prefix=f"{OBJECTS}/contacts/batch/read")
    wanted = people(250)
    outcomes = crm.create_many(wanted)
    assert all(isinstance(each, Temporary) for each in outcomes[:100])
    assert len(good(outcomes[100:])) == 150
    assert len({each.ref for each in good(crm.create_many(wanted))}) == 250


def test_two_batches_lost_in_a_row_end_the_rest(crm: HubSpot, server: VendorServer) -> None:
    made = made_by(crm, 450)
    server.faults.append(WriteFault("drop", times=9))
    server.requests.clear()
    assert all(isinstance(each, Temporary) for each in crm.update_many(titled(made)))
    assert posts(server).count("contacts update") == 2


def test_what_could_not_be_read_is_not_taken_for_deleted(crm: HubSpot, portal: Portal) -> None:
    made = made_by(crm, 3)
    portal.unreadable = {made[1].ref.id}
    with pytest.raises(Temporary):
        crm.read_many([each.ref for each in made])
    assert [type(each) for each in crm.update_many(titled(made))] == [Temporary] * 3
    portal.unreadable = {"key1"}
    assert [type(each) for each in crm.create_many(people(3))] == [Temporary] * 3
    portal.unreadable = set()
    assert good(crm.create_many(people(3))) == made


@pytest.mark.parametrize("policy", ["SECONDLY", "DAILY"])
def test_when_hubspot_asks_to_wait_the_rest_is_not_tried(crm: HubSpot, server: VendorServer, policy: str) -> None:
    made = made_by(crm, 250)
    server.faults.append(WriteFault("status", status=429, code=policy))
    server.requests.clear()
    outcomes = crm.update_many(titled(made))
    assert all(isinstance(each, Temporary) and each.retry_after for each in outcomes)
    assert posts(server).count("contacts update") == 1
    assert {each.fields["title"] for each in good(crm.update_many(titled(made)))} == {"CEO"}


def test_a_dead_token_is_everyones_outcome(crm: HubSpot, portal: Portal) -> None:
    made = made_by(crm, 3)
    portal.tokens.clear()
    outcomes = [*crm.create_many(people(2)), *crm.update_many(titled(made))]
    assert [type(each) for each in outcomes] == [UserActionNeeded] * 5


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_token_that_dies_is_not_tried_once_for_each_record(
    crm: HubSpot, server: VendorServer, portal: Portal, is_forgotten: bool
) -> None:
    made = made_by(crm, 100)
    firm = crm.create(K.ACCOUNT, {"name": "A"}, "a")
    if is_forgotten:
        crm.close()
    portal.tokens.clear()
    server.requests.clear()
    changes = [RecordChange(each.ref, {"title": "CEO"}, each.version, each) for each in made]
    outcomes = [*crm.update_many([*changes, RecordChange(firm.ref, {"phone": "+491"})]), *crm.create_many(people(100))]
    assert {type(each) for each in outcomes} == {UserActionNeeded}
    assert len(server.requests) < 8


def test_an_account_without_calls_left(crm: HubSpot, world: HubSpotWorld) -> None:
    made = made_by(crm, 3)
    world.daily = 0
    outcomes = [*crm.create_many(people(4)), *crm.update_many(titled(made))]
    assert [type(each) for each in outcomes] == [Temporary] * 7


def test_a_write_still_under_way_when_we_look_ends_in_one_record(
    crm: HubSpot, server: VendorServer, portal: Portal
) -> None:
    def first_write_lands() -> None:
        portal.create("contacts", {"email": "n1@nordwind.example", "dealside_key": "key1", "jobtitle": "By a person"})

    server.fault("touch", prefix=f"{OBJECTS}/contacts/batch/create", act_on=first_write_lands)
    made = good(crm.create_many(people(3)))
    assert portal.created["contacts"] == 3
    assert made[1].fields["title"] == "By a person"


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_page_that_is_no_answer_refuses_nothing(crm: HubSpot, server: VendorServer, status: int) -> None:
    made = made_by(crm, 2)
    server.faults.append(WriteFault("status", status=status))
    assert [type(each) for each in crm.update_many(titled(made))] == [Temporary] * 2
    assert len(good(crm.update_many(titled(made)))) == 2
