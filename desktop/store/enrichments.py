"""Which Records may be filled in from earlier mails: each is looked at once after it came into the Mirror or changed.

They wait beside the keys by which mails are found, as a key that no mail holds. Only Records that a mail speaks of are
noted: the others, of a hundred thousand nearly all, cost one look into an index.
"""

from datetime import datetime

from sqlalchemy import bindparam, select

from desktop.domain.ids import ConnectionId
from desktop.domain.matching import email_key
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot, parse_ref
from desktop.store.conversations import ADD, BY_CONTACT
from desktop.store.moments import to_text
from desktop.store.statements import Sql, Statement, one_of
from desktop.store.tables import conversation_key, is_filled, snapshot, suggestion

WAITS = "enrich:"
NO_MAIL = ""
ANY_MAIL = Statement(
    select(conversation_key.c.interaction_id).where(conversation_key.c.key == bindparam("wanted")).limit(1)
)
ANY_PERSON = Statement(
    select(snapshot.c.record_id)
    .where(
        snapshot.c.connection_id == bindparam("connection"),
        snapshot.c.kind == RecordKind.CONTACT.value,
        snapshot.c.parent == bindparam("firm"),
        is_filled(snapshot.c.parent),
        snapshot.c.is_deleted == 0,
    )
    .limit(1)
)
NEXT = Statement(
    select(conversation_key.c.key)
    .where(
        conversation_key.c.key >= bindparam("first"),
        conversation_key.c.key < WAITS[:-1] + chr(ord(WAITS[-1]) + 1),
    )
    .order_by(conversation_key.c.key)
    .limit(1)
)
DONE = Statement(conversation_key.delete().where(conversation_key.c.key == bindparam("wanted")))
OPEN_FOR = Statement(
    select(suggestion.c.id)
    .where(
        suggestion.c.same_as == bindparam("wanted"),
        is_filled(suggestion.c.same_as),
        one_of(suggestion.c.state, ["open"]),
    )
    .limit(1)
)


def enrichment_key(connection_id: ConnectionId, ref: RecordRef) -> str:
    """Return the key under which all Suggestions are kept that fill a Record in from earlier mails."""
    return f"enrichment:{connection_id}:{ref}"


def reference(value: str | None) -> RecordRef | None:
    """Return the Record that a REFERENCE field names, None where it names none: no pull must end over one of them."""
    try:
        return parse_ref(value) if value else None
    except ValueError:
        return None


class Enrichments:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def ask(self, connection_id: ConnectionId, record: RecordSnapshot, now: datetime) -> bool:
        """Note a Record that came or changed, with its Account, if a mail may say more of it; return whether so."""
        if record.is_deleted or not self._may_be_known(connection_id, record):
            return False
        self.ask_for(connection_id, record.ref, now)
        firm = reference(record.fields.get("account"))
        if record.ref.kind is RecordKind.CONTACT and firm is not None:
            self.ask_for(connection_id, firm, now)
        return True

    def ask_for(self, connection_id: ConnectionId, ref: RecordRef, now: datetime) -> None:
        """Note a Record, whatever is known of it."""
        key = f"{WAITS}{connection_id}:{ref}"
        self._sql.run(ADD, key=key, interaction_id=NO_MAIL, sent_at=to_text(now))

    def next(self, connection_id: ConnectionId) -> RecordRef | None:
        """Return a Record of one CRM that is to be looked at, or None."""
        start = f"{WAITS}{connection_id}:"
        found = self._sql.scalar(NEXT, first=start)
        return parse_ref(found.removeprefix(start)) if found is not None and found.startswith(start) else None

    def done(self, connection_id: ConnectionId, ref: RecordRef) -> None:
        """Forget that a Record is to be looked at."""
        self._sql.run(DONE, wanted=f"{WAITS}{connection_id}:{ref}")

    def _may_be_known(self, connection_id: ConnectionId, record: RecordSnapshot) -> bool:
        if self._sql.scalar(OPEN_FOR, wanted=enrichment_key(connection_id, record.ref)) is not None:
            return True  # what is proposed may have been filled in by somebody meanwhile
        if record.ref.kind is RecordKind.ACCOUNT:
            return self._sql.scalar(ANY_PERSON, connection=connection_id, firm=str(record.ref)) is not None
        if record.ref.kind not in PEOPLE:
            return False
        address = email_key(record.fields.get("email") or "")
        return bool(address) and self._sql.scalar(ANY_MAIL, wanted=BY_CONTACT + address) is not None
