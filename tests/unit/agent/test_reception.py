"""Webhook calls come in: off unless chosen, one pull for many calls, and nothing of what they say is kept."""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import threading
from datetime import timedelta

import pytest

from desktop.agent.agent import Agent
from desktop.agent.condition import Condition
from desktop.agent.desks import ASKED_EVERY, MIRROR_EVERY, Connectors, CrmDesk
from desktop.agent.reception import SUBJECT, Reception
from desktop.agent.surroundings import Surroundings
from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.connectors.webhooks.vendors import check_for
from desktop.domain.connections import Checkpoint, Connection, Family
from desktop.domain.crm_port import RecordBatch
from desktop.domain.errors import Temporary
from desktop.domain.ids import ConnectionId
from desktop.domain.records import RecordKind
from desktop.runtime.events import EventBus
from desktop.runtime.loopback_request import Request
from desktop.setup.settings import WEBHOOK_ADDRESS, WEBHOOK_MARK, WEBHOOK_PORT, Settings
from desktop.setup.webhooks import PATH
from desktop.store.reader import Reader
from desktop.system.clock import SystemClock
from tests.fakes.clock import ManualClock
from tests.fakes.crm import MoodyCrm
from tests.fakes.ledger import ListLedger
from tests.fakes.model import ScriptedModel
from tests.fakes.situations import CRM, KEY, NOON, new_store
from tests.fakes.waiting import wait_until
from tests.servers.hubspot import HubSpotWorld
from tests.servers.vendor import VendorServer

SECRET = "the-client-secret-of-the-app"
ADDRESS = "https://hooks.example"
BODY = json.dumps([{"eventId": 1, "objectId": 7, "propertyName": "jobtitle", "propertyValue": "Nobody"}]).encode()


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def signed(now, *, secret=SECRET, body=BODY, path=PATH + CRM):
    stamp = str(int(now.timestamp() * 1000))
    source = b"POST" + (ADDRESS + path).encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json; charset=utf-8",
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": stamp,
    }


def hubspot_check(_connection):
    return check_for("hubspot", secret=SECRET, address=ADDRESS)


class Porch:
    """A reception over a real store; `reported` are the CRMs that were to be looked at."""

    def __init__(self, folder):
        self.clock = ManualClock(NOON)
        self.store = new_store(folder, clock=self.clock)
        self.path = folder / "store.db"
        self.settings = Settings(self.store)
        self.reported = []
        self.opened = []
        self.reception = Reception(
            self.store,
            self.clock,
            Condition(self.store, self.clock, EventBus()),
            open_check=self.open_check,
            report=self.reported.append,
        )

    def open_check(self, connection):
        self.opened.append(connection.id)
        return hubspot_check(connection)

    def listen(self):
        self.settings.choose(WEBHOOK_PORT, str(free_port()))
        self.settings.choose(WEBHOOK_ADDRESS, ADDRESS)
        self.reception.follow()
        return self.reception.port

    def post(self, headers, *, body=BODY, path=PATH + CRM, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.reception.port, timeout=20)
        connection.request(method, path, body=body, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def health(self):
        reader = Reader(self.path, KEY)
        try:
            return reader.health().get(SUBJECT)
        finally:
            reader.close()


@pytest.fixture
def porch(tmp_path):
    porch = Porch(tmp_path)
    yield porch
    assert porch.reception.stop(20)
    porch.store.close()


def test_nothing_listens_unless_a_port_is_chosen(porch):
    porch.reception.follow()
    assert porch.reception.port == 0
    assert porch.opened == []


def test_a_signed_call_reports_its_crm_and_a_repeat_does_not(porch):
    porch.listen()
    headers = signed(porch.clock.now())
    assert [porch.post(headers), porch.post(headers)] == [204, 204]
    assert porch.reported == [CRM]
    assert porch.post(signed(porch.clock.now() - timedelta(seconds=1))) == 204
    assert porch.reported == [CRM, CRM]


def test_everything_else_is_turned_away_with_the_reason(porch):
    porch.listen()
    now = porch.clock.now()
    good = signed(now)
    assert porch.post(signed(now, secret="another")) == 401
    assert porch.post(signed(now - timedelta(minutes=6))) == 401
    assert porch.post(good, body=BODY + b" ") == 401
    assert porch.post(good, path=f"{PATH}{CRM}?more=1") == 401
    assert porch.post({**good, "content-type": "text/plain"}) == 415
    assert porch.post(good, method="PUT") == 405
    assert porch.post(good, method="GET", body=None) == 405
    for path in ("/", PATH, f"{PATH}other", f"/x{PATH}{CRM}", f"{PATH}{CRM}/", f"{PATH}../{CRM}"):
        assert porch.post(good, path=path) == 404
    assert porch.post(good, body=b"x" * 600_000) == 413
    assert porch.reported == []


def test_a_port_in_use_is_said_in_one_sentence_and_taken_once_it_is_free(porch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        porch.settings.choose(WEBHOOK_PORT, str(port))
        porch.reception.follow()
        assert porch.reception.port == 0
        assert not porch.health().is_ok
        assert porch.health().sentence == (
            f"Another program uses port {port}, so no webhook calls come in: choose another with "
            "`dealside settings set webhook_port NUMBER`."
        )
    porch.reception.follow()
    assert porch.reception.port == port
    assert porch.health().is_ok


def test_it_follows_the_settings_and_leaves_nothing_behind(porch):
    before = set(threading.enumerate())
    first = porch.listen()
    porch.reception.follow()
    assert porch.reception.port == first
    assert porch.opened == [CRM], "what has not changed is not made again"
    second = porch.listen()
    assert second != first
    assert porch.post(signed(porch.clock.now())) == 204
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", first), timeout=5)
    porch.settings.choose(WEBHOOK_PORT, "0")
    porch.reception.follow()
    assert porch.reception.port == 0
    wait_until(lambda: set(threading.enumerate()) <= before)


def test_a_new_secret_counts_at_once_and_another_connection_forgets_nothing(porch):
    porch.listen()
    headers = signed(porch.clock.now())
    porch.post(headers)
    with porch.store.transaction() as tx:
        tx.connections.save(Connection(ConnectionId("second"), "hubspot", Family.CRM, "Second", {}), NOON)
    porch.reception.follow()
    assert porch.opened == [CRM, "second"]
    porch.post(headers)
    assert porch.reported == [CRM], "what was taken in before is still known for a repeat"
    porch.settings.choose(WEBHOOK_MARK, "changed")
    porch.reception.follow()
    assert porch.opened == [CRM, "second", CRM, "second"]


def test_a_paused_crm_takes_nothing_in(porch):
    with porch.store.transaction() as tx:
        tx.connections.save(Connection(CRM, "hubspot", Family.CRM, "Paused", {}, is_paused=True), NOON)
    porch.listen()
    assert porch.post(signed(porch.clock.now())) == 404


def test_what_a_call_says_is_kept_nowhere(porch):
    porch.listen()
    secret_words = b'[{"propertyValue":"xyzzy-not-to-be-kept"}]'
    assert porch.post(signed(porch.clock.now(), body=secret_words), body=secret_words) == 204
    with porch.store.reading() as tx:
        kept = tx.mirror.all(CRM, RecordKind.CONTACT), tx.settings.all(), tx.connections.checkpoint(CRM)
    assert "xyzzy" not in repr(kept)
    assert "xyzzy" not in repr(porch.health())


def test_an_answer_needs_no_listener(porch):
    request = Request("POST", f"{PATH}nobody", {}, b"")
    assert porch.reception.answer(request).status == 404


# --- many calls, one pull -------------------------------------------------------------------------------------------


class CountedCrm(MoodyCrm):
    """Counts the looks; raises `trouble` when it is given."""

    looks = 0
    trouble = None

    def changes(self, checkpoint: Checkpoint, *, limit: int = 200) -> RecordBatch:
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        return super().changes(checkpoint, limit=limit)


@pytest.fixture
def desk(tmp_path):
    clock = ManualClock(NOON)
    store = new_store(tmp_path, clock=clock)
    bus = EventBus()
    crm = CountedCrm(clock)
    with store.reading() as tx:
        connection = tx.connections.get(CRM)
    desk = CrmDesk(connection, crm, Surroundings(store, clock, bus, Condition(store, clock, bus)), lambda: None)
    desk.turn()
    crm.looks = 0
    yield desk, crm, clock
    store.close()


def test_many_reports_wake_the_lane_once_and_make_one_look(desk):
    desk, crm, clock = desk
    clock.advance(ASKED_EVERY.total_seconds())
    assert [desk.reported() for _ in range(1000)] == [True] + [False] * 999
    desk.turn()
    assert crm.looks == 1
    desk.turn()
    assert crm.looks == 1, "what was reported is done with"


def test_reports_just_after_a_look_wait_for_the_next_one_a_few_seconds_later(desk):
    desk, crm, clock = desk
    assert desk.reported()
    assert 0 < desk.turn() <= ASKED_EVERY.total_seconds()
    assert crm.looks == 0
    clock.advance(ASKED_EVERY.total_seconds())
    assert desk.turn() > ASKED_EVERY.total_seconds()
    assert crm.looks == 1


def test_a_crm_in_trouble_is_not_asked_more_often_for_it(desk):
    desk, crm, clock = desk
    crm.trouble = Temporary("Busy.", retry_after=300)
    clock.advance(MIRROR_EVERY.total_seconds())
    assert desk.turn() == 300
    assert not any(desk.reported() for _ in range(10))
    crm.trouble = None
    clock.advance(300)
    desk.turn()
    clock.advance(ASKED_EVERY.total_seconds())
    assert desk.reported()


# --- the whole way --------------------------------------------------------------------------------------------------


def test_a_change_in_the_crm_is_in_the_mirror_as_soon_as_its_webhook_came(tmp_path):
    clock = SystemClock()
    store = new_store(tmp_path, clock=clock)
    world = HubSpotWorld()
    portal = world.portal
    lines = [HttpBoundary(ledger=ListLedger(), clock=clock, limits=HttpLimits(connect=20, silence=20)) for _ in "ab"]
    settings = Settings(store)
    port = free_port()
    settings.choose(WEBHOOK_PORT, str(port))
    settings.choose(WEBHOOK_ADDRESS, ADDRESS)
    with VendorServer(world) as server:
        ours, others = (
            HubSpot({"address": server.url}, token=lambda: "token", http=line, clock=clock) for line in lines
        )
        contact = others.create(
            RecordKind.CONTACT, {"last_name": "Roe", "email": "jane.roe@buyer.example", "title": "Buyer"}, "k1"
        )
        portal.advance(15 * 60)
        agent = Agent(
            store,
            clock,
            ScriptedModel(),
            connectors=Connectors(mail=no_mailbox, drafts=lambda _c: None, crm=lambda _c: ours, webhooks=hubspot_check),
            bus=EventBus(),
        )
        with store.transaction() as tx:
            tx.connections.remove(ConnectionId("mailbox"))

        def title():
            with store.reading() as tx:
                known = tx.mirror.get(CRM, contact.ref)
            return known.fields.get("title") if known else None

        before = set(threading.enumerate())
        agent.start()
        wait_until(lambda: title() == "Buyer")
        looked_at = clock.now()
        others.update(contact.ref, {"title": "Head of Procurement"})
        portal.advance(15 * 60)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("POST", PATH + CRM, body=BODY, headers=signed(clock.now()))
        assert connection.getresponse().status == 204
        connection.close()
        wait_until(lambda: title() == "Head of Procurement", longest=MIRROR_EVERY.total_seconds() * 0.7)
        assert clock.now() - looked_at < MIRROR_EVERY, "the poll would have been later"
        assert agent.stop()
        wait_until(lambda: not [t for t in set(threading.enumerate()) - before if "webhooks" in t.name])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    for line in lines:
        line.close()
    store.close()


def no_mailbox(_connection):
    raise AssertionError("there is no mailbox here")
