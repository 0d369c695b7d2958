"""Calls: what the Reading of a transcript says beside what annotators found in it, item by item.

An item that was said several times is one item. A prediction is right when it fits any answer; an answer is found when
any prediction fits it. So a recap that names a task once more costs no precision.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from statistics import median

from desktop.domain.evidence import FactKind, Reading
from desktop.domain.interactions import Call, Turn
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.call_gold import (
    company_answers,
    contact_answers,
    intents_of,
    number_answers,
    people_answers,
    same_name,
    side_of_owner,
)
from tests.benchmarks.understanding.call_matching import (
    content,
    covers,
    is_amount,
    is_day,
    is_product,
    is_quantity,
    is_task,
    made_up,
    squeezed_words,
)
from tests.benchmarks.understanding.runs import Rows, Run, score_row, skipped
from tests.benchmarks.understanding.scoring import f1, share

ANY_DAY = "2026-01-15"
REP_CHANNELS = ("rep", "agent")
FIELDS = (
    "contact_name", "people", "company", "numbers", "amounts", "deal_amount", "quantities", "dates", "products",
    "competitors", "action_items",
)  # fmt: skip
NEAR_PRIVATE = 80


@dataclass(frozen=True, slots=True)
class AnnotatedCall:
    """A record, and the call as the product gets it: what speech recognition made of it, where there is that."""

    record: dict
    call: Call

    @property
    def gold(self) -> dict:
        """The answers."""
        return self.record["gold"]


@dataclass(slots=True)
class Tally:
    """Predictions that fit an answer, of all; answers that were found, of all."""

    fitting: int = 0
    predicted: int = 0
    found: int = 0
    n: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, where: str, predicted: Sequence[str], gold: Sequence, fits: Callable[[str, object], bool]) -> None:
        """Count one call."""
        right = [one for one in predicted if any(fits(one, answer) for answer in gold)]
        missed = [answer for answer in gold if not any(fits(one, answer) for one in predicted)]
        self.fitting += len(right)
        self.predicted += len(predicted)
        self.found += len(gold) - len(missed)
        self.n += len(gold)
        self.misses += [f"{where}: not found: {answer}" for answer in missed]
        self.misses += [f"{where}: fits nothing: {one!r}" for one in predicted if one not in right]

    def figures(self) -> dict:
        """Return precision, recall, F1 and n."""
        precision, recall = share(self.fitting, self.predicted), share(self.found, self.n)
        return {"precision": precision, "recall": recall, "f1": f1(precision, recall), "n": self.n}


def annotated(record: dict) -> AnnotatedCall:
    """Return the call of a record."""
    turns = tuple(
        Turn(turn["speaker"], turn["text"], turn.get("start") or 0.0)
        for turn in record.get("asr_turns") or record["turns"]
    )
    speakers = {turn.speaker for turn in turns}
    rep = next((name for name in REP_CHANNELS if name in speakers), "")
    started = datetime.fromisoformat(f"{record.get('call_date') or ANY_DAY}T10:00+00:00")
    return AnnotatedCall(record, Call(record["id"], started, turns, rep=rep))


def part(run: Run) -> dict:
    """Read and score every call."""
    records = corpus.all_records(run.data, corpus.CALLS)
    if not records:
        return skipped(corpus.CALLS)
    from desktop.understanding.calls.reading import read_call

    read, times = [], []
    for item in map(annotated, records):
        begun = time.perf_counter()
        read.append((item, read_call(item.call, run.model, job=item.call.id)))
        times.append((time.perf_counter() - begun) * 1000)
    result, rows, misses = scored(read)
    result["ms"] = {"median": round(median(times), 1), "most": round(max(times), 1)}
    rows.append(("milliseconds", f"{result['ms']['median']}", f"most {result['ms']['most']}, {len(read)} calls"))
    run.say("calls", rows, misses)
    return {"calls": result}


def scored(read: Sequence[tuple[AnnotatedCall, Reading]]) -> tuple[dict, Rows, list[str]]:
    """Return the figures of all calls, a table, and the misses."""
    tallies = {name: Tally() for name in FIELDS}
    for item, reading in read:
        for name, add in _SCORERS.items():
            add(tallies[name], item, reading)
    result: dict = {name: tally.figures() for name, tally in tallies.items()}
    rows = [score_row(name.replace("_", " "), result[name]) for name in FIELDS]
    misses = [f"{name}: {line}" for name, tally in tallies.items() for line in tally.misses]
    labels = {
        "action_owner_accuracy": [mark for item, reading in read for mark in _owners(item, reading)],
        "action_due_accuracy": [mark for item, reading in read for mark in _dues(item, reading)],
        "summary_point_recall": [mark for item, reading in read for mark in _points(item, reading)],
        "sentiment_accuracy": [_mood(item, reading) for item, reading in read],
        "intent_accuracy": [mark for item, reading in read for mark in _intent(item, reading)],
    }
    for name, marks in labels.items():
        result[name] = share(sum(marks), len(marks))
        rows.append((f"{name.replace('_', ' ')} (n {len(marks)})", f"{result[name]:.3f}", ""))
    wrong = [
        f"{item.call.id}: made up: {fact.kind} {fact.value!r}" for item, r in read for fact in made_up(item.call, r)
    ]
    told = [f"{item.call.id}: private: {line}" for item, reading in read for line in _private(item, reading)]
    result |= {"invented": len(wrong), "private_told": len(told), "n": len(read)}
    rows += [("made up", str(len(wrong)), "target 0"), ("private remarks told", str(len(told)), "target 0")]
    return result, rows, [*misses, *wrong, *told]


def _values(reading: Reading, *kinds: FactKind) -> list[str]:
    return [fact.value for kind in kinds for fact in reading.all(kind)]


def _contact(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    best = reading.best(FactKind.PERSON)
    answers = contact_answers(item.gold)
    is_right = best is not None and any(same_name(best.value, answer) for answer in answers)
    tally.add(item.call.id, [best.value] if best else [], [best.value] if is_right and best else answers[:1], same_name)


def _people(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    tally.add(item.call.id, _values(reading, FactKind.PERSON, FactKind.MENTIONED), people_answers(item.gold), same_name)


def _company(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    best = reading.best(FactKind.COMPANY)
    answers, acceptable = company_answers(item.gold)
    predicted = [best.value] if best else []
    if best and not answers and any(_same_firm(best.value, one) for one in acceptable):
        return
    tally.add(item.call.id, predicted, answers, lambda one, _: any(_same_firm(one, other) for other in acceptable))


def _same_firm(one: str, other: str) -> bool:
    left, right = squeezed_words(one), squeezed_words(other)
    return bool(left) and bool(right) and (left == right or (len(left) > 4 and (left in right or right in left)))


def _numbers(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    found = _values(reading, FactKind.EMAIL, FactKind.PHONE, FactKind.MOBILE)
    tally.add(item.call.id, found, number_answers(item.gold), lambda one, answer: _digits(one) == _digits(str(answer)))


def _digits(text: str) -> str:
    return text.lower() if "@" in text else "".join(char for char in text if char.isdigit())[-8:]


def _amounts(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    tally.add(item.call.id, _values(reading, FactKind.AMOUNT), item.gold.get("amounts") or [], is_amount)


def _deal(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    if "crm_fields" not in item.gold:
        return
    answer, best = item.gold["crm_fields"].get("amount"), reading.best(FactKind.AMOUNT)
    if best is None and answer and None in (answer.get("acceptable") or []):
        return
    tally.add(item.call.id, [best.value] if best else [], [answer] if answer else [], is_amount)


def _quantities(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    if "quantities" in item.gold:
        tally.add(item.call.id, _values(reading, FactKind.QUANTITY), item.gold["quantities"] or [], is_quantity)


def _dates(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    said = {fact.value: fact.evidence.text for fact in reading.all(FactKind.DATE)}
    fits = partial(is_day, said=said, is_dated=bool(item.record.get("call_date")))
    tally.add(item.call.id, list(said), item.gold.get("dates") or [], fits)


def _products(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    tally.add(item.call.id, _values(reading, FactKind.PRODUCT), item.gold.get("products") or [], is_product)


def _competitors(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    if "crm_fields" not in item.gold:
        return
    answer = item.gold["crm_fields"].get("competitor")
    values = [str(value) for value in (answer["value"], *(answer.get("acceptable") or [])) if value] if answer else []
    fits = lambda one, _: any(_same_firm(one, value) for value in values if value)  # noqa: E731
    tally.add(item.call.id, _values(reading, FactKind.COMPETITOR), [answer] if answer else [], fits)


def _tasks(tally: Tally, item: AnnotatedCall, reading: Reading) -> None:
    tally.add(
        item.call.id, _values(reading, FactKind.ASK, FactKind.PROMISE), item.gold.get("action_items") or [], is_task
    )


_SCORERS: dict[str, Callable[[Tally, AnnotatedCall, Reading], None]] = dict(
    zip(
        FIELDS,
        (_contact, _people, _company, _numbers, _amounts, _deal, _quantities, _dates, _products, _competitors, _tasks),
        strict=True,
    )
)


def _found_tasks(item: AnnotatedCall, reading: Reading) -> Iterable[tuple[dict, list]]:
    """Yield each task that was found, with the Facts that fit it."""
    facts = [*reading.all(FactKind.ASK), *reading.all(FactKind.PROMISE)]
    for answer in item.gold.get("action_items") or []:
        fitting = [fact for fact in facts if is_task(fact.value, answer)]
        if fitting:
            yield answer, fitting


def _owners(item: AnnotatedCall, reading: Reading) -> list[bool]:
    return [
        any(fact.owner is side_of_owner(item.gold, answer["owner"]) for fact in fitting)
        for answer, fitting in _found_tasks(item, reading)
    ]


def _dues(item: AnnotatedCall, reading: Reading) -> list[bool]:
    return [
        any(fact.due and is_day(fact.due, answer["due"], said={}, is_dated=True) for fact in fitting)
        for answer, fitting in _found_tasks(item, reading)
        if answer.get("due") and answer["due"].get("iso")
    ]


def _points(item: AnnotatedCall, reading: Reading) -> list[bool]:
    return [covers(reading.summary, point) for point in item.gold.get("summary_points") or []]


def _mood(item: AnnotatedCall, reading: Reading) -> bool:
    gold = item.gold.get("sentiment") or {"label": reading.sentiment.value}
    return reading.sentiment.value in (gold["label"], *(gold.get("also") or []))


def _intent(item: AnnotatedCall, reading: Reading) -> list[bool]:
    wanted = intents_of(item.gold.get("intent") or "")
    return [reading.intent.value in wanted] if wanted else []


def _private(item: AnnotatedCall, reading: Reading) -> list[str]:
    """Return what is told of something that was said to be private: a Fact at its words or before, or a summary."""
    told = []
    for remark in item.gold.get("must_not_store") or []:
        end = item.call.text.find(remark["evidence"]) + len(remark["evidence"])
        start = end - len(remark["evidence"]) - NEAR_PRIVATE
        turn = item.call.turns[item.call.turn_at(max(0, end - 1))].text
        told += [
            fact.value for fact in reading.facts
            if fact.evidence.span.start < end and fact.evidence.span.end > start
            and item.call.turn_at(fact.evidence.span.start) == item.call.turn_at(max(0, end - 1))
        ]  # fmt: skip
        told += [word for word in sorted(content(remark["value"]) & content(turn)) if word in content(reading.summary)]
    return told
