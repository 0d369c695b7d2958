"""What the environment refuses, told apart by its codes, and answers that break off."""

import pytest

from desktop.connectors.crm.dynamics import Dynamics
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.errors import Conflict, DealsideError, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from tests.conformance.crm_samples import SAMPLES
from tests.servers.dynamics import PATH, Dataverse
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.dynamics.side import (
    CONTACT,
    MAKES_CONTACT,
    WRITES_CONTACT,
    DynamicsSide,
    K,
    Setting,
    connect,
)

pytestmark = pytest.mark.server

LONG = (
    "A validation error occurred. The length of the 'jobtitle' attribute of the 'contact' entity exceeded the maximum "
    "allowed length of '100'."
)
SECURED = "The user doesn't have AttributePrivilegeCreate for the attribute 'mobilephone'."
REFUSALS = [
    (401, "", "", UserActionNeeded, "sign in"),
    (403, "0x80040220", "Principal user is missing prvCreateContact privilege", UserActionNeeded, "administrator"),
    (403, "0x80048306", "Principal user (Id=1, type=8) is missing privilege", UserActionNeeded, "administrator"),
    (403, "0x80072560", "The user is not a member of the organization.", UserActionNeeded, "not a member"),
    (403, "0x8004F507", SECURED, UserActionNeeded, "mobilephone"),
    (403, "0x8004F502", SECURED, UserActionNeeded, "mobilephone"),
    (403, "0x8004F504", SECURED, UserActionNeeded, "mobilephone"),
    (403, "", "", UserActionNeeded, "administrator"),
    (404, "0x8006088a", "Resource not found for the segment 'contacts'.", UserActionNeeded, "administrator"),
    (429, "0x80072322", "Number of requests exceeded the limit of 6000", Temporary, "slow down"),
    (429, "0x80072321", "Combined execution time exceeded", Temporary, "slow down"),
    (429, "0x80072326", "Number of concurrent requests exceeded the limit of 52.", Temporary, "slow down"),
    (429, "", "", Temporary, "slow down"),
    (500, "0x80040216", "An unexpected error occurred.", Temporary, "trouble"),
    (503, "", "", Temporary, "trouble"),
    (502, "", "", Temporary, "trouble"),
    (412, "0x80040333", "A duplicate exists.", Rejected, "already has"),
    (500, "0x80040333", "A duplicate exists.", Rejected, "already has"),
    (412, "0x80060892", "The alternate key is used.", Rejected, "already has"),
    (404, "0x80040217", "account With Id = 1 Does Not Exist", Rejected, "points to"),
    (400, "0x80044331", LONG, Rejected, "jobtitle is too long for Dynamics 365: at most 100"),
    (400, "0x80048d19", "Error identified in Payload: The property 'nope' does not exist", Rejected, "nope"),
    (400, "0x80060888", "Resource not found for the segment", Rejected, "refused"),
    (400, "0x80040203", "invalid argument", Rejected, "missing"),
    (400, "0x8FFFFFFF", "something new", Rejected, "refused"),
    (418, "", "", Rejected, "refused"),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"{case[0]}-{case[1]}")
def test_refusals_are_told_apart_by_their_code(
    crm: Dynamics, server: VendorServer, world: Dataverse, case: tuple[int, str, str, type[DealsideError], str]
) -> None:
    status, code, message, error, words = case
    server.fault("status", status=status, code=code, message=message, **MAKES_CONTACT)
    with pytest.raises(error, match=words) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert type(caught.value) is error
    assert caught.value.__cause__ is None
    assert world.created["contact"] == 0


def test_an_error_with_an_empty_code_is_judged_by_its_status(server: VendorServer, crm: Dynamics) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("status", status=412, **WRITES_CONTACT)
    with pytest.raises(Conflict):
        crm.update(made.ref, {"title": "CEO"}, version=made.version)


def test_a_create_is_never_in_conflict(crm: Dynamics, server: VendorServer) -> None:
    server.fault("status", status=412, **MAKES_CONTACT)
    with pytest.raises(Rejected, match="already has") as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert not isinstance(caught.value, Conflict)


def test_the_key_of_somebody_elses_is_no_conflict(server: VendorServer, crm: Dynamics) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("status", status=412, code="0x80060892", **WRITES_CONTACT)
    with pytest.raises(Rejected, match="another") as caught:
        crm.update(made.ref, {"title": "CEO"}, version=made.version)
    assert not isinstance(caught.value, Conflict)


def test_a_rule_of_the_organisation_is_shown_in_its_words(crm: Dynamics, server: VendorServer) -> None:
    server.fault("status", status=400, code="0x80040265", message="Contacts need\n a cost centre.", **MAKES_CONTACT)
    with pytest.raises(Rejected, match=r"Contacts need a cost centre\."):
        crm.create(K.CONTACT, CONTACT, "k")


@pytest.mark.parametrize(("code", "least"), [("0x80072322", 10), ("0x80072326", 1)])
def test_without_a_word_how_long_we_wait_a_little(crm: Dynamics, server: VendorServer, code: str, least: float) -> None:
    server.fault("status", status=429, code=code, **MAKES_CONTACT)
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= least


def test_a_quota_of_nothing_stops_us_until_it_is_reset(crm: Dynamics, server: VendorServer, world: Dataverse) -> None:
    world.calls_left = 0
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after == 300
    before = len(server.requests)
    with pytest.raises(Temporary) as closed:
        crm.changes(EMPTY_CHECKPOINT)
    assert closed.value.retry_after is not None
    assert closed.value.retry_after > 290
    assert len(server.requests) == before


def test_values_do_not_reach_the_log_by_way_of_an_error(crm: Dynamics) -> None:
    with pytest.raises(Rejected) as caught:
        crm.create(K.CONTACT, {**CONTACT, "title": "very-private-" + "x" * 300}, "k")
    assert "very-private" not in f"{caught.value} {caught.value.detail} {caught.value.__cause__}"
    assert "jobtitle" in caught.value.detail


# --- rights -----------------------------------------------------------------------------------------------------------


def test_rules_against_doubles_are_the_organisations_to_make(crm: Dynamics, world: Dataverse) -> None:
    world.has_duplicate_rules = True
    made = crm.create(K.CONTACT, CONTACT, "one")
    with pytest.raises(Rejected, match="update that one"):
        crm.create(K.CONTACT, CONTACT, "two")
    assert world.created["contact"] == 1
    assert crm.create(K.CONTACT, CONTACT, "one") == made  # which the rule finds before the key does


def test_a_column_nobody_may_write_is_named(crm: Dynamics, world: Dataverse) -> None:
    world.readonly = {("contact", "telephone1")}
    with pytest.raises(UserActionNeeded, match="Phone"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert world.writes == 0
    world.readonly = set()
    assert crm.create(K.CONTACT, CONTACT, "k").fields["phone"] == CONTACT["phone"]


def test_a_secured_column_is_named_by_the_server(crm: Dynamics, world: Dataverse) -> None:
    world.unwritable = {("contact", "telephone1")}
    with pytest.raises(UserActionNeeded, match="telephone1"):
        crm.create(K.CONTACT, CONTACT, "k")
    fields = {name: value for name, value in CONTACT.items() if name != "phone"}
    made = crm.create(K.CONTACT, fields, "k")
    with pytest.raises(UserActionNeeded, match="telephone1"):
        crm.update(made.ref, {"phone": "+493011111111"}, version=made.version)


def test_a_hidden_column_is_absent_not_empty(crm: Dynamics, world: Dataverse) -> None:
    world.hidden = {("contact", "mobilephone"), ("contact", "parentcustomerid")}
    fields = {name: value for name, value in CONTACT.items() if name != "mobile"}
    made = crm.create(K.CONTACT, fields, "k")
    assert not {"mobile", "account"} & made.fields.keys()
    assert made.fields["title"] == CONTACT["title"]


@pytest.mark.parametrize("right", ["Create", "Write", "Delete"])
def test_a_privilege_that_is_missing_asks_for_it(crm: Dynamics, world: Dataverse, right: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    world.denied = {("contact", right)}
    calls = {
        "Create": lambda: crm.create(K.CONTACT, CONTACT, "other"),
        "Write": lambda: crm.update(made.ref, {"title": "CEO"}, version=made.version),
        "Delete": lambda: crm.delete(made.ref, version=made.version),
    }
    with pytest.raises(UserActionNeeded, match="administrator"):
        calls[right]()
    assert crm.read(made.ref) == made


def test_a_table_that_is_not_there(crm: Dynamics, world: Dataverse) -> None:
    world.absent = {"incident"}
    assert crm.picklist(K.CASE, "status") == ()
    assert crm.read(RecordRef(K.CASE, RecordId("00000000-0000-0000-0000-000000000001"))) is None
    with pytest.raises(UserActionNeeded, match="case"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")
    crm.check()


# --- broken answers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop_after", "cut", "garbage", "hang", "drop"])
@pytest.mark.parametrize("kind", [K.CONTACT, K.ACTIVITY])
def test_a_create_whose_answer_did_not_arrive_is_repeated_into_one_record(
    crm: Dynamics, impatient: Dynamics, server: VendorServer, other_side: DynamicsSide, act: str, kind
) -> None:
    server.fault(act, method="POST")
    with pytest.raises(Temporary, match="later"):
        impatient.create(kind, SAMPLES[kind], "k")
    made = crm.create(kind, SAMPLES[kind], "k")
    assert other_side.count(kind) == 1
    assert made.fields["subject" if kind is K.ACTIVITY else "last_name"]


@pytest.mark.parametrize("act", ["drop_after", "drop", "hang"])
def test_a_completion_whose_answer_was_lost_is_made_up_for(
    crm: Dynamics, impatient: Dynamics, server: VendorServer, world: Dataverse, act: str
) -> None:
    server.fault(act, method="PATCH")
    with pytest.raises(Temporary):
        impatient.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k")
    crm.create(K.ACTIVITY, SAMPLES[K.ACTIVITY], "k")
    (row,) = world.rows["email"].values()
    assert (row["statecode"], row["statuscode"]) == (1, 2)


def test_what_a_person_took_up_meanwhile_is_not_completed(
    crm: Dynamics, server: VendorServer, world: Dataverse
) -> None:
    server.fault("drop", method="PATCH")
    with pytest.raises(Temporary):
        crm.create(K.TASK, {**SAMPLES[K.TASK], "status": "Completed"}, "k")
    (guid,) = world.rows["task"]
    world.advance(30)
    world.update("task", guid, {"statuscode": 3})
    assert crm.create(K.TASK, {**SAMPLES[K.TASK], "status": "Completed"}, "k").fields["status"] == "In Progress"


@pytest.mark.parametrize("act", ["cut", "garbage", "drop", "hang"])
def test_reading_half_an_answer_is_temporary(
    crm: Dynamics, impatient: Dynamics, server: VendorServer, act: str
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault(act, prefix=f"{PATH}/contacts(")
    with pytest.raises(Temporary, match="later"):
        impatient.read(made.ref)
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("act", ["cut", "garbage", "drop", "drop_after"])
@pytest.mark.parametrize("what", ["EntityDefinitions", "contacts"])
def test_half_a_page_of_changes_is_not_a_page(crm: Dynamics, server: VendorServer, act: str, what: str) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    crm.close()
    server.fault(act, method="GET", prefix=f"{PATH}/{what}")
    with pytest.raises(Temporary):
        crm.changes(EMPTY_CHECKPOINT)
    assert [record.ref for record in crm.changes(EMPTY_CHECKPOINT).records] == [made.ref]


def test_no_server_at_all_is_temporary(setting: Setting, world: Dataverse) -> None:
    with VendorServer(world) as server:
        crm = connect(server, setting)
    with pytest.raises(Temporary, match="reached"):
        crm.check()


def test_an_update_whose_answer_was_lost_is_finished_not_in_conflict_with_itself(
    crm: Dynamics, server: VendorServer, world: Dataverse
) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("drop_after", **WRITES_CONTACT)
    with pytest.raises(Temporary):
        crm.update(made.ref, {"title": "CEO", "mobile": None}, version=made.version)
    writes = world.writes
    assert crm.update(made.ref, {"title": "CEO", "mobile": None}, version=made.version).fields["title"] == "CEO"
    assert world.writes == writes


def test_a_deletion_whose_answer_was_lost_is_done_already(crm: Dynamics, server: VendorServer) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    server.fault("drop_after", method="DELETE")
    with pytest.raises(Temporary):
        crm.delete(made.ref, version=made.version)
    assert crm.delete(made.ref, version=made.version) is False


def test_204_where_a_record_was_expected_is_looked_up(crm: Dynamics, world: Dataverse) -> None:
    world.represents = False
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert made.fields["title"] == CONTACT["title"]
    assert crm.update(made.ref, {"title": "CEO"}, version=made.version).fields["title"] == "CEO"


@pytest.mark.parametrize("status", [301, 302, 307])
def test_nobody_is_followed_to_another_server(crm: Dynamics, server: VendorServer, status: int) -> None:
    elsewhere = {"Location": "https://login.example/authorize"}
    for method in ("POST", "GET"):
        server.fault("status", status=status, headers=elsewhere, method=method)
        with pytest.raises(UserActionNeeded, match="address"):
            crm.create(K.CONTACT, CONTACT, "k")
            crm.check()


def test_a_page_of_html_is_no_answer(crm: Dynamics, server: VendorServer) -> None:
    server.fault("status", status=200)
    with pytest.raises(Temporary, match="garbled"):
        crm.check()
