"""From a mail to a Reading: zones, candidates, a choice among them, and Facts that are checked once more."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from desktop.domain.errors import Rejected
from desktop.domain.evidence import CHECK_FROM, ComputedBy, ContactScope, Fact, FactKind, Label, Part, Reading
from desktop.domain.interactions import EmailMessage
from desktop.domain.ports import Choice, LanguageModel
from desktop.understanding import RULES_VERSION
from desktop.understanding.conclusions.written_summary import summarise
from desktop.understanding.confidence.calibrator import RULES_ALONE, Calibrator, Calibrators, shipped
from desktop.understanding.confidence.decisions import LEARNABLE
from desktop.understanding.confidence.families import FAMILY_OF, Family
from desktop.understanding.confidence.ranking import Ranked, kept, rank, rank_labels
from desktop.understanding.document import Document, open_document
from desktop.understanding.first_look import look_at
from desktop.understanding.grounding import is_grounded
from desktop.understanding.hostile.lookalikes import known_domains, lookalike_notes
from desktop.understanding.questions import QUESTIONS_VERSION
from desktop.understanding.redaction import redact
from desktop.understanding.selection import NO_SELECTION, ask_model

SEVERAL = frozenset(
    {
        FactKind.AMOUNT, FactKind.DATE, FactKind.PRODUCT, FactKind.QUANTITY, FactKind.COMPETITOR, FactKind.ASK,
        FactKind.PROMISE, FactKind.QUESTION,
    }
)  # fmt: skip
MAX_SEVERAL = 5
# What a mail is about and what is to be done next is worth a look even where it is too unsure to be proposed.
ALWAYS = frozenset({Family.TOPIC, Family.ACTION})
LEAST = 0.1

QUARANTINED = "The language model could not read this mail; the rules alone did."
AIMED_AT_SOFTWARE = "Part of this mail speaks to software instead of to you; it was not followed."
CUT = "Only the first part of this long mail was read."

_Member = TypeVar("_Member", bound=StrEnum)


def read_message(
    message: EmailMessage,
    model: LanguageModel | None,
    *,
    own_addresses: frozenset[str],
    job: str,
    calibrators: Calibrators | None = None,
    account_domains: frozenset[str] = frozenset(),
) -> Reading:
    """Understand one mail. `calibrators` say how sure to be of what is found; None means those that were shipped.

    `account_domains` are the domains of the CRM's accounts: what only looks like one of them, or like the rep's own,
    is told of in a note.

    Without a model, or when the mail is quarantined, rules alone carry it. Temporary and Cancelled are passed on:
    whoever calls decides how often to try again, and may then call with `model=None`.
    """
    redacted = redact(message)
    document = open_document(redacted.message, own_addresses, is_searched=Part.BODY not in redacted.kept)
    known = calibrators or shipped()
    look = look_at(document, known.of(RULES_ALONE))
    notes = _notes(document)
    if redacted.has_left_out:
        notes.append(AIMED_AT_SOFTWARE)
    notes.extend(lookalike_notes(message, known_domains(own_addresses, account_domains)))
    try:
        selection = ask_model(model, document, look, known, job=job)
    except Rejected:
        selection = NO_SELECTION
        notes.append(QUARANTINED)
    choices = selection.choices
    calibrator = known.of(selection.model_hash)
    ranked = rank(document, look.found, look.options, choices, calibrator) if choices else look.ranked
    facts = tuple(fact for fact in _facts(ranked) if is_grounded(redacted.message, fact))
    # A mail that tries to give orders, or that took the model down, is not one to have a model write about.
    writer = None if redacted.has_left_out or QUARANTINED in notes else model
    people = tuple(candidate.evidence.text for candidate in look.found.get(FactKind.PERSON, ()))
    summary = summarise(writer, document, facts, people, job=job)
    reading = Reading(
        facts=tuple(sorted(facts, key=lambda fact: (fact.evidence.span.part.value, fact.evidence.span.start))),
        intent=label_of(document, Family.INTENT, look.intent, choices.get("intent"), calibrator),
        sentiment=label_of(document, Family.SENTIMENT, look.mood, choices.get("sentiment"), calibrator),
        language=document.language,
        summary=summary.text,
        zones=document.anatomy.zones,
        computed_by=ComputedBy(selection.model_hash, QUESTIONS_VERSION if choices else "", RULES_VERSION),
        notes=tuple(notes),
        scope=document.scope,
        summary_by=summary.by,
    )
    return redacted.restored(reading)


def _notes(document: Document) -> list[str]:
    notes = []
    if document.scope is ContactScope.FORWARDED_SENDER:
        notes.append("A forwarded mail: the contact is whoever wrote the forwarded one.")
    if document.scope is ContactScope.QUOTED_SENDER:
        notes.append("Written by yourself: the contact is whoever you answered.")
    if document.scope is ContactScope.MENTIONED_PERSON:
        notes.append("This mail hands on somebody's details: the contact is the person it speaks of.")
    if document.was_cut:
        notes.append(CUT)
    return notes


def _facts(ranked: Mapping[FactKind, Sequence[Ranked]]) -> Iterator[Fact]:
    """Yield what is worth showing: of most kinds the likeliest candidate, of some the likeliest few."""
    for kind, rows in ranked.items():
        family = FAMILY_OF[kind]
        for place, row in enumerate(rows[: MAX_SEVERAL if kind in SEVERAL else 1]):
            least = LEAST if place == 0 and family in ALWAYS else CHECK_FROM
            if row.probability >= least:
                signals = kept(row.signals) if place == 0 else ()
                yield _fact(row, signals if kind in LEARNABLE else ())


def _fact(row: Ranked, signals: tuple[tuple[str, float], ...]) -> Fact:
    candidate = row.candidate
    return Fact(
        kind=candidate.kind,
        value=candidate.value,
        evidence=candidate.evidence,
        confidence=round(row.probability, 4),
        reason=row.reason,
        owner=candidate.owner,
        due=candidate.due,
        signals=signals,
    )


def label_of(
    document: Document, family: Family, rules: tuple[Label, Mapping[_Member, float]], choice: Choice | None,
    calibrator: Calibrator,
) -> Label:  # fmt: skip
    """Return the likeliest of a closed list: `rules` are what the rules chose, and the share of every label."""
    by_rules, shares = rules
    ranked = rank_labels(document, family, list(shares.values()), choice, calibrator)
    members = [member.value for member in shares]
    chances = [chance for chance, _ in ranked]
    best = max(range(len(members)), key=chances.__getitem__)
    evidence = by_rules.evidence if members[best] == by_rules.value else None
    return Label(members[best], round(chances[best], 4), evidence)
