"""Somebody else was quicker: a Contact or Lead that is to be created came into the CRM since we last looked.

The Mirror is searched before anybody new is proposed, but a decision may lie for days while the rep is travelling. So
the CRM itself is asked just before the write, by e-mail address, where it can be searched.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.domain.crm_port import CrmConnector
from desktop.domain.deliveries import Operation, OutboxEntry
from desktop.domain.errors import DealsideError
from desktop.domain.ids import EntryId
from desktop.domain.matching import email_key
from desktop.domain.records import PEOPLE, RecordKind, RecordRef, RecordSnapshot

log = logging.getLogger("dealside.outbox")

THERE_ALREADY = "Somebody added them to the CRM meanwhile, so no second record was made."


@dataclass(frozen=True, slots=True)
class Found:
    """What was to be created is there already."""

    record: RecordSnapshot


def made_meanwhile(
    entries: Sequence[OutboxEntry], crm: CrmConnector, is_known: Callable[[RecordRef], bool]
) -> dict[EntryId, Found]:
    """Return those entries whose person is in the CRM now and was not when we last looked (`is_known` tells).

    A Record with the same address that was known already is no reason: the rep decided with it in view. A search that
    fails stops nothing; the look into the Mirror stands.
    """
    found: dict[EntryId, Found] = {}
    for kind in RecordKind:
        wanted = {entry.id: email_key(entry.fields.get("email") or "") for entry in entries if _is_new(entry, kind)}
        addresses = sorted({address for address in wanted.values() if address})
        if "find" not in crm.info.can or not addresses:
            continue
        try:
            there = crm.find(kind, "email", addresses)
            for entry in entries:
                others = [record for record in there.get(wanted.get(entry.id, ""), ()) if not is_known(record.ref)]
                if others and not _is_ours(entry, others, crm):
                    found[entry.id] = Found(others[0])
        except DealsideError as error:
            log.info("the CRM could not be searched before a create: %s: %s", type(error).__name__, error.detail)
    return found


def _is_new(entry: OutboxEntry, kind: RecordKind) -> bool:
    return entry.operation is Operation.CREATE and entry.kind is kind and kind in PEOPLE


def _is_ours(entry: OutboxEntry, others: Sequence[RecordSnapshot], crm: CrmConnector) -> bool:
    """Whether an earlier attempt, whose answer was lost, made it."""
    made = crm.find_created(entry.kind, entry.idempotency_key) if entry.kind else None
    return made is not None and made.ref in {record.ref for record in others}
