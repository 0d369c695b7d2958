"""Many Records at once: how few calls it takes, and what one failure, or a refusal of all, leaves of the rest."""

from collections import Counter
from collections.abc import Sequence

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.records import RecordSnapshot
from tests.conformance.crm_many import fields_of, new, refs_of
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.dynamics_values import DataverseError
from tests.servers.vendor import Request, VendorServer
from tests.unit.connectors.crm.dynamics.side import CONTACT, DynamicsSide, K, Setting, WriteFault, customer

pytestmark = pytest.mark.server

BATCH = f"{PATH}/$batch"


def people(number: int) -> list[NewRecord]:
    return [new(K.CONTACT, str(index)) for index in range(number)]


def snapshots(outcomes: Sequence[Outcome]) -> list[RecordSnapshot]:
    assert all(isinstance(outcome, RecordSnapshot) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, RecordSnapshot)]


def titled(records: Sequence[RecordSnapshot], title: str, *, is_seen: bool = False) -> list[RecordChange]:
    return [RecordChange(one.ref, {"title": title}, one.version, one if is_seen else None) for one in records]


@pytest.fixture
def made(crm: Dynamics, server: VendorServer) -> list[RecordSnapshot]:
    found = snapshots(crm.create_many(people(12)))
    server.requests.clear()
    return found


def lame(world: Dataverse, error: DataverseError, *guids: str, method: str = "PATCH") -> None:
    """Let the rows named refuse a request of a batch, until the next call of this."""

    def refuse(request: Request) -> None:
        if request.method == method and any(guid in request.path for guid in guids):
            raise error

    world.before_part = refuse


# --- few calls --------------------------------------------------------------------------------------------------------


def test_two_calls_for_a_thousand_updates_and_one_for_two_hundred_creates(crm: Dynamics, server: VendorServer) -> None:
    made = snapshots(crm.create_many(people(1000)))
    server.requests.clear()
    assert len(snapshots(crm.update_many(titled(made, "CEO")))) == 1000
    assert server.requests == [("POST", BATCH)] * 2
    server.requests.clear()
    fresh = list(crm.read_many([one.ref for one in made]).values())
    assert server.requests == [("POST", BATCH)]
    server.requests.clear()
    assert {fields_of(one)["title"] for one in crm.update_many(titled(fresh, "CFO", is_seen=True))} == {"CFO"}
    assert server.requests == [("POST", BATCH)]
    server.requests.clear()
    assert len(snapshots(crm.create_many([new(K.CONTACT, f"later {number}") for number in range(200)]))) == 200
    assert server.requests == [("POST", BATCH)]


def test_more_than_the_vendor_takes_goes_in_several(crm: Dynamics, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "warm")
    server.requests.clear()
    assert len(snapshots(crm.create_many(people(1001)))) == 1001
    assert Counter(server.requests) == {("POST", BATCH): 1, ("POST", f"{PATH}/contacts"): 1}


def test_long_texts_go_in_several(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    long = "x" * 1_500_000
    letters = [new(K.ACTIVITY, str(number), description=long) for number in range(7)]
    assert [fields_of(one)["description"] for one in crm.create_many(letters)] == [long] * 7
    assert all(row["statecode"] == 1 for row in world.rows["email"].values())
    assert 4 <= server.requests.count(("POST", BATCH)) <= 8


def test_one_alone_needs_no_batch(crm: Dynamics, server: VendorServer, made: list[RecordSnapshot]) -> None:
    crm.update_many(titled(made[:1], "CEO"))
    assert [method for method, _ in server.requests] == ["GET", "PATCH"]


def test_what_is_there_already_is_not_written(crm: Dynamics, world: Dataverse, made: list[RecordSnapshot]) -> None:
    before = world.writes
    assert crm.update_many([RecordChange(one.ref, {"title": CONTACT["title"]}, one.version) for one in made]) == tuple(
        made
    )
    assert world.writes == before


def test_what_has_happened_is_completed_in_batches(crm: Dynamics, world: Dataverse, server: VendorServer) -> None:
    crm.create(K.ACTIVITY, new(K.ACTIVITY, "warm").fields, "warm")
    server.requests.clear()
    found = snapshots(crm.create_many([new(K.ACTIVITY, str(number)) for number in range(50)]))
    assert len(found) == 50
    assert all(row["statecode"] == 1 for row in world.rows["email"].values())
    assert server.requests == [("POST", BATCH)] * 3  # made, completed, read again


# --- one failure and the rest -----------------------------------------------------------------------------------------


def test_each_fails_for_itself(
    crm: Dynamics, world: Dataverse, made: list[RecordSnapshot], other_side: DynamicsSide
) -> None:
    other_side.later()
    other_side.edit(made[1].ref, "title", "Typed by a person")
    other_side.remove(made[2].ref)
    lame(world, DataverseError(400, "0x80040265", "No, says the plug-in."), made[3].ref.id)
    changes = titled(made, "CEO")
    changes[4] = RecordChange(made[4].ref, {"title": "x" * 200}, made[4].version)
    changes[5] = RecordChange(made[5].ref, {"account": "account:../x"}, made[5].version)
    found = crm.update_many(changes)
    assert [type(one) for one in found[1:6]] == [Conflict, Conflict, Rejected, Rejected, Rejected]
    assert isinstance(found[3], Rejected)
    assert "No, says the plug-in." in found[3].sentence
    assert [fields_of(one)["title"] for one in (found[0], *found[6:])] == ["CEO"] * 7


def test_a_throttled_part_is_tried_later_and_the_others_are_done(
    crm: Dynamics, world: Dataverse, made: list[RecordSnapshot]
) -> None:
    busy = DataverseError(429, "0x80072321", "Too much.", {"Retry-After": "77"})
    lame(world, busy, *(one.ref.id for one in made[8:]))
    found = crm.update_many(titled(made, "CEO"))
    assert len(snapshots(found[:8])) == 8
    assert [one.retry_after for one in found[8:] if isinstance(one, Temporary)] == [77.0] * 4


def test_somebody_who_is_quicker_than_the_batch_is_not_written_over(
    crm: Dynamics, server: VendorServer, made: list[RecordSnapshot], other_side: DynamicsSide
) -> None:
    def quicker() -> None:
        other_side.edit(made[0].ref, "title", "Typed by a person")

    server.faults.append(WriteFault("touch", act_on=quicker))
    found = crm.update_many(titled(made, "CEO"))
    assert isinstance(found[0], Conflict)
    assert found[0].live["title"] == "Typed by a person"
    assert len(snapshots(found[1:])) == 11


def test_what_the_caller_saw_is_guarded_all_the_same(
    crm: Dynamics, made: list[RecordSnapshot], other_side: DynamicsSide
) -> None:
    other_side.edit(made[0].ref, "title", "Typed by a person")
    other_side.edit(made[1].ref, "title", "CEO")
    first, second, *rest = crm.update_many(titled(made, "CEO", is_seen=True))
    assert isinstance(first, Conflict)
    assert first.live["title"] == "Typed by a person"
    assert fields_of(second)["title"] == "CEO"
    assert len(snapshots(rest)) == 10


def test_a_column_nobody_may_write_is_asked_about_once(
    crm: Dynamics, world: Dataverse, server: VendorServer, made: list[RecordSnapshot]
) -> None:
    world.readonly = {("contact", "jobtitle")}
    crm.check()
    crm.read(made[0].ref)
    server.requests.clear()
    found = crm.update_many(titled(made, "CEO"))
    assert all(isinstance(one, UserActionNeeded) for one in found)
    assert len(server.requests) == 1
    world.readonly = set()
    assert len(snapshots(crm.update_many(titled(made, "CEO")))) == 12  # it looks afresh afterwards


def test_a_table_that_is_not_there_is_asked_about_once(crm: Dynamics, world: Dataverse, server: VendorServer) -> None:
    world.absent = {"lead"}
    found = crm.create_many([new(K.LEAD, str(number)) for number in range(9)] + people(2))
    assert [type(one) for one in found[:9]] == [UserActionNeeded] * 9
    assert len(snapshots(found[9:])) == 2
    assert sum("lead" in path for _, path in server.requests) == 1


def test_the_same_key_twice_in_one_batch_makes_one(crm: Dynamics, world: Dataverse) -> None:
    first, second = crm.create_many([new(K.CONTACT, "0"), new(K.CONTACT, "0")])
    assert refs_of([first]) == refs_of([second])
    assert world.created["contact"] == 1


def test_a_version_that_would_break_out_of_its_header_does_not(
    crm: Dynamics, world: Dataverse, made: list[RecordSnapshot]
) -> None:
    evil = 'W/"1"\r\nX-Evil: 1\r\n\r\n'
    odd = RecordSnapshot(made[0].ref, made[0].fields, evil, made[0].modified_at)
    bad, *rest = crm.update_many([RecordChange(odd.ref, {"title": "CEO"}, evil, odd), *titled(made[1:], "CEO")])
    assert isinstance(bad, UserActionNeeded)
    assert len(snapshots(rest)) == 11
    assert world.rows["contact"][made[0].ref.id]["jobtitle"] == CONTACT["title"]


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
def test_a_lost_batch_is_repeated_without_harm(
    crm: Dynamics, server: VendorServer, world: Dataverse, made: list[RecordSnapshot], act: str
) -> None:
    server.faults.append(WriteFault(act))
    assert all(isinstance(one, Temporary) for one in crm.update_many(titled(made, "CEO")))
    server.faults.append(WriteFault(act))
    assert all(isinstance(one, Temporary) for one in crm.create_many([new(K.TASK, str(n)) for n in range(5)]))
    again = crm.update_many(titled(made, "CEO"))
    assert {fields_of(one)["title"] for one in again} == {"CEO"}
    assert len(snapshots(crm.create_many([new(K.TASK, str(n)) for n in range(5)]))) == 5
    assert (world.created["contact"], world.created["task"]) == (12, 5)
    assert world.writes == 12 + 12 + 5


def test_after_a_lost_answer_batches_are_shorter_for_a_while(crm: Dynamics, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "warm")
    server.fault("drop_after", prefix=BATCH, times=2)
    for _ in range(2):
        assert isinstance(crm.create_many(people(100))[0], Temporary)
    server.requests.clear()
    assert len(snapshots(crm.create_many(people(100)))) == 100
    assert 3 <= len(server.requests) <= 6  # 25, 50, 25; what was made already is read again


def test_what_takes_an_environment_long_goes_in_shorter_batches(
    crm: Dynamics, server: VendorServer, setting: Setting
) -> None:
    crm.create(K.CONTACT, CONTACT, "warm")
    server.fault("touch", prefix=BATCH, act_on=lambda: setting.clock.advance(60))
    crm.create_many(people(400))
    server.requests.clear()
    crm.create_many([new(K.CONTACT, f"later {number}") for number in range(330)])
    assert server.requests == [("POST", BATCH)] * 3  # 100, 110, 120: four times as long was too long


def test_answers_that_are_missing_are_looked_for_again(
    crm: Dynamics, server: VendorServer, world: Dataverse, made: list[RecordSnapshot]
) -> None:
    first = crm.update_many(titled(made, "CEO"))
    assert len(snapshots(first)) == 12
    world.parts_answered = 5
    found = crm.update_many(titled(snapshots(first), "CFO", is_seen=True))
    assert [isinstance(one, Temporary) for one in found] == [False] * 5 + [True] * 7
    world.parts_answered = None
    writes = world.writes
    again = crm.update_many(titled(snapshots(first), "CFO"))
    assert {fields_of(one)["title"] for one in again} == {"CFO"}
    assert world.writes == writes


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_batch_stops_the_rest(
    crm: Dynamics, server: VendorServer, made: list[RecordSnapshot], status: int
) -> None:
    server.fault("status", status=status, code="0x80072322", headers={"Retry-After": "120"}, prefix=BATCH)
    found = crm.update_many(titled(made, "CEO"))
    assert {one.retry_after for one in found if isinstance(one, Temporary)} == {120.0}
    assert len(found) == 12
    assert len(server.requests) == 1


def test_a_dead_token_stops_all(crm: Dynamics, world: Dataverse, server: VendorServer, made) -> None:
    world.tokens = set()
    found = crm.update_many(titled(made, "CEO")) + crm.create_many(people(3))
    assert all(isinstance(one, UserActionNeeded) for one in found)
    assert len(server.requests) <= 3
    world.tokens = {"token"}
    assert len(snapshots(crm.update_many(titled(made, "CEO")))) == 12


def test_a_batch_that_is_refused_for_one_part_is_taken_apart(
    crm: Dynamics, server: VendorServer, world: Dataverse, made: list[RecordSnapshot]
) -> None:
    refused = PickyFault("status", status=400, code="0x80060888", message="The batch is not valid.", times=99)
    refused.dislikes = made[7].ref.id.encode()
    server.faults.append(refused)
    found = crm.update_many(titled(made, "CEO"))
    assert isinstance(found[7], Rejected)
    assert {fields_of(one)["title"] for one in (*found[:7], *found[8:])} == {"CEO"}
    assert len(server.requests) < 24


class PickyFault(WriteFault):
    """Refuses any request that names one row."""

    dislikes = b""

    def is_for(self, request: Request) -> bool:
        return super().is_for(request) and self.dislikes in request.raw + request.path.encode()


def test_cases_and_tasks_and_people_go_together(crm: Dynamics, server: VendorServer) -> None:
    account = customer(crm)
    mixed = [new(K.CASE, "1", account=str(account.ref)), new(K.TASK, "1"), new(K.LEAD, "1"), new(K.CONTACT, "1")]
    crm.create_many(mixed)
    server.requests.clear()
    more = [NewRecord(one.kind, one.fields, f"{one.key} again") for one in mixed]
    assert len(snapshots(crm.create_many(more))) == 4
    assert server.requests == [("POST", BATCH)]
