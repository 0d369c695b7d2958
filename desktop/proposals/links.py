"""What a new Record is linked to: who wrote, their firm, and what the mail is about."""

from collections.abc import Mapping

from desktop.domain.proposals import FieldChange
from desktop.domain.records import FIELDS, FieldType, RecordKind
from desktop.proposals.basis import Basis

_K = RecordKind
_LINKS: Mapping[str, tuple[str, tuple[RecordKind, ...]]] = {
    "account": ("the sender's firm", (_K.ACCOUNT,)),
    "contact": ("who wrote", (_K.CONTACT, _K.LEAD)),
    "related": ("what the mail is about", (_K.OPPORTUNITY, _K.CASE, _K.LEAD, _K.ACCOUNT)),
}
"""What each REFERENCE field says, and what it may lead to: the most particular Record first."""

_SHARED = frozenset({_K.OPPORTUNITY, _K.CASE})
"""Kinds of Record that several people of one firm may write about in one conversation."""


def links(basis: Basis, kind: RecordKind) -> list[FieldChange]:
    """Return the links of a Record to those that the mail is about, as far as its CRM can link them.

    What a colleague's mail linked a new Record to stays so where this mail has nothing to put there.
    """
    changes: dict[str, FieldChange] = {}
    said = basis.said.get(kind) if kind in _SHARED else None
    for name, info in FIELDS[kind].items():
        if info.type is not FieldType.REFERENCE:
            continue
        if name == "related" and _leads_to_a_lead(basis, changes):
            continue
        why, wanted = _LINKS[name]
        found = [other for other in wanted if other in basis.refs and basis.rules[kind].takes(name, other)]
        if found:
            changes[name] = FieldChange(name, None, basis.refs[found[0]], 1.0, why)
        elif said is not None:
            changes.update({change.field: change for change in said.changes if change.field == name})
    return list(changes.values())


def _leads_to_a_lead(basis: Basis, changes: Mapping[str, FieldChange]) -> bool:
    """Whether the person linked is a Lead. It then stands alone: Salesforce refuses a task with anything beside one."""
    linked = changes.get("contact")
    return linked is not None and linked.after == basis.refs.get(_K.LEAD)
