"""`dealside webhooks`: what is on, what to enter at the vendor's, and no secret where it does not belong."""

import io
import json

import pytest

from desktop.cli.parser import make_parser
from desktop.cli.printing import Printer
from desktop.cli.webhooks import webhooks
from desktop.connectors.webhooks.vendors import offer_of
from desktop.domain.connections import Connection, Family
from desktop.domain.ids import ConnectionId
from desktop.setup.settings import WEBHOOK_PORT, Settings
from desktop.setup.webhooks import WebhookSetup
from desktop.system.vault import MemoryVault
from tests.fakes.situations import NOON, new_store


@pytest.fixture
def store(tmp_path):
    store = new_store(tmp_path)
    with store.transaction() as tx:
        tx.connections.save(Connection(ConnectionId("drive-1"), "pipedrive", Family.CRM, "Our Pipedrive", {}), NOON)
    yield store
    store.close()


@pytest.fixture
def told(store):
    setup = WebhookSetup(store, MemoryVault(), offer_of=offer_of)

    def tell(*words, trouble="", as_json=False):
        out = io.StringIO()
        args = make_parser().parse_args(["webhooks", *words])
        assert webhooks(args, Printer(as_json=as_json, out=out), setup, lambda: trouble) == 0
        return json.loads(out.getvalue()) if as_json else out.getvalue()

    return tell


def test_off_is_said_with_the_way_to_turn_it_on(told):
    text = told()
    assert "Webhook calls are off" in text
    assert "settings set webhook_port" in text
    assert "its calls cannot be checked" in text


def test_on_or_in_trouble(store, told):
    Settings(store).choose(WEBHOOK_PORT, "8765")
    assert "127.0.0.1:8765" in told("list")
    assert "Another program" in told("list", trouble="Another program uses port 8765.")


def test_a_secret_that_was_made_is_shown_once_with_what_to_do(told):
    text = told("keep", "drive")
    assert "the user name dealside and the password" in text
    secret = text.rstrip().rpartition(" ")[2]
    assert len(secret) > 40
    assert secret not in told()
    assert told("list", as_json=True)["crms"][1] == {
        "connection": "drive-1",
        "can_be_checked": True,
        "has_secret": True,
        "address": "https://…/webhooks/drive-1",
    }
    assert "no secret any more" in told("forget", "drive")
    assert "no secret yet" in told()


def test_a_script_gets_the_secret_that_was_made(told):
    assert len(told("keep", "drive", as_json=True)["secret"]) > 40
