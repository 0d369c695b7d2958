"""How well crm-mini chooses, beside the rules' first choice: on invented mails held out, and on annotated ones.

Only questions are counted whose candidates hold a right one or that have no answer at all; what no candidate maker
found is not the reader's to find. On annotated mails "right" is judged as the benchmark judges it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop.domain.evidence import Candidate, Fact, FactKind, Intent, Sentiment
from desktop.domain.interactions import EmailMessage, Participant, Role
from desktop.domain.ports import Question
from desktop.inference.prompts import SelectPrompt
from desktop.inference.text_engine import Engine
from desktop.understanding.candidates import find_candidates
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.conclusions.sentiment import sentiment_by_rules
from desktop.understanding.document import Document, open_document
from desktop.understanding.questions import document_text, label_questions, options_by_kind, questions_for
from resources.models.crm_mini.gold import right_ones
from resources.models.crm_mini.grammar import LANGUAGES, Split
from resources.models.crm_mini.letter import Letter
from resources.models.crm_mini.shards import LIMIT, TEMPLATE, Encoder, Posed, Rows, letters, posed_about
from tests.benchmarks.understanding.corpus import CrmMail, crm_mails
from tests.benchmarks.understanding.fields import verdict_on
from tests.benchmarks.understanding.scoring import Verdict

FIELDS = {
    FactKind.PERSON: "contact_name", FactKind.COMPANY: "company", FactKind.EMAIL: "email", FactKind.PHONE: "phone",
    FactKind.MOBILE: "phone", FactKind.TITLE: "job_title", FactKind.AMOUNT: "amount", FactKind.DATE: "date",
}  # fmt: skip
KEYWORDS = {
    FactKind.TOPIC: ("interest_or_topic", "topic_keywords_any"),
    FactKind.PRODUCT: ("interest_or_topic", "topic_keywords_any"),
    FactKind.ASK: ("next_action", "action_keywords_any"),
    FactKind.PROMISE: ("next_action", "action_keywords_any"),
}
WRITTEN = Path(__file__).parents[1] / "intents" / "mails.jsonl"
WRITER, READER = "contact@writer.example", "rep@reader.example"
PARITY_MAILS = 60
PARITY_SEED = 77


@dataclass(frozen=True, slots=True)
class Score:
    """Questions of one kind: how many, how many the model and the rules' first choice got right."""

    count: int
    model: float
    rules: float


class Asker:
    """Asks the engine as the product does."""

    def __init__(self, engine: Engine, prompt: SelectPrompt) -> None:
        self._engine, self._prompt = engine, prompt

    def __call__(self, document: Document, questions: Sequence[Question]) -> list[tuple[float, ...]]:
        """Return the probabilities of every question's options."""
        order = self._prompt.build(TEMPLATE, document_text(document), questions, limit=LIMIT)
        return self._engine.choose(order, lambda _share: None)[0]


Tally = defaultdict[str, list[tuple[bool, bool]]]


def on_invented(ask: Asker, split: Split, *, seed: int, mails: int, asides: Sequence[str]) -> dict[str, Score]:
    """Return the scores on invented mails."""
    tally: Tally = defaultdict(list)
    for letter, _ in islice(letters(seed, split, asides), mails):
        document = open_document(letter.message, letter.own_addresses)
        options = options_by_kind(find_candidates(document))
        questions = questions_for(options, document)
        for question, chances in zip(questions, ask(document, questions), strict=True):
            index = int(np.argmax(chances))
            for right, rule in _judged_invented(question, options, letter, document):
                tally[question.name].append((right[index], right[rule]))
    return _scores(tally)


def _judged_invented(
    question: Question, options: dict[FactKind, tuple[Candidate, ...]], letter: Letter, document: Document
) -> Iterator[tuple[list[bool], int]]:
    """Yield which options are right, and the rules' choice."""
    if question.name in ("intent", "sentiment"):
        members, wanted, shares = _labels(question.name, document)
        truth = letter.truth.intent if wanted is Intent else letter.truth.sentiment
        yield [member == truth for member in members], int(np.argmax(shares))
        return
    found = options[FactKind(question.name)]
    right = list(right_ones(FactKind(question.name), found, letter))
    yield [*right, not any(right)], 0


def _labels(name: str, document: Document) -> tuple[list[Intent] | list[Sentiment], type, list[float]]:
    if name == "intent":
        return list(Intent), Intent, list(intent_by_rules(document)[1].values())
    return list(Sentiment), Sentiment, list(sentiment_by_rules(document)[1].values())


def on_annotated(ask: Asker, data: Path) -> dict[str, Score]:
    """Return the scores on the annotated mails of a data folder (`crm_emails_*.jsonl`)."""
    tally: Tally = defaultdict(list)
    for mail in crm_mails(data):
        document = open_document(mail.message, mail.own_addresses)
        options = options_by_kind(find_candidates(document))
        questions = questions_for(options, document)
        for question, chances in zip(questions, ask(document, questions), strict=True):
            index = int(np.argmax(chances))
            for right, rule in _judged_annotated(question, options, mail, document):
                tally[question.name].append((right[index], right[rule]))
    return _scores(tally)


def on_written(ask: Asker) -> dict[str, Score]:
    """Return the scores on the short mails that the rules' words were weighed on: another hand wrote them."""
    tally: Tally = defaultdict(list)
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["language"] not in LANGUAGES:
            continue
        people = (Participant(WRITER, "", Role.FROM), Participant(READER, "", Role.TO))
        message = EmailMessage("", record.get("subject", ""), datetime(2024, 5, 6, tzinfo=UTC), people, record["text"])
        document = open_document(message, frozenset({READER}))
        for question, chances in zip(label_questions(), ask(document, label_questions()), strict=True):
            members, _, shares = _labels(question.name, document)
            right = [member.value == record[question.name] for member in members]
            tally[question.name].append((right[int(np.argmax(chances))], right[int(np.argmax(shares))]))
    return _scores(tally)


def _judged_annotated(
    question: Question, options: dict[FactKind, tuple[Candidate, ...]], mail: CrmMail, document: Document
) -> Iterator[tuple[list[bool], int]]:
    if question.name in ("intent", "sentiment"):
        members, _, shares = _labels(question.name, document)
        wanted = {mail.gold.get(question.name), *(mail.acceptable.get(question.name) or [])}
        yield [member.value in wanted for member in members], int(np.argmax(shares))
        return
    kind = FactKind(question.name)
    if kind not in FIELDS and kind not in KEYWORDS:
        return
    right = [_is_right(mail, candidate) for candidate in options[kind]]
    key, _ = KEYWORDS.get(kind, ("", ""))
    gold = mail.gold.get(key or {"date": "date_mentioned"}.get(FIELDS[kind], FIELDS[kind]))
    if not any(right) and gold is not None:
        return
    yield [*right, not any(right)], 0


def _is_right(mail: CrmMail, candidate: Candidate) -> bool:
    if candidate.kind in FIELDS:
        fact = Fact(candidate.kind, candidate.value, candidate.evidence, 0.0, "")
        return verdict_on(mail, FIELDS[candidate.kind], fact) is Verdict.RIGHT
    field, keywords = KEYWORDS[candidate.kind]
    folded = " ".join(candidate.value.casefold().split())
    words = mail.record.get(keywords) or []
    return mail.gold.get(field) is not None and any(" ".join(word.casefold().split()) in folded for word in words)


def _scores(tally: Tally) -> dict[str, Score]:
    return {
        name: Score(
            len(marks), round(float(np.mean([m for m, _ in marks])), 3), round(float(np.mean([r for _, r in marks])), 3)
        )
        for name, marks in sorted(tally.items())
    }


def parity_mails() -> list[tuple[Document, list[Posed]]]:
    """Return the mails on which the file is compared with PyTorch."""
    found = islice(letters(PARITY_SEED, Split.TEST, ()), PARITY_MAILS)
    return [posed_about(letter, chance) for letter, chance in found]


def write_parity(path: Path, engine: Engine, prompt: SelectPrompt) -> None:
    """Write the token rows that PyTorch is to answer."""
    rows = Rows()
    encoder = Encoder(engine, prompt)
    for document, posed in parity_mails():
        encoder.add(rows, document_text(document), posed)
    rows.save(path)


def parity_answers(ask: Asker, columns: int) -> NDArray[np.float64]:
    """Return the engine's probabilities on the same mails, one row a question."""
    found = []
    for document, posed in parity_mails():
        for chances in ask(document, [each.question for each in posed]):
            found.append([*chances, *([0.0] * (columns - len(chances)))])  # noqa: PERF401  (clearer in two loops)
    return np.array(found)
