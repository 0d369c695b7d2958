"""Connections are tested before they are kept, and secrets go to the vault and nowhere else."""

import itertools

import pytest

from desktop.domain.connections import ConnectorInfo, Family, FieldSpec, FieldWidget
from desktop.domain.errors import Rejected, UserActionNeeded
from desktop.domain.evidence import Intent
from desktop.domain.proposals import SuggestionState
from desktop.domain.records import RecordKind
from desktop.setup.connections import REMOVED, ConnectionSetup, secret_name
from desktop.setup.readiness import Finding, examine, is_ready
from desktop.system.vault import MemoryVault
from tests.fakes.clock import ManualClock
from tests.fakes.rig import Rig, of_kind
from tests.fakes.situations import CRM, NOON, message, new_store, reading
from tests.unit.proposals.test_step import INQUIRY, inquiry_facts

INFO = ConnectorInfo(
    "imap",
    "IMAP",
    Family.MAIL,
    (
        FieldSpec("host", "Server"),
        FieldSpec("port", "Port", required=False, default="993"),
        FieldSpec("password", "Password", FieldWidget.SECRET),
    ),
)
GOOD = {"host": "mail.example", "password": "s3cret-word", "address": "me@mail.example"}


class Bench:
    def __init__(self, folder):
        self.store = new_store(folder)
        self.vault = MemoryVault()
        self.refusal = None
        self.checked = []
        numbers = itertools.count(1)
        self.setup = ConnectionSetup(
            self.store,
            self.vault,
            ManualClock(NOON),
            describe=lambda _name: INFO,
            check=self.check,
            new_id=lambda: f"id-{next(numbers)}-long-enough",
        )

    def check(self, connection, secrets):
        self.checked.append((connection.id, dict(secrets)))
        if self.refusal:
            raise self.refusal


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def test_adding_tests_first_and_keeps_secrets_out_of_the_store(bench, tmp_path):
    made = bench.setup.add("imap", GOOD)
    assert made.settings == {"host": "mail.example", "port": "993", "address": "me@mail.example"}
    assert bench.checked == [(made.id, {"password": "s3cret-word"})]
    assert bench.vault.get(secret_name(made.id, "password")) == "s3cret-word"
    assert "s3cret-word" not in repr(bench.setup.all())
    assert made.title == "me@mail.example"


def test_what_does_not_work_is_not_kept(bench):
    before = bench.setup.all()
    bench.refusal = UserActionNeeded("The password is wrong: type it again.")
    with pytest.raises(UserActionNeeded, match="password is wrong"):
        bench.setup.add("imap", GOOD)
    assert bench.setup.all() == before
    assert bench.vault.get(secret_name(bench.checked[0][0], "password")) is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"host": "x"}, "needs: Password"),
        ({**GOOD, "colour": "red"}, "no setting colour"),
        ({**GOOD, "host": ""}, "needs: Server"),
    ],
)
def test_missing_and_unknown_settings_are_named(bench, values, words):
    with pytest.raises(Rejected, match=words):
        bench.setup.add("imap", values)
    assert bench.checked == []


def test_the_embedded_sample_makes_room_for_the_reps_own(bench):
    with bench.store.transaction() as tx:
        sample = tx.connections.all(Family.MAIL)[0]
        tx.connections.save(type(sample)(sample.id, "maildir", Family.MAIL, "Sample", {"embedded": "yes"}), NOON)
    bench.setup.add("imap", GOOD)
    assert [c.title for c in bench.setup.all() if c.family is Family.MAIL] == ["me@mail.example"]


def test_testing_uses_the_kept_secret_and_removing_forgets_it(bench):
    made = bench.setup.add("imap", GOOD)
    bench.setup.test(made.id[:6])
    assert bench.checked[-1] == (made.id, {"password": "s3cret-word"})
    bench.setup.remove(made.id)
    assert bench.vault.get(secret_name(made.id, "password")) is None
    with pytest.raises(Rejected, match="no such connection"):
        bench.setup.test(made.id)


def test_pausing(bench):
    made = bench.setup.add("imap", GOOD)
    assert bench.setup.pause(made.id, is_paused=True).is_paused
    assert next(c for c in bench.setup.all() if c.id == made.id).is_paused


def test_the_doctor_sees_everything_even_when_one_probe_fails():
    def broken():
        raise RuntimeError("boom")

    def locked():
        raise UserActionNeeded("Unlock it.")

    findings = examine([("a", lambda: Finding("a", True, "Fine.")), ("b", broken), ("c", locked)])
    assert [(f.name, f.is_ok) for f in findings] == [("a", True), ("b", False), ("c", False)]
    assert findings[2].sentence == "Unlock it."
    assert not is_ready(findings)
    assert is_ready([Finding("d", False, "No display.", is_needed=False)])


def test_changing_a_secret_keeps_the_connection_what_it_was(bench):
    made = bench.setup.add("imap", GOOD)
    changed = bench.setup.change(made.id, {"password": "new-word"})
    assert changed == made
    assert bench.checked[-1] == (made.id, {"password": "new-word"})
    assert bench.vault.get(secret_name(made.id, "password")) == "new-word"
    moved = bench.setup.change(made.id, {"host": "other.example"})
    assert (moved.id, moved.settings["host"], moved.settings["address"]) == (
        made.id,
        "other.example",
        "me@mail.example",
    )
    assert bench.checked[-1] == (made.id, {"password": "new-word"})


def test_a_change_that_does_not_work_changes_nothing(bench):
    made = bench.setup.add("imap", GOOD)
    bench.refusal = UserActionNeeded("The password is wrong: type it again.")
    with pytest.raises(UserActionNeeded):
        bench.setup.change(made.id, {"password": "wrong", "host": "elsewhere.example"})
    assert bench.vault.get(secret_name(made.id, "password")) == "s3cret-word"
    assert next(c for c in bench.setup.all() if c.id == made.id) == made


def test_what_was_on_its_way_to_a_removed_connection_is_given_back(tmp_path):
    rig = Rig(tmp_path)
    card = rig.propose(message(INQUIRY), reading(inquiry_facts(), intent=Intent.INQUIRY))
    account = of_kind(card, RecordKind.ACCOUNT)
    rig.review.accept(account.id)
    setup = ConnectionSetup(
        rig.store, MemoryVault(), rig.clock, describe=lambda _name: INFO, check=lambda *_: None, new_id=str
    )
    setup.remove(CRM)
    assert rig.now(account).state is SuggestionState.REJECTED
    with rig.store.reading() as tx:
        assert tx.outbox.of_subject(account.id)[-1].sentence == REMOVED
    rig.close()
