"""Which mails speak of the same thing: those of one conversation, and those by one contact.

A conversation is held together by Message-ID, References and In-Reply-To; where these are missing, by the contact's
address and the subject within 60 days. Only mails of one party (a firm's domain, or one address at a free mail
provider) are taken together, and only those that party sent: else a stranger could put a number into a deal by naming
a Message-ID, or into a contact by signing with another's address.

A call has neither subject nor references. It is about what its contact writes of at that time: it belongs to their one
conversation within 60 days, and to none where there are several.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desktop.domain.evidence import CHECK_FROM, Evidence, Fact, FactKind, Reading
from desktop.domain.ids import InteractionId
from desktop.domain.interactions import EmailMessage, Interaction, InteractionKind
from desktop.domain.matching import domain_key, email_key
from desktop.domain.records import PEOPLE, RecordKind
from desktop.store.conversations import BY_CONTACT
from desktop.store.store import Transaction

MOST_MAILS = 40
MOST_REFERENCES = 20
SAME_TOPIC_WITHIN = timedelta(days=60)
MOST_SUBJECT = 200
_REPLIED = re.compile(r"^(\s*(re|aw|fw|fwd|wg|tr|rép|rif|rv|sv|vs)\s*(\[\d{1,3}\])?\s*:\s*)+", re.IGNORECASE)
_ID, _TOPIC, _CONTACT, _WEIGHED, _CALL = "id:", "topic:", BY_CONTACT, "weighed:", "call:"


@dataclass(frozen=True, slots=True)
class Source:
    """One mail that conclusions may rest on. `said_at` is when it was sent, but never later than it was received."""

    id: InteractionId
    message: EmailMessage
    reading: Reading
    said_at: datetime
    is_current: bool

    def cite(self, evidence: Evidence) -> Evidence:
        """Return Evidence that names this mail, unless it is the one in hand."""
        return evidence if self.is_current else replace(evidence, source=self.id)

    def fact(self, kind: FactKind) -> Fact | None:
        """Return the best Fact of a kind that is worth showing."""
        best = self.reading.best(kind)
        return best if best is not None and best.confidence >= CHECK_FROM else None


@dataclass(frozen=True, slots=True)
class Circle:
    """The mails around the one in hand, itself among them, oldest first.

    `weighed` are the mails, by kind of Record, that were held against a Record before and changed nothing in it.
    """

    conversation: tuple[Source, ...]
    by_contact: tuple[Source, ...]
    weighed: frozenset[tuple[RecordKind, InteractionId]] = frozenset()

    def of(self, kind: RecordKind) -> tuple[Source, ...]:
        """Return the mails that speak of one Record: a person's own mails of the person, the conversation of a deal."""
        return self.by_contact if kind in {RecordKind.ACCOUNT, *PEOPLE} else self.conversation


def plain_subject(subject: str) -> str:
    """Return a subject without the marks of answers and forwards."""
    return _REPLIED.sub("", subject).strip()


def gather(tx: Transaction, item: Interaction, reading: Reading) -> Circle:
    """Make the mail findable for later ones, and return the mails it belongs to as far as they were proposed."""
    current = _source(item, reading, is_current=True)
    email = current.fact(FactKind.EMAIL)
    address = email_key(email.value) if email else ""
    sender = item.message.sender
    if not address or sender is None or _party(email_key(sender.address)) != _party(address):
        return Circle((current,), (current,))
    is_call = item.kind is InteractionKind.CALL
    keys = _keys(item.message, address)
    tx.conversations.add(item.id, [*keys, _CALL + address] if is_call else keys, current.said_at)
    found = _with_calls(
        tx, address, _home(tx, address, current) if is_call else _connected(tx, item.id, current.said_at)
    )
    own = [mail for mail, _ in tx.conversations.holding(_CONTACT + address, most=MOST_MAILS)]
    known = {item.id: current}
    for mail in {*found, *own} - {item.id}:
        other = _load(tx, mail)
        if other is not None:
            known[mail] = other
    weighed = {
        (kind, mail)
        for mail in known
        for key in tx.conversations.keys_of(mail)
        for kind in RecordKind
        if key == _WEIGHED + kind.value
    }
    return Circle(_in_order(known, found), _in_order(known, {*own, item.id}), frozenset(weighed))


def mails_of(tx: Transaction, address: str, *, most: int = MOST_MAILS) -> tuple[Source, ...]:
    """Return the newest understood mails and calls of a contact, oldest first; none of them is the one in hand."""
    own = tx.conversations.holding(_CONTACT + address, most=most)
    known = {mail: source for mail, _ in own if (source := _load(tx, mail)) is not None}
    return _in_order(known, known)


def weigh(tx: Transaction, kind: RecordKind, sources: Iterable[Source]) -> None:
    """Note that what these mails say of a Record is settled: the CRM had it, or the rep was asked."""
    for source in sources:
        tx.conversations.add(source.id, [_WEIGHED + kind.value], source.said_at)


def _keys(message: EmailMessage, address: str) -> list[str]:
    party = _party(address)
    ids = [message.message_id, message.in_reply_to, *message.references[:1], *message.references[-MOST_REFERENCES:]]
    keys = [f"{_ID}{party}:{found}" for found in dict.fromkeys(ids) if found]
    topic = " ".join(plain_subject(message.subject).casefold().split())[:MOST_SUBJECT]
    return [*keys, _CONTACT + address, *([f"{_TOPIC}{address}:{topic}"] if topic else [])]


def _party(address: str) -> str:
    return domain_key(address) or address


def _home(tx: Transaction, address: str, call: Source) -> dict[InteractionId, datetime]:
    """Return the mails that a call is about, with the call itself."""
    return {call.id: call.said_at, **_only_conversation(tx, address, call.said_at)}


def _only_conversation(tx: Transaction, address: str, at: datetime) -> dict[InteractionId, datetime]:
    """Return the one conversation that a contact had around a moment, empty where there were none or several."""
    calls = {call for call, _ in tx.conversations.holding(_CALL + address, most=MOST_MAILS)}
    own = tx.conversations.holding(_CONTACT + address, most=MOST_MAILS)
    near = [(mail, sent_at) for mail, sent_at in own if mail not in calls and abs(sent_at - at) <= SAME_TOPIC_WITHIN]
    if not near:
        return {}
    first = _connected(tx, *near[0])
    return first if all(mail in first for mail, _ in near) else {}


def _with_calls(tx: Transaction, address: str, found: dict[InteractionId, datetime]) -> set[InteractionId]:
    """Return the mails with the contact's calls that are about them."""
    for call, at in tx.conversations.holding(_CALL + address, most=MOST_MAILS):
        if (
            call not in found
            and len(found) < MOST_MAILS
            and not found.keys().isdisjoint(_only_conversation(tx, address, at))
        ):
            found[call] = at
    return set(found)


def _connected(tx: Transaction, first: InteractionId, said_at: datetime) -> dict[InteractionId, datetime]:
    """Return the mails that can be reached from one over the keys they share, with when they were sent."""
    found = {first: said_at}
    waiting = [first]
    seen: set[str] = set()
    while waiting and len(found) < MOST_MAILS:
        mail = waiting.pop(0)
        for key in tx.conversations.keys_of(mail):
            if key in seen or not key.startswith((_ID, _TOPIC)):
                continue
            is_topic = key.startswith(_TOPIC)
            if not is_topic:
                seen.add(key)
            for other, sent_at in tx.conversations.holding(key, most=MOST_MAILS):
                is_far = is_topic and abs(sent_at - found[mail]) > SAME_TOPIC_WITHIN
                if other not in found and not is_far and len(found) < MOST_MAILS:
                    found[other] = sent_at
                    waiting.append(other)
    return found


def _load(tx: Transaction, mail: InteractionId) -> Source | None:
    item, reading = tx.interactions.get(mail), tx.interactions.reading(mail)
    return None if item is None or reading is None else _source(item, reading, is_current=False)


def _source(item: Interaction, reading: Reading, *, is_current: bool) -> Source:
    said_at = min(item.message.sent_at, item.received_at)
    return Source(item.id, item.message, reading, said_at, is_current)


def _in_order(known: dict[InteractionId, Source], wanted: Iterable[InteractionId]) -> tuple[Source, ...]:
    sources = [known[mail] for mail in wanted if mail in known]
    return tuple(sorted(sources, key=lambda source: (source.said_at, source.id)))
