"""Merging in HubSpot: the record that goes is taken into the primary one, whose values win.

Either id answers for what is left from then on. Whether that keeps the primary record's id or gets a new one is
HubSpot's to decide, so the answer is asked and a look by the old ids follows where it led.
"""

from collections.abc import Mapping

from desktop.connectors.hubspot.account import Account
from desktop.connectors.json_line import MISSING, JsonCall
from desktop.connectors.merging import MergeWay
from desktop.connectors.tables.hubspot import Table, is_id, place_of, ref_of
from desktop.domain.errors import Temporary
from desktop.domain.records import RecordRef, RecordSnapshot


def way(account: Account) -> MergeWay:
    """Return how this account merges."""

    def read(ref: RecordRef) -> RecordSnapshot | None:
        place = place_of(ref)
        found = account.get(*place) if place else None
        return found.snapshot if found else None

    def send(kept: RecordRef, gone: RecordRef) -> RecordRef:
        (table, primary), (_, other) = _place(kept), _place(gone)
        body = {"primaryObjectId": primary, "objectIdToMerge": other}
        return _ref(table, account.ask(JsonCall("POST", account.paths.objects(table, "merge"), body)).body)

    def follow(ref: RecordRef) -> RecordSnapshot | None:
        table, record_id = _place(ref)
        answer = account.ask(JsonCall("GET", account.paths.objects(table, record_id), also=frozenset({MISSING})))
        return None if answer.status == MISSING else read(_ref(table, answer.body))

    return MergeWay("HubSpot", read, send, follow)


def _place(ref: RecordRef) -> tuple[Table, str]:
    """Return where a Record is that was read a moment ago."""
    place = place_of(ref)
    assert place is not None
    return place


def _ref(table: Table, body: object) -> RecordRef:
    record_id = str(body.get("id")) if isinstance(body, Mapping) else ""
    if not is_id(record_id):
        raise Temporary("HubSpot's answer was garbled; trying again later.", detail="merge")
    return ref_of(table, record_id)
