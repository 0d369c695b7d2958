"""Webhook calls through the real parts: the secret from the vault, the listener, a CRM that was changed meanwhile."""

import base64
import http.client
import json
import logging
import socket
import threading

import pytest

from desktop.agent.desks import MIRROR_EVERY
from desktop.bootstrap import Parts
from desktop.connectors.webhooks.rules import BASIC_USER
from desktop.domain.connections import Connection, Family
from desktop.domain.ids import ConnectionId
from desktop.domain.records import RecordKind
from desktop.inference.client import NoModel
from desktop.setup.connections import secret_name
from desktop.setup.settings import WEBHOOK_PORT, Settings
from desktop.setup.webhooks import PATH, SECRET
from desktop.system import logs
from desktop.system.profile import temporary_profile
from tests.fakes.waiting import wait_until
from tests.servers.pipedrive import PipedriveWorld
from tests.servers.vendor import VendorServer

pytestmark = [pytest.mark.server, pytest.mark.end2end]

CRM = ConnectionId("pipe-1")
BODY = json.dumps({"meta": {"action": "change", "entity": "person"}, "data": {"id": 1, "name": "Mallory"}}).encode()


@pytest.fixture
def parts(tmp_path):
    made = Parts(temporary_profile("test", root=tmp_path))
    written = logs.setup(made.profile.paths, logging.DEBUG, program="agent")
    yield made
    made.close()
    written.close()


def free_port():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def post(port, password, *, path=PATH + CRM):
    pair = base64.b64encode(f"{BASIC_USER}:{password}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
    connection.request("POST", path, body=BODY, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


def names(parts):
    with parts.store().reading() as tx:
        return {record.title for record in tx.mirror.all(CRM, RecordKind.CONTACT)}


def test_a_change_at_the_vendors_is_here_long_before_the_next_poll(parts):
    world = PipedriveWorld()
    port = free_port()
    with VendorServer(world) as server:
        with parts.store().transaction() as tx:
            for known in tx.connections.all():
                tx.connections.remove(known.id)
            settings = {"address": server.url, "key_field": "Dealside key"}
            tx.connections.save(Connection(CRM, "pipedrive", Family.CRM, "Pipedrive", settings), parts.clock.now())
        parts.profile.vault.set(secret_name(CRM, "api_token"), "token")
        _, password = parts.webhook_setup().keep(CRM)
        Settings(parts.store()).choose(WEBHOOK_PORT, str(port))
        person = world.company.create("persons", {"name": "Jane Roe"})
        world.company.advance(120)
        before = set(threading.enumerate())
        agent, _ = parts.agent(NoModel())
        agent.start()
        try:
            wait_until(lambda: names(parts) == {"Jane Roe"})
            looked_at = parts.clock.now()
            world.company.update("persons", person["id"], {"name": "Jane Doe"})
            world.company.advance(120)
            calls = len(server.requests)
            assert post(port, "guessed") == 401
            assert post(port, password, path=f"{PATH}other") == 404
            assert len(server.requests) == calls, "a stranger costs the CRM no call"
            assert [post(port, password) for _ in range(50)] == [204] * 50
            wait_until(lambda: names(parts) == {"Jane Doe"}, longest=MIRROR_EVERY.total_seconds() * 0.7)
            assert parts.clock.now() - looked_at < MIRROR_EVERY
            pulls = [path for _, path in server.requests[calls:] if path.endswith("/persons")]
            assert 1 <= len(pulls) <= 4, "fifty calls are a pull or two"
        finally:
            assert agent.stop()
        wait_until(lambda: not [t for t in set(threading.enumerate()) - before if t.name == "webhooks"])
    written = "".join(path.read_text() for path in parts.profile.paths.logs.glob("*"))
    assert "webhook calls may come in" in written
    assert password not in written
    assert "Mallory" not in written
    assert parts.setup().remove(CRM)
    assert parts.profile.vault.get(secret_name(CRM, SECRET)) is None, "the secret goes with the connection"
