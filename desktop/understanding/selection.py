"""The closed questions put to the model, and how its choice and the rules' scores become one.

The model sees the contact's own lines, numbered, and for each field a list of words that stand in the mail. It
answers with an index. `trust` says how much that counts: a model without a fitted calibrator has none, but it is
asked all the same, so that its choices are on record.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.errors import Defect
from desktop.domain.evidence import Candidate, FactKind, Intent, Sentiment
from desktop.domain.ports import Choice, LanguageModel, ModelState, Question
from desktop.understanding.document import Document

QUESTIONS_VERSION = "questions-1"
NONE = "none"
MAX_OPTIONS = 8
MAX_OPTION = 120
MAX_DOCUMENT = 6000
MAX_DOCUMENT_LINES = 120

_log = logging.getLogger("dealside.understanding")
_TEXTS: Mapping[FactKind, str] = {
    FactKind.PERSON: "What is the name of the person who wrote this mail?",
    FactKind.TITLE: "What is the job title of the person who wrote this mail?",
    FactKind.COMPANY: "Which company does the writer of this mail work for?",
    FactKind.EMAIL: "What is the writer's own e-mail address?",
    FactKind.PHONE: "What is the writer's office telephone number?",
    FactKind.MOBILE: "What is the writer's mobile telephone number?",
    FactKind.AMOUNT: "Which amount of money is the budget, price or order in this mail about?",
    FactKind.DATE: "By which date does something have to happen?",
    FactKind.PRODUCT: "Which product or service is this mail about?",
    FactKind.ASK: "What does the writer ask the reader to do?",
}
_INTENT_TEXT = "Why was this mail written?"
_SENTIMENT_TEXT = "How does the writer feel?"


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked and answered. `choices` is empty when there was no model to ask; `trust` is 0 to 1 then 0."""

    choices: Mapping[str, Choice]
    trust: float
    model_hash: str


NO_SELECTION = Selection({}, 0.0, "")


def options_by_kind(candidates: Sequence[Candidate]) -> dict[FactKind, tuple[Candidate, ...]]:
    """Return the candidates offered for each kind, the best MAX_OPTIONS, in order of score."""
    found: dict[FactKind, tuple[Candidate, ...]] = {}
    for kind in FactKind:
        ranked = sorted((c for c in candidates if c.kind is kind), key=lambda c: (-c.rule_score, c.evidence.span.start))
        if ranked:
            found[kind] = tuple(ranked[:MAX_OPTIONS])
    return found


def questions_for(options: Mapping[FactKind, Sequence[Candidate]]) -> tuple[Question, ...]:
    """Return one Question a kind (its candidates' words, then `none`), and two for the labels."""
    fields = (
        Question(kind.value, _TEXTS[kind], (*(_shown(c.evidence.text) for c in found), NONE))
        for kind, found in options.items()
    )
    labels = (
        Question("intent", _INTENT_TEXT, tuple(intent.value for intent in Intent)),
        Question("sentiment", _SENTIMENT_TEXT, tuple(mood.value for mood in Sentiment)),
    )
    return (*fields, *labels)


def _shown(text: str) -> str:
    return " ".join(text.split())[:MAX_OPTION]


def document_text(document: Document) -> str:
    """Return the contact's lines, numbered from 1, bounded in number and length."""
    lines = [
        f"From: {document.author.name.text}" if document.author.name else "",
        f"Subject: {document.message.subject}",
    ]
    lines.extend(line.text for line in (*document.body, *document.signature) if line.text.strip())
    room = MAX_DOCUMENT
    shown: list[str] = []
    for number, line in enumerate((line for line in lines if line), 1):
        text = f"{number}: {line[:400]}"
        if number > MAX_DOCUMENT_LINES or len(text) > room:
            break
        shown.append(text)
        room -= len(text) + 1
    return "\n".join(shown)


def ask_model(
    model: LanguageModel | None, document: Document, options: Mapping[FactKind, Sequence[Candidate]], *, job: str
) -> Selection:
    """Put the questions to the model, whatever its trust. Its Temporary, Rejected and Cancelled are passed on."""
    if model is None:
        return NO_SELECTION
    status = model.status()
    if status.state in (ModelState.ABSENT, ModelState.FAILED):
        return NO_SELECTION
    questions = questions_for(options)
    choices = model.choose(document_text(document), questions, job=job)
    answered = {choice.name: choice for choice in choices}
    for question in questions:
        choice = answered.get(question.name)
        if choice is None or len(choice.probabilities) != len(question.options):
            raise Defect("The language model gave an answer that fits no question.", detail=f"question {question.name}")
        _log.debug("question %s: option %d of %d", question.name, choice.index + 1, len(question.options))
    return Selection(answered, min(1.0, max(0.0, status.trust)), status.model_hash)


def fused(scores: Sequence[float], choice: Choice | None, trust: float) -> tuple[float, ...]:
    """Return (1 - trust) * rule + trust * model for each option, in order."""
    if choice is None:
        return tuple(scores)
    return tuple((1 - trust) * score + trust * p for score, p in zip(scores, choice.probabilities, strict=False))
