"""What the rep's decisions say about the Facts they were shown: right, wrong, or nothing at all.

Accepted unchanged: right. Replaced by another value: wrong; a sentence that was only reworded says nothing. Dismissed:
the reason may name a field and call it wrong; else nothing is guessed, because a card can be dismissed for many
reasons. What was taken back says nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from desktop.domain.evidence import Fact, FactKind, Reading
from desktop.domain.ids import InteractionId
from desktop.domain.proposals import Decision, Suggestion, Verdict
from desktop.domain.records import FIELDS, RecordKind
from desktop.understanding.confidence.families import FAMILY_OF, Family
from desktop.understanding.confidence.logistic import Example

KIND_OF: Mapping[tuple[RecordKind, str], FactKind] = {
    (RecordKind.ACCOUNT, "name"): FactKind.COMPANY,
    (RecordKind.CONTACT, "first_name"): FactKind.PERSON,
    (RecordKind.CONTACT, "last_name"): FactKind.PERSON,
    (RecordKind.CONTACT, "title"): FactKind.TITLE,
    (RecordKind.CONTACT, "email"): FactKind.EMAIL,
    (RecordKind.CONTACT, "phone"): FactKind.PHONE,
    (RecordKind.CONTACT, "mobile"): FactKind.MOBILE,
    (RecordKind.LEAD, "first_name"): FactKind.PERSON,
    (RecordKind.LEAD, "last_name"): FactKind.PERSON,
    (RecordKind.LEAD, "title"): FactKind.TITLE,
    (RecordKind.LEAD, "company"): FactKind.COMPANY,
    (RecordKind.LEAD, "email"): FactKind.EMAIL,
    (RecordKind.LEAD, "phone"): FactKind.PHONE,
    (RecordKind.LEAD, "mobile"): FactKind.MOBILE,
    (RecordKind.OPPORTUNITY, "amount"): FactKind.AMOUNT,
    (RecordKind.TASK, "subject"): FactKind.ASK,
    (RecordKind.TASK, "due_date"): FactKind.DATE,
}
LEARNABLE = frozenset(KIND_OF.values())
FREE_TEXT = frozenset({FactKind.ASK, FactKind.PROMISE, FactKind.QUESTION, FactKind.TOPIC, FactKind.PRODUCT})
SENT_AGAIN = "sent again"
_WRONG = re.compile(
    r"(?i)\b(?:wrong|incorrect|false|outdated|not (?:his|her|their)|falsch\w*|faux|fausse|incorrecte?)\b"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One Fact that a rep judged."""

    family: Family
    kind: FactKind
    mail: str
    example: Example


def final_decisions(
    decided: Iterable[tuple[Suggestion, Decision, InteractionId]],
) -> Iterator[tuple[Suggestion, Decision, InteractionId]]:
    """Yield the Decision that holds for each Suggestion, of all that were made, the newest given first."""
    settled: set[str] = set()
    for suggestion, decision, mail in decided:
        is_repeat = decision.verdict is Verdict.ACCEPT and decision.reason == SENT_AGAIN
        if suggestion.id in settled or is_repeat or decision.verdict is Verdict.SNOOZE:
            continue
        settled.add(suggestion.id)
        if decision.verdict in (Verdict.ACCEPT, Verdict.EDIT, Verdict.DISMISS):
            yield suggestion, decision, mail


def lessons(suggestion: Suggestion, decision: Decision, reading: Reading, mail: str) -> Iterator[Lesson]:
    """Yield what one Decision says about the Facts of its Reading. Facts without signals teach nothing."""
    judged: dict[FactKind, tuple[Fact, bool]] = {}
    for fact, is_right in _verdicts(suggestion, decision, reading):
        earlier = judged.get(fact.kind)
        judged[fact.kind] = (fact, is_right and (earlier is None or earlier[1]))
    for kind, (fact, is_right) in judged.items():
        if fact.signals:
            yield Lesson(FAMILY_OF[kind], kind, mail, Example(dict(fact.signals), is_right))


def _verdicts(suggestion: Suggestion, decision: Decision, reading: Reading) -> Iterator[tuple[Fact, bool]]:
    if decision.verdict is Verdict.DISMISS:
        yield from _named_as_wrong(suggestion, decision, reading)
        return
    edited = decision.edits
    for field, typed in edited.items():
        # Of several mails, which one's reading was put right cannot be told any more.
        kind = KIND_OF.get((suggestion.kind, field)) if len(suggestion.sources) <= 1 else None
        fact = reading.best(kind) if kind else None
        if fact is None:
            continue
        is_right = _is_same(fact, next((c.after for c in suggestion.changes if c.field == field), typed))
        if is_right is not None:
            yield fact, is_right
    for change in suggestion.changes:
        kind = KIND_OF.get((suggestion.kind, change.field))
        if kind is None or change.field in edited or not change.evidence:
            continue
        fact = next((f for f in reading.all(kind) if f.evidence == change.evidence[0]), None)
        if fact is not None:
            yield fact, True


def _named_as_wrong(suggestion: Suggestion, decision: Decision, reading: Reading) -> Iterator[tuple[Fact, bool]]:
    reason = decision.reason[:300]
    if not _WRONG.search(reason):
        return
    for change in suggestion.changes:
        kind = KIND_OF.get((suggestion.kind, change.field))
        label = FIELDS[suggestion.kind][change.field].label
        if kind is None or not re.search(rf"(?i)\b{re.escape(label)}\b", reason):
            continue
        fact = next((f for f in reading.all(kind) if change.evidence and f.evidence == change.evidence[0]), None)
        if fact is not None:
            yield fact, False


def _is_same(fact: Fact, typed: str | None) -> bool | None:
    """Whether the rep's own value is what the Fact says; None where that cannot be told."""
    theirs, ours = (typed or "").casefold().split(), fact.value.casefold().split()
    if fact.kind in FREE_TEXT:
        kept = len(set(theirs) & set(ours))
        return False if not theirs or kept * 2 < min(len(theirs), len(ours)) else None
    if fact.kind is FactKind.PERSON:
        return bool(theirs) and (ours[: len(theirs)] == theirs or ours[-len(theirs) :] == theirs)
    if fact.kind is FactKind.AMOUNT:
        return theirs[:1] == ours[:1]
    return theirs == ours
