"""A reply from a template, filled only with Facts of the mail. It thanks, repeats what was noted, promises nothing."""

from dataclasses import dataclass

from desktop.domain.evidence import FactKind
from desktop.domain.ids import ConnectionId, DraftId, ProposalId, derive
from desktop.domain.interactions import EmailMessage, Role
from desktop.proposals.basis import Basis
from desktop.proposals.purposes import COMPLAINS, WANTS_ANSWER

MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the rep is in one Mailbox."""

    connection_id: ConnectionId
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's sentences. `{}` takes the Fact's own words."""

    hello: str
    hello_nobody: str
    thanks: str
    sorry: str
    noted: str
    product: str
    amount: str
    date: str
    ask: str
    anything_else: str
    regards: str


PHRASES = {
    "en": Phrases(
        hello="Hello {},",
        hello_nobody="Hello,",
        thanks="thank you for your message.",
        sorry="thank you for telling us, and I am sorry for the trouble this has caused you.",
        noted="I have noted:",
        product="what it is about: {}",
        amount="amount: {}",
        date="date: {}",
        ask="your request: {}",
        anything_else="Have I missed anything?",
        regards="Kind regards",
    ),
    "de": Phrases(
        hello="Guten Tag {},",
        hello_nobody="Guten Tag,",
        thanks="vielen Dank für Ihre Nachricht.",
        sorry="vielen Dank für Ihre Nachricht. Es tut mir leid, dass Sie damit Ärger hatten.",
        noted="Ich habe notiert:",
        product="Thema: {}",
        amount="Betrag: {}",
        date="Termin: {}",
        ask="Ihr Anliegen: {}",
        anything_else="Habe ich etwas übersehen?",
        regards="Mit freundlichen Grüßen",
    ),
    "fr": Phrases(
        hello="Bonjour {},",
        hello_nobody="Bonjour,",
        thanks="merci pour votre message.",
        sorry="merci de nous l'avoir signalé ; je suis désolé pour la gêne occasionnée.",
        noted="J'ai bien noté :",
        product="le sujet : {}",
        amount="le montant : {}",
        date="la date : {}",
        ask="votre demande : {}",
        anything_else="Ai-je oublié quelque chose ?",
        regards="Cordialement",
    ),
}
_NOTED = (
    (FactKind.PRODUCT, "product"),
    (FactKind.AMOUNT, "amount"),
    (FactKind.DATE, "date"),
    (FactKind.ASK, "ask"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """The parts of a reply. Recipients are the mail's own Reply-To or From, never anything read in its text."""

    id: DraftId
    recipients: tuple[str, ...]
    subject: str
    body: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]


def reply(basis: Basis, proposal_id: ProposalId, identity: Identity) -> Reply | None:
    """Return a reply where the mail calls for one, else None."""
    if basis.reading.intent.value not in WANTS_ANSWER and basis.fact(FactKind.ASK) is None:
        return None
    recipients = _recipients(basis.message)
    if not recipients or not identity.address:
        return None
    message = basis.message
    ids = [*message.references, message.message_id]
    references = tuple(dict.fromkeys(found for found in ids if found))
    domain = identity.address.rpartition("@")[2]
    return Reply(
        id=DraftId(derive("draft", proposal_id)),
        recipients=recipients,
        subject=_subject(message.subject),
        body=_body(basis, identity),
        message_id=f"<{derive('message', proposal_id)}@{domain}>",
        in_reply_to=message.message_id,
        references=references[-MAX_REFERENCES:],
    )


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    for role in (Role.REPLY_TO, Role.FROM):
        found = tuple(p.address for p in message.participants if p.role is role and p.address)
        if found:
            return found
    return ()


def _subject(subject: str) -> str:
    return subject if subject[:3].lower() in {"re:", "aw:"} else f"Re: {subject}".strip()


def _body(basis: Basis, identity: Identity) -> str:
    words = PHRASES.get(basis.reading.language, PHRASES["en"])
    person = basis.fact(FactKind.PERSON)
    is_complaint = basis.reading.intent.value in COMPLAINS
    lines = [words.hello.format(person.value) if person else words.hello_nobody, ""]
    lines += [words.sorry if is_complaint else words.thanks, ""]
    found = [(getattr(words, name), basis.fact(kind)) for kind, name in _NOTED]
    noted = ["- " + phrase.format(" ".join(fact.evidence.text.split())) for phrase, fact in found if fact is not None]
    if noted:
        lines += [words.noted, *noted, "", words.anything_else, ""]
    return "\n".join([*lines, words.regards, identity.name]).rstrip() + "\n"
