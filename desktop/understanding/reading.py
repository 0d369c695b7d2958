"""From a mail to a Reading: zones, candidates, a choice among them, and Facts that are checked once more."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from desktop.domain.errors import Rejected
from desktop.domain.evidence import Candidate, ComputedBy, Fact, FactKind, Intent, Label, Reading, Sentiment
from desktop.domain.interactions import EmailMessage
from desktop.domain.ports import LanguageModel
from desktop.understanding import RULES_VERSION
from desktop.understanding.candidates import find_candidates
from desktop.understanding.document import AuthorOrigin, Document, open_document
from desktop.understanding.grounding import is_grounded
from desktop.understanding.intent import intent_by_rules, sentiment_by_rules
from desktop.understanding.questions import QUESTIONS_VERSION, options_by_kind
from desktop.understanding.selection import NO_SELECTION, Selection, ask_model, fused
from desktop.understanding.software import is_aimed_at_software
from desktop.understanding.summary import summary_of

SEVERAL = frozenset({FactKind.AMOUNT, FactKind.DATE, FactKind.ASK, FactKind.PRODUCT})
MAX_SEVERAL = 5
LEAST = 0.15
RIVAL_WITHIN = 0.12
RIVAL_COST = 0.06
LEAST_OF_NONE = 0.25

QUARANTINED = "The language model could not read this mail; the rules alone did."
AIMED_AT_SOFTWARE = "Part of this mail speaks to software instead of to you; it was not followed."
CUT = "Only the first part of this long mail was read."

_Member = TypeVar("_Member", bound=StrEnum)


def read_message(
    message: EmailMessage, model: LanguageModel | None, *, own_addresses: frozenset[str], job: str
) -> Reading:
    """Understand one mail.

    Without a model, or when the mail is quarantined, rules alone carry it. Temporary and Cancelled are passed on:
    whoever calls decides how often to try again, and may then call with `model=None`.
    """
    document = open_document(message, own_addresses)
    options = options_by_kind(find_candidates(document))
    notes = _notes(document)
    try:
        selection = ask_model(model, document, options, job=job)
    except Rejected:
        selection = NO_SELECTION
        notes.append(QUARANTINED)
    facts = tuple(fact for fact in _facts(options, selection) if is_grounded(message, fact))
    intent, intent_shares = intent_by_rules(document)
    mood, mood_shares = sentiment_by_rules(document)
    return Reading(
        facts=tuple(sorted(facts, key=lambda fact: (fact.evidence.span.part.value, fact.evidence.span.start))),
        intent=_label(intent, intent_shares, tuple(Intent), selection=selection, name="intent"),
        sentiment=_label(mood, mood_shares, tuple(Sentiment), selection=selection, name="sentiment"),
        language=document.language,
        summary=summary_of(document, facts),
        zones=document.anatomy.zones,
        computed_by=ComputedBy(selection.model_hash, QUESTIONS_VERSION if selection.choices else "", RULES_VERSION),
        notes=tuple(notes),
    )


def _notes(document: Document) -> list[str]:
    notes = []
    if document.author.origin is AuthorOrigin.FORWARDED:
        notes.append("A forwarded mail: the contact is whoever wrote the forwarded one.")
    if document.author.origin is AuthorOrigin.ANSWERED:
        notes.append("Written by yourself: the contact is whoever you answered.")
    if document.was_cut:
        notes.append(CUT)
    sender = document.message.sender
    heads = f"{document.message.subject}\n{sender.name if sender else ''}"
    if document.aimed or is_aimed_at_software(heads[:2000]):
        notes.append(AIMED_AT_SOFTWARE)
    return notes


def _facts(options: Mapping[FactKind, Sequence[Candidate]], selection: Selection) -> list[Fact]:
    facts: list[Fact] = []
    for kind, candidates in options.items():
        scores = [candidate.rule_score for candidate in candidates]
        choice = selection.choices.get(kind.value)
        weights = fused([*scores, LEAST_OF_NONE], choice, selection.trust)
        none = weights[-1] if choice and selection.trust else 0.0
        ranked = sorted(range(len(candidates)), key=lambda index: -weights[index])
        wanted = ranked[: MAX_SEVERAL if kind in SEVERAL else 1]
        for index in wanted:
            if weights[index] < max(LEAST, none):
                continue
            confidence = _confidence(weights[:-1], index)
            is_chosen = choice is not None and selection.trust > 0 and choice.index == index
            facts.append(_fact(candidates[index], confidence, is_chosen=is_chosen))
    return facts


def _confidence(weights: Sequence[float], index: int) -> float:
    """The fused weight, less a little for every rival that is nearly as good."""
    rivals = sum(1 for place, other in enumerate(weights) if place != index and other > weights[index] - RIVAL_WITHIN)
    return round(max(0.0, min(1.0, weights[index] - RIVAL_COST * min(rivals, 3))), 4)


def _fact(candidate: Candidate, confidence: float, *, is_chosen: bool) -> Fact:
    reason = candidate.why[:1].upper() + candidate.why[1:] + "."
    if is_chosen:
        reason += " The language model chose it too."
    return Fact(candidate.kind, candidate.value, candidate.evidence, confidence, reason)


def _label(
    rule: Label, shares: Mapping[_Member, float], members: tuple[_Member, ...], *, selection: Selection, name: str
) -> Label:
    choice = selection.choices.get(name)
    weights = fused([shares[member] for member in members], choice, selection.trust)
    best = max(range(len(members)), key=weights.__getitem__)
    evidence = rule.evidence if members[best].value == rule.value else None
    return Label(members[best].value, round(weights[best], 4), evidence)
