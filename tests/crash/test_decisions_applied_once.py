"""Any order of decisions, batches, lost and repeated answers, storms, expired tokens, other people's edits and kills.

Many Suggestions share a CRM and its batches. Whatever happened on the way, once there is quiet the CRM holds what was
decided, each decision carried out once, and nothing else. `--thorough` takes 2,000 random runs.
"""

import contextlib
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from desktop.connectors.crm.book import LocalBook
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId, SuggestionId, derive
from desktop.domain.proposals import Action, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.outbox.ordering import is_undo
from desktop.store.store import Store
from tests.fakes.crm import MoodyCrm
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, message, reading

RUNS, THOROUGH_RUNS, STEPS = 60, 2000, 30
KNOWN = 4
KEY = bytes(range(32))


class KilledError(BaseException):
    """The agent's end in the middle of a write."""


FAULTS = {
    "no answer": lambda: Temporary("No answer."),
    "too many": lambda: Temporary("Slow down.", retry_after=7),
    "server error": lambda: Temporary("It is down."),
    "token expired": lambda: UserActionNeeded("Sign in again."),
    "killed": KilledError,
}


class Decisions(RuleBasedStateMachine):
    """What the rep does, what the world does, and a model of what should come of it."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.rig = Rig(Path(self.folder.name), at_once=5)
        self.crm: MoodyCrm = self.rig.crm
        self.items: dict[str, Suggestion] = {}
        self.card = None
        self.unknown: set[str] = set()

    @initialize()
    def begin(self):
        self.card = self.rig.propose(message("Hello"), reading())
        for number in range(KNOWN):
            ref = RecordRef(RecordKind.CONTACT, RecordId(f"c{number}"))
            fields = {"last_name": f"Known {number}", "title": "before", "mobile": None}
            self.crm.memory.put(ref, fields, key=None, expected="")

    # --- what the rep does ------------------------------------------------------------------------------------------

    @rule(decide=st.booleans())
    def a_new_account(self, decide):
        name = f"Account {len(self.items)}"
        self.suggest(Action.CREATE, RecordKind.ACCOUNT, (FieldChange("name", None, name, 0.9, ""),), decide=decide)

    @rule(decide=st.booleans(), at=st.integers(0, 30))
    def a_contact_at_an_account(self, decide, at):
        accounts = [item for item in self.items.values() if item.kind is RecordKind.ACCOUNT]
        if accounts:
            link = FieldChange("account", None, f"suggestion:{accounts[at % len(accounts)].id}", 0.9, "")
            name = FieldChange("last_name", None, f"Contact {len(self.items)}", 0.9, "")
            self.suggest(Action.CREATE, RecordKind.CONTACT, (name, link), decide=decide)

    @rule(number=st.integers(0, KNOWN - 1), decide=st.booleans())
    def a_change(self, number, decide):
        ref = RecordRef(RecordKind.CONTACT, RecordId(f"c{number}"))
        is_under_way = any(i.target == ref and self.state(i) not in _OVER for i in self.items.values())
        if not is_under_way:
            before = self.crm.read(ref).fields["title"]
            change = FieldChange("title", before, f"Title {len(self.items)}", 0.9, "")
            self.suggest(Action.UPDATE, RecordKind.CONTACT, (change,), decide=decide, target=ref)

    def suggest(self, action, kind, changes, *, decide, target=None):
        name = SuggestionId(derive("s", str(len(self.items))))
        item = Suggestion(name, self.card.id, CRM, action, kind, name[:6], changes, "", target=target)
        with self.rig.store.transaction() as tx:
            tx.proposals.append(self.card.id, item, name)
        self.items[name] = item
        if decide:
            self.rig.review.accept(name)

    @rule(pick=st.integers(0, 30), act=st.sampled_from(["accept", "dismiss", "undo", "retry", "give_up"]))
    def decide(self, pick, act):
        if self.items:
            name = list(self.items)[pick % len(self.items)]
            is_letting_go = act == "give_up" and self.last_is_undo(name)
            with contextlib.suppress(Rejected):
                getattr(self.rig.review, act)(name)
                # Letting go of an undo whose change was never confirmed leaves open what the CRM holds.
                self.unknown |= {name} if is_letting_go else set()

    # --- what the world does ----------------------------------------------------------------------------------------

    @rule(
        faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=4),
        after=st.lists(st.sampled_from(["no answer", "killed"]), max_size=3),
        wait=st.sampled_from([0, 1, 60, 20_000]),
    )
    def deliver(self, faults, after, wait):
        self.crm.fail_before = [FAULTS[name]() for name in faults]
        self.crm.fail_after = [FAULTS[name]() for name in after]
        self.rig.clock.advance(wait)
        try:
            while self.rig.deliver_next(CRM):
                pass
        except KilledError:
            self.start_again()
        self.crm.fail_before, self.crm.fail_after = [], []

    @rule(number=st.integers(0, KNOWN - 1), step=st.integers(0, 99))
    def somebody_edits_another_field(self, number, step):
        LocalBook.update(self.crm, RecordRef(RecordKind.CONTACT, RecordId(f"c{number}")), {"mobile": f"+4930{step:06}"})

    @rule()
    def start_again(self):
        path = self.rig.store.path
        self.rig.store.close()
        self.rig.store = Store(path, KEY, self.rig.clock)

    # --- what should have come of it --------------------------------------------------------------------------------

    def state(self, item):
        return self.rig.now(item).state

    def settle(self):
        for _ in range(10):
            self.rig.review.retry_all()
            while self.rig.deliver_next(CRM):
                pass
            self.rig.clock.advance(20_000)

    def check(self):
        made = Counter(r.fields.get("name") or r.fields.get("last_name") for r in self.everything())
        titles = dict.fromkeys(range(KNOWN), "before")
        for item in self.items.values():
            state = self.state(item)
            if item.id in self.unknown:
                if item.target is not None:
                    titles.pop(int(item.target.id[1:]), None)
                continue
            if item.action is Action.CREATE:
                wanted = 1 if state is SuggestionState.DELIVERED else 0
                assert made[item.changes[0].after] == wanted, (state, item, self.entries(item))
            elif state is SuggestionState.DELIVERED and int(item.target.id[1:]) in titles:
                titles[int(item.target.id[1:])] = item.changes[0].after
            assert state is not SuggestionState.QUEUED or self.is_waiting_for_another(item), self.entries(item)
        for number, title in titles.items():
            live = self.crm.read(RecordRef(RecordKind.CONTACT, RecordId(f"c{number}"))).fields["title"]
            assert live == title, (number, live, title)

    def everything(self):
        return [*self.crm.all(RecordKind.ACCOUNT), *self.crm.all(RecordKind.CONTACT)]

    def entries(self, item):
        with self.rig.store.reading() as tx:
            return [(entry.operation, entry.state, entry.sentence) for entry in tx.outbox.of_subject(item.id)]

    def last_is_undo(self, name):
        with self.rig.store.reading() as tx:
            entries = tx.outbox.of_subject(name)
            return bool(entries) and is_undo(entries[-1].operation)

    def is_waiting_for_another(self, item):
        return any("Waits" in sentence for _, _, sentence in self.entries(item))

    def teardown(self):
        try:
            if self.card is not None:
                self.settle()
                self.check()
        finally:
            self.rig.close()
            self.folder.cleanup()


_OVER = frozenset({SuggestionState.DISMISSED, SuggestionState.DELIVERED, SuggestionState.UNDONE})


@pytest.mark.expects_log("delivery of")
def test_every_decision_is_carried_out_once(thorough):
    run_state_machine_as_test(
        Decisions,
        settings=settings(
            max_examples=THOROUGH_RUNS if thorough else RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not thorough,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
