"""What the org refuses, told apart by its own codes, and answers that break off."""

import pytest

from desktop.connectors.crm.salesforce import Salesforce
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from tests.servers.salesforce import SalesforceServer
from tests.servers.salesforce_org import Org
from tests.unit.connectors.crm.salesforce.side import CONTACT, WRITES_CONTACT, K, Setting, connect, refuse

pytestmark = pytest.mark.server


# --- what the org refuses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (401, "INVALID_SESSION_ID", UserActionNeeded, "sign in"),
        (403, "INSUFFICIENT_ACCESS", UserActionNeeded, "administrator"),
        (403, "API_DISABLED_FOR_ORG", UserActionNeeded, "administrator"),
        (403, "", UserActionNeeded, "administrator"),
        (400, "INVALID_FIELD_FOR_INSERT_UPDATE", UserActionNeeded, "administrator"),
        (400, "INSUFFICIENT_ACCESS_OR_READONLY", UserActionNeeded, "access"),
        (400, "STORAGE_LIMIT_EXCEEDED", UserActionNeeded, "room"),
        (403, "REQUEST_LIMIT_EXCEEDED", Temporary, "few hours"),
        (400, "UNABLE_TO_LOCK_ROW", Temporary, "later"),
        (429, "", Temporary, "slow down"),
        (500, "UNKNOWN_EXCEPTION", Temporary, "trouble"),
        (500, "", Temporary, "trouble"),
        (502, "", Temporary, "trouble"),
        (503, "SERVER_UNAVAILABLE", Temporary, "trouble"),
        (409, "", Rejected, "in the way"),
        (400, "DUPLICATES_DETECTED", Rejected, "already has"),
        (400, "STRING_TOO_LONG", Rejected, "too long"),
        (400, "SOMETHING_NEW", Rejected, "refused"),
        (418, "", Rejected, "refused"),
    ],
)
def test_refusals_are_told_apart_by_their_code(
    crm: Salesforce, server: SalesforceServer, status: int, code: str, error: type[Exception], words: str
) -> None:
    refuse(server, status, code)
    with pytest.raises(error, match=words) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert type(caught.value) is error
    assert caught.value.__cause__ is None
    assert server.org.created["Contact"] == 0


def test_a_daily_quota_waits_for_hours_and_a_momentary_one_for_seconds(
    crm: Salesforce, server: SalesforceServer
) -> None:
    refuse(server, 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    with pytest.raises(Temporary) as daily:
        crm.create(K.CONTACT, CONTACT, "k")
    refuse(server, 403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
    with pytest.raises(Temporary) as momentary:
        crm.create(K.CONTACT, CONTACT, "k")
    assert daily.value.retry_after is not None
    assert momentary.value.retry_after is not None
    assert daily.value.retry_after >= 3600
    assert momentary.value.retry_after <= 120


def test_retry_after_is_passed_on_and_kept(crm: Salesforce, server: SalesforceServer) -> None:
    refuse(server, 429, headers={"Retry-After": "77"})
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after == 77
    before = len(server.requests)
    with pytest.raises(Temporary) as closed:
        crm.create(K.CONTACT, CONTACT, "k")
    assert closed.value.retry_after is not None
    assert 70 < closed.value.retry_after <= 77
    assert len(server.requests) == before


def test_an_admins_own_rule_is_shown_in_their_words(crm: Salesforce, server: SalesforceServer) -> None:
    refuse(server, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Contacts need\n a cost centre.")
    with pytest.raises(Rejected, match=r"Contacts need a cost centre\."):
        crm.create(K.CONTACT, CONTACT, "k")


def test_values_do_not_reach_the_log_by_way_of_an_error(crm: Salesforce) -> None:
    secret = "very-private-" + "x" * 300
    with pytest.raises(Rejected) as caught:
        crm.create(K.CONTACT, {**CONTACT, "last_name": secret}, "k")
    assert "very-private" not in f"{caught.value} {caught.value.detail} {caught.value.__cause__}"
    assert "LastName" in caught.value.detail


def test_the_duplicate_rule_of_the_org(crm: Salesforce, org: Org) -> None:
    org.has_duplicate_rule = True
    crm.create(K.CONTACT, CONTACT, "one")
    with pytest.raises(Rejected, match="update that one"):
        crm.create(K.CONTACT, CONTACT, "two")
    assert org.created["Contact"] == 1


def test_a_readonly_field_asks_for_the_permission(crm: Salesforce, org: Org) -> None:
    org.readonly = {("Contact", "Phone")}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert org.writes == 0
    org.readonly = set()
    assert crm.create(K.CONTACT, CONTACT, "k").fields["phone"] == CONTACT["phone"]


def test_a_permission_lost_after_we_looked_is_asked_for_too(crm: Salesforce, org: Org) -> None:
    crm.create(K.CONTACT, CONTACT, "one")
    org.readonly = {("Contact", "Phone")}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "two")


def test_a_hidden_field_is_absent_not_empty(crm: Salesforce, org: Org) -> None:
    org.hidden |= {("Contact", "MobilePhone")}
    fields = {name: value for name, value in CONTACT.items() if name != "mobile"}
    assert "mobile" not in crm.create(K.CONTACT, fields, "k").fields


def test_required_fields_are_named(crm: Salesforce) -> None:
    with pytest.raises(Rejected, match="LastName"):
        crm.create(K.CONTACT, {"first_name": "Zoë"}, "k")


# --- broken answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop_after", "cut", "hang", "trickle", "drop"])
def test_a_create_whose_answer_did_not_arrive_is_repeated_into_one_record(
    crm: Salesforce, impatient: Salesforce, server: SalesforceServer, act: str
) -> None:
    server.fault(act, **WRITES_CONTACT)
    with pytest.raises(Temporary, match="later"):
        impatient.create(K.CONTACT, CONTACT, "k")
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert server.org.created["Contact"] == 1
    assert made.fields["last_name"] == CONTACT["last_name"]


@pytest.mark.parametrize("act", ["cut", "garbage", "drop", "hang"])
def test_reading_half_an_answer_is_temporary(
    crm: Salesforce, impatient: Salesforce, server: SalesforceServer, act: str
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault(act, method="GET")
    with pytest.raises(Temporary, match="later"):
        impatient.read(made.ref)
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("act", ["cut", "garbage", "drop"])
def test_half_a_page_of_changes_is_not_a_page(crm: Salesforce, server: SalesforceServer, act: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    crm.changes(EMPTY_CHECKPOINT)
    server.fault(act, prefix="/queryAll")
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [made.ref]


def test_no_server_at_all_is_temporary(setting: Setting) -> None:
    with SalesforceServer() as server:
        crm = connect(server, setting)
    with pytest.raises(Temporary, match="reached"):
        crm.check()


def test_an_update_whose_answer_was_lost_is_finished_not_in_conflict_with_itself(
    crm: Salesforce, server: SalesforceServer
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.org.advance(5)
    server.fault("drop_after", **WRITES_CONTACT)
    with pytest.raises(Temporary):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    writes = server.org.writes
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"
    assert server.org.writes == writes


def test_half_a_refusal_is_asked_for_again(crm: Salesforce, server: SalesforceServer) -> None:
    """Its code is what tells a lock, which passes, from a refusal that stands."""
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.org.locked = {made.ref.id}
    server.fault("garbage", **WRITES_CONTACT)
    with pytest.raises(Temporary, match="garbled"):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    server.org.locked = set()
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"
