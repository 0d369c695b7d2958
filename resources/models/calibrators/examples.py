"""Annotated mails → examples: every candidate of every mail with its signals, and whether it is the right value.

What is right is judged by the benchmark's own matching (tests/benchmarks/understanding), so that what is fitted is what
is measured. A candidate nobody can judge (a mobile number beside an office number that the answer names) is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mails import TAUGHT_INTENT, weighed_mails

from desktop.domain.evidence import Candidate, Fact, FactKind
from desktop.domain.ports import LanguageModel
from desktop.understanding.confidence.calibrator import RULES_ALONE, Calibrators, shipped
from desktop.understanding.confidence.families import FAMILY_OF, Family
from desktop.understanding.confidence.signals import MailSignals, Signals, field_signals, label_signals
from desktop.understanding.document import open_document
from desktop.understanding.first_look import look_at
from desktop.understanding.selection import ask_model
from tests.benchmarks.understanding.corpus import CrmMail
from tests.benchmarks.understanding.fields import verdict_on
from tests.benchmarks.understanding.scoring import Verdict

FIELD_OF = {
    FactKind.PERSON: "contact_name",
    FactKind.COMPANY: "company",
    FactKind.EMAIL: "email",
    FactKind.PHONE: "phone",
    FactKind.MOBILE: "phone",
    FactKind.TITLE: "job_title",
    FactKind.AMOUNT: "amount",
    FactKind.DATE: "date",
}
WORDS_OF = {
    FactKind.TOPIC: ("interest_or_topic", "topic_keywords_any"),
    FactKind.PRODUCT: ("interest_or_topic", "topic_keywords_any"),
    FactKind.ASK: ("next_action", "action_keywords_any"),
    FactKind.PROMISE: ("next_action", "action_keywords_any"),
}
LABEL_OF = {Family.INTENT: "intent", Family.SENTIMENT: "sentiment"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidate (or label) of one mail. `is_right` is None where nobody can say; `value` is what it states."""

    mail: CrmMail
    family: Family
    kind: FactKind | None
    value: str
    fact: Fact | None
    signals: Signals
    is_right: bool | None
    weight: float = 1.0
    is_fresh: bool = False


def judged(data: Path, model: LanguageModel | None = None) -> list[Judged]:
    """Return every candidate of every annotated mail, the model having answered where one is given.

    As in use, it is asked only what the rules as they are shipped now leave unsure; so fit the rules first.
    """
    return [
        replace(one, weight=weighed.weight, is_fresh=weighed.is_fresh)
        for weighed in weighed_mails(data)
        for one in _of_mail(weighed.mail, model)
    ]


def _of_mail(mail: CrmMail, model: LanguageModel | None) -> Iterator[Judged]:
    document = open_document(mail.message, mail.own_addresses)
    rules = shipped().of(RULES_ALONE)
    look = look_at(document, rules)
    selection = ask_model(model, document, look, Calibrators([rules]), job=mail.id)
    about = MailSignals(document, look.found)
    for kind, candidates in look.found.items():
        choice = selection.choices.get(kind.value)
        rows = field_signals(about, candidates, choice, look.options.get(kind, ()))
        for candidate, signals in zip(candidates, rows, strict=True):
            fact = Fact(kind, candidate.value, candidate.evidence, 0.0, candidate.why)
            is_right = _is_right(mail, candidate, fact)
            yield Judged(mail, FAMILY_OF[kind], kind, candidate.value, fact, signals, is_right)
    plain = MailSignals(document, {})
    for family, shares in ((Family.INTENT, look.intent[1]), (Family.SENTIMENT, look.mood[1])):
        if not mail.gold.get(LABEL_OF[family]) or (family is Family.INTENT and mail.file in TAUGHT_INTENT):
            continue
        answers = {mail.gold[LABEL_OF[family]], *(mail.acceptable.get(LABEL_OF[family]) or [])}
        rows = label_signals(plain, list(shares.values()), selection.choices.get(family.value))
        for member, signals in zip(shares, rows, strict=True):
            yield Judged(mail, family, None, member.value, None, signals, member.value in answers)


def _is_right(mail: CrmMail, candidate: Candidate, fact: Fact) -> bool | None:
    if candidate.kind in WORDS_OF:
        field, keywords = WORDS_OF[candidate.kind]
        if field not in mail.gold:
            return None
        if mail.gold[field] is None:
            return False
        return hits(candidate.value, mail.record.get(keywords) or [])
    field = FIELD_OF.get(candidate.kind, "")
    if not field:
        return None
    is_right = verdict_on(mail, field, fact) is Verdict.RIGHT
    if candidate.kind is FactKind.MOBILE and not is_right:
        return _is_foreign_number(mail, candidate.value)
    return is_right


def _is_foreign_number(mail: CrmMail, value: str) -> bool | None:
    """False for a number of somebody else's, or where the contact has none; None for a second one of theirs."""
    others = [str(other.get("phone") or "") for other in mail.record.get("other_contacts") or []]
    tail = re.sub(r"\D", "", value)[-7:]
    is_anothers = any(tail and tail in re.sub(r"\D", "", phone) for phone in others)
    return False if is_anothers or mail.gold.get("phone") is None else None


def hits(text: str, keywords: Sequence[str]) -> bool:
    """Whether any keyword stands in the text."""
    folded = " ".join(text.casefold().split())
    return any(" ".join(str(word).casefold().split()) in folded for word in keywords)
