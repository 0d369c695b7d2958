"""What is most likely to be done next, in a mail that neither asks nor promises in so many words.

The sentence with the most traits of an action is offered as a guess with a low score: a modal verb, a question, "you",
a day ahead, a meeting, or a verb of doing. What the sender wrote counts before what they hand on. Mail to many, mail
by machines, and mail that says itself that nothing is to be done has no such sentence.
"""

import re
from collections.abc import Iterator, Sequence

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part, Party
from desktop.understanding.candidates.action_sentences import action_probability
from desktop.understanding.candidates.asks import is_bulk, needs_nothing
from desktop.understanding.candidates.clauses import Clause, clauses_of, has_answered, narrowed
from desktop.understanding.candidates.commands import IN_CLAUSE
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import compiled, folded, pattern_of

MAX_VALUE = 300
MAX_CONSIDERED = 40
LEAST_WORDS = 3
MOST_DETAILS = 30
LEAST_WORTH, LEAST_ANSWERED, LEAST_HANDED_ON = 0.9, 0.4, 1.6
GUESSED, INTENDS = "is the likeliest thing to do", "is the likeliest thing they will do"

_LEAST_SCORE, _MOST_SCORE = 0.1, 0.3
_BY_MACHINES = frozenset({"auto-reply", "bounce"})
_FIRST_PERSON = compiled(
    r"(?<!\w)(?:i|we|i'm|i'll|we'll|ich|wir|je|j'\w+|nous|yo|nosotros|io|noi|ik|wij|we|ja|my|eu|nós|jag|vi|jeg)(?!\w)"
)
_SECOND_PERSON = compiled(
    r"(?<!\w)(?:you|your|you'll|u|sie|ihnen|ihre?|du|dir|dich|ihr|vous|votre|vos|tu|te|toi|usted|ustedes|su|tú|lei|voi"
    r"|suo|sua|jij|je|jullie|uw|você|seu|pan|pani|państwo|siz|sizin|du|dig|din)(?!\w)"
)
_PAST = compiled(
    r"(?<!\w)(?:was|were|had|did|has been|have been|went|said|told|sent|met|talked|spoke|enjoyed|thank(?:s|ed)?"
    r"|glad|sorry|war|waren|hatte|hatten|danke|vielen dank|merci|était|gracias|fue|grazie|era|bedankt|dank|was)(?!\w)"
)
_NOT = compiled(
    r"(?<!\w)(?:not|no longer|cannot|can't|won't|wouldn't|unable|never|nobody|nicht|kein\w*|ne|pas|aucun\w*|non|niet"
    r"|geen|não|nie|inte|ikke)(?!\w)"
)
_ANSWERS = re.compile(r"(?i)\s{0,3}(?:re|aw|fwd?|fw|wg|tr|rv|sv|antw)\s?:")
_IF = compiled(r"(?:if|unless|until|wenn|falls|si|se|als)(?!\w)")
_NAMED = re.compile(r"[A-ZÀ-ÞŠŽ][^\W\d_]+")


def find_likely_action(document: Document) -> Iterator[Candidate]:
    """Yield the sentence that most looks like something to be done, or nothing where none does."""
    if _BY_MACHINES & set(document.message.flags) or is_bulk(document):
        return
    clauses = clauses_of(document)[:MAX_CONSIDERED]
    if needs_nothing(document):
        return
    judge = _Judge(document)
    answered = ((True, LEAST_ANSWERED),)
    places = answered if has_answered(document) else ((True, LEAST_WORTH), (False, LEAST_HANDED_ON))
    for is_newest, least in places:
        judged = [(judge.worth(clause), clause) for clause in clauses if clause.is_newest is is_newest]
        worth, clause = max(judged, key=lambda pair: pair[0], default=(0.0, None))
        if clause is not None and worth >= least:
            yield _offered(document, clause, worth, is_newest=is_newest)
            return
    yield from _from_subject(document, clauses)


def _from_subject(document: Document, clauses: Sequence[Clause]) -> Iterator[Candidate]:
    """Yield the subject where it names an occasion and the mail itself adds details only, as an entry of a diary."""
    subject = document.message.subject[:MAX_VALUE]
    words = sum(len(clause.text.split()) for clause in clauses)
    if words > MOST_DETAILS or _ANSWERS.match(subject):
        return
    if pattern_of("asking", "occasion", document.language).search(folded(subject)):
        evidence = document.cite(0, len(subject), Part.SUBJECT)
        yield Candidate(FactKind.ASK, evidence, " ".join(evidence.text.split()), 0.18, GUESSED, Party.REP)


def _offered(document: Document, clause: Clause, worth: float, *, is_newest: bool) -> Candidate:
    shown = narrowed(document, clause, 0, most=MAX_VALUE)
    text = clause.searched
    intends = (
        bool(_FIRST_PERSON.search(text[:30]))
        and not _IF.match(text)
        and not _SECOND_PERSON.search(text)
        and not text.rstrip().endswith("?")
    )
    score = max(_LEAST_SCORE, min(_MOST_SCORE, 0.08 + 0.06 * worth)) * (1.0 if is_newest else 0.8)
    kind, why, owner = (FactKind.ASK, GUESSED, clause.addressee)
    if intends:
        kind, why, owner = FactKind.PROMISE, INTENDS, clause.writer
    elif clause.writer is Party.REP and not _SECOND_PERSON.search(text):
        owner = Party.REP
    return Candidate(kind, shown.evidence, shown.text, round(score, 4), why, owner, shown.due)


class _Judge:
    """Adds up what speaks for a sentence."""

    def __init__(self, document: Document) -> None:
        self._is_english = document.language == "en"
        self._is_answer = has_answered(document)
        self._likely = pattern_of("asking", "likely", document.language)
        self._occasion = pattern_of("asking", "occasion", document.language)
        self._agrees = pattern_of("asking", "agrees", document.language)
        self._courtesy = pattern_of("asking", "courtesy", document.language)
        name = document.author.name
        is_handed_on = document.scope is ContactScope.MENTIONED_PERSON and name is not None
        self._person = folded(name.text).split()[-1:] if is_handed_on and name is not None else []

    def worth(self, clause: Clause) -> float:
        """Return a sum of about 0 to 4; below 1 hardly anything is to be done."""
        text = clause.searched
        words = text.split()
        if len(words) < LEAST_WORDS or clause.text.isupper() or self._is_listing(clause):
            return 0.0
        if self._courtesy.search(text) and not clause.due:
            return 0.0
        worth = max(-0.3, 3.0 * (action_probability(clause.text) - 0.3)) if self._is_english else 0.3
        worth += 0.9 if text.rstrip("\"')”» ").endswith("?") else 0.0
        worth += 0.8 if self._likely.search(text) else 0.0
        worth += 0.6 if self._occasion.search(text) else 0.0
        worth += 0.7 if self._agrees.search(text) else 0.0
        worth += (0.8 if self._is_answer else 0.5) if clause.due else 0.0
        worth += 0.3 if _SECOND_PERSON.search(text) else 0.0
        worth += 0.2 if _FIRST_PERSON.search(text) else 0.0
        commands = IN_CLAUSE.search(text)
        worth += 0.6 if commands else 0.0
        worth += 0.8 if self._person and self._person[0] in text else 0.0
        worth -= 0.7 if _PAST.search(text) and not clause.due else 0.0
        worth -= 0.5 if _NOT.search(text) and not commands and not _IF.match(text) else 0.0
        return worth

    @staticmethod
    def _is_listing(clause: Clause) -> bool:
        """Whether it is names and figures, no sentence."""
        words = clause.text.split()
        plain = sum(word.strip(".,;:()").islower() for word in words)
        if clause.due and plain >= 2:
            return False
        return plain * 2 < len(words) or len(_NAMED.findall(clause.text)) * 2 > len(words)
