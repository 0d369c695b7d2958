"""Any order of decisions, conflicts and their answers, undos, faults and other people's edits.

Whatever happens: what somebody else wrote is overwritten only if the rep was shown just that value and chose over it,
and what was taken back leaves nothing of ours in the CRM.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from desktop.connectors.crm.book import LocalBook
from desktop.domain.deliveries import DeliveryState
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.ids import RecordId, SuggestionId
from desktop.domain.proposals import Action, FieldChange, Suggestion, SuggestionState
from desktop.domain.records import RecordKind, RecordRef
from desktop.review.conflicts import contested
from tests.fakes.crm import MoodyCrm
from tests.fakes.rig import Rig
from tests.fakes.situations import CRM, message, reading

FIELDS = ("title", "first_name", "last_name")
FAULTS = ("none", "none", "lost", "lost", "killed", "down", "refused")
MOVING = (DeliveryState.WAITING, DeliveryState.NEEDS_USER, DeliveryState.CONFLICT, DeliveryState.REJECTED)
ACCEPTABLE = {SuggestionState.OPEN, SuggestionState.UNDONE}
TAKEN_BACK = {SuggestionState.OPEN, SuggestionState.DISMISSED, SuggestionState.UNDONE}


class KilledError(BaseException):
    """The agent's end in the middle of a write."""


class WatchedCrm(MoodyCrm):
    """Lets nothing of somebody else's be overwritten or removed unapproved. `meanwhile` happens at a write."""

    def __init__(self, clock):
        super().__init__(clock)
        self.approved: set[tuple[str, str]] = set()
        self.overwritten_unseen: set[tuple[str, str]] = set()
        self.meanwhile: list[dict[str, str]] = []

    def update(self, ref, fields, *, version=""):
        self._edit_meanwhile(ref)
        before = dict(self.read(ref).fields)
        try:
            return super().update(ref, fields, version=version)
        finally:
            after = self.read(ref).fields
            self._check({name: value for name, value in before.items() if value != after[name]})

    def delete(self, ref, *, version=""):
        self._edit_meanwhile(ref)
        before = dict(self.read(ref).fields)
        try:
            return super().delete(ref, version=version)
        finally:
            if self.read(ref) is None:
                self._check(before)

    def _edit_meanwhile(self, ref):
        if self.meanwhile:
            LocalBook.update(self, ref, self.meanwhile.pop())

    def _check(self, gone):
        theirs = {(name, value) for name, value in gone.items() if value and value.startswith("theirs")}
        # The outbox takes whatever a connector throws, so an assertion here would never be heard of.
        self.overwritten_unseen |= theirs - self.approved


class Machine(RuleBasedStateMachine):
    """What both machines share. `subject` is the one Suggestion they play with."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.rig = Rig(Path(self.folder.name))
        self.rig.crm = self.crm = WatchedCrm(self.rig.clock)
        self.number = 0
        self.has_let_go = False

    def fresh(self, whose):
        self.number += 1
        return f"{whose}-{self.number}"

    def suggest(self, action, changes, target=None):
        card = self.rig.propose(message("Hello"), reading())
        item = Suggestion(
            SuggestionId("s"), card.id, CRM, action, RecordKind.CONTACT, "Jane Roe", changes, "", target=target
        )
        with self.rig.store.transaction() as tx:
            tx.proposals.append(card.id, item, "s")
        self.subject = item

    @invariant()
    def nothing_is_overwritten_unseen(self):
        assert self.crm.overwritten_unseen == set()

    @property
    def now(self):
        return self.rig.now(self.subject)

    def entry(self):
        with self.rig.store.reading() as tx:
            entries = tx.outbox.of_subject("s")
            return (entries[-1], tx.outbox.live(entries[-1].id)) if entries else (None, {})

    def shown(self):
        """Let the rep look at the conflict; return what is contested."""
        entry, live = self.entry()
        if entry is None or entry.state is not DeliveryState.CONFLICT:
            return {}
        return contested(entry, live)

    def is_moving(self):
        entry, _ = self.entry()
        return entry is not None and entry.state in MOVING

    def is_undo(self):
        entry, _ = self.entry()
        is_undo = entry is not None and entry.operation.value in ("restore", "remove")
        return is_undo and entry.state not in (DeliveryState.DELIVERED, DeliveryState.CANCELLED)

    @precondition(lambda self: self.entry()[0] is not None)
    @rule(fault=st.sampled_from(FAULTS), wait=st.sampled_from([0, 20_000]))
    def deliver(self, fault, wait):
        self.crm.fail_before = {
            "refused": [Rejected("No.")],
            "down": [UserActionNeeded("Sign in.")],
        }.get(fault, [])
        self.crm.fail_after = {"lost": [Temporary("No answer.")], "killed": [KilledError()]}.get(fault, [])
        self.rig.clock.advance(wait)
        try:
            while self.rig.deliver_next(CRM):
                pass
        except KilledError:
            pass
        self.crm.fail_before, self.crm.fail_after = [], []

    @precondition(lambda self: self.now.state not in (SuggestionState.OPEN, SuggestionState.UNDONE))
    @rule()
    def undo(self):
        is_undo = self.is_undo()
        if self.try_to(lambda: self.rig.review.undo("s")):
            self.has_let_go = self.has_let_go or is_undo

    @precondition(lambda self: self.is_moving())
    @rule()
    def give_up(self):
        is_undo = self.is_undo()
        if self.try_to(lambda: self.rig.review.give_up("s")):
            self.has_let_go = self.has_let_go or is_undo

    @precondition(lambda self: self.is_moving())
    @rule()
    def send_anyway(self):
        _, live = self.entry()
        shown = {(name, value) for name, value in live.items() if value}
        if self.try_to(lambda: self.rig.review.retry("s")):
            self.crm.approved |= shown

    @precondition(lambda self: self.is_moving())
    @rule()
    def send_all_now(self):
        self.rig.review.retry_all()

    def try_to(self, act):
        try:
            act()
        except Rejected:
            return False
        return True

    def settle(self):
        self.crm.meanwhile = []
        for _ in range(8):
            while self.rig.deliver_next(CRM):
                pass
            self.rig.clock.advance(20_000)
        assert self.now.state is not SuggestionState.QUEUED, self.entry()

    def teardown(self):
        try:
            self.settle()
            self.nothing_is_overwritten_unseen()
            self.check_end()
        finally:
            self.rig.close()
            self.folder.cleanup()


class UpdateMachine(Machine):
    """Three fields of a known Contact."""

    @initialize()
    def begin(self):
        self.ref = RecordRef(RecordKind.CONTACT, RecordId("c1"))
        first = {name: f"first-{name}" for name in FIELDS}
        self.crm.memory.put(self.ref, first, key=None, expected="")
        changes = tuple(FieldChange(name, first[name], f"ours-{name}", 0.9, "") for name in FIELDS)
        self.suggest(Action.UPDATE, changes, self.ref)

    @precondition(lambda self: self.now.state in ACCEPTABLE)
    @rule(some=st.sets(st.sampled_from(FIELDS), min_size=1))
    def accept(self, some):
        now = self.now
        own = {c.field: self.fresh("ours") for c in now.changes if c.field in some}
        if self.try_to(lambda: self.rig.review.accept("s", own)):
            self.crm.approved |= {(c.field, c.before) for c in now.changes if c.before}

    @rule(name=st.sampled_from(FIELDS), at_the_write=st.booleans())
    def somebody_edits(self, name, at_the_write):
        edit = {name: self.fresh("theirs")}
        if at_the_write:
            self.crm.meanwhile = [edit]
        else:
            LocalBook.update(self.crm, self.ref, edit)

    @precondition(lambda self: self.shown())
    @rule(picks=st.lists(st.sampled_from(["theirs", "mine", "own"]), min_size=3, max_size=3), looks_away=st.booleans())
    def answer(self, picks, looks_away):
        entry, _ = self.entry()
        seen = self.shown()
        values = {
            name: {"theirs": value, "mine": entry.fields[name], "own": self.fresh("ours")}[pick]
            for (name, value), pick in zip(seen.items(), picks, strict=False)
        }
        if looks_away:
            with pytest.raises(Rejected, match="once more"):
                self.rig.review.resolve("s", values, dict.fromkeys(seen, "theirs-long-ago"))
            return
        self.rig.review.resolve("s", values, seen)
        self.crm.approved |= {(name, value) for name, value in seen.items() if values[name] != value}

    def check_end(self):
        live, now = self.crm.read(self.ref).fields, self.now
        ours = {name for name in FIELDS if live[name].startswith("ours")}
        if self.has_let_go:
            return
        if now.state in TAKEN_BACK:
            assert ours == set(), (now, live)
        if now.state is SuggestionState.DELIVERED:
            for change in now.changes:
                assert live[change.field] == change.after or live[change.field].startswith("theirs"), (now, live)


class CreateMachine(Machine):
    """A new Contact, which others may work on once it is there."""

    @initialize()
    def begin(self):
        changes = tuple(FieldChange(name, None, f"ours-{name}", 0.9, "") for name in ("last_name", "title"))
        self.suggest(Action.CREATE, changes)

    @precondition(lambda self: self.now.state in ACCEPTABLE)
    @rule()
    def accept(self):
        self.try_to(lambda: self.rig.review.accept("s"))

    @rule(name=st.sampled_from(("title", "phone", "email")), at_the_write=st.booleans())
    def somebody_edits(self, name, at_the_write):
        edit = {name: self.fresh("theirs")}
        for record in self.crm.all(RecordKind.CONTACT):
            if at_the_write:
                self.crm.meanwhile = [edit]
            else:
                LocalBook.update(self.crm, record.ref, edit)

    def check_end(self):
        made = self.crm.all(RecordKind.CONTACT)
        assert len(made) <= 1, made
        if self.has_let_go:
            return
        if self.now.state in TAKEN_BACK:
            assert made == []
        if self.now.state is SuggestionState.DELIVERED:
            assert len(made) == 1


@pytest.mark.expects_log("delivery of")
@pytest.mark.parametrize("machine", [UpdateMachine, CreateMachine])
def test_nothing_of_somebody_elses_is_lost_and_what_was_taken_back_is_gone(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=50, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
