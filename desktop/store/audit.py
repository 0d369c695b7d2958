"""The append-only log of decisions and deliveries, hash-chained so that an edit or a gap shows.

Rows name what was done to which id; the words of mails and records stay in their own tables, so that erasing a person
leaves the chain valid.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select

from desktop.store.moments import to_text
from desktop.store.statements import Sql, Statement
from desktop.store.tables import audit

GENESIS = "0" * 64
LAST = Statement(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1))
EVERY = Statement(select(audit).order_by(audit.c.seq))
APPEND = Statement(audit.insert(), "at", "actor", "what", "subject", "detail", "hash")


def _link(previous: str, *parts: str) -> str:
    digest = hashlib.sha256(previous.encode())
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


class AuditLog:
    """Append and verify. Part of a Transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def append(self, at: datetime, actor: str, what: str, *, subject: str, detail: str = "") -> None:
        """Add one row after the last."""
        row = (to_text(at), actor, what, subject, detail)
        _, last = self.head()
        names = ("at", "actor", "what", "subject", "detail")
        self._sql.run(APPEND, **dict(zip(names, row, strict=True)), hash=_link(last, *row))

    def verify(self) -> int | None:
        """Return the number of the first row that does not follow from the one before it, or None."""
        previous, expected = GENESIS, 1
        for row in self._sql.all(EVERY):
            digest = _link(previous, row.at, row.actor, row.what, row.subject, row.detail)
            if row.seq != expected or row.hash != digest:
                return expected
            previous, expected = digest, expected + 1
        return None

    def head(self) -> tuple[int, str]:
        """Return how many rows there are and the last hash, to be kept elsewhere against truncation."""
        last = self._sql.first(LAST)
        return (last.seq, last.hash) if last else (0, GENESIS)
