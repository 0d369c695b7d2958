"""What Pipedrive refuses, told apart by its own codes and headers, and answers that break off."""

from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.connectors.crm.pipedrive import Pipedrive
from desktop.connectors.tables.pipedrive import refusal_of
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from tests.conformance.crm_samples import SAMPLES
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.pipedrive_company import Company
from tests.servers.pipedrive_company import own as own_field
from tests.servers.vendor import Answer, Request, VendorServer
from tests.unit.connectors.crm.pipedrive.side import CONTACT, K, Setting, connect, refuse

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    ("status", "told", "error", "words"),
    [
        (400, ("ERR_SCHEMA_VALIDATION_FAILED", "job_title: Text is too long"), Rejected, "job_title is too long"),
        (400, ("ERR_SCHEMA_VALIDATION_FAILED", "emails: Expected a list"), Rejected, "what stands in emails"),
        (400, ("ERR_SCHEMA_VALIDATION_FAILED", "name: Field name is required"), Rejected, "needs name"),
        (400, ("ERR_SCHEMA_VALIDATION_FAILED", ""), Rejected, "a field of this record"),
        (401, ("X", "unauthorized access"), UserActionNeeded, "sign in"),
        (402, ("X", "Payment required"), UserActionNeeded, "account is not active"),
        (403, ("X", "Scope and URL mismatch"), UserActionNeeded, "permission"),
        (403, ("ERR_FORBIDDEN", "may not edit job_title"), UserActionNeeded, "write job_title"),
        (403, ("", ""), Temporary, "not taking calls"),
        (404, ("ERR_NOT_FOUND", "Person not found"), Rejected, "not have this record"),
        (410, ("X", "deleted"), Rejected, "not have this record"),
        (409, ("X", "locked"), Rejected, "stands in the way"),
        (422, ("X", "no"), Rejected, "refused"),
        (500, ("X", "oops"), Temporary, "trouble"),
        (503, ("", ""), Temporary, "trouble"),
        (504, ("", ""), Temporary, "trouble"),
    ],
)
def test_refusals_of_a_create(
    crm: Pipedrive, server: VendorServer, status: int, told: tuple[str, str], error: type[DealsideError], words: str
) -> None:
    refuse(server, status, *told)
    with pytest.raises(error, match=words):
        crm.create(K.CONTACT, CONTACT, "k")


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "error": "unauthorized access", "error_info": "see the documentation", "data": None},
        {"success": False, "error": "unauthorized access", "errorCode": 401},
        None,
        [],
        "text",
        {"success": False, "error": None, "code": 7},
    ],
)
def test_every_shape_of_a_401_asks_to_sign_in(body: Any) -> None:
    refusal, named, detail = refusal_of(401, body, {}, datetime.now(UTC))
    assert "sign in" in refusal.sentence
    assert named == ""
    assert detail.startswith("401")


def test_the_detail_holds_nobodys_values(crm: Pipedrive, server: VendorServer) -> None:
    refuse(server, 400, "ERR_SCHEMA_VALIDATION_FAILED", "emails: zoe@nordwind.example is not valid, Zoë")
    with pytest.raises(Rejected) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert "nordwind" not in str(caught.value)
    assert "Zo" not in str(caught.value)


# --- too many calls ---------------------------------------------------------------------------------------------------


def test_a_burst_waits_for_the_window_and_sends_nothing_meanwhile(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    setting.clock.advance(10)
    company.burst_limit = 2
    crm.read(made.ref)
    crm.read(made.ref)
    with pytest.raises(Temporary, match="slow down") as caught:
        crm.read(made.ref)
    assert caught.value.retry_after == 2
    sent = len(server.requests)
    with pytest.raises(Temporary, match="wait"):
        crm.changes(EMPTY_CHECKPOINT)
    assert len(server.requests) == sent
    setting.clock.advance(2)
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("limit", [0, 40])
def test_the_days_tokens_used_up_stop_everything_for_hours(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company, limit: int
) -> None:
    company.daily_limit = limit
    with pytest.raises(Temporary, match="for today") as caught:
        for number in range(9):
            crm.create(K.CONTACT, CONTACT, f"k{number}")
    assert caught.value.retry_after == 4 * 3600
    sent = len(server.requests)
    setting.clock.advance(3600)
    with pytest.raises(Temporary) as again:
        crm.check()
    assert again.value.retry_after == 3 * 3600
    assert len(server.requests) == sent
    setting.clock.advance(3 * 3600)
    company.daily_limit = None
    crm.check()


def test_shortly_before_midnight_the_wait_ends_soon_after_it() -> None:
    headers = {"x-daily-ratelimit-token-remaining": "0"}
    refusal, _, _ = refusal_of(429, None, headers, datetime(2026, 3, 2, 23, 59, tzinfo=UTC))
    assert refusal.retry_after == 120


@pytest.mark.parametrize("reset", ["", "soon", "-5", "9" * 30, "99999999"])
def test_odd_limit_headers_are_survived(
    crm: Pipedrive, server: VendorServer, setting: Setting, company: Company, reset: str
) -> None:
    headers = {"x-ratelimit-reset": reset, "x-daily-ratelimit-token-remaining": "many"}
    server.fault("status", status=429, code="X", headers=headers)
    with pytest.raises(Temporary) as caught:
        crm.check()
    assert caught.value.retry_after is not None
    assert 2 <= caught.value.retry_after <= 3600
    setting.clock.advance(3600)
    crm.check()
    assert company.writes == 0


def test_a_block_is_waited_out_without_a_word(crm: Pipedrive, server: VendorServer, setting: Setting) -> None:
    server.fault("status", status=403)
    with pytest.raises(Temporary, match="not taking calls"):
        crm.check()
    with pytest.raises(Temporary) as caught:
        crm.check()
    assert caught.value.retry_after == 900
    assert len(server.requests) == 1
    setting.clock.advance(900)
    crm.check()


def test_a_retry_after_that_is_longer_counts(crm: Pipedrive, server: VendorServer) -> None:
    server.fault("status", status=429, code="X", headers={"Retry-After": "77", "x-ratelimit-reset": "2"})
    with pytest.raises(Temporary) as caught:
        crm.check()
    assert caught.value.retry_after == 77


# --- rights -----------------------------------------------------------------------------------------------------------


def test_a_field_the_rep_may_not_see_is_absent_and_may_not_be_written(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")
    company.hidden = {("organizations", "Phone"), ("organizations", "Website")}
    crm.close()
    seen = crm.read(made.ref)
    assert seen is not None
    assert set(seen.fields) == {"name"}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.update(made.ref, {"phone": "+491"})
    with pytest.raises(Rejected, match="website"):
        crm.update(made.ref, {"domain": "b.example"})


def test_a_field_the_rep_may_not_write_is_named(crm: Pipedrive, company: Company) -> None:
    company.read_only = {("persons", "Job title")}
    with pytest.raises(UserActionNeeded, match="job_title"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert crm.create(K.CONTACT, {"last_name": "A"}, "k").fields["title"] is None


def test_a_field_of_the_companys_own_is_called_by_its_name(crm: Pipedrive, company: Company) -> None:
    with pytest.raises(Rejected, match="The text for Phone is too long"):
        crm.create(K.ACCOUNT, {"name": "A", "phone": "+49" * 100}, "k")
    company.read_only = {("organizations", "Phone")}
    with pytest.raises(UserActionNeeded, match="let you write Phone"):
        crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")


def test_where_there_is_no_job_title_a_field_of_the_companys_own_is_used_or_asked_for(
    crm: Pipedrive, company: Company
) -> None:
    company.hidden = {("persons", "Job title")}
    with pytest.raises(UserActionNeeded, match="Job title"):
        crm.create(K.CONTACT, CONTACT, "k")
    company.hidden = set()
    company.fields["persons"] = [field for field in company.fields["persons"] if field.code != "job_title"]
    company.fields["persons"].append(own_field("persons", "Job title"))
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert made.fields["title"] == CONTACT["title"]
    assert crm.update(made.ref, {"title": None}).fields["title"] is None


def test_a_field_that_was_deleted_since_is_noticed(crm: Pipedrive, company: Company) -> None:
    made = crm.create(K.OPPORTUNITY, SAMPLES[K.OPPORTUNITY], "k")
    company.hidden = {("deals", "Next step")}
    with pytest.raises(Rejected):
        crm.update(made.ref, {"next_step": "Wait"})
    with pytest.raises(UserActionNeeded, match="Next step"):
        crm.update(made.ref, {"next_step": "Wait"})


# --- answers that break off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
def test_a_lost_answer_to_a_reading_is_temporary(crm: Pipedrive, server: VendorServer, act: str) -> None:
    for call in (crm.check, lambda: crm.changes(EMPTY_CHECKPOINT), lambda: crm.find_created(K.CONTACT, "k")):
        server.fault(act)
        with pytest.raises(Temporary):
            call()


@pytest.mark.parametrize("act", ["drop_after", "cut", "garbage"])
def test_an_update_or_delete_whose_answer_was_lost_comes_to_its_end(
    crm: Pipedrive, server: VendorServer, company: Company, act: str
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault(act, method="PATCH")
    with pytest.raises(Temporary):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    writes = company.writes
    after = crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert after.fields["title"] == "CEO"
    assert company.writes == writes
    server.fault(act, method="DELETE")
    with pytest.raises(Temporary):
        crm.delete(made.ref, version=after.version)
    assert crm.delete(made.ref, version=after.version) is False


@pytest.mark.parametrize(
    "body",
    [None, {}, [], "x", {"success": True}, {"success": True, "data": None}, {"success": True, "data": {"id": "x"}}],
)
def test_a_good_status_with_nonsense_is_temporary_and_a_create_is_in_doubt(
    company: Company, setting: Setting, body: Any
) -> None:
    class Odd(PipedriveWorld):
        def answer(self, request: Request) -> Answer:
            answer = super().answer(request)
            return Answer(204 if body is None else 200, body) if request.method == "POST" else answer

    with VendorServer(Odd(company)) as server:
        crm = connect(server, setting)
        with pytest.raises(Temporary):
            crm.create(K.CONTACT, CONTACT, "k")
        made = crm.create(K.CONTACT, CONTACT, "k")
    assert company.created["persons"] == 1
    assert made.fields["email"] == CONTACT["email"]


def test_a_person_who_is_deleted_between_reading_and_writing_is_a_conflict(
    crm: Pipedrive, server: VendorServer, company: Company
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("touch", method="PATCH", act_on=lambda: company.delete("persons", int(made.ref.id)))
    with pytest.raises(Conflict, match="deleted"):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


@pytest.mark.parametrize("status", [200, 404, 410])
def test_a_deleted_record_is_gone_however_pipedrive_says_so(crm: Pipedrive, company: Company, status: int) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    company.deleted_answer = status
    company.delete("persons", int(made.ref.id))
    assert crm.read(made.ref) is None
    assert crm.delete(made.ref) is False
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"})


def test_no_server_at_all_is_temporary(setting: Setting, company: Company) -> None:
    with VendorServer(PipedriveWorld(company)) as server:
        crm = connect(server, setting)
    with pytest.raises(Temporary, match="reached"):
        crm.check()
