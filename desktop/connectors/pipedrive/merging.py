"""Merging in Pipedrive: one call of v1, from the side of the record that goes.

Source: the vendor's description of `PUT /v1/persons/{id}/merge`: the data of `merge_with_id` is prioritized in case of
conflict with the other. The other is deleted. It costs 40 tokens.
"""

from desktop.connectors.merging import MergeWay, Read
from desktop.connectors.pipedrive.line import PipedriveLine
from desktop.connectors.tables.pipedrive import ENTITIES
from desktop.connectors.tables.pipedrive_rows import is_same
from desktop.domain.records import RecordRef


def way(line: PipedriveLine, read: Read) -> MergeWay:
    """Return how this company merges."""

    def send(kept: RecordRef, gone: RecordRef) -> RecordRef:
        line.merge(ENTITIES[gone.kind], gone.id, into=kept.id)
        return kept

    return MergeWay("Pipedrive", read, send, is_same=is_same)
