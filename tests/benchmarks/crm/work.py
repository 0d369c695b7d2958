"""Approved Suggestions of one rep, delivered by the agent's own desk, and a look at what became of them."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from desktop.agent.condition import Condition
from desktop.agent.desks import CrmDesk
from desktop.agent.surroundings import Surroundings
from desktop.connectors import registry
from desktop.connectors.supplies import Supplies
from desktop.domain.connections import EMPTY_CHECKPOINT, Connection, Family
from desktop.domain.crm_port import CrmConnector, NewRecord
from desktop.domain.deliveries import DeliveryState
from desktop.domain.evidence import ComputedBy
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId, SuggestionId, derive
from desktop.domain.ports import no_boundary
from desktop.domain.proposals import Action, FieldChange, Proposal, Suggestion
from desktop.domain.records import RecordKind, RecordSnapshot
from desktop.review.service import StoredReview
from desktop.runtime.events import EventBus
from desktop.store.store import Store
from desktop.system.clock import SystemClock
from tests.benchmarks.crm.far_away import FarAway
from tests.fakes.book import MemoryBook
from tests.fakes.ledger import ListLedger
from tests.fakes.situations import message

CRM = ConnectionId("crm")
SETTINGS = {
    "salesforce": "instance_url",
    "hubspot": "address",
    "dynamics": "address",
    "zoho": "api_domain",
    "pipedrive": "address",
}
PER_CARD = 4
PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds, calls, and what is wrong afterwards: changes that are not there, Records that are there twice."""

    seconds: float
    calls: int
    lost: int
    doubled: int


def connect(vendor: str, url: str) -> CrmConnector:
    """Return the product's connector, as the agent gets it."""
    settings = {SETTINGS[vendor]: url} | ({"next_step_field": "cr1_nextstep"} if vendor == "dynamics" else {})
    clock = SystemClock()
    supplies = Supplies(settings, lambda _key: "token", ListLedger(), clock, no_boundary, MemoryBook(clock), lambda: "")
    connector: CrmConnector = registry.load(vendor).connect(supplies)
    return connector


def contacts(crm: CrmConnector, count: int) -> list[RecordSnapshot]:
    """Create the Contacts that are to be changed."""
    wanted = [
        NewRecord(
            RecordKind.CONTACT, {"first_name": "Kim", "last_name": f"Nr {n}", "email": f"kim{n}@buyer.example"}, f"c{n}"
        )
        for n in range(count)
    ]
    made: list[RecordSnapshot] = []
    for start in range(0, count, crm.info.at_once):
        for outcome in crm.create_many(wanted[start : start + crm.info.at_once]):
            if isinstance(outcome, Exception):
                raise outcome
            made.append(outcome)
    return made


def deliver(vendor: str, far: FarAway, known: Sequence[RecordSnapshot], deals: int, line: dict[str, float]) -> Outcome:
    """Approve one change to each of `known` and `deals` new Opportunities, and deliver them all over the line."""
    crm = connect(vendor, far.url)
    with _profile(vendor) as around:
        store = around.store
        approve(store, known, deals, crm.picklist(RecordKind.OPPORTUNITY, "stage")[0])
        desk = CrmDesk(_connection(vendor), crm, around, lambda: None)
        far.line(**line)
        far.calls()
        start = time.perf_counter()
        while (wait := _left(store)) is not None and time.perf_counter() - start < PATIENCE:
            time.sleep(wait)
            while desk.deliver_once():
                pass
        seconds = time.perf_counter() - start
        calls = far.calls()
        far.line()
        crm.close()
    return Outcome(seconds, calls, *_wrong(connect(vendor, far.url), known, deals))


def approve(store: Store, known: Sequence[RecordSnapshot], deals: int, stage: str) -> None:
    """Store Suggestions, a few to a card, and accept each, as the window does."""
    planned = [_update(record) for record in known] + [_create(number, stage) for number in range(deals)]
    review = StoredReview(lambda: store, store.clock, actor="rep")
    with store.transaction() as tx:
        for record in known:
            tx.mirror.save(CRM, record)
        for number, start in enumerate(range(0, len(planned), PER_CARD)):
            mail = message(number=number)
            card = ProposalId(derive("card", str(number)))
            items = tuple(replace(item, proposal_id=card) for item in planned[start : start + PER_CARD])
            head = Proposal(
                card, InteractionId(card), "Kim", datetime.now(UTC), items, None, ComputedBy("", "", "bench")
            )
            tx.proposals.add(head, mail, {})
    for item in planned:
        review.accept(item.id)


def _update(record: RecordSnapshot) -> Suggestion:
    change = FieldChange("title", record.fields.get("title"), f"Buyer {record.ref.id[-4:]}", 0.99, "said")
    return Suggestion(
        SuggestionId(derive("update", record.ref.id)),
        ProposalId(""),
        CRM,
        Action.UPDATE,
        RecordKind.CONTACT,
        record.title,
        (change,),
        "said",
        target=record.ref,
        version=record.version,
    )


def _create(number: int, stage: str) -> Suggestion:
    fields = {"name": f"Pumps {number}", "stage": stage, "close_date": "2027-01-31", "amount": "1200"}
    changes = tuple(FieldChange(name, None, value, 0.99, "said") for name, value in fields.items())
    return Suggestion(
        SuggestionId(derive("create", str(number))),
        ProposalId(""),
        CRM,
        Action.CREATE,
        RecordKind.OPPORTUNITY,
        f"Pumps {number}",
        changes,
        "said",
    )


def _left(store: Store) -> float | None:
    """Return the seconds until the next entry is due, None when none is on its way any more."""
    with store.reading() as tx:
        entries = tx.outbox.unfinished(CRM)
        due = tx.outbox.next_due_at(CRM, store.clock.now())
    stuck = [entry.sentence for entry in entries if entry.state is DeliveryState.NEEDS_USER]
    if stuck:
        raise AssertionError(stuck[0])
    if not entries:
        return None
    return 0.0 if due is None else max((due - store.clock.now()).total_seconds(), 0.0)


def _wrong(crm: CrmConnector, known: Sequence[RecordSnapshot], deals: int) -> tuple[int, int]:
    """Return how many changes are not in the CRM, and how many Opportunities are there more than once."""
    now = {record.ref: record for record in _everything(crm) if not record.is_deleted}
    wanted = {record.ref: f"Buyer {record.ref.id[-4:]}" for record in known}
    lost = sum(ref not in now or now[ref].fields.get("title") != title for ref, title in wanted.items())
    made = Counter(record.title for ref, record in now.items() if ref.kind is RecordKind.OPPORTUNITY)
    lost += sum(made[f"Pumps {number}"] == 0 for number in range(deals))
    crm.close()
    return lost, sum(count - 1 for count in made.values())


def _everything(crm: CrmConnector) -> Iterator[RecordSnapshot]:
    checkpoint, has_more = EMPTY_CHECKPOINT, True
    while has_more:
        batch = crm.changes(checkpoint)
        yield from batch.records
        checkpoint, has_more = batch.checkpoint, batch.has_more


def _connection(vendor: str) -> Connection:
    return Connection(CRM, vendor, Family.CRM, vendor, {})


@contextmanager
def _profile(vendor: str) -> Iterator[Surroundings]:
    clock, bus = SystemClock(), EventBus()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", bytes(range(32)), clock)
        try:
            with store.transaction() as tx:
                tx.connections.save(_connection(vendor), clock.now())
                tx.connections.mark_mirrored(CRM, clock.now())
            yield Surroundings(store, clock, bus, Condition(store, clock, bus))
        finally:
            store.close()
