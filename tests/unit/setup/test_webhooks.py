"""Secrets of webhook calls: kept in the vault, made where they are ours, refused where they are worth nothing."""

import pytest

from desktop.connectors.webhooks.vendors import offer_of
from desktop.domain.connections import Connection, Family
from desktop.domain.errors import Rejected
from desktop.domain.ids import ConnectionId
from desktop.setup.connections import secret_name
from desktop.setup.settings import WEBHOOK_ADDRESS, WEBHOOK_MARK, WEBHOOK_PORT, Settings
from desktop.setup.webhooks import SECRET, WebhookSetup
from desktop.system.vault import MemoryVault
from tests.fakes.situations import NOON, new_store


class Bench:
    def __init__(self, folder):
        self.store = new_store(folder)
        self.vault = MemoryVault()
        self.settings = Settings(self.store)
        self.setup = WebhookSetup(self.store, self.vault, offer_of=offer_of)
        for name in ("hubspot", "zoho", "pipedrive", "salesforce"):
            with self.store.transaction() as tx:
                tx.connections.save(Connection(ConnectionId(f"{name}-1"), name, Family.CRM, name.title(), {}), NOON)

    def kept(self, connection_id):
        return self.vault.get(secret_name(connection_id, SECRET))


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def test_a_secret_of_ours_is_made_and_fits_the_vendor(bench):
    row, secret = bench.setup.keep("zoho")
    assert bench.kept("zoho-1") == secret
    assert row.has_secret
    assert 40 <= len(secret) <= 50
    assert bench.setup.keep("zoho")[1] != secret


def test_the_vendors_own_secret_has_to_be_given(bench):
    with pytest.raises(Rejected, match="client secret"):
        bench.setup.keep("hubspot")
    bench.setup.keep("hubspot", "1234567890-abcdef")
    assert bench.kept("hubspot-1") == "1234567890-abcdef"


@pytest.mark.parametrize("secret", ["short", "é" * 20, "x" * 51])
def test_a_secret_that_is_worth_nothing_is_refused(bench, secret):
    with pytest.raises(Rejected, match="16 to 50"):
        bench.setup.keep("zoho", secret)
    assert bench.kept("zoho-1") is None


def test_what_cannot_be_checked_is_not_offered(bench):
    with pytest.raises(Rejected, match="cannot be checked"):
        bench.setup.keep("salesforce", "1234567890-abcdef")
    with pytest.raises(Rejected, match="no such CRM"):
        bench.setup.keep("nobody")


def test_each_change_of_a_secret_shows_in_the_mark_and_the_secret_does_not(bench):
    marks = [bench.settings.value(WEBHOOK_MARK)]
    _, secret = bench.setup.keep("pipedrive")
    marks.append(bench.settings.value(WEBHOOK_MARK))
    assert bench.setup.forget("pipedrive").has_secret is False
    marks.append(bench.settings.value(WEBHOOK_MARK))
    assert len(set(marks)) == 3
    assert bench.kept("pipedrive-1") is None
    with bench.store.reading() as tx:
        assert secret not in repr(tx.settings.all())


def test_rows_say_where_the_vendor_should_call(bench):
    bench.settings.choose(WEBHOOK_ADDRESS, "https://hooks.example/in/")
    rows = {row.connection.id: row for row in bench.setup.all()}
    assert rows["zoho-1"].address == "https://hooks.example/in/webhooks/zoho-1"
    assert rows["salesforce-1"].offer is None


@pytest.mark.parametrize("port", ["80", "70000", "x", "-1", ""])
def test_senseless_ports_are_refused(bench, port):
    with pytest.raises(Rejected, match="1024"):
        bench.settings.choose(WEBHOOK_PORT, port)
