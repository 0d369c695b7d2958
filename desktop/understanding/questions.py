"""The closed questions put to the model: which words to choose among, and the lines they stand in."""

from collections.abc import Mapping, Sequence

from desktop.domain.evidence import Candidate, FactKind, Intent, Sentiment
from desktop.domain.ports import Question
from desktop.understanding.document import Document

QUESTIONS_VERSION = "questions-1"
NONE = "none"
MAX_OPTIONS = 8
MAX_OPTION = 120
MAX_DOCUMENT = 6000
MAX_DOCUMENT_LINES = 120

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
