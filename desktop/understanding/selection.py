"""Asks the model, and keeps what it answered.

The model sees the contact's own lines, numbered, and for each field a list of words that stand in the mail. It
answers with an index. What that counts for is the calibrator's to say: a model nobody fitted one for has no vote, but
it is asked all the same, so that its choices are on record.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.errors import Defect
from desktop.domain.evidence import Candidate, FactKind
from desktop.domain.ports import RULES_ALONE, Choice, LanguageModel
from desktop.understanding.document import Document
from desktop.understanding.questions import document_text, questions_for

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class Selection:
    """What was answered, by question. `choices` is empty when there was no model to ask."""

    choices: Mapping[str, Choice]
    model_hash: str


NO_SELECTION = Selection({}, "")


def ask_model(
    model: LanguageModel | None, document: Document, options: Mapping[FactKind, Sequence[Candidate]], *, job: str
) -> Selection:
    """Put the questions to the model. Its Temporary, Rejected and Cancelled are passed on."""
    if model is None:
        return NO_SELECTION
    status = model.status()
    if status.state in RULES_ALONE:
        return NO_SELECTION
    questions = questions_for(options, document)
    choices = model.choose(document_text(document), questions, job=job)
    answered = {choice.name: choice for choice in choices}
    for question in questions:
        choice = answered.get(question.name)
        if choice is None or len(choice.probabilities) != len(question.options):
            raise Defect("The language model gave an answer that fits no question.", detail=f"question {question.name}")
        _log.debug("question %s: option %d of %d", question.name, choice.index + 1, len(question.options))
    return Selection(answered, status.model_hash)
