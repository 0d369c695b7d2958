"""Identifiers. Each is a NewType, so that a proposal's id cannot be passed where an entry's is meant.

Ids that must survive a crash and a second run are derived from content (`derive`), so that doing the same work
twice produces the same row instead of a second one.
"""

from typing import NewType

ConnectionId = NewType("ConnectionId", str)
InteractionId = NewType("InteractionId", str)
ProposalId = NewType("ProposalId", str)
SuggestionId = NewType("SuggestionId", str)
DraftId = NewType("DraftId", str)
EntryId = NewType("EntryId", str)
ClusterId = NewType("ClusterId", str)
RecordId = NewType("RecordId", str)

ID_LENGTH = 32


def derive(*parts: str | bytes) -> str:
    """Return a 32-digit hex id that depends on nothing but `parts`, in order.

    Parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.
    """
    from hashlib import sha256  # noqa: PLC0415  (loads OpenSSL: 2 ms a window's first paint can do without)

    digest = sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:ID_LENGTH]
