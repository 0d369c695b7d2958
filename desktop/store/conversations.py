"""Which mails belong together: keys that mails share (a Message-ID, a contact's address), newest mail first.

And which mails have more to say of a Record as soon as a Suggestion that is on its way has made it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from desktop.domain.ids import InteractionId, SuggestionId
from desktop.domain.proposals import SuggestionState
from desktop.store.moments import to_text
from desktop.store.statements import Sql, Statement, one_of
from desktop.store.tables import conversation_key, suggestion

ADD = Statement(insert(conversation_key).on_conflict_do_nothing(), "key", "interaction_id", "sent_at")
KEYS_OF = Statement(
    select(conversation_key.c.key)
    .where(conversation_key.c.interaction_id == bindparam("mail"))
    .order_by(conversation_key.c.key)
)
HOLDING = Statement(
    select(conversation_key.c.interaction_id, conversation_key.c.sent_at)
    .where(conversation_key.c.key == bindparam("wanted"))
    .order_by(conversation_key.c.sent_at.desc(), conversation_key.c.interaction_id)
    .limit(bindparam("most"))
)
BY_CONTACT = "contact:"
AWAITS = "awaits:"
ON_ITS_WAY = [s.value for s in (SuggestionState.QUEUED, SuggestionState.CONFLICT, SuggestionState.REJECTED)]
ARRIVED = Statement(
    select(conversation_key.c.interaction_id, suggestion.c.id)
    .join(suggestion, suggestion.c.id == func.substr(conversation_key.c.key, len(AWAITS) + 1))
    .where(
        conversation_key.c.key >= AWAITS,
        conversation_key.c.key < AWAITS[:-1] + chr(ord(AWAITS[-1]) + 1),
        ~one_of(suggestion.c.state, ON_ITS_WAY),
    )
    .order_by(conversation_key.c.sent_at, conversation_key.c.interaction_id)
    .limit(1)
)
FORGET = Statement(
    delete(conversation_key).where(
        conversation_key.c.key == bindparam("wanted"), conversation_key.c.interaction_id == bindparam("mail")
    )
)


class Conversations:
    """Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, interaction_id: InteractionId, keys: Iterable[str], sent_at: datetime) -> None:
        """Keep the keys of a mail; those it has already are left alone."""
        rows = [{"key": key, "interaction_id": interaction_id, "sent_at": to_text(sent_at)} for key in keys]
        self._sql.run_many(ADD, rows)

    def keys_of(self, interaction_id: InteractionId) -> tuple[str, ...]:
        """Return the keys of one mail."""
        return tuple(self._sql.scalars(KEYS_OF, mail=interaction_id))

    def holding(self, key: str, *, most: int) -> tuple[tuple[InteractionId, datetime], ...]:
        """Return the newest `most` mails that have a key, newest first, with when they were sent."""
        rows = self._sql.all(HOLDING, wanted=key, most=most)
        return tuple((InteractionId(row.interaction_id), datetime.fromisoformat(row.sent_at)) for row in rows)

    def wait_for(self, interaction_id: InteractionId, suggestion_id: SuggestionId, sent_at: datetime) -> None:
        """Note that a mail has more to say of the Record that a Suggestion on its way is to make."""
        self.add(interaction_id, [AWAITS + suggestion_id], sent_at)

    def next_arrived(self) -> tuple[InteractionId, SuggestionId] | None:
        """Return a mail whose Suggestion it waited for is not on its way any more, oldest mail first, or None."""
        row = self._sql.first(ARRIVED)
        return (InteractionId(row.interaction_id), SuggestionId(row.id)) if row else None

    def wait_no_more(self, interaction_id: InteractionId, suggestion_id: SuggestionId) -> None:
        """Forget that a mail waits for a Suggestion."""
        self._sql.run(FORGET, wanted=AWAITS + suggestion_id, mail=interaction_id)
