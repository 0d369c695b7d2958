"""An outbox in small, for tests of exactly-once: decisions, attempts to deliver them, what must be true at the end."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from desktop.connectors.crm.hubspot import HubSpot
from desktop.connectors.http import HttpBoundary, HttpLimits
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.crm_port import NewRecord, Outcome, RecordChange
from desktop.domain.errors import Conflict, Temporary, UserActionNeeded
from desktop.domain.records import RecordRef, RecordSnapshot
from tests.conformance.crm_samples import SAMPLES, drain
from tests.fakes.clock import ManualClock
from tests.fakes.ledger import ListLedger
from tests.servers.hubspot import HubSpotWorld
from tests.servers.vendor import VendorServer
from tests.unit.connectors.crm.hubspot.side import K

# What is decided for each kind, and what people type into besides; both as canonical field and vendor's property.
DECIDED = {K.CONTACT: ("title", "jobtitle"), K.OPPORTUNITY: ("next_step", "hs_next_step")}
TYPED = {K.CONTACT: "phone", K.OPPORTUNITY: "amount"}
OBJECT = {K.CONTACT: "contacts", K.OPPORTUNITY: "deals"}


@dataclass(eq=False)
class Decision:
    """A create (`ref` is not known) or an update. `rivals` are what people typed over it while it was waiting."""

    kind: Any
    value: str
    key: str
    ref: RecordRef | None = None
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)
    rivals: list[str] = field(default_factory=list)
    is_update: bool = False
    is_applied: bool = False


class Outbox:
    """A connector to a simulated account of its own, and the decisions that are to reach it."""

    def __init__(self) -> None:
        self.world = HubSpotWorld()
        self.portal = self.world.portal
        self.portal.index_lag = type(self.portal.index_lag)(seconds=60)
        self.server = VendorServer(self.world).__enter__()
        self.http = HttpBoundary(
            ledger=ListLedger(), clock=ManualClock(), limits=HttpLimits(connect=20, silence=20), sleep=lambda _: None
        )
        self.crm = HubSpot(
            {"address": self.server.url}, token=lambda: "token", http=self.http, clock=ManualClock(), deadline=20
        )
        self.pending: list[Decision] = []
        self.done: list[Decision] = []
        self.made: list[Decision] = []
        self.checkpoint = EMPTY_CHECKPOINT
        self.mirror: dict[RecordRef, RecordSnapshot] = {}
        self.number = 0
        self.accounts = [str(self.crm.create(K.ACCOUNT, {"name": name}, name).ref) for name in ("one", "two", "three")]

    def close(self) -> None:
        self.http.close()
        self.server.__exit__(None, None, None)

    def new_value(self) -> str:
        self.number += 1
        return f"value {self.number}"

    # --- decisions --------------------------------------------------------------------------------------------------

    def decide_to_create(self, kind: Any, account: int) -> Decision:
        value = self.new_value()
        after = {**SAMPLES[kind], DECIDED[kind][0]: value, "account": self.accounts[account]}
        if kind is K.CONTACT:
            after["email"] = f"n{self.number}@nordwind.example"
        decision = Decision(kind, value, f"key{self.number}", after=after)
        self.pending.append(decision)
        return decision

    def decide_to_update(self, chosen: Decision, live: RecordSnapshot, account: int) -> None:
        """Decide on a new value, and on another account where `account` is one."""
        name, value = DECIDED[chosen.kind][0], self.new_value()
        after: dict[str, str | None] = {name: value}
        if account >= 0:
            after["account"] = self.accounts[account]
        before = {each: live.fields.get(each) for each in after}
        self.pending.append(Decision(chosen.kind, value, "", chosen.ref, before, after, is_update=True))

    # --- deliveries -------------------------------------------------------------------------------------------------

    def attempt(self, decision: Decision) -> None:
        try:
            if decision.is_update:
                self._update(decision)
            else:
                self._settle(decision, self.crm.create(decision.kind, decision.after, decision.key))
        except (Temporary, UserActionNeeded, Conflict) as error:
            self._settle(decision, error)

    def attempt_many(self, decisions: Sequence[Decision]) -> None:
        """Do as the outbox does with a batch: look at all, compare with what was decided on, write."""
        creates = [each for each in decisions if not each.is_update]
        made = self.crm.create_many([NewRecord(each.kind, each.after, each.key) for each in creates])
        for decision, outcome in zip(creates, made, strict=True):
            self._settle(decision, outcome)
        updates = [each for each in decisions if each.is_update]
        try:
            found = self.crm.read_many([each.ref for each in updates if each.ref])
        except (Temporary, UserActionNeeded):
            self.portal.tokens.add("token")
            return
        left: list[tuple[Decision, RecordChange]] = []
        for decision in updates:
            change = self._compared(decision, found.get(decision.ref) if decision.ref else None)
            if change is not None:
                left.append((decision, change))
        written = self.crm.update_many([change for _, change in left])
        for (decision, _), outcome in zip(left, written, strict=True):
            self._settle(decision, outcome)

    def _update(self, decision: Decision) -> None:
        assert decision.ref is not None
        change = self._compared(decision, self.crm.read(decision.ref))
        if change is not None:
            self._settle(decision, self.crm.update(change.ref, change.fields, version=change.version))

    def _compared(self, decision: Decision, live: RecordSnapshot | None) -> RecordChange | None:
        """Return what is left to write; None when it is there, or when it is for the rep to look at."""
        if live is None:
            self._end(decision)
            return None
        fields = {name: live.fields.get(name) for name in decision.after}
        if fields == decision.after:
            decision.is_applied = True
            self._end(decision)
            return None
        if not all(fields[name] in {decision.before[name], value} for name, value in decision.after.items()):
            self._end(decision)
            return None
        return RecordChange(live.ref, decision.after, live.version, live)

    def _settle(self, decision: Decision, outcome: Outcome) -> None:
        if isinstance(outcome, RecordSnapshot):
            decision.ref, decision.is_applied = outcome.ref, True
            self._end(decision)
        elif isinstance(outcome, UserActionNeeded):
            self.portal.tokens.add("token")
        elif not isinstance(outcome, Temporary | Conflict):  # after a Conflict, it is looked at anew
            raise outcome

    def _end(self, decision: Decision) -> None:
        self.pending.remove(decision)
        self.done.append(decision)
        if not decision.is_update:
            self.made.append(decision)

    def surely(self, act: Callable[[], Any]) -> Any:
        for _ in range(50):
            try:
                return act()
            except (Temporary, UserActionNeeded):
                self.portal.tokens.add("token")
        raise AssertionError("never came to an end")

    # --- what is true at the end ------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Deliver what is left, one by one."""
        for _ in range(50):
            for decision in list(self.pending):
                self.attempt(decision)
        assert not self.pending

    def check(self) -> None:
        """Nothing is lost, nothing is doubled, and nothing that a person typed since was written over."""
        ids: dict[str, list[str]] = {}
        for kind in DECIDED:
            for row in self.portal.rows[OBJECT[kind]].values():
                ids.setdefault(row.properties.get("dealside_key", ""), []).append(row.id)
        assert Counter(len(each) for key, each in ids.items() if key).keys() <= {1}, "a record was made twice"
        for decision in self.done:
            assert decision.is_update or ids[decision.key] == [decision.ref.id]
            self._was_applied_once(decision)

    def _was_applied_once(self, decision: Decision) -> None:
        row = self.portal.rows[OBJECT[decision.kind]][decision.ref.id]
        name = DECIDED[decision.kind][1]
        states = [properties.get(name) for _, properties in row.past] + [row.properties.get(name)]
        history = [value for value, _ in groupby(states)]
        assert history.count(decision.value) <= 1
        if decision.is_applied:
            assert history.count(decision.value) == 1
        if decision.value in history:
            for rival in decision.rivals:
                assert history.index(decision.value) < history.index(rival), "what a person typed since was overwritten"

    def keep(self, records: Sequence[RecordSnapshot]) -> None:
        self.mirror.update((record.ref, record) for record in records)

    def check_feed(self) -> None:
        """The mirror that was fed all the while shows what is there."""
        for _ in range(2):
            self.portal.advance(15 * 60)
            self.portal.tokens.add("token")
            records, self.checkpoint, _ = drain(self.crm, self.checkpoint, 7)
            self.keep(records)
        self.portal.advance(15 * 60)
        assert drain(self.crm, self.checkpoint, 7)[0] == []
        for ref, seen in self.mirror.items():
            live = self.crm.read(ref)
            assert (live is None) == seen.is_deleted
            assert live is None or live.fields["account" if ref.kind in DECIDED else "name"] is not None
            for name in (*DECIDED.get(ref.kind, ())[:1], *([TYPED[ref.kind]] if ref.kind in TYPED else ())):
                assert live is None or seen.fields[name] == live.fields[name]
        living = sum(len(self.portal.live(name)) for name in (*OBJECT.values(), "companies"))
        assert sum(not seen.is_deleted for seen in self.mirror.values()) == living
