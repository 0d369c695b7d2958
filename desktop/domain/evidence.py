"""What was understood, and the words it rests on."""

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.ids import InteractionId


class Part(StrEnum):
    """The text a Span counts in."""

    BODY = "body"
    SUBJECT = "subject"
    SENDER = "sender"
    RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of one Part of one Interaction."""

    part: Part
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exact words a Fact rests on. `text` equals the source at `span`, character for character.

    `source` names the Interaction the words stand in; None is the one in hand: the one read, or the card's own.
    """

    span: Span
    text: str
    source: InteractionId | None = None


class Zone(StrEnum):
    """What a line of a mail is."""

    NEW = "new"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"


@dataclass(frozen=True, slots=True)
class ZonedLine:
    """One line of the body: characters [start, end) without the line break."""

    start: int
    end: int
    zone: Zone


class FactKind(StrEnum):
    """What a Fact states. Values are canonical strings: E.164, ISO dates, decimal amounts `1200.00 EUR`.

    PRODUCT is what they are interested in, TOPIC what the mail is about, ASK what the contact wants of the rep,
    PROMISE what one of them undertakes to do, QUESTION what an answer must not leave out, MENTIONED the name of
    somebody who is spoken of and takes no part.
    """

    PERSON = "person"
    TITLE = "title"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"
    FAX = "fax"
    AMOUNT = "amount"
    DATE = "date"
    PRODUCT = "product"
    TOPIC = "topic"
    QUANTITY = "quantity"
    COMPETITOR = "competitor"
    ASK = "ask"
    PROMISE = "promise"
    QUESTION = "question"
    MENTIONED = "mentioned"


class Party(StrEnum):
    """Whose turn it is."""

    REP = "rep"
    CONTACT = "contact"
    OTHER = "other"


class ContactScope(StrEnum):
    """Whose details a mail gives: the sender's, or those of somebody whom the mail only hands on."""

    SENDER = "sender"
    QUOTED_SENDER = "quoted_sender"
    FORWARDED_SENDER = "forwarded_sender"
    MENTIONED_PERSON = "mentioned_person"


class Intent(StrEnum):
    """Why the mail was written."""

    MEETING_REQUEST = "meeting_request"
    MEETING_CONFIRMATION = "meeting_confirmation"
    EVENT_INVITATION = "event_invitation"
    PROPOSAL_OR_OFFER = "proposal_or_offer"
    INQUIRY = "inquiry"
    CONTRACT_NEGOTIATION = "contract_negotiation"
    DOCUMENT_DELIVERY = "document_delivery"
    STATUS_UPDATE = "status_update"
    FOLLOW_UP = "follow_up"
    INTRODUCTION_OR_REFERRAL = "introduction_or_referral"
    JOB_OR_RECRUITING = "job_or_recruiting"
    COMPLAINT_OR_ISSUE = "complaint_or_issue"
    PURCHASE_OR_BILLING = "purchase_or_billing"
    REQUEST_ACTION = "request_action"
    DECLINE = "decline"
    OTHER = "other"


class Sentiment(StrEnum):
    """How the writer feels about it."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A verbatim span that could answer one question, found by rules.

    `value` is its canonical form, `rule_score` (0 to 1) what the rules think of it, `why` the rule in a few words
    (one of a fixed set per kind: the calibrators learn how good each rule is). `owner` and `due` (an ISO date or
    empty) say of an ASK, a PROMISE or a QUESTION whose turn it is and by when.
    """

    kind: FactKind
    evidence: Evidence
    value: str
    rule_score: float
    why: str
    owner: Party | None = None
    due: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement with its Evidence and Confidence (0 to 1). `reason` is one line a rep can read.

    `signals` are the numbers the Confidence was computed from, by name, so that a calibrator can learn from what the
    rep decides; `owner` and `due` are the Candidate's.
    """

    kind: FactKind
    value: str
    evidence: Evidence
    confidence: float
    reason: str
    owner: Party | None = None
    due: str = ""
    signals: tuple[tuple[str, float], ...] = ()


class Band(StrEnum):
    """What a Confidence means for the rep: fill it in, look at it, leave it empty."""

    SURE = "sure"
    CHECK = "check"
    EMPTY = "empty"


SURE_FROM = 0.93
"""Where SURE begins: on mails that rules and calibrators never saw, the Confidences from here on average 0.97, so of a
hundred values filled in without a look about three are wrong, and some seven in ten of all values are among them."""

CHECK_FROM = 0.4
"""Where a value is worth a look. Near it, precision and recall trade evenly: F1 over the fields is flat from 0.35 to
0.6. `resources/models/calibrators/fit.py` prints what each limit would give."""


def band_of(confidence: float) -> Band:
    """Return the Band of a Confidence, a calibrated probability that the value is right."""
    if confidence >= SURE_FROM:
        return Band.SURE
    return Band.CHECK if confidence >= CHECK_FROM else Band.EMPTY


@dataclass(frozen=True, slots=True)
class ComputedBy:
    """What a Reading was computed by, so that it can be told apart and repeated.

    `model_hash` is the SHA-256 of the model file, or empty when rules alone carried the job.
    """

    model_hash: str
    prompt_version: str
    rules_version: str


@dataclass(frozen=True, slots=True)
class Label:
    """A closed-list conclusion (an Intent, a Sentiment) with its Confidence and, where there is one, Evidence."""

    value: str
    confidence: float
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """The model that wrote a text: its name, and the SHA-256 of its file (or what stands for one on a server)."""

    model_name: str
    model_hash: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was understood from one Interaction.

    `summary_by` is None where the summary consists of the mail's own sentences.
    """

    facts: tuple[Fact, ...]
    intent: Label
    sentiment: Label
    language: str
    summary: str
    zones: tuple[ZonedLine, ...]
    computed_by: ComputedBy
    notes: tuple[str, ...] = ()
    scope: ContactScope = ContactScope.SENDER
    summary_by: WrittenBy | None = None

    def best(self, kind: FactKind) -> Fact | None:
        """Return the most confident Fact of `kind`, or None."""
        found = [fact for fact in self.facts if fact.kind is kind]
        return max(found, key=lambda fact: fact.confidence, default=None)

    def all(self, kind: FactKind) -> tuple[Fact, ...]:
        """Return every Fact of `kind`, in the order of the text."""
        return tuple(fact for fact in self.facts if fact.kind is kind)

    @property
    def next_action(self) -> Fact | None:
        """The most confident ASK or PROMISE: what has to be done next, and by whom."""
        found = [fact for fact in self.facts if fact.kind in (FactKind.ASK, FactKind.PROMISE)]
        return max(found, key=lambda fact: fact.confidence, default=None)
