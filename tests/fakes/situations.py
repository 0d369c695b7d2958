"""Ready-made mails, readings and stores, so that a test says only what it is about."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.domain.connections import Connection, Family
from desktop.domain.evidence import (
    ComputedBy,
    Evidence,
    Fact,
    FactKind,
    Intent,
    Label,
    Part,
    Reading,
    Sentiment,
    Span,
)
from desktop.domain.ids import ConnectionId, InteractionId, RecordId, derive
from desktop.domain.interactions import (
    EmailMessage,
    Interaction,
    InteractionKind,
    InteractionState,
    Participant,
    Role,
)
from desktop.domain.ports import Boundary, no_boundary
from desktop.domain.records import FIELDS, RecordKind, RecordRef, RecordSnapshot, title_of
from desktop.domain.rights import FieldRule, RecordRules
from desktop.store.store import Store
from tests.fakes.clock import ManualClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
CRM = ConnectionId("crm")
MAILBOX = ConnectionId("mailbox")
PICKLISTS: Mapping[RecordKind, Mapping[str, tuple[str, ...]]] = {
    RecordKind.OPPORTUNITY: {"stage": ("Prospecting", "Closed Won")},
    RecordKind.CASE: {"status": ("New", "Closed"), "priority": ("Medium", "High", "Low")},
    RecordKind.TASK: {"status": ("Not Started", "Completed")},
    RecordKind.ACTIVITY: {"type": ("Email", "Call")},
}


def new_store(folder: Path, *, boundary: Boundary = no_boundary, clock: ManualClock | None = None) -> Store:
    """Return a new store with one mailbox, one CRM and its picklists."""
    clock = clock or ManualClock(NOON)
    store = Store(folder / "store.db", KEY, clock, boundary)
    with store.transaction() as tx:
        settings = {"address": "alex@seller.example", "display_name": "Alex Doe"}
        tx.connections.save(Connection(MAILBOX, "maildir", Family.MAIL, "Mailbox", settings), NOON)
        tx.connections.save(Connection(CRM, "book", Family.CRM, "Book", {}), NOON)
        tx.connections.mark_mirrored(CRM, NOON)
        for kind in RecordKind:
            tx.mirror.save_rules(CRM, rules_with(kind, **PICKLISTS.get(kind, {})))
    return store


def rules_with(kind: RecordKind, *, requires: Collection[str] = (), **choices: tuple[str, ...]) -> RecordRules:
    """Return the rules of a CRM that takes anything, but for these picklists and required fields."""
    fields = {name: FieldRule(is_required=name in requires, choices=choices.get(name, ())) for name in FIELDS[kind]}
    return RecordRules(kind, fields=fields)


def message(text: str = "Hello", *, subject: str = "Pumps", number: int = 1, **changes: object) -> EmailMessage:
    """Return a mail from Jane Roe of buyer.example."""
    parts: dict[str, object] = {
        "message_id": f"<{number}@buyer.example>",
        "subject": subject,
        "sent_at": NOON - timedelta(hours=number),
        "participants": (
            Participant("jane.roe@buyer.example", "Jane Roe", Role.FROM),
            Participant("alex@seller.example", "Alex Doe", Role.TO),
        ),
        "text": text,
    }
    return EmailMessage(**{**parts, **changes})  # type: ignore[arg-type]  # test data


def interaction(
    mail: EmailMessage | None = None, *, state: InteractionState = InteractionState.RECEIVED, number: int = 1
) -> Interaction:
    """Return an Interaction of the mailbox."""
    mail = mail or message(number=number)
    return Interaction(
        id=InteractionId(derive("interaction", mail.message_id)),
        connection_id=MAILBOX,
        kind=InteractionKind.EMAIL,
        state=state,
        content_hash=derive(mail.message_id),
        origin="new/1",
        received_at=NOON,
        message=mail,
    )


def fact(text: str, kind: FactKind, words: str, value: str | None = None, *, confidence: float = 0.9) -> Fact:
    """Return a Fact resting on `words` where they stand in `text`."""
    start = text.index(words)
    evidence = Evidence(Span(Part.BODY, start, start + len(words)), words)
    return Fact(kind, value if value is not None else words, evidence, confidence, "seen in the mail")


def reading(
    facts: Iterable[Fact] = (),
    *,
    intent: Intent = Intent.OTHER,
    sentiment: Sentiment = Sentiment.NEUTRAL,
    language: str = "en",
) -> Reading:
    """Return a Reading with these Facts."""
    return Reading(
        facts=tuple(facts),
        intent=Label(intent.value, 0.8),
        sentiment=Label(sentiment.value, 0.8),
        language=language,
        summary="",
        zones=(),
        computed_by=ComputedBy("", "p1", "r1"),
    )


def record(kind: RecordKind, number: int, *, version: str = "1", **fields: str | None) -> RecordSnapshot:
    """Return a Record as a CRM shows it to a rep who may see every field."""
    ref = RecordRef(kind, RecordId(f"{kind.value}-{number}"))
    whole = {name: fields.get(name) for name in FIELDS[kind]}
    return RecordSnapshot(ref, whole, version, NOON, title=title_of(kind, whole))
