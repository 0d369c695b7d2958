"""Reading → Proposal, in one transaction: match, apply the rules, drop what is said already, keep the card.

A mail is read together with the others of its conversation. Where it changes what an open Suggestion of theirs says,
that one gives way to a new one on this mail's card, which says all of it; what the rep decided stays as it is.
"""

from collections.abc import Mapping
from datetime import datetime

from desktop.domain.connections import Connection, Family
from desktop.domain.evidence import FactKind, Reading
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId, SuggestionId, derive
from desktop.domain.interactions import Interaction, InteractionKind, InteractionState
from desktop.domain.ports import Clock
from desktop.domain.proposals import Draft, Proposal, Suggestion
from desktop.domain.records import NEW_PEOPLE, PEOPLE, RecordKind, RecordRef, parse_ref
from desktop.domain.rights import RecordRules
from desktop.proposals.acquaintance import recognise, written_by_leads
from desktop.proposals.basis import Basis, Plan
from desktop.proposals.conversation import gather, weigh
from desktop.proposals.drafting import Identity, reply
from desktop.proposals.duplicates import said_already
from desktop.proposals.rules import RULES, is_about_a_deal
from desktop.proposals.standing import LIVING, ON_ITS_WAY, Standing, expire, says_the_same
from desktop.store.store import Store, Transaction

PENDING = "suggestion"
NO_CRM = "No CRM is connected, so there is nowhere to write to."


def run(interaction_id: InteractionId, store: Store, clock: Clock) -> ProposalId | None:
    """Propose what one understood Interaction leads to; None when it was proposed already or leads to nothing."""
    with store.transaction() as tx:
        item = tx.interactions.get(interaction_id)
        reading = tx.interactions.reading(interaction_id)
        if item is None or reading is None or item.state is not InteractionState.UNDERSTOOD:
            return None
        proposal_id = ProposalId(derive("proposal", interaction_id))
        work = _begin(tx, item, reading, proposal_id, clock.now())
        if work is None:
            tx.interactions.move(interaction_id, InteractionState.IGNORED, reason=NO_CRM)
            return None
        for kind in RULES:
            work.propose(kind)
        work.settle_person()
        draft = _draft(tx, work.basis, item, proposal_id)
        tx.interactions.move(interaction_id, InteractionState.PROPOSED)
        if not work.made and draft is None:
            return None
        proposal = Proposal(
            id=proposal_id,
            interaction_id=interaction_id,
            title=_title(work.basis),
            created_at=clock.now(),
            suggestions=tuple(work.made),
            draft=draft,
            computed_by=reading.computed_by,
        )
        tx.proposals.add(proposal, item.message, work.same_as)
        tx.audit.append(clock.now(), "dealside", "proposed", subject=proposal_id, detail=reading.computed_by.model_hash)
        return proposal_id


def follow_up(interaction_id: InteractionId, awaited: SuggestionId, store: Store, clock: Clock) -> ProposalId | None:
    """Say what a mail adds to a Record, now that the Suggestion it waited for has made it (or was taken back)."""
    with store.transaction() as tx:
        tx.conversations.wait_no_more(interaction_id, awaited)
        item, reading = tx.interactions.get(interaction_id), tx.interactions.reading(interaction_id)
        proposal_id = tx.proposals.of_interaction(interaction_id)
        earlier = tx.proposals.find_suggestion(awaited)
        if item is None or reading is None or proposal_id is None or earlier is None:
            return None
        if any(known.kind is earlier.kind for known in tx.proposals.suggestions(proposal_id)):
            return None
        work = _begin(tx, item, reading, proposal_id, clock.now())
        if work is None:
            return None
        work.propose(earlier.kind)
        work.settle_person()
        for suggestion in work.made:
            tx.proposals.append(proposal_id, suggestion, work.same_as[suggestion.id])
            tx.audit.append(clock.now(), "dealside", "proposed", subject=suggestion.id, detail=f"follows {awaited}")
        return proposal_id if work.made else None


def _begin(
    tx: Transaction, item: Interaction, reading: Reading, proposal_id: ProposalId, now: datetime
) -> "_Work | None":
    """Gather what the rules reason from; None when there is no CRM to write to."""
    circle = gather(tx, item, reading)  # without a CRM too: one that is connected later is filled in from this mail
    crm = next(iter(tx.connections.all(Family.CRM)), None)
    if crm is None:
        return None
    rules = {kind: tx.mirror.rules(crm.id, kind) for kind in RecordKind}
    standing = Standing.of(tx, circle)
    basis = Basis(item.message, reading, crm.id, rules, circle, standing.settled, standing.said(), came_as=item.kind)
    basis.new_people = _new_people(tx, crm.id, rules)
    recognise(basis, tx.mirror, standing.deal)
    basis.by_leads = written_by_leads(tx, basis)
    basis.contact = standing.as_it_will_be(tx, basis.contact)
    basis.lead = standing.as_it_will_be(tx, basis.lead)
    basis.owner = standing.as_it_will_be(tx, basis.owner)
    basis.opportunity = standing.as_it_will_be(tx, basis.opportunity)
    return _Work(tx, basis, standing, proposal_id, now)


def _new_people(tx: Transaction, crm: ConnectionId, rules: Mapping[RecordKind, RecordRules]) -> RecordKind:
    """Return what somebody unknown is proposed as: a Lead where the rep chose so and the CRM takes Leads from them."""
    lead = RecordKind.LEAD
    name = rules[lead].fields.get("last_name")
    takes = tx.mirror.knows_rules(crm, lead) and rules[lead].can_create and name is not None and name.can_create
    return lead if takes and tx.settings.get(NEW_PEOPLE) == lead.value else RecordKind.CONTACT


class _Work:
    """One card in the making: the rules are applied in order of delivery, so that later ones can link to earlier."""

    def __init__(
        self, tx: Transaction, basis: Basis, standing: Standing, proposal_id: ProposalId, now: datetime
    ) -> None:
        self.made: list[Suggestion] = []
        self.same_as: dict[SuggestionId, str] = {}
        self._tx = tx
        self.basis = basis
        self._standing = standing
        self._proposal_id = proposal_id
        self._now = now

    def propose(self, kind: RecordKind) -> None:
        """Apply one rule. A Plan that is said already makes room for a link to what says it."""
        plan = RULES[kind](self.basis)
        if kind not in LIVING:
            if plan is not None:
                self._add(plan)
            return
        known = self._known(kind)
        if plan is not None:
            plan = self._standing.without_refused(plan)
        is_settled = plan is None and known is not None
        earlier = said_already(self._tx, plan, self._standing) if plan else None
        if plan is not None and earlier is not None:
            self._link(earlier.kind, earlier.id)
            is_settled = known is not None
            if earlier.state in ON_ITS_WAY and not says_the_same(earlier, plan):
                current = next(source for source in self.basis.circle.of(kind) if source.is_current)
                self._tx.conversations.wait_for(current.id, earlier.id, current.said_at)
        elif plan is not None:
            self._settle_or_renew(plan, known)
        elif is_settled:
            for old in self._standing.open(kind):
                expire(self._tx, old, self._now, known=known)
        if is_settled:
            weigh(self._tx, kind, self.basis.circle.of(kind))

    def settle_person(self) -> None:
        """Let what would make, or change, the same person as another kind of Record give way: nobody is both."""
        kind = next((kind for kind in (RecordKind.CONTACT, RecordKind.LEAD) if kind in self.basis.refs), None)
        if kind is None:
            return
        word, _, key = self.basis.refs[kind].partition(":")
        successor = SuggestionId(key) if word == PENDING else None
        known = None if successor else parse_ref(self.basis.refs[kind])
        for other in PEOPLE - {kind}:
            for old in self._standing.open(other):
                expire(self._tx, old, self._now, successor=successor, known=known)

    def _settle_or_renew(self, plan: Plan, known: RecordRef | None) -> None:
        """Leave an open Suggestion that says just this; else let the open ones give way to a new one."""
        open_ones = self._standing.open(plan.kind)
        same = next((old for old in open_ones if says_the_same(old, plan)), None)
        if same is not None:
            self._link(plan.kind, same.id)
            return
        new = self._add(plan)
        for old in open_ones:
            expire(self._tx, old, self._now, successor=new.id, known=known)

    def _known(self, kind: RecordKind) -> RecordRef | None:
        """Return the Record of the CRM that the mail was held against, if there is one."""
        found = {
            RecordKind.ACCOUNT: self.basis.owner,
            RecordKind.CONTACT: self.basis.contact,
            RecordKind.LEAD: self.basis.lead,
            RecordKind.OPPORTUNITY: self.basis.opportunity if is_about_a_deal(self.basis) else None,
        }.get(kind)
        return found.ref if found is not None else None

    def _link(self, kind: RecordKind, suggestion_id: SuggestionId) -> None:
        self.basis.refs.setdefault(kind, f"{PENDING}:{suggestion_id}")

    def _add(self, plan: Plan) -> Suggestion:
        suggestion = _suggestion(plan, self._proposal_id, self.basis)
        self._link(plan.kind, suggestion.id)
        self.made.append(suggestion)
        self.same_as[suggestion.id] = plan.same_as
        return suggestion


def _suggestion(plan: Plan, proposal_id: ProposalId, basis: Basis) -> Suggestion:
    return Suggestion(
        id=SuggestionId(derive("suggestion", proposal_id, plan.kind.value)),
        proposal_id=proposal_id,
        connection_id=basis.connection_id,
        action=plan.action,
        kind=plan.kind,
        title=plan.title,
        changes=plan.changes,
        reason=plan.reason,
        target=plan.target,
        version=plan.version,
        sources=tuple(source.id for source in basis.circle.of(plan.kind)) if plan.kind in LIVING else (),
    )


def _draft(tx: Transaction, basis: Basis, item: Interaction, proposal_id: ProposalId) -> Draft | None:
    mailbox = tx.connections.get(item.connection_id)
    if mailbox is None or item.kind is InteractionKind.CALL:  # nobody answers a call by mail unasked
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
    named = basis.merged(RecordKind.CONTACT, FactKind.PERSON)
    company = basis.merged(RecordKind.ACCOUNT, FactKind.COMPANY)
    person = basis.person.title if basis.person else named.value if named else None
    firm = basis.owner.title if basis.owner else company.value if company else None
    sender = basis.message.sender
    fallback = (sender.name or sender.address) if sender else "Somebody"
    return ", ".join(part for part in (person, firm) if part) or fallback
