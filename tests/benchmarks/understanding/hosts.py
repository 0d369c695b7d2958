"""Ordinary mails to put attacks into, the places to put them, and all that the product concludes from a mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from desktop.domain.evidence import Band, FactKind, Reading, band_of
from desktop.domain.ids import ConnectionId, InteractionId, ProposalId
from desktop.domain.interactions import EmailMessage
from desktop.domain.records import RecordKind, RecordRef, RecordSnapshot
from desktop.intake.charsets import Troubles, clean_text
from desktop.proposals.basis import Basis, Plan
from desktop.proposals.conversation import Circle, Source
from desktop.proposals.drafting import Identity, reply
from desktop.proposals.rules import RULES
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.speed import sample_of
from tests.fakes.mails import OWN, RECEIVED, REP, sample_paths
from tests.fakes.situations import rules_with

PLACES = ("start", "middle", "end", "signature", "quoted", "subject", "name")
FROM_SET = 6
NAMES = (
    "inquiry", "price-request", "reply-inline", "signature-bars", "forwarded-lead", "complaint", "meeting-change",
    "german-anfrage", "french-devis", "support-request", "attachment-purchase-order", "contact-change",
)  # fmt: skip
_PICKLISTS = {
    RecordKind.OPPORTUNITY: {"stage": ("Prospecting", "Proposal", "Closed Won", "Closed Lost")},
    RecordKind.CASE: {"status": ("New", "Closed"), "priority": ("High", "Medium", "Low")},
    RecordKind.TASK: {"status": ("Open", "Done")},
    RecordKind.ACTIVITY: {"type": ("Email", "Call")},
}
TAKEN = {kind: rules_with(kind, **_PICKLISTS.get(kind, {})) for kind in RecordKind}
_CRM = ConnectionId("crm")
_LOGGED = {(RecordKind.ACTIVITY, "description"), (RecordKind.CASE, "description")}
_SUBJECTS = {(RecordKind.ACTIVITY, "subject"), (RecordKind.CASE, "subject")}


@dataclass(frozen=True, slots=True)
class Host:
    """An ordinary mail."""

    name: str
    message: EmailMessage
    own: frozenset[str]


def hosts(data: Path | None) -> list[Host]:
    """Return our own sample mails, and some of the annotated ones where there are any that are ordinary."""
    from desktop.intake.mime import parse_mail
    from desktop.understanding.redaction import redact

    found = []
    for name in NAMES:
        path = next(path for path in sample_paths() if f"-{name}." in path.name)
        found.append(Host(name, parse_mail(path.read_bytes(), received_at=RECEIVED), OWN))
    mails = [] if data is None else [mail for mail in corpus.crm_mails(data) if not redact(mail.message).has_left_out]
    chosen = sample_of(mails, FROM_SET) if mails else []
    return found + [Host(mail.id, mail.message, mail.own_addresses) for mail in chosen]


def with_attack(message: EmailMessage, attack: str, place: str) -> EmailMessage:
    """Return the mail with the attack put in, as the intake would hand it on."""
    attack = clean_text(attack, Troubles()).strip()
    if place == "subject":
        return replace(message, subject=f"{message.subject}. {' '.join(attack.split())}"[:500])
    if place == "name" and message.sender is not None:
        sender = message.sender
        named = replace(sender, name=f"{sender.name}. {' '.join(attack.split())}"[:200])
        return replace(message, participants=tuple(named if one is sender else one for one in message.participants))
    return replace(message, text=_placed(message.text, attack, place))


def _placed(text: str, attack: str, place: str) -> str:
    if place == "quoted":
        marked = "\n".join(f"> {line}" for line in attack.split("\n"))
        return f"{text}\n\nOn Mon, 2 Nov 2026 at 10:00, Alex Morgan <{REP}> wrote:\n> Thank you.\n>\n{marked}\n"
    if place == "start":
        return f"{attack}\n\n{text}"
    if place == "end":
        return f"{text}\n\n{attack}"
    if place == "signature":
        lines = text.rstrip("\n").split("\n")
        own = [index for index, line in enumerate(lines) if line.strip() and not line.startswith(">")]
        at = own[-1] if own else len(lines)
        return "\n".join([*lines[:at], attack, *lines[at:]])
    breaks = [match.end() for match in re.finditer(r"\n\n", text)]
    if not breaks:
        return f"{text}\n\n{attack}"
    at = breaks[len(breaks) // 2]
    return f"{text[:at]}{attack}\n\n{text[at:]}"


Conclusions = dict[str, object]


def conclusions(message: EmailMessage, reading: Reading, *, place: str = "") -> Conclusions:
    """Return everything a rep could be shown or a CRM be sent: Facts by kind, labels, Suggestions, the reply.

    What copies the mail is left out, because there the attack *is* the field: the text of the logged mail, and with
    `place` "subject" its subject, the topic taken from it and the reply's subject.
    """
    found: Conclusions = {}
    for kind in FactKind:
        if place == "subject" and kind is FactKind.TOPIC:
            continue
        shown = [fact.value for fact in reading.all(kind) if band_of(fact.confidence) is not Band.EMPTY]
        found[f"fact {kind.value}"] = tuple(shown)
    found["intent"], found["mood"] = reading.intent.value, reading.sentiment.value
    found["scope"], found["language"] = reading.scope.value, reading.language
    for known in (False, True):
        basis = _basis(message, reading, is_known=known)
        for plan in _plans(basis):
            for change in plan.changes:
                copied = _LOGGED | (_SUBJECTS if place == "subject" else set())
                if (plan.kind, change.field) in copied:
                    continue
                after = " ".join((change.after or "").split())
                found[f"{plan.action.value} {plan.kind.value} {change.field} {known}"] = after
        draft = reply(basis, ProposalId("p"), Identity(_CRM, REP, "Alex Morgan"))
        found[f"draft to {known}"] = draft.recipients if draft else None
        found[f"draft body {known}"] = draft.body if draft else None
        if place != "subject":
            found[f"draft subject {known}"] = draft.subject if draft else None
    return found


def _basis(message: EmailMessage, reading: Reading, *, is_known: bool) -> Basis:
    source = Source(InteractionId("1"), message, reading, message.sent_at, is_current=True)
    basis = Basis(message, reading, _CRM, TAKEN, Circle((source,), (source,)), {})
    if is_known:
        contact = {"title": "Buyer", "phone": "+12025550100", "mobile": None, "account": "account:1"}
        basis.contact = _record(RecordKind.CONTACT, {"last_name": "Known", **contact})
        basis.owner = _record(RecordKind.ACCOUNT, {"name": "Known Ltd", "domain": None})
        basis.opportunity = _record(
            RecordKind.OPPORTUNITY, {"name": "Deal", "stage": "Proposal", "amount": "10.00", "currency": "EUR"}
        )
    return basis


def _record(kind: RecordKind, fields: dict[str, str | None]) -> RecordSnapshot:
    return RecordSnapshot(RecordRef(kind, "1"), fields, "1", RECEIVED)


def _plans(basis: Basis) -> Iterator[Plan]:
    for rule in RULES.values():
        plan = rule(basis)
        if plan is not None:
            basis.refs.setdefault(plan.kind, f"suggestion:{plan.kind.value}")
            yield plan


def differences(before: Conclusions, after: Conclusions, claimed: Conclusions | None = None) -> list[str]:
    """Return what is not the same, a line each.

    With `claimed` what stands there is right too: each thing concluded must be in one of the two, and what is in both
    must be there.
    """
    names = sorted(set(before) | set(after) | set(claimed or ()))
    found = []
    for name in names:
        was, now, said = before.get(name), after.get(name), claimed.get(name) if claimed else before.get(name)
        if now not in (was, said) and (claimed is None or not _is_made_of(now, was, said)):
            found.append(f"{name}: {was!r} -> {now!r}")
    return found


def _is_made_of(now: object, was: object, said: object) -> bool:
    """Whether a list of values, or the lines of a text, come from either side, and all that both have is there."""
    parts = [
        set(one.split("\n")) if isinstance(one, str) else set(one)
        for one in (now, was, said)
        if isinstance(one, str | tuple)
    ]
    return len(parts) == 3 and parts[0] <= parts[1] | parts[2] and parts[0] >= parts[1] & parts[2]
