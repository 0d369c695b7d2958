"""Where a link leads at the moment it is written: people are qualified, and fields take only some kinds of Record."""

from desktop.domain.deliveries import OutboxEntry
from desktop.domain.matching import email_key
from desktop.domain.records import FIELDS, FieldType, RecordKind, RecordRef, parse_ref
from desktop.store.store import Transaction

Fields = dict[str, str | None]


def as_they_stand(tx: Transaction, entry: OutboxEntry, fields: Fields) -> Fields:
    """Return the fields of an entry without links that its CRM would refuse.

    A Lead that is gone was made a Contact: the link leads there, or is left out where nobody has its address. What
    is linked to a Lead and to something else besides is linked to that alone: Salesforce refuses both.
    """
    if entry.kind is None:
        return fields
    rules, known = tx.mirror.rules(entry.connection_id, entry.kind), FIELDS[entry.kind]
    kept: Fields = {}
    for name, value in fields.items():
        if value is None or name not in known or known[name].type is not FieldType.REFERENCE:
            kept[name] = value
            continue
        ref = _ref(value)
        found = _live(tx, entry, ref) if ref is not None and ref.kind is RecordKind.LEAD else ref
        if ref is None:
            kept[name] = value  # whatever it is, the CRM will say what is wrong with it
        elif found is not None and rules.takes(name, found.kind):
            kept[name] = str(found)
    if kept.get("related") and (kept.get("contact") or "").startswith(f"{RecordKind.LEAD}:"):
        del kept["contact"]
    return kept


def _live(tx: Transaction, entry: OutboxEntry, lead: RecordRef) -> RecordRef | None:
    known = tx.mirror.get(entry.connection_id, lead)
    if known is None or not known.is_deleted:
        return lead
    address = email_key(known.fields.get("email") or "")
    found = tx.mirror.find(entry.connection_id, RecordKind.CONTACT, email=address)
    return found[0].ref if found else None


def _ref(value: str) -> RecordRef | None:
    try:
        return parse_ref(value)
    except ValueError:
        return None
