"""What a CRM sends on bad days, and what people get wrong: a sentence, and nothing lost or doubled."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.connectors.crm.custom import Custom
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT, Checkpoint
from desktop.domain.errors import Conflict, Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId
from desktop.domain.records import RecordRef
from desktop.domain.rights import Owner
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.book import MemoryBook
from tests.servers.custom_office import Office
from tests.servers.harbour import HarbourWorld
from tests.servers.scripted import ScriptedServer, answer
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.custom.side import CONTACT, MAPPINGS, K, Setting, connect

pytestmark = pytest.mark.server
HARBOUR = MAPPINGS / "harbour.json"
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture
def world(office: Office) -> HarbourWorld:
    return HarbourWorld(office)


@pytest.fixture
def server(world: HarbourWorld) -> Iterator[VendorServer]:
    with VendorServer(world) as running:
        yield running


@pytest.fixture
def crm(server: VendorServer, setting: Setting) -> Custom:
    return connect(server, setting, HARBOUR, "/api")


def edited(folder: Path, edit: Edit) -> Path:
    """Return Harbour's mapping file with an administrator's changes in it."""
    data = json.loads(HARBOUR.read_text())
    edit(data)
    path = folder / "edited.json"
    path.write_text(json.dumps(data))
    return path


def as_it_is(data: dict[str, Any]) -> dict[str, Any]:
    return data


def page(body: Any, **headers: str) -> bytes:
    """Return an answer with a body, as JSON unless it is bytes already."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return answer(200, *(f"{name}: {value}" for name, value in headers.items()), body=raw)


def at(server: ScriptedServer, setting: Setting, mapping: Path = HARBOUR) -> Custom:
    settings = {"mapping": str(mapping), "address": server.url("")}
    return Custom(settings, secret=lambda: "s3cret", http=setting.http, clock=setting.clock)


# --- signing in and addresses -----------------------------------------------------------------------------------------


def test_a_dead_token_asks_to_sign_in_again(crm: Custom, office: Office) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    office.secrets.clear()
    for call in (crm.check, lambda: crm.read(made.ref), lambda: crm.changes(EMPTY_CHECKPOINT)):
        with pytest.raises(UserActionNeeded, match="sign in"):
            call()
    office.secrets.add("s3cret")
    assert crm.read(made.ref) == made


@pytest.mark.parametrize("secret", ["", "  ", "töken", "to\nken", "to ken"])
def test_a_token_that_cannot_be_sent_is_refused_before_anything_leaves(
    server: VendorServer, setting: Setting, secret: str
) -> None:
    with pytest.raises(UserActionNeeded, match="let us in"):
        connect(server, setting, HARBOUR, "/api", secret=secret).check()
    assert server.requests == []


@pytest.mark.parametrize(
    "address", ["not an address", "ftp://x.example", "https://u:p@x.example", "x:0", "https://x.example/?a=1"]
)
def test_an_unusable_address_says_what_to_enter(server: VendorServer, setting: Setting, address: str) -> None:
    with pytest.raises(UserActionNeeded, match=r"like https://crm\.example/api"):
        connect(server, setting, HARBOUR, address=address).check()
    assert server.requests == []


def test_plain_http_is_for_this_machine_only(server: VendorServer, setting: Setting) -> None:
    with pytest.raises(UserActionNeeded, match="https"):
        connect(server, setting, HARBOUR, address="http://crm.example/api").check()


def test_everything_goes_through_the_one_door(crm: Custom, setting: Setting, server: VendorServer) -> None:
    crm.create(K.CONTACT, CONTACT, "k")
    assert len(setting.ledger.rows) == len(server.requests) > 0
    assert {row.purpose for row in setting.ledger.rows} == {"custom"}


def test_connects_with_what_bootstrap_supplies(server: VendorServer, setting: Setting) -> None:
    crossed: list[str] = []
    supplies = Supplies(
        settings={"mapping": str(HARBOUR), "address": f"{server.url}/api"},
        secret={"secret": " s3cret\n"}.get,
        ledger=setting.ledger,
        clock=setting.clock,
        boundary=crossed.append,
        book=MemoryBook(setting.clock),
        new_id=lambda: "1",
    )
    crm = Custom.connect(supplies)
    crm.check()
    crm.close()
    assert crossed == ["send", "sent"] * len(server.requests)


# --- the mapping file of a connection ---------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_complained_of_by_the_first_call(server: VendorServer, setting: Setting) -> None:
    crm = connect(server, setting, MAPPINGS / "nothing.json")
    for call in (crm.check, lambda: crm.changes(EMPTY_CHECKPOINT), lambda: crm.create(K.CONTACT, CONTACT, "k")):
        with pytest.raises(UserActionNeeded, match=r"nothing\.json"):
            call()
    for typed in (" ", "our-crm.json", "./x.json"):
        with pytest.raises(UserActionNeeded, match="whole path of the mapping file"):
            Custom({"mapping": typed}, secret=str, http=setting.http, clock=setting.clock).check()


def test_a_mended_file_is_read_by_the_next_call(server: VendorServer, setting: Setting, tmp_path: Path) -> None:
    path = edited(tmp_path, lambda data: data.pop("title"))
    crm = connect(server, setting, path, "/api")
    with pytest.raises(UserActionNeeded, match="title"):
        crm.check()
    edited(tmp_path, as_it_is)
    assert crm.create(K.CONTACT, CONTACT, "k").fields["email"] == CONTACT["email"]


def test_check_reads_the_file_anew(server: VendorServer, setting: Setting, tmp_path: Path) -> None:
    crm = connect(server, setting, edited(tmp_path, as_it_is), "/api")
    edited(tmp_path, lambda data: data.update(title="Renamed"))
    crm.check()
    assert crm.info.title == "Renamed"


def test_without_a_key_nothing_is_created(
    server: VendorServer, setting: Setting, tmp_path: Path, office: Office
) -> None:
    def without_key(data: dict[str, Any]) -> None:
        del data["kinds"]["contact"]["key"]
        del data["kinds"]["contact"]["find_by_key"]

    crm = connect(server, setting, edited(tmp_path, without_key), "/api")
    with pytest.raises(UserActionNeeded, match=r"kinds\.contact\.key"):
        crm.create(K.CONTACT, CONTACT, "k")
    assert "upsert_key" not in crm.info.can
    assert not crm.describe(K.CONTACT).can_create
    assert office.writes == 0


def test_what_the_mapping_has_no_place_for_is_refused(server: VendorServer, setting: Setting, tmp_path: Path) -> None:
    def less(data: dict[str, Any]) -> None:
        del data["kinds"]["contact"]["fields"]["title"]
        del data["kinds"]["contact"]["update"]
        del data["kinds"]["case"], data["kinds"]["task"], data["kinds"]["activity"]

    crm = connect(server, setting, edited(tmp_path, less), "/api")
    with pytest.raises(Rejected, match="Job title"):
        crm.create(K.CONTACT, CONTACT, "k")
    with pytest.raises(Rejected, match="how to update"):
        crm.update(RecordRef(K.CONTACT, RecordId("1")), {"email": "a@b.example"})
    with pytest.raises(Rejected, match="no case"):
        crm.create(K.CASE, SAMPLES[K.CASE], "k")
    assert K.CASE not in crm.info.kinds


def test_it_says_what_this_crm_can(crm: Custom) -> None:
    assert crm.info.can == {"upsert_key", "conflict_check", "delete", "find"}
    assert crm.required(K.CONTACT) == ("last_name",)
    assert crm.describe(K.CASE).fields["description"].max_length == 32_000


def test_owners_are_those_with_a_name(crm: Custom, server: VendorServer) -> None:
    assert crm.owners() == (Owner("1", "Robin", "robin@harbour.example"),)
    server.fault("garbage", prefix="/api/users")
    with pytest.raises(Temporary):
        crm.owners()


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (200, "WHO_ARE_YOU", UserActionNeeded, "sign in"),
        (400, "NOT_ALLOWED", UserActionNeeded, "permission"),
        (500, "BLANK", Rejected, "filled in"),
        (400, "NOT_LISTED", Rejected, "does not accept"),
        (403, "DAY_IS_OVER", Temporary, "used up"),
        (422, "NEVER_HEARD_OF", Rejected, "refused"),
        (403, "", UserActionNeeded, "permission"),
        (429, "", Temporary, "slow down"),
        (503, "", Temporary, "slow down"),
        (500, "", Temporary, "trouble"),
        (418, "", Rejected, "refused"),
    ],
)
def test_codes_come_before_statuses(
    crm: Custom, server: VendorServer, status: int, code: str, kind: type[Exception], words: str
) -> None:
    server.fault("status", method="POST", status=status, code=code, message="somebody's secret words")
    with pytest.raises(kind, match=words) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert "secret" not in str(caught.value)


def test_a_refusal_names_the_field_in_our_words(crm: Custom, office: Office) -> None:
    made = crm.create(K.CONTACT, CONTACT, "k")
    with pytest.raises(Rejected, match="Last name"):
        crm.update(made.ref, {"last_name": None}, version=made.version)
    with pytest.raises(Rejected, match="32000 characters"):
        crm.create(K.CASE, {"subject": "s", "description": "x" * 32_001}, "k")
    assert crm.create(K.CASE, {"subject": "s", "description": "x" * 32_000}, "k").fields["description"] == "x" * 32_000


def test_the_crms_own_header_says_how_long_to_wait(crm: Custom, server: VendorServer) -> None:
    server.fault("status", method="POST", status=429, headers={"X-Next-Call-In": "2500"})
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after == 2.5


@pytest.mark.parametrize("said", ["soon", "", "nan", "-5", "1e99", "9" * 400])
def test_a_wait_that_is_no_number_is_none(crm: Custom, server: VendorServer, said: str) -> None:
    server.fault("status", method="POST", status=429, headers={"X-Next-Call-In": said})
    with pytest.raises(Temporary) as caught:
        crm.create(K.CONTACT, CONTACT, "k")
    assert caught.value.retry_after in (None, 0)


def test_the_days_quota_is_told_even_when_it_is_nothing(crm: Custom, world: HarbourWorld) -> None:
    assert crm.quota() is None
    world.headers = {"X-Calls-A-Day": "1000", "X-Calls-Left": "250"}
    crm.check()
    quota = crm.quota()
    assert quota is not None
    assert quota.share == 0.75
    world.headers = {"X-Calls-A-Day": "0", "X-Calls-Left": "0"}
    crm.check()
    quota = crm.quota()
    assert quota is not None
    assert quota.share == 1.0


def test_a_redirect_to_another_host_is_refused(crm: Custom, server: VendorServer) -> None:
    for method in ("GET", "POST"):
        headers = {"Location": "https://elsewhere.example/api"}
        server.fault("status", method=method, status=302, code="X", headers=headers)
        with pytest.raises(UserActionNeeded, match="another address"):
            crm.create(K.CONTACT, CONTACT, "k")


# --- answers that are none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["drop", "drop_after", "cut", "garbage"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_create_under_any_fault_makes_one_record(
    crm: Custom, server: VendorServer, office: Office, act: str, method: str
) -> None:
    server.fault(act, method=method)
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    made = crm.create(K.CONTACT, CONTACT, "k")
    assert [entry.key for entry in office.live(K.CONTACT)] == [office.get(K.CONTACT, int(made.ref.id)).key]


def test_a_search_that_lags_behind_a_lost_create_is_waited_for(
    crm: Custom, server: VendorServer, office: Office
) -> None:
    server.fault("drop_after", method="POST")
    with pytest.raises(Temporary):
        crm.create(K.CONTACT, CONTACT, "k")
    [made] = office.live(K.CONTACT)
    made.deleted, hidden = True, made.key
    server.fault("status", method="POST", status=409, code="TAKEN")
    with pytest.raises(Temporary, match="does not show"):
        crm.create(K.CONTACT, CONTACT, "k")
    made.deleted = False
    assert crm.create(K.CONTACT, CONTACT, "k").ref.id == str(made.number)
    assert made.key == hidden
    assert len(office.entries) == 1


BODIES = [
    b"<html>Please sign in</html>",
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"data": []}',
    b'{"data": [1]}',
    b'{"data": {}}',
    b'{"data": {"id": {}}}',
    b'{"data": {"id": true, "updated_at": "2026-01-01T00:00:00Z"}}',
    b'{"data": {"id": 1, "updated_at": "yesterday", "attributes": {}}}',
    b'{"data": {"id": 1, "updated_at": null}}',
    b'{"data": {"id": 1, "updated_at": "0001-01-01T00:00:00+14:00", "attributes": 5}}',
    b'{"data": {"id": 1, "upd',
    b"[" * 100_000,
    b'{"data": ' + b"9" * 5000 + b"}",
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies_that_hold_no_record(setting: Setting, body: bytes) -> None:
    script = answer(200, "Content-Type: text/html", 'ETag: "1"', body=body)
    with ScriptedServer(script) as server, pytest.raises(Temporary, match="Harbour"):
        at(server, setting).read(RecordRef(K.CONTACT, RecordId("1")))


@pytest.mark.expects_log("does not tell how to read")
def test_values_that_fit_no_field_are_left_out(setting: Setting) -> None:
    row = {
        "id": 1,
        "updated_at": "2026-01-01T00:00:00-11:30",
        "attributes": {"cust_nm_2": "=cmd|' /C calc'!A0", "mail": ["a"], "phones": {"x": 1}, "account": {"id": "../x"}},
    }
    with ScriptedServer(page({"data": row}, ETag='"1"')) as server:
        record = at(server, setting).read(RecordRef(K.CONTACT, RecordId("1")))
    assert record is not None
    assert record.fields == {"last_name": "=cmd|' /C calc'!A0"}
    assert record.modified_at.isoformat() == "2026-01-01T11:30:00+00:00"


def test_another_record_than_the_one_asked_for_is_not_it(setting: Setting) -> None:
    row = {"id": 2, "updated_at": "2026-01-01T00:00:00Z", "attributes": {}}
    with ScriptedServer(page({"data": row}, ETag='"1"')) as server:
        assert at(server, setting).read(RecordRef(K.CONTACT, RecordId("1"))) is None


@pytest.mark.parametrize("odd", ["..", ".", "1/2", "１", "1 or 1=1", "9" * 30, "-1", "%2e%2e", "a\nb"])
def test_odd_ids_never_leave(crm: Custom, server: VendorServer, odd: str) -> None:
    ref = RecordRef(K.CONTACT, RecordId(odd))
    assert crm.read(ref) is None
    assert crm.delete(ref) is False
    with pytest.raises(Conflict):
        crm.update(ref, {"title": "x"})
    assert server.requests == []


# --- the feed ---------------------------------------------------------------------------------------------------------


@pytest.mark.expects_log("not as the mapping file says")
def test_a_row_that_cannot_be_read_holds_up_no_other(setting: Setting, tmp_path: Path) -> None:
    def one_kind(data: dict[str, Any]) -> None:
        data["kinds"] = {"account": {**data["kinds"]["account"], "version": {"at": "/updated_at"}}}
        del data["kinds"]["account"]["deletions"]

    good = {"id": 7, "updated_at": "2026-01-01T00:00:00Z", "attributes": {"comp_nm": "Nordwind"}}
    rows = [5, {"id": 8}, good, {**good, "id": None}, {**good, "id": 9, "updated_at": "long ago"}]
    with ScriptedServer(page({"data": rows, "next": None})) as server:
        batch = at(server, setting, edited(tmp_path, one_kind)).changes(EMPTY_CHECKPOINT)
    assert [record.ref.id for record in batch.records] == ["7"]
    assert not batch.has_more


def test_a_list_that_goes_in_circles_ends(setting: Setting) -> None:
    script = page({"data": [], "next": "again"})
    with ScriptedServer(script, script) as server, pytest.raises(Temporary, match="mapping file"):
        at(server, setting).changes(EMPTY_CHECKPOINT)


def test_a_cursor_that_has_died_lets_the_round_begin_anew(crm: Custom, server: VendorServer, office: Office) -> None:
    for number in range(5):
        crm.create(K.ACCOUNT, {"name": f"n{number}"}, f"k{number}")
    first = crm.changes(EMPTY_CHECKPOINT, limit=2)
    server.fault("status", prefix="/api/companies", status=410, code="CURSOR_GONE")
    rest, _, _ = drain(crm, first.checkpoint, 2)
    assert {record.fields["name"] for record in (*first.records, *rest)} == {f"n{number}" for number in range(5)}


def test_a_pull_with_nothing_new_costs_at_most_two_calls_a_kind(
    crm: Custom, server: VendorServer, office: Office
) -> None:
    for kind in crm.info.kinds:
        crm.create(kind, SAMPLES[kind], "k")
    office.later()
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    server.requests.clear()
    assert crm.changes(checkpoint).records == ()
    assert len(server.requests) <= 2 * len(crm.info.kinds)


def test_what_becomes_visible_late_is_not_missed(crm: Custom, office: Office) -> None:
    office.create(K.ACCOUNT, {"name": "first"}, "")
    late = office.create(K.ACCOUNT, {"name": "late"}, "")
    del office.entries[late.number]
    _, checkpoint, _ = drain(crm, EMPTY_CHECKPOINT, 50)
    office.entries[late.number] = late
    records, _, _ = drain(crm, checkpoint, 50)
    assert [record.fields["name"] for record in records] == ["late"]


def test_a_mark_from_the_future_or_the_past_is_no_trap(crm: Custom) -> None:
    made = crm.create(K.ACCOUNT, SAMPLES[K.ACCOUNT], "k")
    for since in (10**15, -5, 0):
        batch = crm.changes(Checkpoint({"account": json.dumps({"since": since})}))
        assert made.ref in {record.ref for record in batch.records}


def test_the_next_page_is_never_on_another_server(setting: Setting, tmp_path: Path) -> None:
    def linked(data: dict[str, Any]) -> None:
        account = copy.deepcopy(data["kinds"]["account"])
        account["version"] = {"at": "/updated_at"}
        del account["deletions"]
        account["changes"]["params"] = {"since": "{since}"}
        account["changes"]["paging"] = {"kind": "link"}
        data["kinds"] = {"account": account}

    row = {"id": 1, "updated_at": "2026-01-01T00:00:00Z", "attributes": {"comp_nm": "one"}}
    pages = [
        page({"data": [row]}, Link='</two>; rel="next", </one>; rel="first"'),
        page({"data": [{**row, "id": 2}]}, Link="<https://x.example/3>; rel=next"),
    ]
    with ScriptedServer(*pages) as server:
        crm = at(server, setting, edited(tmp_path, linked))
        first = crm.changes(EMPTY_CHECKPOINT, limit=1)
        second = crm.changes(first.checkpoint, limit=1)
        assert [record.ref.id for record in (*first.records, *second.records)] == ["1", "2"]
        with pytest.raises(UserActionNeeded, match="another address"):
            crm.changes(second.checkpoint, limit=1)
