"""What the form of a mail speaks for: whether it asks, answers, hands on, promises, names sums and times.

Why a mail was written shows in its form as well as in its words: whoever reports asks nothing, whoever invites names a
day and a time, and what is only handed on says little of the one who hands it on. Each trait is a number from 0 to
about 1; `resources/models/intents/fit_form.py` learns what each is worth for each Intent.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache

from desktop.domain.evidence import Candidate, ContactScope, FactKind
from desktop.system import resources
from desktop.understanding.candidates.amounts import find_amounts
from desktop.understanding.candidates.asks import DIRECT
from desktop.understanding.candidates.clauses import clauses_of
from desktop.understanding.candidates.dates import DUE, PLANNED, find_dates
from desktop.understanding.candidates.main_action import spoken_actions
from desktop.understanding.document import AuthorOrigin, Document
from desktop.understanding.lexicon.company_names import domain_label

Found = Mapping[FactKind, Sequence[Candidate]]

SHORT = 25  # words
MANY = 4  # people, its writer among them
STRONG_ASK = 0.72
STRONG_PROMISE = 0.6
_CLOCK = re.compile(r"\d{1,2}:\d\d|\b\d{1,2} ?[ap]\.?m\b")
_ATTACHES = re.compile(
    r"(?i)attach|enclos|anbei|anhang|ci-joint|adjunt|allega|bijlage|bijgevoegd|em anexo|załącz|<<"
    r"|\.docx?\b|\.xlsx?\b|\.pdf\b"
)
_ANSWERS = re.compile(r"(?i)\s{0,3}(?:re|aw)\s?:")
_HANDS_ON = re.compile(r"(?i)\s{0,3}(?:fwd?|wg|tr|rv)\s?:")


def traits_of(document: Document, found: Found | None = None) -> dict[str, float]:
    """Return each trait with its number. `found` are the candidates, where the caller has them already."""
    found = found if found is not None else _found(document)
    asks = [action for action in spoken_actions(document) if action.kind is FactKind.ASK]
    promises = [action for action in spoken_actions(document) if action.kind is FactKind.PROMISE]
    clauses = clauses_of(document)
    newest = [clause for clause in clauses if clause.is_newest] or clauses
    words = sum(len(clause.text.split()) for clause in newest)
    questions = sum(clause.text.endswith("?") for clause in newest)
    text = " ".join(clause.text for clause in newest)
    origin, subject = document.author.origin, document.message.subject[:40]
    tests = {
        "always": True,
        "forwarded": origin is AuthorOrigin.FORWARDED,
        "answered": origin is AuthorOrigin.ANSWERED,
        "hands on a person": document.scope is ContactScope.MENTIONED_PERSON,
        "from within": _is_from_within(document),
        "to many": len(document.message.participants) > MANY,
        "is short": words < SHORT,
        "a question": questions > 0,
        "questions": questions > 1,
        "asks directly": any(ask.why == DIRECT for ask in asks),
        "asks clearly": any(ask.rule_score > STRONG_ASK for ask in asks),
        "asks nothing": not asks,
        "promises": any(promise.rule_score > STRONG_PROMISE for promise in promises),
        "a day ahead": any(day.why in (PLANNED, DUE) for day in found.get(FactKind.DATE, ())),
        "a sum": bool(found.get(FactKind.AMOUNT)),
        "a time of day": bool(_CLOCK.search(text)),
        "files": bool(document.message.attachments),
        "speaks of files": bool(_ATTACHES.search(text)),
        "subject answers": bool(_ANSWERS.match(subject)),
        "subject hands on": bool(_HANDS_ON.match(subject)),
    }
    return {"length": math.log1p(words) / 5} | {name: float(holds) for name, holds in tests.items()}


def worth_of(traits: Mapping[str, float]) -> dict[str, float]:
    """Return what the traits add to each Intent, by its value."""
    sums: dict[str, float] = {}
    for name, worths in _shipped().items():
        number = traits.get(name, 0.0)
        for intent, worth in worths.items():
            sums[intent] = sums.get(intent, 0.0) + number * worth
    return sums


def _is_from_within(document: Document) -> bool:
    """Whether the mail comes from an address of the rep's own organisation, though what it hands on may not."""
    sender = document.message.sender
    label = domain_label(sender.address) if sender else ""
    return bool(label) and label in {domain_label(own) for own in document.own_addresses}


def _found(document: Document) -> Found:
    finders = {FactKind.DATE: find_dates, FactKind.AMOUNT: find_amounts}
    return {kind: tuple(find(document)) for kind, find in finders.items()}


@cache
def _shipped() -> dict[str, dict[str, float]]:
    """Return what each trait is worth, by the value of the Intent."""
    raw: dict[str, dict[str, float]] = json.loads(
        resources.path("models", "intents", "form.json").read_text(encoding="utf-8")
    )
    return raw
