"""Random merges, faults and people: in the end each approved merge stands in the CRM once, and no value is lost unseen.

`--thorough` takes many more examples.
"""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from desktop.domain.cleanup import MergePlan, Strategy, merged_fields, merging
from desktop.domain.errors import Rejected, Temporary, UserActionNeeded
from desktop.domain.records import RecordKind
from desktop.review.cleanup_views import CleanupShelf, CleanupState
from tests.fakes.duplicates import ANN, DuplicatesRig

STEPS, EXAMPLES, THOROUGH_EXAMPLES = 25, 20, 500
NAMES = ("first_name", "title", "phone", "mobile")
FAULTS = st.lists(
    st.sampled_from(["before", "after", "needs you", "refused"]),
    max_size=3,
)
ERRORS = {
    "before": lambda: Temporary("No line."),
    "after": lambda: Temporary("No answer."),
    "needs you": lambda: UserActionNeeded("Ask your administrator."),
    "refused": lambda: Rejected("No."),
}


class CleaningUp(RuleBasedStateMachine):
    """A rep who merges, a CRM that fails, and others who work in it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.rig = DuplicatesRig(Path(self._folder.name), at_once=50)
        self.number = 0
        self.typed: set[tuple[str, str]] = set()
        self.given_up: set[tuple[str, str]] = set()

    # --- the rep ----------------------------------------------------------------------------------------------------

    @rule()
    def looks(self) -> None:
        self.rig.mirror()
        self.rig.cleanup.look()

    @precondition(lambda self: self.rig.cleanup.clusters())
    @rule(data=st.data())
    def merges(self, data: st.DataObject) -> None:
        view = data.draw(st.sampled_from(self.rig.cleanup.clusters()))
        ids = [member.record.ref.id for member in view.cluster.members]
        chosen = data.draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(list(Strategy)), max_size=2))
        plan = MergePlan(data.draw(st.sampled_from(ids)), chosen, with_note=data.draw(st.booleans()))
        try:
            self.rig.cleanup.merge(view.cluster.id, plan, seen=view.cluster)
        except Rejected:
            return
        for field in merged_fields(view.cluster, plan):  # this the rep has read, and agreed to
            self.given_up |= {(field.name, value) for value in field.vanishing}

    @precondition(lambda self: self.rig.cleanup.clusters())
    @rule(data=st.data())
    def says_they_are_not_the_same(self, data: st.DataObject) -> None:
        self.rig.cleanup.dismiss(data.draw(st.sampled_from(self.rig.cleanup.clusters())).cluster.id)

    @precondition(lambda self: self.rig.decided())
    @rule(data=st.data(), again=st.booleans())
    def thinks_again(self, data: st.DataObject, *, again: bool) -> None:
        view = data.draw(st.sampled_from(self.rig.decided()))
        act = self.rig.cleanup.retry if again else self.rig.cleanup.take_back
        try:
            act(view.cluster.id)
        except Rejected:
            return

    # --- the others -------------------------------------------------------------------------------------------------

    @rule()
    def somebody_makes_a_double(self) -> None:
        self.number += 1
        value = f"Title {self.number}"
        self.rig.keep(str(self.number), **{**ANN, "title": value})
        self.typed.add(("title", value))

    @precondition(lambda self: self._live())
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def somebody_types(self, data: st.DataObject, name: str) -> None:
        record = data.draw(st.sampled_from(self._live()))
        self.number += 1
        value = f"+4930{self.number:07d}" if name in {"phone", "mobile"} else f"Value {self.number}"
        self.given_up.add((name, record.fields.get(name) or ""))  # theirs to overwrite
        self.rig.edit(record.ref.id, **{name: value})
        self.typed.add((name, value))

    @rule(faults=FAULTS, rounds=st.integers(1, 2))
    def it_is_delivered(self, faults: list[str], rounds: int) -> None:
        crm = self.rig.crm
        crm.fail_after = [ERRORS[fault]() for fault in faults if fault == "after"]
        crm.fail_before = [ERRORS[fault]() for fault in faults if fault != "after"]
        self.rig.deliver(rounds=rounds)
        crm.fail_after, crm.fail_before = [], []

    def _live(self):
        return self.rig.crm.all(RecordKind.CONTACT)

    # --- the end ----------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self._settle()
            self._check()
        finally:
            self.rig.close()
            self._folder.cleanup()

    def _settle(self) -> None:
        for _ in range(6):
            self.rig.deliver(rounds=4)
            for view in self.rig.decided():
                if view.state is CleanupState.STUCK:
                    try:
                        self.rig.cleanup.retry(view.cluster.id)
                    except Rejected:
                        self.rig.cleanup.take_back(view.cluster.id)
                        self.rig.mirror()

    def _check(self) -> None:
        states = {view.cluster.id: view.state for view in self.rig.cleanup.clusters(CleanupShelf.DECIDED)}
        assert set(states.values()) <= {CleanupState.DONE}, states
        live = {record.ref.id: record for record in self._live()}
        for view in self.rig.decided():
            assert view.cluster.plan is not None
            _, gone = merging(view.cluster, view.cluster.plan)
            assert not {member.record.ref.id for member in gone} & set(live)
        held = {(name, record.fields.get(name) or "") for record in live.values() for name in NAMES}
        assert self.typed - self.given_up <= held
        notes = [(note.fields["happened_at"], note.fields["contact"]) for note in self.rig.crm.all(RecordKind.ACTIVITY)]
        assert len(set(notes)) == len(notes)


def test_each_merge_is_made_once_and_no_value_is_lost_unseen(request: pytest.FixtureRequest) -> None:
    examples = THOROUGH_EXAMPLES if request.config.getoption("--thorough") else EXAMPLES
    run_state_machine_as_test(
        CleaningUp,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
        ),
    )
