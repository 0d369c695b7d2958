"""Table definitions. What is searched or ordered by is a column; the rest of a dataclass is JSON in `body`.

Times are ISO 8601 text in UTC, so that they sort as text.
"""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text, TextClause, text

metadata = MetaData()


def is_filled(column: Column[str]) -> TextClause:
    """Return the condition that a text column is not empty, for a partial index and for each query that is to use it.

    SQLite takes a partial index only where the query holds the index's own condition: `email = :email` is not enough.
    """
    return text(f"{column.name} != ''")


connection = Table(
    "connection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("family", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("mirrored_at", Text, nullable=False, server_default=""),
    Column("body", Text, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("connection_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

interaction = Table(
    "interaction",
    metadata,
    Column("id", Text, primary_key=True),
    Column("connection_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("message_id", Text, nullable=False),
    Column("sent_at", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Text, nullable=False, server_default=""),
    Column("body", Text, nullable=False),
)
Index("interaction_by_state", interaction.c.state, interaction.c.sent_at)
Index("interaction_by_message_id", interaction.c.message_id)
Index("interaction_postponed", interaction.c.state, sqlite_where=is_filled(interaction.c.not_before))

raw_item = Table(
    "raw_item",
    metadata,
    Column("interaction_id", Text, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("interaction_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Text, primary_key=True),
    Column("interaction_id", Text, nullable=False, unique=True),
    Column("shelf", Text, nullable=False),
    Column("sent_at", Text, nullable=False),
    Column("snoozed_until", Text, nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("lowest", Float, nullable=False),
    Column("marks", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("proposal_by_shelf", proposal.c.shelf, proposal.c.sent_at.desc(), proposal.c.id)

suggestion = Table(
    "suggestion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proposal_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("same_as", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("suggestion_by_proposal", suggestion.c.proposal_id, suggestion.c.position)
Index("suggestion_by_same_as", suggestion.c.same_as, sqlite_where=is_filled(suggestion.c.same_as))

draft = Table(
    "draft",
    metadata,
    Column("id", Text, primary_key=True),
    Column("proposal_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("body", Text, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("subject_id", Text, nullable=False),
    Column("decided_at", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("decision_by_subject", decision.c.subject_id)

outbox_entry = Table(
    "outbox_entry",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("subject_id", Text, nullable=False),
    Column("connection_id", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", Text, nullable=False, server_default=""),
    Column("sentence", Text, nullable=False, server_default=""),
    Column("live", Text, nullable=False, server_default="{}"),
    Column("idempotency_key", Text, nullable=False),
    Column("body", Text, nullable=False),
)
# Only what still moves is indexed by state: years of delivered entries cost it nothing, and it is short enough to
# count. A query has to hold this very condition: see `is_filled`.
IS_UNSETTLED = text("state not in ('delivered', 'cancelled')")
Index("outbox_unsettled", outbox_entry.c.state, outbox_entry.c.connection_id, sqlite_where=IS_UNSETTLED)
Index("outbox_by_subject", outbox_entry.c.subject_id)  # SQLite adds the row's number, which is `seq`, to every index

attempt = Table(
    "attempt",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("detail", Text, nullable=False, server_default=""),
)
Index("attempt_by_entry", attempt.c.entry_id)

receipt = Table(
    "receipt",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("subject_id", Text, nullable=False),
    Column("body", Text, nullable=False),
)
Index("receipt_by_subject", receipt.c.subject_id)

snapshot = Table(
    "snapshot",
    metadata,
    Column("connection_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("is_deleted", Integer, nullable=False),
    Column("modified_at", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("body", Text, nullable=False),
)
for _column in ("email", "phone", "name", "domain", "parent"):
    Index(
        f"snapshot_by_{_column}",
        snapshot.c.connection_id,
        snapshot.c.kind,
        snapshot.c[_column],
        sqlite_where=is_filled(snapshot.c[_column]),
    )

picklist = Table(
    "picklist",
    metadata,
    Column("connection_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

book_record = Table(
    "book_record",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False, unique=True),
    Column("key", Text),
    Column("is_deleted", Integer, nullable=False),
    Column("modified_at", Text, nullable=False),
    Column("fields", Text, nullable=False),
)
Index("book_record_by_key", book_record.c.kind, book_record.c.key, unique=True)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("received", Integer, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("what", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)


def tally_triggers(table: Table, column: str) -> tuple[str, ...]:
    """Return the triggers that keep `tally` in step with a table: a front end counts 100,000 rows by reading a few."""
    name = table.name
    # Both names are ours: the calls are in migrations.py.
    more = (
        f"insert into tally values ('{name}', new.{column}, 1) "  # noqa: S608
        "on conflict (what, state) do update set count = count + 1;"
    )
    less = f"update tally set count = count - 1 where what = '{name}' and state = old.{column};"  # noqa: S608
    changed = f"after update of {column} on {name} when new.{column} <> old.{column}"
    return (
        f"create trigger {name}_counted_in after insert on {name} begin {more} end",
        f"create trigger {name}_counted_out after delete on {name} begin {less} end",
        f"create trigger {name}_recounted {changed} begin {less} {more} end",
    )


# Tables that came after the first release stand apart: `m001_first` creates what is in `metadata`.
later = MetaData()

calibrator = Table(
    "calibrator",
    later,
    Column("model_hash", Text, primary_key=True),
    Column("rules_version", Text, primary_key=True),
    Column("fitted_at", Text, nullable=False),
    Column("decisions", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

conversation_key = Table(
    "conversation_key",
    later,
    Column("key", Text, primary_key=True),
    Column("interaction_id", Text, primary_key=True),
    Column("sent_at", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("conversation_key_newest", conversation_key.c.key, conversation_key.c.sent_at.desc())
Index("conversation_key_by_interaction", conversation_key.c.interaction_id)

token_usage = Table(
    "token_usage",
    later,
    Column("model_hash", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("prompt_tokens", Integer, nullable=False),
    Column("decoded_tokens", Integer, nullable=False),
    sqlite_with_rowid=False,
)

setting = Table(
    "setting",
    later,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

match_key = (
    Table(  # of each person and Account in the Mirror: `key` as in matching/profile.py, `row` the snapshot's rowid
        "match_key",
        later,
        Column("key", Integer, primary_key=True),
        Column("row", Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
)

health = Table(
    "health",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("is_ok", Integer, nullable=False),
    Column("sentence", Text, nullable=False),
)

record_rules = Table(
    "record_rules",
    later,
    Column("connection_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

cluster = Table(
    "cluster",
    later,
    Column("id", Text, primary_key=True),
    Column("connection_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("settled", Text, nullable=False),
    Column("chance", Float, nullable=False),
    Column("body", Text, nullable=False),
)
Index("cluster_by_settled", cluster.c.settled, cluster.c.chance.desc(), cluster.c.id)
