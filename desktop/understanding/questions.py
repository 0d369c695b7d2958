"""The closed questions put to the model: which words to choose among, and the lines they stand in.

A question is put only where there is something to decide: several candidates, or one that the rules are unsure of.
What the rules settle alone costs no time.
"""

from collections.abc import Collection, Mapping, Sequence

from desktop.domain.evidence import Candidate, FactKind, Intent, Part, Sentiment, Zone
from desktop.domain.ports import Question
from desktop.understanding.document import Document, source_text

QUESTIONS_VERSION = "questions-2"
NONE = "none"
MAX_OPTIONS = 8
MAX_OPTION = 120
MAX_AROUND = 70
MAX_DOCUMENT = 6000
MAX_DOCUMENT_LINES = 120
MAX_PEOPLE = 4
SETTLED_FROM = 0.9
OPENS, CLOSES = "«", "»"

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
    FactKind.TOPIC: "What is this mail about?",
    FactKind.QUANTITY: "How many are wanted?",
    FactKind.COMPETITOR: "Which other supplier is considered?",
    FactKind.ASK: "What does the writer ask the reader to do?",
    FactKind.PROMISE: "What does the writer undertake to do?",
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


def questions_for(
    options: Mapping[FactKind, Sequence[Candidate]], document: Document, names: Collection[str] | None = None
) -> tuple[Question, ...]:
    """Return a Question for each kind that is open (its candidates' words, then `none`), and two for the labels.

    Only those of `names` are put, unless it is None.
    """
    fields = (
        question_about(kind, found, document)
        for kind, found in options.items()
        if kind in _TEXTS and (names is None or kind.value in names) and is_open(kind, found)
    )
    return (*fields, *(asked for asked in label_questions() if names is None or asked.name in names))


def label_questions() -> tuple[Question, Question]:
    """Return the questions that every mail is asked: why it was written, and how the writer feels."""
    return (
        Question("intent", _INTENT_TEXT, tuple(intent.value for intent in Intent)),
        Question("sentiment", _SENTIMENT_TEXT, tuple(mood.value for mood in Sentiment)),
    )


def is_open(kind: FactKind, found: Sequence[Candidate]) -> bool:
    """Whether a model could change anything: the rules have rivals to offer, or one candidate they are unsure of."""
    if kind is FactKind.EMAIL:  # the header settles it unless there are two
        return len(found) > 1
    return len(found) > 1 or any(candidate.rule_score < SETTLED_FROM for candidate in found)


def question_about(kind: FactKind, found: Sequence[Candidate], document: Document) -> Question:
    """Return the Question whose options are these candidates, in their order, and `none`."""
    return Question(
        kind.value,
        _TEXTS[kind],
        (*(_shown(c.evidence.text) for c in found), NONE),
        (*(context_of(c, document) for c in found), ""),
    )


def context_of(candidate: Candidate, document: Document) -> str:
    """Return the zone and the line a candidate stands in, itself between « and »: `signature: «Ann Lee», Buyer`."""
    span = candidate.evidence.span
    source = source_text(document.message, span.part)
    first = source.rfind("\n", max(0, span.start - MAX_AROUND), span.start) + 1 or max(0, span.start - MAX_AROUND)
    last = source.find("\n", span.end, span.end + MAX_AROUND)
    before = _unmarked(source[first : span.start]).lstrip()
    after = _unmarked(source[span.end : last if last >= 0 else span.end + MAX_AROUND]).rstrip()
    marked = f"{OPENS}{_shown(_unmarked(candidate.evidence.text))}{CLOSES}"
    return f"{_place_of(span.part, span.start, document)}: {before}{marked}{after}"


def _unmarked(text: str) -> str:
    return text.replace(OPENS, '"').replace(CLOSES, '"')


def _place_of(part: Part, start: int, document: Document) -> str:
    if part is not Part.BODY:
        return part.value
    zone = next((line.zone for line in document.anatomy.zones if line.start <= start <= line.end), Zone.NEW)
    return zone.value


def _shown(text: str) -> str:
    return " ".join(text[: 4 * MAX_OPTION].split())[:MAX_OPTION]


def document_text(document: Document) -> str:
    """Return who wrote to whom, the subject and the contact's own lines, bounded in number and length."""
    author = document.author
    named = author.name.text if author.name else ""
    address = author.address.text if author.address else ""
    people = [p.name or p.address for p in document.message.participants if p.address != address][:MAX_PEOPLE]
    lines = [
        f"From: {named} <{address}>" if address else f"From: {named}",
        f"To: {', '.join(people)}",
        f"Subject: {document.message.subject}",
    ]
    lines.extend(line.text for line in (*document.body, *document.signature) if line.text.strip())
    room = MAX_DOCUMENT
    shown: list[str] = []
    for line in lines[:MAX_DOCUMENT_LINES]:
        text = " ".join(line[:400].split())
        if len(text) >= room:
            break
        shown.append(text)
        room -= len(text) + 1
    return "\n".join(shown)
