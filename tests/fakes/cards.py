"""Realistic cards for the window's tests: an inquiry, an update, a complaint, a conflict, and one that is done."""

from dataclasses import replace
from datetime import datetime, timedelta

from desktop.domain.deliveries import DeliveryState, Operation, OutboxEntry
from desktop.domain.evidence import ComputedBy, Evidence, Part, Span, Zone, ZonedLine, band_of
from desktop.domain.ids import ConnectionId, DraftId, EntryId, InteractionId, ProposalId, RecordId, SuggestionId
from desktop.domain.proposals import (
    Action,
    Draft,
    DraftState,
    FieldChange,
    OtherValue,
    Proposal,
    Suggestion,
    SuggestionState,
)
from desktop.domain.records import RecordKind, RecordRef
from desktop.review.views import Card, CardRow, SourceView
from tests.fakes.clock import START

BOOK = ConnectionId("book")
RULES = ComputedBy(model_hash="", prompt_version="1", rules_version="1")

INQUIRY_TEXT = """Hello Sam,

thank you for the call last week. We would like to go ahead with 40 seats of
Planner Pro for our Berlin office, and we have set aside 18,400 EUR for it.
Could you send me an offer before 20 March? Our board decides on 31 March.

Please also tell me whether you can migrate our old calendars.

Kind regards
Jana Kowalska
Head of Operations
Nordlicht Logistik GmbH
Tel. +49 30 5550 1420
jana.kowalska@nordlicht-logistik.example

On 24 Feb 2026, Sam Rivera wrote:
> Hi Jana,
> good to talk to you today. As promised, here is the price list.
> Let me know how many seats you need.
> Best, Sam
"""


def quote(text: str, words: str) -> Evidence:
    """Return these words of a mail's body as Evidence."""
    start = text.index(words)
    return Evidence(Span(Part.BODY, start, start + len(words)), words)


def zones_of(text: str) -> tuple[ZonedLine, ...]:
    """Return the zones of a mail as its lines look: `>` is quoted, what follows the regards is the signature."""
    lines, start, is_signature = [], 0, False
    for line in text.split("\n"):
        is_signature = (is_signature or line.startswith(("Kind regards", "Best regards"))) and not line.startswith(
            "On "
        )
        zone = Zone.SIGNATURE if is_signature else Zone.NEW
        zone = Zone.QUOTED if line.startswith((">", "On 24")) else zone
        lines.append(ZonedLine(start, start + len(line), zone))
        start += len(line) + 1
    return tuple(lines)


def source(subject: str, sender: tuple[str, str], text: str, sent_at: datetime, evidence: tuple = ()) -> SourceView:
    """Return a mail as the window shows it."""
    return SourceView(
        subject=subject,
        sender_name=sender[0],
        sender_address=sender[1],
        recipients=("sam.rivera@planner.example",),
        sent_at=sent_at,
        text=text,
        zones=zones_of(text),
        evidence=evidence,
        troubles=(),
        attachments=(),
    )


def change(field: str, after: str | None, confidence: float, reason: str, **more) -> FieldChange:
    """Return one FieldChange; `before` and `evidence` by name."""
    evidence = more.get("evidence", ())
    return FieldChange(field, more.get("before"), after, confidence, reason, evidence)


def card_of(key: str, title: str, mail: SourceView, suggestions: list[Suggestion], draft: Draft | None = None) -> Card:
    """Return a Card whose mail marks the evidence of all its suggestions."""
    evidence = tuple(e for s in suggestions for c in s.changes for e in c.evidence if e.source is None)
    owned = tuple(replace(s, proposal_id=ProposalId(key)) for s in suggestions)
    proposal = Proposal(ProposalId(key), InteractionId(f"mail-{key}"), title, mail.sent_at, owned, draft, RULES)
    names = {"suggestion:inquiry-account": "Nordlicht Logistik GmbH", "account:1": "Brightwater Ltd"}
    return Card(proposal, replace(mail, evidence=evidence), {}, {}, names)


def suggestion(
    key: str, action: Action, kind: RecordKind, title: str, changes: list[FieldChange], **more
) -> Suggestion:
    """Return one Suggestion; `reason`, `state` and `target` by name."""
    return Suggestion(
        id=SuggestionId(key),
        proposal_id=ProposalId(""),
        connection_id=BOOK,
        action=action,
        kind=kind,
        title=title,
        changes=tuple(changes),
        reason=more.get("reason", ""),
        target=more.get("target"),
        state=more.get("state", SuggestionState.OPEN),
    )


def reply(key: str, to: str, subject: str, body: str) -> Draft:
    """Return a reply Draft."""
    return Draft(
        id=DraftId(f"{key}-draft"),
        proposal_id=ProposalId(key),
        connection_id=ConnectionId("mailbox"),
        sender="sam.rivera@planner.example",
        recipients=(to,),
        subject=subject,
        body=body,
        message_id=f"<{key}@planner.example>",
        in_reply_to="<1@nordlicht.example>",
        references=(),
    )


def entry(subject_id: str, state: DeliveryState, sentence: str = "", **more) -> OutboxEntry:
    """Return the OutboxEntry of a decided subject."""
    return OutboxEntry(
        id=EntryId(f"entry-{subject_id}"),
        subject_id=subject_id,
        connection_id=BOOK,
        operation=more.get("operation", Operation.UPDATE),
        kind=more.get("kind", RecordKind.CONTACT),
        target=None,
        fields=more.get("fields", {}),
        before=more.get("before", {}),
        version="",
        idempotency_key=subject_id,
        created_at=START,
        state=state,
        sentence=sentence,
        attempts=more.get("attempts", 0),
    )


def inquiry() -> Card:
    """Somebody new asks for an offer: account, contact, opportunity, task and a reply."""
    text = INQUIRY_TEXT
    who, address = "Jana Kowalska", "jana.kowalska@nordlicht-logistik.example"
    mail = source("Planner Pro for our Berlin office", (who, address), text, START - timedelta(minutes=25))
    company, phone = quote(text, "Nordlicht Logistik GmbH"), quote(text, "+49 30 5550 1420")
    create = Action.CREATE
    suggestions = [
        suggestion(
            "inquiry-account",
            create,
            RecordKind.ACCOUNT,
            "Nordlicht Logistik GmbH",
            [
                change("name", company.text, 0.94, "Company in the signature", evidence=(company,)),
                change("domain", "nordlicht-logistik.example", 0.9, "Domain of the sender"),
            ],
            reason="No account with this name or domain in your CRM.",
        ),
        suggestion(
            "inquiry-contact",
            create,
            RecordKind.CONTACT,
            who,
            [
                change("first_name", "Jana", 0.96, "Name in the signature", evidence=(quote(text, "Jana Kowalska"),)),
                change("last_name", "Kowalska", 0.96, "Name in the signature", evidence=(quote(text, "Kowalska"),)),
                change(
                    "title",
                    "Head of Operations",
                    0.71,
                    "Line after the name",
                    evidence=(quote(text, "Head of Operations"),),
                ),
                change("email", address, 0.99, "Address of the sender", evidence=(quote(text, address),)),
                change("phone", "+493055501420", 0.88, "Signature block", evidence=(phone,)),
                change("account", "suggestion:inquiry-account", 1.0, "Follows from the signature"),
            ],
            reason="Nobody with this address in your CRM.",
        ),
        suggestion(
            "inquiry-opportunity",
            create,
            RecordKind.OPPORTUNITY,
            "Planner Pro, 40 seats",
            [
                change("name", "Planner Pro, 40 seats", 0.8, "Product and amount", evidence=(quote(text, "40 seats"),)),
                change("stage", "Proposal", 0.62, "An offer is asked for", evidence=(quote(text, "send me an offer"),)),
                change("amount", "18400.00", 0.83, "Budget named in the mail", evidence=(quote(text, "18,400 EUR"),)),
                change("currency", "EUR", 0.9, "Budget named in the mail", evidence=(quote(text, "EUR"),)),
                change("close_date", "2026-03-31", 0.58, "The board decides", evidence=(quote(text, "31 March"),)),
            ],
            reason="Interest is expressed and no open opportunity matches.",
        ),
    ]
    body = (
        "Hello Jana,\n\nthank you for your interest in Planner Pro. "
        "I will send you the offer before 20 March.\n\nBest\nSam"
    )
    draft = reply("inquiry", address, "Re: Planner Pro for our Berlin office", body)
    return card_of("inquiry", "Jana Kowalska, Nordlicht Logistik", mail, suggestions, draft)


def update() -> Card:
    """A known contact has a new number and a new title."""
    text = (
        "Hi Sam,\n\nI have moved on to lead procurement. My new number is +44 20 7946 0018.\n\nBest regards\nTom Ashby"
    )
    mail = source("New desk, new number", ("Tom Ashby", "tom@brightwater.example"), text, START - timedelta(hours=20))
    number, title = quote(text, "+44 20 7946 0018"), quote(text, "lead procurement")
    one = suggestion(
        "update-contact",
        Action.UPDATE,
        RecordKind.CONTACT,
        "Tom Ashby",
        [
            change("phone", "+442079460018", 0.93, "“My new number is”", before="+442079460001", evidence=(number,)),
            change("title", "Lead Procurement", 0.55, "Said in the text", before=None, evidence=(title,)),
        ],
        target=RecordRef(RecordKind.CONTACT, RecordId("7")),
        reason="Differs from the contact in your CRM.",
    )
    return card_of("update", "Tom Ashby, Brightwater", mail, [one])


def complaint() -> Card:
    """Something is broken: a case and a task."""
    text = (
        "Sam, the export has failed since Monday and month end is near. Please fix it by Friday.\n\n"
        "Best regards\nIdris Bello"
    )
    mail = source("Export broken again", ("Idris Bello", "idris@calder.example"), text, START - timedelta(days=2))
    failed = quote(text, "the export has failed since Monday")
    case = suggestion(
        "complaint-case",
        Action.CREATE,
        RecordKind.CASE,
        "Export fails since Monday",
        [
            change("subject", "Export fails since Monday", 0.86, "First sentence", evidence=(failed,)),
            change("priority", "High", 0.47, "“month end is near”", evidence=(quote(text, "month end is near"),)),
        ],
    )
    due = quote(text, "by Friday")
    task = suggestion(
        "complaint-task",
        Action.CREATE,
        RecordKind.TASK,
        "Fix the export",
        [
            change("subject", "Fix the export", 0.9, "What is asked for", evidence=(quote(text, "fix it"),)),
            change("due_date", "2026-03-06", 0.87, "Resolved from the day of the mail", evidence=(due,)),
        ],
    )
    return card_of("complaint", "Idris Bello, Calder & Sons", mail, [case, task])


def conflict() -> Card:
    """A change that somebody else overtook, and one the CRM refused."""
    text = "Hello, please note our new main number: +33 1 70 18 99 00, and write to office@atelier-vidal.example."
    mail = source("Nouveau numéro", ("Claire Vidal", "claire@atelier-vidal.example"), text, START - timedelta(days=9))
    number = quote(text, "+33 1 70 18 99 00")
    account = suggestion(
        "conflict-account",
        Action.UPDATE,
        RecordKind.ACCOUNT,
        "Atelier Vidal",
        [change("phone", "+33170189900", 0.92, "Said in the text", before="+33170180000", evidence=(number,))],
        state=SuggestionState.CONFLICT,
        target=RecordRef(RecordKind.ACCOUNT, RecordId("3")),
    )
    contact = suggestion(
        "conflict-contact",
        Action.UPDATE,
        RecordKind.CONTACT,
        "Claire Vidal",
        [change("email", "office@atelier-vidal.example", 0.6, "Said in the text", before="claire@vidal.example")],
        state=SuggestionState.REJECTED,
    )
    title = suggestion(
        "conflict-title", Action.UPDATE, RecordKind.CONTACT, "Claire Vidal", [change("title", "Owner", 0.5, "Guess")]
    )
    card = card_of("conflict", "Claire Vidal, Atelier Vidal", mail, [account, contact, title])
    sentence = "Somebody changed the record meanwhile; nothing was overwritten."
    refused = "Salesforce refused the address: it belongs to another contact."
    return replace(
        card,
        entries={
            "conflict-account": entry(
                "conflict-account",
                DeliveryState.CONFLICT,
                sentence,
                kind=RecordKind.ACCOUNT,
                fields={"phone": "+33170189900"},
                before={"phone": "+33170180000"},
            ),
            "conflict-contact": entry(
                "conflict-contact",
                DeliveryState.REJECTED,
                refused,
                fields={"email": "office@atelier-vidal.example"},
                before={"email": "claire@vidal.example"},
            ),
        },
        live={"conflict-account": {"phone": "+33170185555"}},
    )


def delivered() -> Card:
    """A card whose suggestions are in the CRM and whose reply is in Drafts."""
    text = "Hi Sam, my mobile is +1 415 555 0134. Best regards\nDana Whitfield"
    mail = source("My number", ("Dana Whitfield", "dana@oakridge.example"), text, START - timedelta(days=40))
    one = suggestion(
        "delivered-contact",
        Action.UPDATE,
        RecordKind.CONTACT,
        "Dana Whitfield",
        [change("mobile", "+14155550134", 0.95, "Said in the text", evidence=(quote(text, "+1 415 555 0134"),))],
        state=SuggestionState.DELIVERED,
    )
    draft = replace(
        reply("delivered", "dana@oakridge.example", "Re: My number", "Thank you!"), state=DraftState.DELIVERED
    )
    card = card_of("delivered", "Dana Whitfield, Oakridge", mail, [one], draft)
    return replace(card, entries={"delivered-contact": entry("delivered-contact", DeliveryState.DELIVERED)})


def disputed() -> Card:
    """Two mails of one conversation name two amounts; a title stands in the older one only."""
    older = "Hello Sam, we reckon with 28,000 EUR for it.\nIdris Bello\nHead of Works"
    newer = "Hello Sam, the board gave us 24,500 EUR.\nIdris Bello"
    who = ("Idris Bello", "idris@calder.example")
    first = InteractionId("mail-older")
    before = replace(quote(older, "28,000 EUR"), source=first)
    title = replace(quote(older, "Head of Works"), source=first)
    amount = replace(
        change("amount", "24500.00", 0.9, "Budget named in the mail", evidence=(quote(newer, "24,500 EUR"),)),
        others=(OtherValue("28000.00", before),),
    )
    deal = suggestion("disputed-deal", Action.CREATE, RecordKind.OPPORTUNITY, "Works", [amount])
    person = suggestion(
        "disputed-contact",
        Action.CREATE,
        RecordKind.CONTACT,
        "Idris Bello",
        [change("last_name", "Bello", 0.9, "who wrote"), change("title", title.text, 0.9, "", evidence=(title,))],
    )
    card = card_of("disputed", "Idris Bello", source("Re: Works", who, newer, START), [deal, person])
    other = source("Works", who, older, START - timedelta(days=6), (before, title))
    return replace(card, others={first: other})


def row_of(card: Card) -> CardRow:
    """Return a card's line, worked out as the store does."""
    proposal = card.proposal
    waiting = [s for s in proposal.suggestions if s.state is SuggestionState.OPEN]
    has_reply = proposal.draft is not None and proposal.draft.state is DraftState.OPEN
    marks = tuple(dict.fromkeys(s.state for s in proposal.suggestions))
    return CardRow(
        id=proposal.id,
        title=proposal.title,
        subject=card.source.subject,
        sender=card.source.sender_name,
        sent_at=card.source.sent_at,
        waiting=len(waiting) + has_reply,
        band=band_of(min((s.confidence for s in waiting), default=1.0)),
        marks=marks,
    )
