"""Asks the model, and keeps what it answered.

The model sees the contact's own lines, numbered, and for each field a list of words that stand in the mail. It
answers with an index. What that counts for is the calibrator's to say: a model is asked where it has a vote. One that
nobody fitted a calibrator for has none, but it is asked all the same, so that its choices are on record.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.errors import Defect
from desktop.domain.ports import RULES_ALONE, Choice, LanguageModel
from desktop.understanding.confidence.calibrator import Calibrators
from desktop.understanding.confidence.families import family_of_question
from desktop.understanding.document import Document
from desktop.understanding.first_look import FirstLook
from desktop.understanding.questions import document_text, questions_for

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class Selection:
    """What was answered, by question. `choices` is empty when there was no model to ask."""

    choices: Mapping[str, Choice]
    model_hash: str


NO_SELECTION = Selection({}, "")


def ask_model(
    model: LanguageModel | None, document: Document, look: FirstLook, calibrators: Calibrators, *, job: str
) -> Selection:
    """Put to the model the questions that the rules leave unsure and where its answer counts for something.

    Raises Temporary, Rejected and Cancelled as the model does, and Defect for an answer that fits no question.
    """
    if model is None:
        return NO_SELECTION
    status = model.status()
    if status.state in RULES_ALONE:
        return NO_SELECTION
    families = calibrators.asked_of(status.model_hash)
    names = {name for name in look.unsure if family_of_question(name) in families}
    questions = questions_for(look.options, document, names)
    if not questions:
        return NO_SELECTION
    choices = model.choose(document_text(document), questions, job=job)
    answered = {choice.name: choice for choice in choices}
    for question in questions:
        choice = answered.get(question.name)
        if choice is None or len(choice.probabilities) != len(question.options):
            raise Defect("The language model gave an answer that fits no question.", detail=f"question {question.name}")
        _log.debug("question %s: option %d of %d", question.name, choice.index + 1, len(question.options))
    return Selection(answered, status.model_hash)
