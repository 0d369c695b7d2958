"""Many Records at once: how many calls it takes, what it costs, and that the promises of one hold for each."""

from dataclasses import replace

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.pipedrive.crew import WORKERS, Door
from desktop.connectors.signin.signed_boundary import SignedBoundary
from desktop.connectors.signin.ways import WAYS
from desktop.domain.crm_port import NewRecord, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_many import fields_of, new, refs_of
from tests.conformance.crm_samples import SAMPLES
from tests.servers.pipedrive_company import Company
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, PipedriveSide, Setting, WriteFault, connect
from tests.unit.connectors.signin.rig import WAY, Rig
from tests.unit.connectors.signin.test_manager import counting
from tests.unit.connectors.signin.test_signed_boundary import OLD

pytestmark = pytest.mark.server

WRITES = {"POST", "PATCH"}


def people(crm: Pipedrive, count: int, first: int = 0) -> list[RecordSnapshot]:
    made = crm.create_many([new(K.CONTACT, str(number)) for number in range(first, first + count)])
    assert all(isinstance(record, RecordSnapshot) for record in made), made
    return [record for record in made if isinstance(record, RecordSnapshot)]


def retitled(records: list[RecordSnapshot], *, seen: bool = False) -> list[RecordChange]:
    return [
        RecordChange(old.ref, {"title": f"CEO {at}"}, old.version, old if seen else None)
        for at, old in enumerate(records)
    ]


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_a_hundred_updates_are_one_look_and_a_hundred_writes(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    made = people(crm, 100)
    company.advance(120)
    server.requests.clear()
    company.spent = 0
    after = crm.update_many(retitled(made))
    assert [fields_of(one)["title"] for one in after] == [f"CEO {at}" for at in range(100)]
    assert [method for method, _ in server.requests].count("PATCH") == 100
    assert len(server.requests) == 101
    assert company.spent == 10 + 100 * 5


def test_what_the_caller_read_a_moment_ago_is_not_read_again(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    made = people(crm, 10)
    company.advance(120)
    server.requests.clear()
    seen = list(crm.read_many([one.ref for one in made]).values())
    crm.update_many(retitled(seen, seen=True))
    assert len(server.requests) == 1 + 10
    stale = crm.update_many(retitled(seen, seen=True))  # what was read then has been used
    assert refs_of(stale) == [one.ref for one in made]
    assert len(server.requests) == 1 + 10 + 1


def test_a_look_that_is_not_the_callers_own_is_not_gone_by(crm: Pipedrive, other_side: PipedriveSide) -> None:
    [made] = people(crm, 1)
    other_side.later()
    crm.read_many([made.ref])
    other_side.edit(made.ref, "title", "Typed by a person")
    found = crm.read(made.ref)
    assert found is not None
    [outcome] = crm.update_many([RecordChange(made.ref, {"title": "CEO"}, made.version, found)])
    assert isinstance(outcome, Conflict)


def test_a_hundred_creates_are_one_look_and_a_hundred_writes(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    crm.describe(K.CONTACT)
    server.requests.clear()
    company.spent = 0
    people(crm, 100)
    assert len(server.requests) == 101
    assert company.spent == 10 + 100 * 5
    company.advance(120)
    server.requests.clear()
    people(crm, 100)  # all of them are there: what changed since, and the records by their ids
    assert [method for method, _ in server.requests] == ["GET", "GET"]
    assert company.created["persons"] == 100


def test_keys_are_searched_for_where_the_list_is_too_long(
    server: VendorServer, setting: Setting, company: Company
) -> None:
    first = people(connect(server, setting), 3)
    for number in range(1100):
        company.create("persons", {"name": f"Somebody {number}"})
    company.advance(120)
    company.create("persons", {"name": "Newest"})
    server.requests.clear()
    crm = connect(server, setting)
    again = people(crm, 5)
    assert [one.ref for one in again[:3]] == [one.ref for one in first]
    assert company.created["persons"] == 3 + 1101 + 2
    assert sum("search" in path for _, path in server.requests) == 5


def test_a_list_in_which_much_has_changed_is_not_followed_on(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    first = people(crm, 2)
    company.advance(120)
    for number in range(1100):
        company.create("persons", {"name": f"Somebody {number}"})
    server.requests.clear()
    again = people(crm, 3)
    assert [one.ref for one in again[:2]] == [one.ref for one in first]
    assert company.created["persons"] == 1100 + 3
    methods = [method for method, _ in server.requests]
    assert methods.count("POST") == 1
    assert sum("search" in path for _, path in server.requests) == 1  # of the other two it is known where they are


def test_where_much_has_changed_the_newest_page_is_looked_at_all_the_same(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    for number in range(1100):
        company.create("persons", {"name": f"Somebody {number}"})
    people(crm, 8)  # so many that the whole list was read
    company.advance(120)
    for record_id in range(1, 1101):
        company.update("persons", record_id, {"job_title": "Typed"})
    company.search_lag = 6000
    company.advance(1)
    [elsewhere] = people(connect(server, setting), 1, first=8)
    [here] = people(crm, 1, first=8)
    assert here.ref == elsewhere.ref


def test_a_key_that_the_search_does_not_know_yet_stands_on_the_newest_page(
    server: VendorServer, setting: Setting, company: Company
) -> None:
    for number in range(1100):
        company.create("persons", {"name": f"Somebody {number}"})
    company.search_lag = 600
    company.advance(1)
    first = people(connect(server, setting), 3)
    assert [one.ref for one in people(connect(server, setting), 3)] == [one.ref for one in first]


def test_deals_are_searched_for_since_an_archived_one_is_in_no_list(
    server: VendorServer, setting: Setting, company: Company
) -> None:
    wanted = [new(K.OPPORTUNITY, str(number)) for number in range(3)]
    made = refs_of(connect(server, setting).create_many(wanted))
    company.advance(1200)
    company.update("deals", int(made[1].id), {"is_archived": True})
    crm = connect(server, setting)
    assert refs_of(crm.create_many(wanted)) == made
    assert set(crm.read_many(made)) == set(made)
    [after] = crm.update_many([RecordChange(made[1], {"next_step": "Wait"})])
    assert fields_of(after)["next_step"] == "Wait"


# --- limits -----------------------------------------------------------------------------------------------------------


def test_a_batch_keeps_within_the_burst_window(crm: Pipedrive, company: Company, setting: Setting) -> None:
    crm.check()
    crm.describe(K.CONTACT)
    setting.clock.advance(10)
    company.burst_limit = 20
    before = setting.clock.now()
    people(crm, 60)
    assert company.created["persons"] == 60
    assert (setting.clock.now() - before).total_seconds() >= 4


def test_a_429_stops_the_rest_and_leaves_none_in_doubt(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    crm.describe(K.CONTACT)
    crm.create_many([new(K.CONTACT, "0"), new(K.CONTACT, "1")])
    server.faults.append(WriteFault("status", status=429, code="X", headers={"x-ratelimit-reset": "2"}))
    outcomes = crm.create_many([new(K.CONTACT, str(number)) for number in range(2, 42)])
    waiting = [outcome for outcome in outcomes if isinstance(outcome, Temporary)]
    assert len(waiting) >= 20  # the other workers may have got through a few
    assert company.created["persons"] == 2 + 40 - len(waiting)
    setting.clock.advance(3)
    people(crm, 42)
    assert company.created["persons"] == 42


def test_a_server_that_asks_for_patience_is_left_alone(crm: Pipedrive, server: VendorServer) -> None:
    made = people(crm, 30)
    server.requests.clear()
    server.fault("status", status=503, method="PATCH", times=99, headers={"Retry-After": "60"})
    outcomes = crm.update_many(retitled(made))
    assert all(isinstance(outcome, Temporary) and outcome.retry_after for outcome in outcomes)
    assert len(server.requests) <= 1 + WORKERS


def test_a_network_that_is_away_is_not_tried_for_each(crm: Pipedrive, server: VendorServer, setting: Setting) -> None:
    made = people(crm, 30)
    server.requests.clear()
    server.fault("drop", times=99)
    assert all(isinstance(outcome, Temporary) for outcome in crm.update_many(retitled(made)))
    assert len(server.requests) == 1
    server.faults.clear()
    server.fault("drop", method="PATCH", times=99)
    assert all(isinstance(outcome, Temporary) for outcome in crm.update_many(retitled(made)))
    assert len(server.requests) <= 2 + 2 * WORKERS
    server.faults.clear()
    assert refs_of(crm.update_many(retitled(made))) == [one.ref for one in made]
    del setting


def test_a_used_up_day_is_told_to_each_and_the_quota_says_so(crm: Pipedrive, company: Company) -> None:
    assert crm.quota() is None
    company.daily_limit = 400
    made = people(crm, 10)
    crm.read(made[0].ref)  # the answers to a batch may overtake one another
    quota = crm.quota()
    assert quota is not None
    assert (quota.used, quota.limit) == (company.spent, 400)
    company.spent = 400
    outcomes = crm.update_many(retitled(made))
    assert all(isinstance(outcome, Temporary) for outcome in outcomes)
    assert company.writes == 10


def test_a_dead_token_is_told_to_each_and_asked_once(crm: Pipedrive, company: Company, server: VendorServer) -> None:
    made = people(crm, 20)
    company.tokens.clear()
    server.requests.clear()
    assert all(isinstance(outcome, UserActionNeeded) for outcome in crm.update_many(retitled(made)))
    assert all(isinstance(outcome, UserActionNeeded) for outcome in crm.create_many([new(K.CONTACT, "x")]))
    assert len(server.requests) <= 2
    company.tokens["token"] = 7
    assert refs_of(crm.update_many(retitled(made))) == [one.ref for one in made]


def test_an_address_that_cannot_be_used_is_told_to_each(server: VendorServer, setting: Setting) -> None:
    crm = connect(server, setting, address="not an address")
    outcomes = crm.create_many([new(K.CONTACT, "0"), new(K.TASK, "1")])
    outcomes += crm.update_many([RecordChange(RecordRef(K.CONTACT, RecordId("1")), {"title": "CEO"})])
    assert [type(outcome) for outcome in outcomes] == [UserActionNeeded] * 3
    assert server.requests == []


# --- one bad record ---------------------------------------------------------------------------------------------------


def test_whatever_is_wrong_with_one_is_wrong_with_one(
    crm: Pipedrive, company: Company, other_side: PipedriveSide
) -> None:
    firm = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "firm")
    other_side.remove(firm.ref)
    wanted = [
        new(K.CONTACT, "0"),
        new(K.CONTACT, "1", account=str(firm.ref)),
        new(K.CONTACT, "2", title="x" * 300),
        NewRecord(K.CONTACT, {}, "k3"),
        new(K.CASE, "4"),
        new(K.OPPORTUNITY, "5", stage="No such stage"),
        new(K.TASK, "6"),
        new(K.CONTACT, "0"),
    ]
    outcomes = crm.create_many(wanted)
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "RecordSnapshot",
        *["Rejected"] * 5,
        "RecordSnapshot",
        "RecordSnapshot",
    ]
    assert outcomes[7] == outcomes[0]
    assert company.created["persons"] == 1


def test_updates_of_what_is_gone_malformed_or_named_twice(crm: Pipedrive, other_side: PipedriveSide) -> None:
    one, two, gone = people(crm, 3)
    other_side.later()
    other_side.remove(gone.ref)
    outcomes = crm.update_many(
        [
            RecordChange(one.ref, {"title": "CEO"}, one.version),
            RecordChange(RecordRef(K.CONTACT, RecordId("../limits")), {"title": "CEO"}),
            RecordChange(two.ref, {"title": "x" * 300}),
            RecordChange(gone.ref, {"title": "CEO"}),
            RecordChange(one.ref, {"mobile": None}),
            RecordChange(two.ref, {"account": "account:999"}),
        ]
    )
    kinds = [RecordSnapshot, Conflict, Rejected, Conflict, RecordSnapshot, Rejected]
    assert [type(outcome) for outcome in outcomes] == kinds
    assert fields_of(outcomes[4])["title"] == "CEO"
    assert fields_of(outcomes[4])["mobile"] is None


def test_a_record_deleted_between_look_and_write_is_a_conflict(
    crm: Pipedrive, server: VendorServer, other_side: PipedriveSide
) -> None:
    made = people(crm, 2)
    other_side.later()
    server.fault("touch", method="PATCH", times=2, act_on=lambda: _gone(other_side, made[0].ref))
    first, second = crm.update_many(retitled(made))
    assert isinstance(first, Conflict)
    assert fields_of(second)["title"] == "CEO 1"


def _gone(other_side: PipedriveSide, ref: RecordRef) -> None:
    if not other_side.company.records["persons"][int(ref.id)]["is_deleted"]:
        other_side.remove(ref)


# --- exactly once -----------------------------------------------------------------------------------------------------


def test_one_in_doubt_waits_while_the_others_are_made(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    server.faults.append(WriteFault("drop"))
    wanted = [new(K.CONTACT, str(number)) for number in range(4)]
    first = crm.create_many(wanted)
    assert [type(outcome) for outcome in first].count(Temporary) == 1
    second = crm.create_many(wanted)
    [lost] = [outcome for outcome in second if isinstance(outcome, Temporary)]
    assert lost.retry_after
    assert company.created["persons"] == 3
    setting.clock.advance(lost.retry_after + 1)
    assert len(set(refs_of(crm.create_many(wanted)))) == 4
    assert company.created["persons"] == 4


def test_a_batch_and_a_single_create_know_of_each_other(crm: Pipedrive, company: Company, setting: Setting) -> None:
    single = crm.create(K.CONTACT, CONTACT, new(K.CONTACT, "0").key)
    assert people(crm, 2)[0].ref == single.ref
    setting.clock.advance(5)
    assert crm.create(K.CONTACT, CONTACT, new(K.CONTACT, "1").key).ref == people(crm, 2)[1].ref
    assert company.created["persons"] == 2


def test_without_more_boundaries_one_line_does_it_all(server: VendorServer, setting: Setting) -> None:
    crm = Pipedrive({"address": server.url}, token=lambda: "token", http=setting.http, clock=setting.clock)
    made = people(crm, 6)
    assert len({one.ref for one in made}) == 6
    assert setting.more == []


def test_every_worker_signs_with_the_token_of_the_sign_in(
    server: VendorServer, setting: Setting, company: Company
) -> None:
    signed = Rig(counting(), grant=OLD, way=replace(WAY, carried_in=WAYS["pipedrive"].carried_in))
    doors: list[Door] = []

    def another() -> Door:
        http = SignedBoundary(lambda: None, signed.manager, ledger=setting.ledger, clock=setting.clock)
        doors.append(Door(http, http.token))
        return doors[-1]

    company.tokens = {"signed in a1": 7}
    first = another()
    crm = Pipedrive(
        {"address": server.url}, token=first.token, http=first.http, more_doors=another, clock=setting.clock
    )
    assert len(people(crm, 12)) == 12
    assert len(doors) == WORKERS
    company.tokens = {"signed in a2": 7}  # the others meet this in the middle of a batch
    assert len(people(crm, 12, first=12)) == 12
    assert company.created["persons"] == 24
    crm.close()
