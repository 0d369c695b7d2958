"""What the account refuses, told apart by its own codes, and answers that break off."""

import json
from contextlib import suppress

import pytest

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.refusals import Verdict
from desktop.connectors.tables.hubspot_errors import QUOTA, TOO_FAST, judge
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from tests.conformance.crm_samples import SAMPLES
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.hubspot import HubSpotWorld
from tests.servers.hubspot_portal import Portal
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import (
    CONTACT,
    EDITS_CONTACT,
    MAKES_CONTACT,
    OBJECTS,
    K,
    Setting,
    StaticServer,
    connect,
    refuse,
)

pytestmark = pytest.mark.server


# --- what the account refuses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (401, "INVALID_AUTHENTICATION", UserActionNeeded, "sign in"),
        (401, "EXPIRED_AUTHENTICATION", UserActionNeeded, "sign in"),
        (401, "", UserActionNeeded, "sign in"),
        (403, "MISSING_SCOPES", UserActionNeeded, "permission"),
        (403, "", UserActionNeeded, "administrator"),
        (409, "CONFLICT", Rejected, "already has"),
        (400, "VALIDATION_ERROR", Rejected, "refused"),
        (400, "SOMETHING_NEW", Rejected, "refused"),
        (404, "OBJECT_NOT_FOUND", Rejected, "any more"),
        (405, "METHOD_NOT_ALLOWED", Rejected, "refused"),
        (423, "LOCKED", Temporary, "locked"),
        (429, "TEN_SECONDLY_ROLLING", Temporary, "slow down"),
        (429, "SECONDLY", Temporary, "slow down"),
        (429, "DAILY", Temporary, "few hours"),
        (429, "", Temporary, "slow down"),
        (477, "MIGRATION_IN_PROGRESS", Temporary, "trouble"),
        (477, "", Temporary, "trouble"),
        (500, "INTERNAL_ERROR", Temporary, "trouble"),
        (502, "", Temporary, "trouble"),
        (503, "", Temporary, "trouble"),
        (504, "", Temporary, "trouble"),
        (521, "", Temporary, "trouble"),
    ],
)
def test_refusals_are_told_apart_by_their_code(
    crm: HubSpot, server: VendorServer, status: int, code: str, error: type[Exception], words: str
) -> None:
    refuse(server, status, code)
    with pytest.raises(error, match=words) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert type(caught.value) is error
    assert crm.find_created(K.CONTACT, "k") is None
    assert crm.create(K.CONTACT, CONTACT, "k").fields["email"] == CONTACT["email"]


def test_waits_are_those_of_the_policy(crm: HubSpot, server: VendorServer) -> None:
    waits = {}
    for policy in ("DAILY", "TEN_SECONDLY_ROLLING"):
        refuse(server, 429, policy)
        with pytest.raises(Temporary) as caught:
            crm.create(K.CONTACT, CONTACT, "k")
        waits[policy] = caught.value.retry_after or 0
    assert waits["DAILY"] >= 3600
    assert waits["TEN_SECONDLY_ROLLING"] == 10


def test_retry_after_is_passed_on_and_kept(crm: HubSpot, server: VendorServer) -> None:
    refuse(server, 477, headers={"Retry-After": "77"})
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after == 77
    refuse(server, 429, "SECONDLY", headers={"Retry-After": "88"})
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    before = len(server.requests)
    with pytest.raises(Temporary) as closed:
        crm.create(K.CONTACT, CONTACT, "k")
    assert 80 < (closed.value.retry_after or 0) <= 88
    assert len(server.requests) == before


def test_an_account_without_any_calls_left(crm: HubSpot, world: HubSpotWorld) -> None:
    world.daily = 0
    for call in (crm.check, lambda: crm.changes(EMPTY_CHECKPOINT), lambda: crm.create(K.CONTACT, CONTACT, "k")):
        with pytest.raises(Temporary, match="today") as caught:
            call()
        assert (caught.value.retry_after or 0) >= 3600
    world.daily = None
    crm.check()


def test_a_feed_that_is_throttled_half_way_goes_on_afterwards(
    crm: HubSpot, world: HubSpotWorld, portal: Portal
) -> None:
    made = crm.create(K.ACTIVITY, {**SAMPLES[K.ACTIVITY], "type": "Note"}, "k")
    world.searches = 5
    with pytest.raises(Temporary, match="slow down"):
        crm.changes(EMPTY_CHECKPOINT)
    world.searches = 8
    portal.advance(1)
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [made.ref]


def test_the_missing_permission_is_named(crm: HubSpot, portal: Portal) -> None:
    portal.missing_scopes = {"crm.objects.contacts.write"}
    with pytest.raises(UserActionNeeded, match=r"crm\.objects\.contacts\.write"):
        crm.create(K.CONTACT, CONTACT, "k")


def test_a_known_e_mail_address_is_no_new_contact(crm: HubSpot, portal: Portal) -> None:
    crm.create(K.CONTACT, CONTACT, "one")
    with pytest.raises(Rejected, match="update that one"):
        crm.create(K.CONTACT, {**CONTACT, "email": CONTACT["email"].upper()}, "two")
    assert portal.created["contacts"] == 1


OLD_WORDS = json.dumps(
    [{"isValid": False, "message": "Enter only letters", "error": "INVALID_ALPHA", "name": "firstname"}]
)


@pytest.mark.parametrize(
    ("body", "verdict", "words", "fields"),
    [
        (
            {"category": "VALIDATION_ERROR", "message": f"Property values were not valid: {OLD_WORDS}"},
            Verdict.REFUSED,
            "Enter only letters",
            ("“First name”",),
        ),
        (
            {
                "category": "VALIDATION_ERROR",
                "message": "no",
                "errors": [{"code": "READ_ONLY_VALUE", "message": "x", "context": {"propertyName": ["jobtitle"]}}],
            },
            Verdict.ASK,
            "administrator",
            ("“Job title”",),
        ),
        (
            {
                "category": "VALIDATION_ERROR",
                "message": "Error creating DEAL. Some required properties were not set.",
                "context": {"properties": ["dealstage", "their_own"]},
            },
            Verdict.REFUSED,
            "needs",
            ("“Stage”", "their_own"),
        ),
        ({"category": "VALIDATION_ERROR", "message": "Property values were not valid: [{"}, Verdict.REFUSED, "", ()),
        ({"category": 5, "errors": "no", "message": None, "context": []}, Verdict.REFUSED, "", ()),
        (["not", "an object"], Verdict.REFUSED, "", ()),
        (None, Verdict.REFUSED, "", ()),
        ("text", Verdict.REFUSED, "", ()),
    ],
)
def test_bodies_of_all_sorts_are_judged(body: object, verdict: Verdict, words: str, fields: tuple[str, ...]) -> None:
    refusal, named, _ = judge(400, body)
    assert refusal.verdict is verdict
    assert words in refusal.sentence
    assert named == fields


def test_the_posted_throttling_answer_is_understood() -> None:
    body = {
        "status": "error",
        "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": "0",
        "policyName": "TEN_SECONDLY_ROLLING",
        "groupName": "publicapi:private-apps",
    }
    assert judge(429, body)[0] is TOO_FAST
    assert judge(429, {**body, "policyName": "DAILY"})[0] is QUOTA
    assert judge(200, {**body, "policyName": ""})[0] is TOO_FAST


def test_values_do_not_reach_the_log_by_way_of_an_error(crm: HubSpot) -> None:
    with pytest.raises(Rejected) as caught:
        crm.create(K.CONTACT, {**CONTACT, "email": "very-private"}, "k")
    assert "very-private" not in f"{caught.value} {caught.value.detail} {caught.value.__cause__}"
    assert "INVALID_EMAIL" in caught.value.detail


# --- answers that break off -------------------------------------------------------------------------------------------

LOST = ("drop", "drop_after", "cut", "garbage")


@pytest.mark.parametrize("act", LOST)
def test_a_lost_create_is_made_once(crm: HubSpot, server: VendorServer, portal: Portal, act: str) -> None:
    server.fault(act, **MAKES_CONTACT)
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert portal.created["contacts"] == 1
    assert made.fields["email"] == CONTACT["email"]


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_create_lost_at_any_of_its_calls_is_made_once(
    crm: HubSpot, server: VendorServer, portal: Portal, act: str, at: int
) -> None:
    crm.check()
    method = "POST" if at == 1 else "GET"
    prefix = f"{OBJECTS}/contacts" if at == 1 else f"{OBJECTS}/contacts/{'k' if at == 0 else ''}"
    if at == 2:
        crm.create(K.CONTACT, {"last_name": "Other"}, "other")
        prefix += "102"  # the next record's number
    server.fault(act, method=method, prefix=prefix)
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    assert crm.create(K.CONTACT, CONTACT, "k").fields["email"] == CONTACT["email"]
    assert portal.created["contacts"] == (2 if at == 2 else 1)


@pytest.mark.parametrize("act", LOST)
def test_a_lost_update_is_finished_not_in_conflict_with_itself(
    crm: HubSpot, server: VendorServer, portal: Portal, act: str
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    portal.advance(5)
    server.fault(act, **EDITS_CONTACT)
    with pytest.raises(Temporary):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"


@pytest.mark.parametrize("act", LOST)
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_an_update_of_many_calls_lost_in_its_middle_goes_on_where_it_stopped(
    crm: HubSpot, server: VendorServer, act: str, method: str
) -> None:
    one, two = (crm.create(K.CONTACT, {"last_name": name}, name) for name in ("A", "B"))
    deal = crm.create(K.OPPORTUNITY, {**SAMPLES[K.OPPORTUNITY], "contact": str(one.ref)}, "deal")
    wanted = {"next_step": "Call", "contact": str(two.ref)}
    server.fault(act, method=method)
    with suppress(Temporary):  # the answer to a DELETE has no body that could be cut
        crm.update(deal.ref, wanted, version=deal.version)
    assert server.faults == []
    after = crm.update(deal.ref, wanted, version=deal.version)
    assert {name: after.fields[name] for name in wanted} == wanted
    assert crm.update(deal.ref, wanted, version=deal.version) == after


@pytest.mark.parametrize("act", LOST)
def test_a_lost_delete_is_done_once(crm: HubSpot, server: VendorServer, portal: Portal, act: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault(act, method="DELETE")
    try:
        crm.delete(made.ref, version=made.version)
    except Temporary:
        crm.delete(made.ref, version=made.version)
    assert crm.read(made.ref) is None
    assert portal.live("contacts") == []


def test_a_write_still_under_way_when_we_look_ends_in_one_record(
    crm: HubSpot, server: VendorServer, portal: Portal
) -> None:
    def first_write_lands() -> None:
        portal.create("contacts", {"email": CONTACT["email"], "dealside_key": "k", "jobtitle": "Typed by a person"})

    server.fault("touch", act_on=first_write_lands, **MAKES_CONTACT)
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert portal.created["contacts"] == 1
    assert made.fields["title"] == "Typed by a person"


@pytest.mark.parametrize("act", ["drop", "cut", "garbage"])
def test_every_read_that_breaks_off_is_temporary(crm: HubSpot, server: VendorServer, act: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    for prefix in ("/crm/properties", f"{OBJECTS}/contacts/search", "/crm/associations", f"{OBJECTS}/contacts"):
        crm.close()
        server.fault(act, prefix=prefix, times=9)
        with pytest.raises(Temporary):
            crm.read(made.ref) if prefix.endswith("contacts") else crm.changes(EMPTY_CHECKPOINT)
        server.faults.clear()
    assert crm.read(made.ref) == made


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"text"', b"{}", b'{"results": 5}', b'{"id": [], "properties": 1}']
)
def test_answers_of_another_shape_are_temporary(setting: Setting, body: bytes) -> None:
    with StaticServer(200, body) as server:
        crm = connect(server, setting)
        for call in (crm.check, lambda: crm.changes(EMPTY_CHECKPOINT), lambda: crm.create(K.CONTACT, CONTACT, "k")):
            with pytest.raises(Temporary):
                call()


@pytest.mark.parametrize("status", [200, 201, 404, 500])
def test_an_html_page_is_no_answer(setting: Setting, status: int) -> None:
    with StaticServer(status, b"<html><body>Welcome to the hotel</body></html>", kind="text/html") as server:
        with pytest.raises(DealsideError) as caught:
            connect(server, setting).check()
        assert type(caught.value) in {Temporary, UserActionNeeded}


def test_a_page_that_says_404_does_not_make_a_record_gone(setting: Setting, crm: HubSpot, server: VendorServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    html = {"Content-Type": "text/html"}
    server.fault("status", status=404, method="GET", prefix=f"{OBJECTS}/contacts/", headers=html)
    with pytest.raises(Temporary):
        crm.read(made.ref)
    assert crm.read(made.ref) == made


def test_204_where_a_body_belongs_is_temporary(setting: Setting) -> None:
    with StaticServer(204, b"") as server, pytest.raises(Temporary):
        connect(server, setting).check()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_elsewhere_is_not_followed(setting: Setting, server: VendorServer, status: int) -> None:
    gate = StaticServer(status, b"", headers={"Location": f"{server.url}/crm"})
    with gate, pytest.raises(UserActionNeeded, match="another address"):
        connect(gate, setting).check()
    assert server.requests == []


def test_no_server_at_all_is_temporary(setting: Setting, world: HubSpotWorld) -> None:
    with VendorServer(world) as server:
        crm = connect(server, setting)
    with pytest.raises(Temporary, match="reached"):
        crm.check()


def test_a_server_that_never_answers_is_temporary(server: VendorServer) -> None:
    http = HttpBoundary(ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=0.5))
    crm = HubSpot({"address": server.url}, token=lambda: "token", http=http, clock=ManualClock(), deadline=1.5)
    server.fault("hang")
    with pytest.raises(Temporary, match="in time"):
        crm.check()
    http.close()


def test_somebody_is_quicker(crm: HubSpot, server: VendorServer, portal: Portal) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")

    def deleted() -> None:
        portal.archive("contacts", made.ref.id)

    server.fault("touch", act_on=deleted, **EDITS_CONTACT)
    with pytest.raises((Conflict, Rejected)):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
