"""The questions we put to one IMAP folder over an open connection, and how their answers are read.

`client` is an `imapclient.IMAPClient`, which has no types. What it raises passes through; the connector translates.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop.connectors.imap_settings import ImapPace
from desktop.connectors.rawmail import ReadLimits, bare_id, message_id_of, origin_of
from desktop.domain.errors import Defect
from desktop.domain.interactions import RawItem

log = logging.getLogger("dealside.mail")

DRAFT_NAMES = {"drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "concepten", "rascunhos"}
UNUSABLE = {"\\noselect", "\\nonexistent"}
SEARCHABLE_ID = re.compile(r"[!#-\[\]-~]{1,900}")  # fits between quotes without escapes, and into one line
SIZE = b"RFC822.SIZE"


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder as EXAMINE shows it. `next_uid` is 0 when the server does not say."""

    validity: int
    next_uid: int
    exists: int

    def has_news_since(self, known: "FolderState") -> bool:
        """Return whether mail may have come since the folder was as `known`."""
        if self.validity != known.validity:
            return True
        return self.next_uid != known.next_uid if self.next_uid else self.exists != known.exists


def opened(client: Any, folder: str) -> FolderState:
    """Open a folder for reading only."""
    answer = client.select_folder(folder, readonly=True)
    return FolderState(
        validity=int(answer.get(b"UIDVALIDITY", 0)),
        next_uid=int(answer.get(b"UIDNEXT", 0)),
        exists=int(answer[b"EXISTS"]),
    )


def last_uid(mark: str, state: FolderState) -> int:
    """Return the last UID already read; 0 when the mark does not fit the folder as it is now."""
    validity, _, last = mark.partition(":")
    if not (validity.isdecimal() and last.isdecimal()):
        if mark:
            log.warning("checkpoint of a mail folder is not readable; every mail is offered again")
        return 0
    if int(validity) != state.validity:
        log.warning("UIDVALIDITY %s became %s; every mail is offered again", validity, state.validity)
        return 0
    if state.next_uid and int(last) >= state.next_uid:
        log.warning("last UID %s, next UID %s: a restored folder; every mail is offered again", last, state.next_uid)
        return 0
    return int(last)


def uids_after(client: Any, last: int, state: FolderState, *, limit: int, pace: ImapPace) -> tuple[list[int], bool]:
    """Return at most `limit` UIDs above `last`, lowest first, and whether there may be more."""
    if not state.exists or (state.next_uid and last + 1 >= state.next_uid):
        return [], False
    end = last + max(pace.window, limit)
    is_last = 0 < state.next_uid <= end + 1
    found = client.search(["UID", f"{last + 1}:{end}"])
    if not found and not is_last:
        is_last = True
        if state.exists <= pace.whole:
            found = client.search(["UID", f"{last + 1}:*"])
        else:
            found = _uids_by_number(client, last, state.exists, limit=limit)
    uids = sorted(uid for uid in found if uid > last)  # `n:*` always holds the last mail, even one below n
    return uids[:limit], len(uids) > limit or not is_last


def _uids_by_number(client: Any, last: int, exists: int, *, limit: int) -> list[int]:
    """Return the first `limit` + 1 UIDs above `last` by halving, in a folder too large to list, across any gap."""
    low, high = 1, exists + 1
    while low < high:
        middle = (low + high) // 2
        if client.uids_at([middle]).get(middle, 0) > last:
            high = middle
        else:
            low = middle + 1
    numbers = range(low, min(low + limit, exists) + 1)
    return list(client.uids_at(numbers).values()) if numbers else []


def fetched(client: Any, uids: list[int], place: str, limits: ReadLimits) -> tuple[tuple[RawItem, ...], list[int]]:
    """Return the mails of the first `uids` (as many as one pull may hold in memory) and which UIDs that settles.

    `place` names the folder and its UIDVALIDITY. A mail that was deleted meanwhile is settled without an item.
    """
    sizes = {uid: int(row[SIZE]) for uid, row in client.fetch(uids, [SIZE.decode()]).items() if SIZE in row}
    done, volume = list[int](), 0
    for uid in uids:
        volume += limits.bytes_of(sizes.get(uid, 0))
        if done and volume > limits.batch:
            break
        done.append(uid)
    rows = dict(client.fetch([uid for uid in done if sizes.get(uid, 0) <= limits.whole], ["BODY.PEEK[]"]))
    for uid in done:
        if sizes.get(uid, 0) > limits.whole:
            rows |= client.fetch([uid], [f"BODY.PEEK[]<0.{limits.head}>"])
    items = []
    for uid in done:
        raw = _body(rows.get(uid, {}))
        if raw is None:
            log.info("a mail was deleted while it was read (UID %s)", uid)
            continue
        size = max(sizes.get(uid, 0), len(raw))
        items.append(RawItem(raw[: limits.bytes_of(size)], origin_of(f"{place};UID={uid}", size, limits)))
    return tuple(items), done


def _body(row: Mapping[bytes, Any]) -> bytes | None:
    """Return the BODY[…] of one fetched row; a server may name it in its own way (`BODY[]<0>`), or send NIL."""
    return next((v for k, v in row.items() if k.upper().startswith(b"BODY[") and isinstance(v, bytes)), None)


def drafts_folder(client: Any) -> str | None:
    """Return the folder marked as drafts (RFC 6154), or else one with a usual name, or None."""
    folders = [
        ({_word(flag) for flag in flags}, name.rpartition(_word(delimiter))[2] if delimiter else name, name)
        for flags, delimiter, name in client.list_folders()
    ]
    usable = [row for row in folders if not row[0] & UNUSABLE]
    marked = (name for flags, _, name in usable if "\\drafts" in flags)
    named = (name for _, leaf, name in usable if leaf.casefold() in DRAFT_NAMES)
    return next(marked, None) or next(named, None)


def made_drafts_folder(client: Any) -> str:
    """Create a folder for drafts, where the server wants folders to be."""
    prefix = ""
    if client.has_capability("NAMESPACE"):
        personal = client.namespace().personal
        prefix = _text(personal[0][0]) if personal else ""
    client.create_folder(f"{prefix}Drafts")
    return f"{prefix}Drafts"


def draft_uids(client: Any, message_id: str) -> list[int]:
    """Return the UIDs in the open folder whose Message-ID is this one and which are not marked as deleted."""
    wanted = bare_id(message_id)
    if not SEARCHABLE_ID.fullmatch(wanted):
        raise Defect("The draft has a Message-ID that cannot be looked for.", detail=f"{len(wanted)} characters")
    found = client.search(f'UNDELETED HEADER Message-ID "{wanted}"')  # matches parts of Message-IDs, too
    rows = client.fetch(list(found), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
    return sorted(uid for uid, row in rows.items() if message_id_of(_body(row) or b"") == wanted)


def _text(word: Any) -> str:
    return word.decode("ascii", "replace") if isinstance(word, bytes) else str(word)


def _word(word: Any) -> str:
    return _text(word).casefold()
