"""The summary: a model's own paragraph where a capable one is loaded and its text holds, else the mail's own sentences.

A model that writes worse than hoped, late or not at all costs the rep nothing but that paragraph.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.errors import Cancelled, Rejected, Temporary
from desktop.domain.evidence import Fact, WrittenBy
from desktop.domain.ports import RULES_ALONE, Brief, LanguageModel
from desktop.understanding.candidates.dates import reads_month_first
from desktop.understanding.candidates.moment_types import Today
from desktop.understanding.conclusions.summary import summary_of
from desktop.understanding.conclusions.summary_checks import Shown, objection, tidied, whole_sentences
from desktop.understanding.document import Document
from desktop.understanding.lexicon.language import language_of
from desktop.understanding.questions import document_text

INSTRUCTION = "summary"
MOST_TOKENS = 160
WORTH_WRITING = 30  # words; a shorter mail is its own summary
MOST_PEOPLE = 20

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class Summary:
    """One paragraph of at most 400 characters; `by` is None where it consists of the mail's own sentences."""

    text: str
    by: WrittenBy | None = None


def summarise(
    model: LanguageModel | None, document: Document, facts: tuple[Fact, ...], people: Sequence[str], *, job: str
) -> Summary:
    """Return the summary of a mail whose questions `model` may just have answered. Raises nothing of the model's.

    `people` are names known to stand in the mail, for a model on another machine.
    """
    own = Summary(summary_of(document, facts))
    if model is None or sum(len(line.text.split()) for line in document.body) < WORTH_WRITING:
        return own
    status = model.status()
    if status.state in RULES_ALONE or not status.can_write:
        return own
    shown = document_text(document)
    language, is_sure = language_of(shown)
    language = language if is_sure else ""
    named = [p.name for p in document.message.participants if p.name]
    brief = Brief(INSTRUCTION, language, MOST_TOKENS, tuple(dict.fromkeys((*people, *named)))[:MOST_PEOPLE])
    try:
        text = tidied(model.write(shown, brief, job=job))
    except (Rejected, Temporary, Cancelled) as error:
        _log.info("no summary was written: %s", type(error).__name__)
        return own
    today = Today(document.message.sent_at.date(), reads_month_first(document))
    kept, reason = checked(text, Shown(shown, language, today))
    if reason:
        _log.info("the written summary is not kept: %s", reason)
        return own
    return Summary(kept, WrittenBy(status.model_name, status.model_hash))


def checked(text: str, shown: Shown) -> tuple[str, str]:
    """Return what of a written text stands, and the empty string; or nothing, and why."""
    reason = objection(text, shown)  # of all of it: what follows the cut may show that the mail wrote it
    kept = "" if reason else whole_sentences(text)
    if not reason and not kept:
        reason = "no sentence of it is whole"
    return kept, reason
