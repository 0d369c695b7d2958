"""Reading → Proposal, in one transaction: match, apply the rules, drop what is said already, keep the card."""

from collections.abc import Mapping

from desktop.domain.connections import Connection, Family
from desktop.domain.evidence import FactKind
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId, SuggestionId, derive
from desktop.domain.interactions import Interaction, InteractionState
from desktop.domain.ports import Clock
from desktop.domain.proposals import Draft, Proposal, Suggestion
from desktop.domain.records import RecordKind
from desktop.proposals.basis import Basis, Plan, match
from desktop.proposals.drafting import Identity, reply
from desktop.proposals.duplicates import said_already
from desktop.proposals.rules import RULES
from desktop.store.store import Store, Transaction

NO_CRM = "No CRM is connected, so there is nowhere to write to."


def run(interaction_id: InteractionId, store: Store, clock: Clock) -> ProposalId | None:
    """Propose what one understood Interaction leads to; None when it was proposed already or leads to nothing."""
    with store.transaction() as tx:
        item = tx.interactions.get(interaction_id)
        reading = tx.interactions.reading(interaction_id)
        if item is None or reading is None or item.state is not InteractionState.UNDERSTOOD:
            return None
        crm = next(iter(tx.connections.all(Family.CRM)), None)
        if crm is None:
            tx.interactions.move(interaction_id, InteractionState.IGNORED, reason=NO_CRM)
            return None
        picklists = {kind: tx.mirror.picklists(crm.id, kind) for kind in RecordKind}
        basis = Basis(item.message, reading, crm.id, picklists)
        match(basis, tx.mirror)
        proposal_id = ProposalId(derive("proposal", interaction_id))
        suggestions, same_as = _suggestions(tx, basis, proposal_id)
        draft = _draft(tx, basis, item, proposal_id)
        tx.interactions.move(interaction_id, InteractionState.PROPOSED)
        if not suggestions and draft is None:
            return None
        proposal = Proposal(
            id=proposal_id,
            interaction_id=interaction_id,
            title=_title(basis),
            created_at=clock.now(),
            suggestions=suggestions,
            draft=draft,
            computed_by=reading.computed_by,
        )
        tx.proposals.add(proposal, item.message, same_as)
        tx.audit.append(clock.now(), "dealside", "proposed", subject=proposal_id, detail=reading.computed_by.model_hash)
        return proposal_id


def _suggestions(
    tx: Transaction, basis: Basis, proposal_id: ProposalId
) -> tuple[tuple[Suggestion, ...], dict[SuggestionId, str]]:
    """Apply the rules in order of delivery. A Plan that is said already makes room for a link to what says it."""
    made: list[Suggestion] = []
    same_as: dict[SuggestionId, str] = {}
    for rule in RULES:
        plan = rule(basis)
        if plan is None:
            continue
        earlier = said_already(tx, plan)
        if earlier is not None:
            basis.refs.setdefault(plan.kind, f"suggestion:{earlier.id}")
            continue
        suggestion = _suggestion(plan, proposal_id, basis.connection_id)
        basis.refs.setdefault(plan.kind, f"suggestion:{suggestion.id}")
        made.append(suggestion)
        same_as[suggestion.id] = plan.same_as
    return tuple(made), same_as


def _suggestion(plan: Plan, proposal_id: ProposalId, connection_id: ConnectionId) -> Suggestion:
    return Suggestion(
        id=SuggestionId(derive("suggestion", proposal_id, plan.kind.value)),
        proposal_id=proposal_id,
        connection_id=connection_id,
        action=plan.action,
        kind=plan.kind,
        title=plan.title,
        changes=plan.changes,
        reason=plan.reason,
        target=plan.target,
        version=plan.version,
    )


def _draft(tx: Transaction, basis: Basis, item: Interaction, proposal_id: ProposalId) -> Draft | None:
    mailbox = tx.connections.get(item.connection_id)
    if mailbox is None:
        return None
    identity = identity_of(mailbox)
    parts = reply(basis, proposal_id, identity)
    if parts is None:
        return None
    return Draft(
        id=parts.id,
        proposal_id=proposal_id,
        connection_id=mailbox.id,
        sender=f"{identity.name} <{identity.address}>" if identity.name else identity.address,
        recipients=parts.recipients,
        subject=parts.subject,
        body=parts.body,
        message_id=parts.message_id,
        in_reply_to=parts.in_reply_to,
        references=parts.references,
    )


def identity_of(mailbox: Connection) -> Identity:
    """Return who the rep is in a Mailbox, from its settings `address` (else `username`) and `display_name`."""
    settings: Mapping[str, str] = mailbox.settings
    address = settings.get("address") or settings.get("username") or ""
    return Identity(mailbox.id, address if "@" in address else "", settings.get("display_name", ""))


def _title(basis: Basis) -> str:
    named, company = basis.fact(FactKind.PERSON), basis.fact(FactKind.COMPANY)
    person = basis.contact.title if basis.contact else named.value if named else None
    firm = basis.owner.title if basis.owner else company.value if company else None
    sender = basis.message.sender
    fallback = (sender.name or sender.address) if sender else "Somebody"
    return ", ".join(part for part in (person, firm) if part) or fallback
