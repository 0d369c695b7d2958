"""A sign-in stands for a pasted token; it is kept when the Connection works, and else nothing is."""

import pytest

from desktop.connectors import registry
from desktop.domain.connections import SignedIn
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.setup.connections import SIGN_IN, ConnectionSetup, secret_name
from desktop.setup.signing_in import Rep, SignInSetup
from desktop.system.long_secrets import LongSecret
from desktop.system.vault import MemoryVault
from tests.fakes.clock import ManualClock
from tests.fakes.situations import NOON, new_store

REP = Rep(show=lambda *_: None)
APP = {"client_id": "app-1"}
TOLD = {"instance_url": "https://reef.my.salesforce.example"}


class Bench:
    def __init__(self, folder):
        self.store = new_store(folder)
        self.vault = MemoryVault()
        self.refusal = None
        self.asked = []
        self.checked = []
        self.next = SignedIn("grant-1", TOLD)
        self.setup = ConnectionSetup(
            self.store,
            self.vault,
            ManualClock(NOON),
            describe=registry.info,
            check=self.check,
            new_id=lambda: "id-1-long-enough",
        )
        self.sign_in = SignInSetup(self.setup, describe=registry.info, sign_in=self.act)

    def act(self, connector, values, rep):
        self.asked.append((connector, dict(values)))
        return self.next

    def check(self, connection, secrets):
        self.checked.append((dict(connection.settings), dict(secrets), self.grant(connection.id)))
        if self.refusal:
            raise self.refusal

    def grant(self, connection_id):
        return LongSecret(self.vault, secret_name(connection_id, SIGN_IN)).get()


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def test_it_is_in_the_vault_when_it_is_tested_and_nowhere_else(bench):
    made = bench.sign_in.add("salesforce", APP, REP)
    assert made.settings["instance_url"] == TOLD["instance_url"]  # nobody had to type it
    assert made.settings["client_id"] == "app-1"
    assert bench.checked[0][2] == "grant-1"
    assert "grant-1" not in repr(bench.setup.all())


def test_what_does_not_work_leaves_nothing(bench):
    bench.refusal = UserActionNeeded("No.")
    with pytest.raises(UserActionNeeded):
        bench.sign_in.add("salesforce", APP, REP)
    assert not bench.vault._secrets
    assert not [one for one in bench.setup.all() if one.connector == "salesforce"]


def test_again_replaces_the_old_one_and_the_pasted_token(bench):
    made = bench.setup.add("salesforce", {**TOLD, "access_token": "pasted"})
    bench.setup.test(made.id)
    bench.sign_in.again(made.id[:6], APP, REP)
    assert bench.grant(made.id) == "grant-1"
    assert bench.vault.get(secret_name(made.id, "access_token")) is None
    bench.next = SignedIn("grant-2", {})
    changed = bench.sign_in.again(made.id, {}, REP)
    assert bench.asked[-1][1]["client_id"] == "app-1"  # remembered
    assert bench.grant(made.id) == "grant-2"
    assert changed.settings["instance_url"] == TOLD["instance_url"]


def test_again_that_does_not_work_leaves_all_as_it_was(bench):
    made = bench.sign_in.add("salesforce", APP, REP)
    bench.refusal, bench.next = UserActionNeeded("No."), SignedIn("grant-2", {})
    with pytest.raises(UserActionNeeded):
        bench.sign_in.again(made.id, {"client_id": "app-2"}, REP)
    assert bench.grant(made.id) == "grant-1"
    assert bench.setup.find(made.id).settings["client_id"] == "app-1"


def test_a_change_of_settings_leaves_the_sign_in_alone(bench):
    made = bench.sign_in.add("salesforce", APP, REP)
    changed = bench.setup.change(made.id, {"external_id_field": "Our_Key__c"})
    assert changed.settings["client_id"] == "app-1"
    assert bench.grant(made.id) == "grant-1"


def test_the_apps_secret_goes_to_the_vault_and_both_go_with_the_connection(bench):
    bench.next = SignedIn("grant-1", {"api_domain": "https://www.zohoapis.example"})
    made = bench.sign_in.add("zoho", {**APP, "client_secret": "shh"}, REP)
    assert "client_secret" not in made.settings
    assert bench.vault.get(secret_name(made.id, "client_secret")) == "shh"
    assert bench.checked[-1][1] == {"client_secret": "shh"}
    bench.setup.remove(made.id)
    assert not bench.vault._secrets


def test_without_a_sign_in_a_token_is_still_needed(bench):
    with pytest.raises(Rejected, match="Access token"):
        bench.setup.add("salesforce", TOLD)


def test_what_cannot_be_is_said_before_anybody_signs_in(bench):
    with pytest.raises(Rejected, match="--sign-in"):
        bench.sign_in.add("imap", {}, REP)
    with pytest.raises(Rejected, match="--code"):
        bench.sign_in.add("salesforce", APP, Rep(show=lambda *_: None, by_code=True))
    assert not bench.asked
