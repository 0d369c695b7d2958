"""Many at once: few calls, each Record's own outcome, and nothing lost or doubled whatever becomes of a batch."""

from collections.abc import Sequence

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES
from tests.servers.vendor import Answer, Request
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Org
from tests.unit.connectors.crm.zoho.side import CONTACT, K, Setting, ZohoSide, connect

pytestmark = pytest.mark.server

LOST = ("drop", "drop_after", "cut", "garbage")


def person(number: int, **more: str) -> NewRecord:
    return NewRecord(K.CONTACT, {**CONTACT, "email": f"n{number}@nordwind.example", **more}, f"key{number}")


def people(count: int) -> list[NewRecord]:
    return [person(number) for number in range(count)]


def made_by(crm: Zoho, count: int) -> list[RecordSnapshot]:
    return good(crm.create_many(people(count)))


def good(outcomes: Sequence[Outcome]) -> list[RecordSnapshot]:
    records = [each for each in outcomes if isinstance(each, RecordSnapshot)]
    assert len(records) == len(outcomes), [each for each in outcomes if not isinstance(each, RecordSnapshot)]
    return records


def titled(records: Sequence[RecordSnapshot], title: str = "CEO") -> list[RecordChange]:
    return [RecordChange(record.ref, {"title": title}, record.version) for record in records]


def calls(server: ZohoServer) -> list[str]:
    asked = [f"{method} {path.removeprefix('/crm/v8/')}" for method, path in server.requests]
    server.requests.clear()
    return asked


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_two_hundred_creates_and_a_thousand_updates(
    crm: Zoho, server: ZohoServer, org: Org, other_side: ZohoSide
) -> None:
    refs = [
        RecordRef(K.CONTACT, RecordId(org.create("Contacts", {"Last_Name": f"N{number}", "Title": "before"})))
        for number in range(1000)
    ]
    crm.check()
    server.requests.clear()
    made = crm.create_many(people(200))
    assert calls(server) == ["POST coql"] + ["POST Contacts"] * 2 + ["GET Contacts"] * 2
    assert good(made) == [crm.find_created(K.CONTACT, f"key{number}") for number in range(200)]
    server.requests.clear()
    live = crm.read_many(refs)
    assert calls(server) == ["GET Contacts"] * 10
    other_side.later()
    outcomes = crm.update_many([RecordChange(ref, {"title": "after"}, live[ref].version, live[ref]) for ref in refs])
    assert calls(server) == ["PUT Contacts"] * 10
    assert {record.ref: record for record in good(outcomes)} == crm.read_many(refs)
    server.requests.clear()
    assert {record.fields["title"] for record in good(crm.update_many(titled(good(outcomes), "again")))} == {"again"}
    assert calls(server) == ["GET Contacts"] * 10 + ["PUT Contacts"] * 10


def test_what_is_done_already_is_only_read(crm: Zoho, server: ZohoServer, org: Org) -> None:
    made = made_by(crm, 3)
    after = crm.update_many(titled(made))
    writes = org.writes
    server.requests.clear()
    assert crm.update_many(titled(made)) == after
    assert good(crm.create_many(people(3))) == list(after)
    assert org.writes == writes
    assert calls(server) == ["GET Contacts", "POST coql", "GET Contacts"]


def test_tasks_and_activities_travel_together(crm: Zoho, server: ZohoServer) -> None:
    deal = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "deal")
    crm.describe(K.TASK)
    server.requests.clear()
    wanted = [
        NewRecord(kind, {**SAMPLES[kind], "related": str(deal.ref)}, f"{kind} {number}")
        for number in range(3)
        for kind in (K.TASK, K.ACTIVITY)
    ]
    made = good(crm.create_many(wanted))
    assert calls(server) == ["POST coql", "POST Tasks", "GET Tasks"]
    assert [record.ref.kind for record in made] == [K.TASK, K.ACTIVITY] * 3
    assert {record.fields["related"] for record in made} == {str(deal.ref)}
    changed = good(crm.update_many([RecordChange(each.ref, {"subject": "New", "related": None}) for each in made]))
    assert crm.read_many([each.ref for each in made]) == {each.ref: each for each in changed}
    twisted = [RecordRef(K.TASK if each.ref.kind is K.ACTIVITY else K.ACTIVITY, each.ref.id) for each in made]
    assert crm.read_many(twisted) == {}
    assert all(isinstance(each, Conflict) for each in crm.update_many([RecordChange(ref, {}) for ref in twisted]))


# --- bad ones among good ones -----------------------------------------------------------------------------------------


def test_a_record_that_zoho_refuses_holds_up_no_other(crm: Zoho, server: ZohoServer, org: Org) -> None:
    made = made_by(crm, 120)
    org.locked = {made[57].ref.id}
    org.delete("Contacts", made[58].ref.id)
    changes = titled(made)
    changes[7] = RecordChange(made[7].ref, {"title": "x" * 500}, made[7].version)
    changes[101] = RecordChange(made[101].ref, {"account": "account:57257670000000999"}, made[101].version)
    live = {each.ref: each for each in made}
    server.requests.clear()
    outcomes = crm.update_many([RecordChange(c.ref, c.fields, c.version, live[c.ref]) for c in changes])
    assert calls(server) == ["PUT Contacts"] * 2 + ["GET Contacts"]
    for number, error, words in ((7, Rejected, "too long"), (57, Rejected, "locked"), (58, Conflict, "deleted")):
        refused = outcomes[number]
        assert type(refused) is error
        assert words in refused.sentence
    assert isinstance(outcomes[101], Rejected)
    rest = [each for number, each in enumerate(outcomes) if number not in {7, 57, 58, 101}]
    assert {each.fields["title"] for each in good(rest)} == {"CEO"}


def test_a_create_that_zoho_refuses_holds_up_no_other(crm: Zoho, org: Org) -> None:
    wanted = people(120)
    wanted[7] = person(7, last_name="")
    wanted[101] = person(101, account="account:57257670000000999")
    wanted[102] = person(102, email="nobody")
    outcomes = crm.create_many(wanted)
    for number in (7, 101, 102):
        assert isinstance(outcomes[number], Rejected)
    assert len(good([each for number, each in enumerate(outcomes) if number not in {7, 101, 102}])) == 117
    assert len(org.records["Contacts"]) == 117


def test_a_batch_refused_for_one_records_sake_is_sent_in_pieces(crm: Zoho, server: ZohoServer, org: Org) -> None:
    made = made_by(crm, 100)
    answer = server.zoho.answer

    def whole(request: Request) -> Answer:
        rows = request.body.get("data", []) if request.method == "PUT" else []
        if any(row["id"] == made[41].ref.id for row in rows):
            return Answer(400, {"code": "NOT_ALLOWED", "details": {}, "message": "no", "status": "error"})
        return answer(request)

    server.zoho.answer = whole  # type: ignore[method-assign]  # a service stricter than described
    server.requests.clear()
    outcomes = crm.update_many(titled(made))
    assert isinstance(outcomes[41], Rejected)
    assert {each.fields["title"] for each in good([*outcomes[:41], *outcomes[42:]])} == {"CEO"}
    assert calls(server).count("PUT Contacts") <= 15
    assert org.records["Contacts"][made[41].ref.id]["Title"] == CONTACT["title"]


def test_what_the_rep_may_not_write_is_said_for_those_it_is_about(crm: Zoho, server: ZohoServer, org: Org) -> None:
    made = made_by(crm, 3)
    org.readonly = {("Contacts", "Title")}  # after we looked
    phone = RecordChange(made[2].ref, {"phone": "+493099999999"}, made[2].version)
    first, second, third = crm.update_many([*titled(made[:2]), phone])
    assert isinstance(first, UserActionNeeded)
    assert isinstance(second, UserActionNeeded)
    assert good([third])[0].fields["phone"] == "+493099999999"
    server.requests.clear()
    assert all(isinstance(each, UserActionNeeded) for each in crm.update_many(titled(made)))
    assert calls(server).count("GET settings/fields") == 1  # not once for each
    org.readonly = set()
    good(crm.update_many(titled(made[:2])))


def test_without_a_key_field_nothing_is_made(crm: Zoho, org: Org) -> None:
    org.not_unique = {"Deals"}
    deal = NewRecord(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "d")
    first, refused = crm.create_many([person(1), deal])
    assert isinstance(refused, UserActionNeeded)
    good([first])
    assert org.records["Deals"] == {}


# --- other people -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
def test_an_edit_between_reading_and_writing_is_a_conflict_for_that_one(
    crm: Zoho, server: ZohoServer, org: Org, whole: bool
) -> None:
    server.zoho.refuses_whole = whole
    made = made_by(crm, 40)

    def edit() -> None:
        org.advance(30)
        org.update("Contacts", made[3].ref.id, {"Title": "Typed by a person"}, as_person=True)

    server.fault("touch", method="PUT", act_on=edit)
    outcomes = crm.update_many(titled(made))
    stale = outcomes[3]
    assert isinstance(stale, Conflict)
    assert stale.live["title"] == "Typed by a person"
    assert {each.fields["title"] for each in good([*outcomes[:3], *outcomes[4:]])} == {"CEO"}
    assert org.records["Contacts"][made[3].ref.id]["Title"] == "Typed by a person"


def test_an_edit_meanwhile_does_not_stop_a_change_without_a_version(crm: Zoho, server: ZohoServer, org: Org) -> None:
    made = made_by(crm, 2)

    def edit() -> None:
        org.advance(30)
        org.update("Contacts", made[0].ref.id, {"Title": "Typed by a person"}, as_person=True)

    server.fault("touch", method="PUT", act_on=edit)
    free = RecordChange(made[0].ref, {"title": "CEO"})
    assert {each.fields["title"] for each in good(crm.update_many([free, *titled(made[1:])]))} == {"CEO"}


def test_a_412_without_a_change_is_overcome(crm: Zoho, server: ZohoServer) -> None:
    made = made_by(crm, 4)
    server.fault("status", status=412, times=3, method="PUT")
    assert {each.fields["title"] for each in good(crm.update_many(titled(made)))} == {"CEO"}


def test_records_of_different_days_are_written_in_one_call(crm: Zoho, server: ZohoServer, other_side: ZohoSide) -> None:
    made = []
    for number in range(5):
        other_side.later()
        made += good(crm.create_many([person(number)]))
    server.requests.clear()
    good(crm.update_many(titled(made)))
    assert calls(server) == ["GET Contacts", "PUT Contacts"]


def test_what_the_caller_read_counts_only_if_it_is_what_was_decided_on(
    crm: Zoho, server: ZohoServer, other_side: ZohoSide
) -> None:
    old, other = made_by(crm, 2)
    other_side.later()
    other_side.edit(old.ref, "phone", "+493099999999")
    new = crm.read(old.ref)
    assert new is not None
    (written,) = good(crm.update_many([RecordChange(new.ref, {"title": "CEO"}, new.version, live=old)]))
    assert (written.fields["title"], written.fields["phone"]) == ("CEO", "+493099999999")
    (written,) = good(crm.update_many([RecordChange(new.ref, {"title": "CFO"}, "", live=other)]))
    assert written == crm.read(new.ref)
    assert written.fields["email"] == "n0@nordwind.example"
    server.requests.clear()
    (stale,) = crm.update_many([RecordChange(new.ref, {"title": "CEO"}, old.version, live=written)])
    assert isinstance(stale, Conflict)
    assert calls(server) == ["GET Contacts"]


def test_one_record_twice_in_a_batch(crm: Zoho) -> None:
    (made,) = made_by(crm, 1)
    first, second = good(crm.update_many([RecordChange(made.ref, {"title": t}) for t in ("CEO", "CFO")]))
    assert (first.fields["title"], second.fields["title"]) == ("CEO", "CFO")
    assert crm.read(made.ref) == second


def test_one_key_twice_in_a_batch(crm: Zoho, org: Org) -> None:
    first, second = good(crm.create_many([person(1), person(1, title="CFO")]))
    assert first == second
    assert first.fields["title"] == CONTACT["title"]
    assert len(org.records["Contacts"]) == 1


def test_an_attempt_that_the_look_up_does_not_see_yet_is_recognised(crm: Zoho, org: Org) -> None:
    made = made_by(crm, 3)
    org.query_lag = 3600
    assert good(crm.create_many(people(4)))[:3] == made
    assert len(org.records["Contacts"]) == 4


# --- answers that do not come -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", LOST)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_create_whose_answer_is_lost(crm: Zoho, server: ZohoServer, org: Org, act: str, method: str) -> None:
    crm.check()
    server.fault(act, method=method, prefix="/crm/v8/Contacts")
    outcomes = crm.create_many(people(150))
    assert sum(isinstance(each, Temporary) for each in outcomes) == 100
    good(outcomes[100:])
    again = good(crm.create_many(people(150)))
    assert again[100:] == list(outcomes[100:])
    assert len(org.records["Contacts"]) == 150


@pytest.mark.parametrize("act", LOST)
def test_an_update_whose_answer_is_lost(
    crm: Zoho, server: ZohoServer, org: Org, other_side: ZohoSide, act: str
) -> None:
    made = made_by(crm, 150)
    other_side.later()
    server.fault(act, method="PUT")
    outcomes = crm.update_many(titled(made))
    assert sum(isinstance(each, Temporary) for each in outcomes) == 100
    writes = org.writes
    again = good(crm.update_many(titled(made)))
    assert {each.fields["title"] for each in again} == {"CEO"}
    assert org.writes - writes == (100 if act == "drop" else 0)


def test_who_asks_for_patience_is_not_asked_on(crm: Zoho, server: ZohoServer) -> None:
    made = made_by(crm, 300)
    server.fault("status", status=429, code="TOO_MANY_REQUESTS", method="PUT")
    server.requests.clear()
    outcomes = crm.update_many(titled(made))
    assert all(isinstance(each, Temporary) and each.retry_after == 60 for each in outcomes)
    assert calls(server).count("PUT Contacts") == 1


@pytest.mark.parametrize("rows", [[], ["x"], [{}], [{"status": "success"}], [{"status": "success", "details": {}}]])
def test_an_answer_that_says_too_little(crm: Zoho, server: ZohoServer, org: Org, rows: list[object]) -> None:
    """It is either looked after or unknown, never taken for a success; the repetition sets it right."""
    answer = server.zoho.answer
    made = made_by(crm, 1)

    def short(request: Request) -> Answer:
        full = answer(request)
        is_write = request.method in {"POST", "PUT"} and request.parts[-1] == "Contacts"
        return Answer(200, {"data": rows}) if is_write else full

    server.zoho.answer = short  # type: ignore[method-assign]
    (created,) = crm.create_many([person(7)])
    (changed,) = crm.update_many(titled(made))
    assert isinstance(created, Temporary)
    assert isinstance(changed, Temporary) or changed == crm.read(made[0].ref)
    server.zoho.answer = answer  # type: ignore[method-assign]
    again = good(crm.create_many([person(7)]))[0]
    assert good(crm.update_many(titled(made)))[0].fields["title"] == "CEO"
    assert again.fields["email"] == "n7@nordwind.example"
    assert len(org.records["Contacts"]) == 2


@pytest.mark.parametrize("is_written", [True, False])
def test_an_answer_about_other_records_is_no_success(crm: Zoho, server: ZohoServer, org: Org, is_written: bool) -> None:
    made = made_by(crm, 2)
    answer = server.zoho.answer

    def mixed_up(request: Request) -> Answer:
        if request.method != "PUT":
            return answer(request)
        if is_written:
            answer(request)
        details = {"id": "57257670000000999", "Modified_Time": org.stamp(org.now())}
        return Answer(200, {"data": [{"status": "success", "code": "SUCCESS", "details": details}] * 2})

    server.zoho.answer = mixed_up  # type: ignore[method-assign]
    outcomes = crm.update_many(titled(made))
    if is_written:
        assert outcomes == tuple(crm.read(each.ref) for each in made)
    else:
        assert all(isinstance(each, Temporary) for each in outcomes)


def test_one_answer_lost_now_and_then_stops_nothing_but_two_in_a_row_do(crm: Zoho, server: ZohoServer) -> None:
    made = made_by(crm, 400)
    puts = iter(("lost", "", "lost", ""))
    answer = server.zoho.answer

    def flaky(request: Request) -> Answer:
        is_lost = request.method == "PUT" and next(puts, "lost") == "lost"
        return Answer(500, None) if is_lost else answer(request)

    server.zoho.answer = flaky  # type: ignore[method-assign]
    outcomes = crm.update_many(titled(made))
    assert [isinstance(each, Temporary) for each in outcomes[::100]] == [True, False, True, False]
    server.requests.clear()
    left = crm.update_many(titled(made[:100] + made[200:300]) + titled(good(outcomes[100:200]), "CFO"))
    assert all(isinstance(each, Temporary) for each in left)
    assert calls(server).count("PUT Contacts") == 2


def test_a_token_that_ran_out_is_said_for_each(crm: Zoho, org: Org) -> None:
    made = made_by(crm, 3)
    org.tokens = set()
    for outcomes in (crm.update_many(titled(made)), crm.create_many(people(3))):
        assert all(isinstance(each, UserActionNeeded) for each in outcomes)
    with pytest.raises(UserActionNeeded):
        crm.read_many([made[0].ref])


def test_settings_that_are_none_are_said_for_each(server: ZohoServer, setting: Setting) -> None:
    crm = connect(server, setting, api_domain="http://")
    assert all(isinstance(each, UserActionNeeded) for each in crm.create_many(people(2)))
    change = RecordChange(RecordRef(K.CONTACT, RecordId("57257670000000001")), {"title": "CEO"})
    assert all(isinstance(each, UserActionNeeded) for each in crm.update_many([change]))
