"""How two Records become one in whatever CRM: looked at first, done once, and recognised when it was done before."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.errors import Conflict, Rejected
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot

MERGED = PEOPLE | {RecordKind.ACCOUNT}
"""The kinds of Record that are ever merged: those that a CRM may hold twice by mistake."""

Read = Callable[[RecordRef], RecordSnapshot | None]


def _exactly(live: RecordSnapshot, version: str) -> bool:
    return live.version == version


@dataclass(frozen=True, slots=True)
class MergeWay:
    """How one CRM does it.

    `read` gives a Record by its own id only. `send` merges the second into the first and returns what it is called
    afterwards. `follow` gives what answers for an id now, where merged Records get another.
    """

    vendor: str
    read: Read
    send: Callable[[RecordRef, RecordRef], RecordRef]
    follow: Read | None = None
    is_same: Callable[[RecordSnapshot, str], bool] = _exactly


def merge_once(way: MergeWay, kept: RecordRef, gone: RecordRef, versions: tuple[str, str]) -> RecordSnapshot:
    """Take `gone` into `kept`; return the Record that is left. `versions` are those of both, "" for any.

    Conflict when a version is out of date, or when there is no `kept`; see CrmConnector.merge.
    """
    if kept.kind is not gone.kind or kept.kind not in MERGED or kept == gone:
        raise Rejected("Only two accounts, or two people, can be merged: choose others.", detail=f"{kept} {gone}")
    stays, goes = way.read(kept), way.read(gone)
    if goes is None:
        return _left(way, kept)
    if stays is None:
        raise _conflict(way, None)
    for live, version in zip((stays, goes), versions, strict=True):
        if version and not way.is_same(live, version):
            raise _conflict(way, live)
    try:
        left = way.send(kept, gone)
    except Rejected:
        if way.read(gone) is not None:
            raise
        left = kept  # an earlier attempt, whose answer was lost, came first
    return _left(way, left)


def _left(way: MergeWay, ref: RecordRef) -> RecordSnapshot:
    found = way.read(ref) or (way.follow(ref) if way.follow else None)
    if found is None:
        raise _conflict(way, None)
    return found


def _conflict(way: MergeWay, live: RecordSnapshot | None) -> Conflict:
    if live is None:
        return Conflict(f"The record that was to stay was deleted in {way.vendor} meanwhile.")
    return Conflict(f"Somebody changed the record in {way.vendor} meanwhile.", live=dict(live.fields))
