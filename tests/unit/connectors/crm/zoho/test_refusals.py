"""What the organisation refuses, told apart by its own codes, and answers that break off."""

import pytest

from desktop.connectors.crm.zoho import Zoho
from desktop.connectors.tables.zoho import CODES
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.records import FIELDS
from tests.conformance.crm_samples import SAMPLES
from tests.servers.vendor import Answer
from tests.servers.zoho import ZohoServer
from tests.servers.zoho_org import Fault, Org
from tests.unit.connectors.crm.zoho.side import CONTACT, MAKES_CONTACT, K, refuse

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (401, "INVALID_TOKEN", UserActionNeeded, "sign in"),
        (401, "AUTHENTICATION_FAILURE", UserActionNeeded, "sign in"),
        (401, "OAUTH_SCOPE_MISMATCH", UserActionNeeded, "sign in again"),
        (401, "", UserActionNeeded, "sign in"),
        (403, "NO_PERMISSION", UserActionNeeded, "administrator"),
        (403, "", UserActionNeeded, "administrator"),
        (400, "INVALID_MODULE", UserActionNeeded, "administrator"),
        (400, "FEATURE_NOT_SUPPORTED", UserActionNeeded, "edition"),
        (400, "STORAGE_SPACE_EXCEEDED", UserActionNeeded, "room"),
        (429, "TOO_MANY_REQUESTS", Temporary, "slow down"),
        (429, "", Temporary, "slow down"),
        (500, "INTERNAL_ERROR", Temporary, "trouble"),
        (500, "", Temporary, "trouble"),
        (502, "", Temporary, "trouble"),
        (503, "", Temporary, "trouble"),
        (400, "RECORD_LOCKED", Rejected, "locked"),
        (400, "RECORD_IN_BLUEPRINT", Rejected, "blueprint"),
        (400, "NOT_APPROVED", Rejected, "approval"),
        (400, "DUPLICATE_DATA", Rejected, "already has"),
        (400, "MANDATORY_NOT_FOUND", Rejected, "filled in"),
        (400, "NOT_ALLOWED", Rejected, "refused"),
        (400, "INVALID_DATA", Rejected, "does not accept the value"),
        (400, "SOMETHING_NEW", Rejected, "refused"),
        (418, "", Rejected, "refused"),
    ],
)
def test_refusals_are_told_apart_by_their_code(
    crm: Zoho, server: ZohoServer, status: int, code: str, error: type[Exception], words: str
) -> None:
    refuse(server, status, code, "invalid data")
    with pytest.raises(error, match=words) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert type(caught.value) is error
    assert caught.value.__cause__ is None
    assert server.org.writes == 0


@pytest.mark.parametrize("status", [200, 201, 202, 207, 400])
@pytest.mark.parametrize("code", ["RECORD_LOCKED", "NO_PERMISSION", "INTERNAL_ERROR", "DUPLICATE_DATA", "BRAND_NEW"])
def test_the_fault_of_a_record_counts_whatever_the_status_of_the_answer(
    crm: Zoho, server: ZohoServer, org: Org, status: int, code: str
) -> None:
    def refusing(*_: object, **__: object) -> str:
        raise Fault(code, "permission denied", api_name="Email")

    org.create = refusing
    server.zoho.fault_status = status
    expected = {"NO_PERMISSION": UserActionNeeded, "INTERNAL_ERROR": Temporary}.get(code, Rejected)
    with pytest.raises(expected):
        crm.create(K.CONTACT, CONTACT, "k")


def test_too_many_at_once_waits_a_minute_and_used_up_credits_wait_for_hours(
    crm: Zoho, server: ZohoServer, org: Org
) -> None:
    crm.check()
    refuse(server, 429, "TOO_MANY_REQUESTS", "You have reached the maximum number of concurrent calls.")
    with pytest.raises(Temporary) as momentary:
        crm.create(K.CONTACT, CONTACT, "k")
    assert momentary.value.retry_after == 60
    org.credits = 1
    with pytest.raises(Temporary) as daily:
        crm.create(K.CONTACT, CONTACT, "k")
    assert daily.value.retry_after is not None
    assert daily.value.retry_after >= 3600
    assert "few hours" in daily.value.sentence
    org.credits = None
    assert crm.create(K.CONTACT, CONTACT, "k")
    assert org.writes == 1


def test_an_organisation_without_any_credits_is_temporary_from_the_start(crm: Zoho, org: Org) -> None:
    org.credits = 0
    with pytest.raises(Temporary):
        crm.check()


def test_credits_named_in_words_wait_for_hours(crm: Zoho, server: ZohoServer) -> None:
    refuse(server, 429, "TOO_MANY_REQUESTS", "API credits of the last 24 hours are used up")
    with pytest.raises(Temporary, match="few hours"):
        crm.create(K.CONTACT, CONTACT, "k")


def test_retry_after_is_passed_on_and_kept(crm: Zoho, server: ZohoServer) -> None:
    refuse(server, 429, "TOO_MANY_REQUESTS", headers={"Retry-After": "77"})
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after == 77
    before = len(server.requests)
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    assert len(server.requests) == before


def test_values_do_not_reach_the_log_by_way_of_an_error(crm: Zoho) -> None:
    secret = "very-private-" + "x" * 300
    with pytest.raises(Rejected, match="too long") as caught:
        crm.create(K.CONTACT, {**CONTACT, "last_name": secret}, "k")
    assert "very-private" not in f"{caught.value} {caught.value.detail} {caught.value.__cause__}"
    assert "Last_Name" in caught.value.detail


def test_every_code_says_what_to_do() -> None:
    assert all(refusal.sentence.endswith(".") and "{vendor}" in refusal.sentence for refusal in CODES.values())


# --- fields -----------------------------------------------------------------------------------------------------------


def test_a_readonly_field_asks_for_the_permission(crm: Zoho, org: Org) -> None:
    org.readonly = {("Contacts", "Phone")}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert org.writes == 0
    org.readonly = set()
    assert crm.create(K.CONTACT, CONTACT, "k").fields["phone"] == CONTACT["phone"]


def test_a_permission_lost_after_we_looked_is_asked_for_too(crm: Zoho, org: Org) -> None:
    crm.create(K.CONTACT, CONTACT, "one")
    org.readonly = {("Contacts", "Phone")}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "two")


def test_a_hidden_field_is_absent_not_empty(crm: Zoho, org: Org) -> None:
    org.hidden |= {("Contacts", "Mobile")}
    fields = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = crm.create(K.CONTACT, fields, "k")
    assert "mobile" not in made.fields
    with pytest.raises(UserActionNeeded, match="Mobile"):
        crm.update(made.ref, {"mobile": "+4917012345678"})


def test_required_fields_are_known_and_named(crm: Zoho, org: Org) -> None:
    assert crm.required(K.CONTACT) == ("last_name",)
    assert crm.required(K.OPPORTUNITY) == ("name", "stage")
    with pytest.raises(Rejected, match="Last name"):
        crm.create(K.CONTACT, {"first_name": "Zoë"}, "k")
    assert org.writes == 0


def test_what_a_layout_requires_is_named_when_it_is_refused(crm: Zoho, org: Org) -> None:
    crm.create(K.CONTACT, CONTACT, "one")
    spec = org.modules["Contacts"]["Description"]
    org.modules["Contacts"]["Description"] = type(spec)("Description", "textarea", is_mandatory=True)
    with pytest.raises(Rejected, match="needs Description filled in"):
        crm.create(K.CONTACT, CONTACT, "two")


@pytest.mark.parametrize(("kind", "field"), [(K.OPPORTUNITY, "stage"), (K.CASE, "priority"), (K.TASK, "status")])
def test_a_value_outside_the_list_is_not_even_sent(crm: Zoho, org: Org, kind: K, field: str) -> None:
    for value in ("Whatever", "-None-"):
        with pytest.raises(Rejected, match=FIELDS[kind][field].label):
            crm.create(kind, {**SAMPLES[kind], field: value}, "k")
    assert org.writes == 0


def test_another_unique_field_is_another_record_not_ours(crm: Zoho, org: Org) -> None:
    spec = org.modules["Contacts"]["Email"]
    org.modules["Contacts"]["Email"] = type(spec)("Email", "email", 100, is_unique=True)
    crm.create(K.CONTACT, CONTACT, "one")
    with pytest.raises(Rejected, match="this Email; update that one"):
        crm.create(K.CONTACT, CONTACT, "two")
    assert len(org.records["Contacts"]) == 1


def test_a_locked_record_keeps_what_it_has(crm: Zoho, org: Org) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    org.locked = {made.ref.id}
    with pytest.raises(Rejected, match="locked") as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert type(caught.value) is Rejected
    assert crm.read(made.ref) == made


# --- broken answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage", "hang"])
def test_a_create_whose_answer_did_not_arrive_is_repeated_into_one_record(
    crm: Zoho, impatient: Zoho, server: ZohoServer, act: str
) -> None:
    server.fault(act, **MAKES_CONTACT)
    with pytest.raises(Temporary, match="later"):
        impatient.create(K.CONTACT, CONTACT, "k")
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert len(server.org.records["Contacts"]) == 1
    assert made.fields["last_name"] == CONTACT["last_name"]


@pytest.mark.parametrize("status", [200, 202, 400, 409])
def test_a_repeat_that_overtakes_the_look_up_finds_its_record_all_the_same(
    crm: Zoho, server: ZohoServer, org: Org, status: int
) -> None:
    org.query_lag = 3600
    server.zoho.fault_status = status
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert crm.find_created(K.CONTACT, "k") is None
    org.advance(5)
    org.update("Contacts", made.ref.id, {"Title": "Typed by a person"}, as_person=True)
    again = crm.create(K.CONTACT, CONTACT, "k")
    assert again.ref == made.ref
    assert again.fields["title"] == "Typed by a person"
    assert len(org.records["Contacts"]) == 1


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_lost_answer_to_a_change_is_finished_by_the_repeat(
    crm: Zoho, server: ZohoServer, act: str, method: str
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.org.advance(5)
    server.fault(act, method=method)

    def change() -> None:
        if method == "PUT":
            crm.update(made.ref, {"title": "CEO"}, version=made.version)
        else:
            crm.delete(made.ref, version=made.version)

    with pytest.raises(Temporary):
        change()
    change()
    assert server.org.writes == 2


@pytest.mark.parametrize("act", ["cut", "garbage", "drop", "hang"])
def test_reading_half_an_answer_is_temporary(crm: Zoho, impatient: Zoho, server: ZohoServer, act: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault(act, method="GET", prefix="/crm/v8/Contacts")
    with pytest.raises(Temporary, match="later"):
        impatient.read(made.ref)
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("act", ["cut", "garbage", "drop"])
@pytest.mark.parametrize("where", ["/crm/v8/coql", "/crm/v8/Accounts"])
def test_half_a_page_of_changes_is_not_a_page(crm: Zoho, server: ZohoServer, act: str, where: str) -> None:
    made = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")
    server.fault(act, prefix=where)
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [made.ref]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(204),
        Answer(200),
        Answer(200, []),
        Answer(200, {"data": []}),
        Answer(200, {"data": [None]}),
        Answer(200, {"data": [{"status": "success"}, {"status": "success"}]}),
        Answer(201, {"data": {"status": "success"}}),
        Answer(200, "fine"),
    ],
)
def test_an_answer_that_does_not_say_what_became_of_the_record(crm: Zoho, server: ZohoServer, answer: Answer) -> None:
    crm.check()
    act = server.zoho.answer
    server.zoho.answer = lambda request: (
        (act(request), answer)[1] if request.path.endswith("/Contacts") else act(request)
    )
    with pytest.raises(Temporary, match="later"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert crm.create(K.CONTACT, CONTACT, "k")
    assert len(server.org.records["Contacts"]) == 1


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": "1"},
        {"id": None, "Modified_Time": "x"},
        {"id": "57257670001", "Modified_Time": "2026-03-02T09:00:00"},
        {"id": "57257670001", "Modified_Time": "0001-01-01T00:00:00+09:00"},
    ],
)
def test_a_row_that_is_no_record_is_temporary(crm: Zoho, server: ZohoServer, row: dict[str, str]) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.zoho.answer = lambda _: Answer(200, {"data": [row]})
    with pytest.raises(Temporary):
        crm.read(made.ref)
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
def test_a_page_for_people_is_no_answer_to_reading(crm: Zoho, server: ZohoServer, status: int) -> None:
    server.fault("status", status=status, method="GET")
    with pytest.raises(DealsideError):
        crm.check()
    server.fault("status", status=status, prefix="/crm/v8/coql")
    with pytest.raises(DealsideError):
        crm.changes(EMPTY_CHECKPOINT)


@pytest.mark.parametrize("status", [400, 404])
def test_a_page_for_people_does_not_mean_that_a_record_is_gone(crm: Zoho, server: ZohoServer, status: int) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("status", status=status, method="GET")
    with pytest.raises(Temporary):
        crm.delete(made.ref)
    assert crm.read(made.ref) == made


@pytest.mark.parametrize(("status", "code"), [(400, "INVALID_DATA"), (404, "NOT_FOUND"), (404, "NO_RECORDS_FOUND")])
def test_every_way_to_say_that_a_record_is_gone(crm: Zoho, server: ZohoServer, status: int, code: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("status", status=status, code=code, message="the id given seems to be invalid", method="GET")
    assert crm.read(made.ref) is None


def test_a_fault_in_a_good_answer_is_a_fault(crm: Zoho, server: ZohoServer) -> None:
    crm.check()
    act = server.zoho.answer
    server.zoho.answer = lambda request: (
        Answer(200, server.zoho.error(200, "NO_PERMISSION", "permission denied"))
        if request.path.endswith("/coql")
        else act(request)
    )
    with pytest.raises(UserActionNeeded):
        crm.changes(EMPTY_CHECKPOINT)


@pytest.mark.parametrize(
    "values", [None, 7, "Prospecting", [], [None, "x", 7], [{}], [{"actual_value": "Prospecting", "type": "unused"}]]
)
def test_an_odd_list_of_values_is_no_list(crm: Zoho, org: Org, values: object) -> None:
    describe = org.describe
    org.describe = lambda module: [{**row, "pick_list_values": values} for row in describe(module)]
    assert "Prospecting" not in crm.picklist(K.OPPORTUNITY, "stage")


def test_a_request_that_was_not_understood_does_not_mean_that_a_record_is_gone(crm: Zoho, server: ZohoServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("status", status=400, code="INVALID_DATA", message="invalid data", method="GET")
    with pytest.raises(Rejected):
        crm.delete(made.ref)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_way_to_another_server_is_not_taken(crm: Zoho, server: ZohoServer, method: str) -> None:
    crm.check()
    with ZohoServer() as other:
        server.fault("status", status=302, method=method, headers={"Location": f"{other.url}/crm/v8/Contacts"}, times=9)
        with pytest.raises(UserActionNeeded, match="another address"):
            crm.create(K.CONTACT, CONTACT, "k") if method == "POST" else connect_and_check(crm)
        assert other.requests == []


def connect_and_check(crm: Zoho) -> None:
    crm.close()
    crm.check()
