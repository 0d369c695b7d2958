"""Asks the model, and says how its choice and the rules' scores become one.

The model sees the contact's own lines, numbered, and for each field a list of words that stand in the mail. It
answers with an index. `trust` says how much that counts: a model without a fitted calibrator has none, but it is
asked all the same, so that its choices are on record.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.errors import Defect
from desktop.domain.evidence import Candidate, FactKind
from desktop.domain.ports import Choice, LanguageModel, ModelState
from desktop.understanding.document import Document
from desktop.understanding.questions import document_text, questions_for

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked and answered. `choices` is empty when there was no model to ask; `trust` is 0 to 1 then 0."""

    choices: Mapping[str, Choice]
    trust: float
    model_hash: str


NO_SELECTION = Selection({}, 0.0, "")


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
