"""The seven fields of the annotated mails: which prediction counts, when it is right, and what was made up.

A field is right when its value or the words it rests on equal the answer or a further acceptable one in normal form.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain.evidence import Band, Fact, FactKind, Reading, band_of
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.corpus import CrmMail
from tests.benchmarks.understanding.invented import invented
from tests.benchmarks.understanding.normal import (
    amount_of,
    days_of,
    digits,
    name_forms,
    numbers_in,
    plain,
    squeezed,
)
from tests.benchmarks.understanding.runs import Run, score_row, skipped
from tests.benchmarks.understanding.scoring import Counts, Verdict, share

Read = Sequence[tuple[CrmMail, Reading]]

GOLD = {
    "contact_name": "contact_name",
    "company": "company",
    "email": "email",
    "phone": "phone",
    "job_title": "job_title",
    "amount": "amount",
    "date": "date_mentioned",
}
_KINDS = {
    "contact_name": (FactKind.PERSON,),
    "company": (FactKind.COMPANY,),
    "email": (FactKind.EMAIL,),
    "phone": (FactKind.PHONE, FactKind.MOBILE),
    "job_title": (FactKind.TITLE,),
    "amount": (FactKind.AMOUNT,),
    "date": (FactKind.DATE,),
}
TARGETS = {
    "contact_name": 0.92, "company": 0.85, "email": 0.98, "phone": 0.95, "job_title": 0.88, "amount": 0.85,
    "date": 0.80,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field of one mail: the Fact that fills it (None: left empty), the answer, and what became of it."""

    mail: CrmMail
    field: str
    fact: Fact | None
    gold: str | None
    verdict: Verdict

    @property
    def shown(self) -> str:
        """One line for a person."""
        head = f"{self.mail.id:<16} {self.field:<13} {self.verdict:<9} gold {self.gold!r}"
        if self.fact is None:
            return f"{head}  predicted nothing"
        fact = self.fact
        band = band_of(fact.confidence)
        words = " ".join(fact.evidence.text.split())
        return f"{head}  predicted {fact.value!r} ({words!r})  {fact.confidence:.2f} {band}  {fact.reason}"


def filled(reading: Reading, field: str) -> Fact | None:
    """Return the Fact that fills a field: the best of its kind whose Band is not EMPTY; an office number first."""
    for kind in _KINDS[field]:
        fact = reading.best(kind)
        if fact is not None and band_of(fact.confidence) is not Band.EMPTY:
            return fact
    return None


def outcomes(read: Read) -> Iterator[Outcome]:
    """Yield what became of every field of every mail."""
    for mail, reading in read:
        for field, key in GOLD.items():
            fact = filled(reading, field)
            yield Outcome(mail, field, fact, mail.gold.get(key), verdict_on(mail, field, fact))


def verdict_on(mail: CrmMail, field: str, fact: Fact | None) -> Verdict:
    """Judge one field; `fact` is what fills it."""
    key = GOLD[field]
    gold = mail.gold.get(key)
    acceptable = mail.acceptable.get(key) or []
    if fact is None:
        return Verdict.RIGHTLY_EMPTY if gold is None or None in acceptable else Verdict.MISSED
    answers = [answer for answer in [gold, *acceptable] if answer is not None]
    if _RIGHT[field](fact, answers, mail.record.get("normalised") or {}):
        return Verdict.RIGHT
    return Verdict.SPURIOUS if gold is None else Verdict.WRONG


def figures(found: Sequence[Outcome]) -> dict:
    """Return field → precision, recall, F1, n and coverage (how many of those with an answer were filled)."""
    result = {}
    for field in GOLD:
        counts = Counts()
        for one in found:
            if one.field == field:
                counts.add(one.verdict, has_gold=one.gold is not None)
        result[field] = {**counts.figures(), "coverage": share(counts.filled_of_n, counts.n)}
    return result


def points(found: Sequence[Outcome]) -> list[tuple[float, bool]]:
    """Return (confidence, is right) of every filled field."""
    return [(one.fact.confidence, one.verdict is Verdict.RIGHT) for one in found if one.fact is not None]


def _texts(fact: Fact) -> tuple[str, str]:
    return fact.value, fact.evidence.text


def _same_name(fact: Fact, answers: Sequence[str], _normalised: dict) -> bool:
    wanted = {form for answer in answers for form in name_forms(answer)}
    return any(name_forms(text) & wanted for text in _texts(fact))


def _same_words(fact: Fact, answers: Sequence[str], _normalised: dict) -> bool:
    wanted = {plain(answer) for answer in answers}
    return any(plain(text) in wanted for text in _texts(fact))


def _same_address(fact: Fact, answers: Sequence[str], _normalised: dict) -> bool:
    wanted = {squeezed(answer) for answer in answers}
    return any(squeezed(text).removeprefix("mailto:") in wanted for text in _texts(fact))


def _same_number(fact: Fact, answers: Sequence[str], normalised: dict) -> bool:
    wanted = {digits(answer) for answer in [*answers, normalised.get("phone_e164") or ""]} - {""}
    return any(digits(text) in wanted for text in _texts(fact))


def _same_amount(fact: Fact, answers: Sequence[str], normalised: dict) -> bool:
    """By value and currency, or by text. What the further answers come to is read from their text."""
    if any(squeezed(text) == squeezed(answer) for text in _texts(fact) for answer in answers):
        return True
    values, code = amount_of(fact.value)
    currency = normalised.get("amount_currency")
    if not values or (currency and code and code != currency):
        return False
    stated = normalised.get("amount_value")
    if stated is None:
        return any(len(values) > 1 and set(values) <= numbers_in(answer) for answer in answers)
    return len(values) == 1 and (
        values[0] == Decimal(str(stated)) or any(values[0] in numbers_in(answer) for answer in answers[1:])
    )


def _same_day(fact: Fact, answers: Sequence[str], normalised: dict) -> bool:
    """By day, either end of a range counting, or by text."""
    if any(plain(text) == plain(answer) for text in _texts(fact) for answer in answers):
        return True
    wanted = days_of(str(normalised.get("date_iso") or ""))
    predicted = days_of(fact.value)
    return bool(wanted and predicted) and (predicted == wanted or (len(predicted) == 1 and predicted[0] in wanted))


_RIGHT: dict[str, Callable[[Fact, Sequence[str], dict], bool]] = {
    "contact_name": _same_name,
    "company": _same_words,
    "email": _same_address,
    "phone": _same_number,
    "job_title": _same_words,
    "amount": _same_amount,
    "date": _same_day,
}


def part(run: Run) -> dict:
    """Score the fields of every annotated mail and count what was made up."""
    read = run.crm()
    if not read:
        return skipped(corpus.CRM_EMAILS)
    found = list(outcomes(read))
    result = figures(found)
    made_up = [(mail, fact) for mail, reading in read for fact in invented(mail.message, reading)]
    rows = [
        score_row(name, one, f"coverage {one['coverage']:.2f}  target ≥ {TARGETS[name]}")
        for name, one in result.items()
    ]
    rows.append(("invented values", str(len(made_up)), "target 0"))
    lines = [one.shown for one in found if one.verdict not in (Verdict.RIGHT, Verdict.RIGHTLY_EMPTY)]
    lines += [
        f"{mail.id:<16} INVENTED {fact.kind} {fact.value!r} from {fact.evidence.text!r}" for mail, fact in made_up
    ]
    run.say("fields", rows, lines)
    by_file = {
        file: figures([one for one in found if one.mail.file == file])
        for file in dict.fromkeys(mail.file for mail, _ in read)
    }
    for file, scores in by_file.items():
        print(f"  {file}: " + "  ".join(f"{name} {one['f1']:.2f}" for name, one in scores.items()))
    return {"fields": result, "fields_by_file": by_file, "invented": len(made_up)}
