"""Invented records in the layout of the annotated data."""

from collections.abc import Sequence
from datetime import UTC, datetime

from desktop.domain.evidence import (
    ComputedBy,
    Evidence,
    Fact,
    FactKind,
    Intent,
    Label,
    Part,
    Party,
    Reading,
    Sentiment,
    Span,
)
from tests.benchmarks.understanding.corpus import CrmMail, crm_mail

BODY = """Dear Alex,

could you send us a quote for 40 sensors by Friday 13 November? Our budget is €2.760,-.

Kind regards
Petra M. Lindqvist
Head of Purchasing
Ostermoor Pumps GmbH
Tel. +49 40 555 0118
"""
SENT = datetime(2026, 11, 9, 9, 30, tzinfo=UTC)


def record(**changes) -> dict:
    """Return one annotated mail; `changes` replace parts of the record."""
    base = {
        "id": "made-up-1",
        "mailbox_owner": "alex@seller.example",
        "headers": {
            "From": "p.lindqvist@ostermoor.example",
            "X-From": '"Lindqvist, Petra" </O=OSTERMOOR/CN=RECIPIENTS/CN=PLIND>',
            "To": "alex@seller.example",
            "Cc": None,
            "Date": "Mon, 9 Nov 2026 09:30:00 +0000",
            "Subject": "Sensors",
        },
        "body": BODY,
        "contact_scope": "sender",
        "gold": {
            "contact_name": "Petra M. Lindqvist",
            "company": "Ostermoor Pumps GmbH",
            "email": "p.lindqvist@ostermoor.example",
            "phone": "+49 40 555 0118",
            "job_title": "Head of Purchasing",
            "interest_or_topic": "quote for sensors",
            "amount": "€2.760,-",
            "date_mentioned": "Friday 13 November",
            "next_action": "send a quote",
            "intent": "inquiry",
            "sentiment": "neutral",
        },
        "normalised": {
            "phone_e164": "+49405550118",
            "amount_value": 2760,
            "amount_currency": "EUR",
            "date_iso": "2026-11-13",
        },
        "acceptable": {"contact_name": ["Petra Lindqvist"]},
        "topic_keywords_any": ["sensor"],
        "action_keywords_any": ["quote"],
        "next_action_owner": "recipient",
    }
    return base | changes


def mail(**changes) -> CrmMail:
    """Return one annotated mail as the intake reads it."""
    return crm_mail(record(**changes), "crm_emails_made_up.jsonl")


def fact(kind: FactKind, value: str, words: str | None = None, confidence: float = 0.9, **more) -> Fact:
    """Return a Fact resting on `words` (the value itself, when not given), wherever they stand."""
    text = value if words is None else words
    start = max(0, BODY.find(text))
    return Fact(kind, value, Evidence(Span(Part.BODY, start, start + len(text)), text), confidence, "made up", **more)


def reading(facts: Sequence[Fact] = (), **changes) -> Reading:
    """Return a Reading that holds these facts."""
    base = {
        "facts": tuple(facts),
        "intent": Label(Intent.INQUIRY.value, 0.9),
        "sentiment": Label(Sentiment.NEUTRAL.value, 0.9),
        "language": "en",
        "summary": "",
        "zones": (),
        "computed_by": ComputedBy("", "", "rules"),
    }
    return Reading(**(base | changes))


def ask(value: str, owner: Party) -> Fact:
    """Return an ASK."""
    return fact(FactKind.ASK, value, owner=owner)
