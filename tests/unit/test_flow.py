"""The order of the steps, and what each kind of error means for the mail it happened to."""

from datetime import timedelta

import pytest

from desktop.domain.connections import Family
from desktop.domain.errors import Cancelled, Rejected, Temporary
from desktop.domain.interactions import InteractionState
from desktop.flow import MOST_TRIES, TRIES_WITH_MODEL, Flow
from tests.fakes.clock import ManualClock
from tests.fakes.model import ScriptedModel
from tests.fakes.situations import NOON, interaction, message, new_store

TEXT = (
    "Hello Alex,\n\nwe are interested in your pumps. Could you send a quote?\n\n"
    "Kind regards\nJane Roe\nBuyer Industries Ltd\n"
)


class Bench:
    def __init__(self, folder):
        self.clock = ManualClock(NOON)
        self.store = new_store(folder, clock=self.clock)
        self.published = []

    def flow(self, model):
        return Flow(self.store, self.clock, model, lambda name, *ids: self.published.append((name.value, ids)))

    def add(self, number=1, text=TEXT):
        item = interaction(message(text, number=number), number=number)
        with self.store.transaction() as tx:
            tx.interactions.add(item, b"raw")
        return item

    def states(self):
        with self.store.reading() as tx:
            return tx.interactions.count_by_state()


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def exhaust(flow):
    while flow.advance():
        pass


def test_mails_go_all_the_way_and_each_proposal_is_announced(bench):
    bench.add(1)
    bench.add(2, "ok, thanks\n")
    exhaust(bench.flow(None))
    assert bench.states() == {InteractionState.PROPOSED: 2}
    assert [name for name, _ in bench.published] == ["proposal_ready"] * 2


def test_a_mail_is_proposed_before_the_next_is_understood(bench):
    bench.add(1)
    bench.add(2)
    flow = bench.flow(None)
    flow.advance()
    flow.advance()
    assert bench.states() == {InteractionState.PROPOSED: 1, InteractionState.RECEIVED: 1}


def test_the_model_is_asked_and_recorded(bench):
    item = bench.add()
    model = ScriptedModel()
    exhaust(bench.flow(model))
    assert model.asked[0].job == item.id
    with bench.store.reading() as tx:
        assert tx.interactions.reading(item.id).computed_by.model_hash == model.model_hash


def test_a_model_in_trouble_delays_the_mail_and_then_the_rules_carry_it(bench):
    item = bench.add()
    model = ScriptedModel([Temporary("restarting")] * TRIES_WITH_MODEL)
    flow = bench.flow(model)
    for _ in range(TRIES_WITH_MODEL):
        assert flow.advance()
        assert not flow.advance()
        assert bench.states() == {InteractionState.RECEIVED: 1}
        bench.clock.advance(600)
    exhaust(flow)
    assert len(model.asked) == TRIES_WITH_MODEL
    assert bench.states() == {InteractionState.PROPOSED: 1}
    with bench.store.reading() as tx:
        assert tx.interactions.reading(item.id).computed_by.model_hash == ""


def test_a_quarantined_mail_is_carried_by_the_rules_at_once(bench):
    bench.add()
    exhaust(bench.flow(ScriptedModel([Rejected("quarantined")])))
    assert bench.states() == {InteractionState.PROPOSED: 1}


def test_a_cancelled_mail_is_taken_up_again(bench):
    bench.add()
    flow = bench.flow(ScriptedModel([Cancelled("stopped")]))
    flow.advance()
    assert bench.states() == {InteractionState.RECEIVED: 1}
    exhaust(flow)
    assert bench.states() == {InteractionState.PROPOSED: 1}


@pytest.mark.expects_log("understand of")
def test_a_mail_that_breaks_us_is_kept_and_does_not_hold_up_the_others(bench):
    class Broken(ScriptedModel):
        def choose(self, document, questions, *, job):
            raise RuntimeError("a bug")

    bench.add(1)
    flow = bench.flow(Broken())
    for _ in range(MOST_TRIES + 1):
        exhaust(flow)
        bench.clock.advance(timedelta(hours=1).total_seconds())
    # After three tries the model is left out, so even then the rules get it through.
    assert bench.states() == {InteractionState.PROPOSED: 1}


def test_nothing_is_proposed_from_a_mirror_that_was_never_whole(tmp_path):
    bench = Bench(tmp_path)
    with bench.store.transaction() as tx:
        (crm,) = tx.connections.all(Family.CRM)
        tx.connections.remove(crm.id)
        tx.connections.save(crm, NOON)
    bench.add()
    exhaust(bench.flow(None))
    assert bench.states() == {InteractionState.UNDERSTOOD: 1}
    with bench.store.transaction() as tx:
        tx.connections.mark_mirrored(crm.id, NOON)
    exhaust(bench.flow(None))
    assert bench.states() == {InteractionState.PROPOSED: 1}
    bench.store.close()
