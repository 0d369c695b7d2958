"""What the mail asks somebody to do, a sentence each. The clearest scores highest and becomes the next action.

Directness counts most ("please send" before "I would like" before a bare question), then a deadline, then how near
the end it stands, because the last request is often the one that matters. A courtesy that closes a mail ("let me know
if you have any questions") asks for nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part, Party
from desktop.understanding.candidates.action_sentences import action_probability
from desktop.understanding.candidates.clauses import (
    DETAILS,
    Clause,
    clauses_of,
    has_answered,
    narrowed,
    with_sentence_before,
)
from desktop.understanding.candidates.commands import CONCRETE, commands_in
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import LANGUAGES, compiled, folded, pattern_of
from desktop.understanding.lexicon.words import words

MAX_ASKS = 20
MAX_VALUE = 300
MAX_POINTING = 90
LEAST_MODEL = 0.72
LEAST_WORDS = 5
HANDED_ON = 0.7

DIRECT, LISTED, DEPENDS, WISH, DUE, QUESTION, HANDED, LIKELY, BACK, MEETS, APPROVES = (
    "asks directly",
    "lists what is wanted",
    "makes their step depend on yours",
    "says what is wished for",
    "names what has to be done",
    "asks a question",
    "says whom to turn to",
    "sounds like a request",
    "asks to be rung back",
    "announces a meeting",
    "gives leave to go on",
)
_GRADES = {
    DIRECT: 0.68, LISTED: 0.62, DEPENDS: 0.64, WISH: 0.55, DUE: 0.52, QUESTION: 0.5, HANDED: 0.48, LIKELY: 0.36,
    BACK: 0.66, MEETS: 0.42, APPROVES: 0.4,
}  # fmt: skip

_PLAIN_QUESTION = compiled(
    r"^(?:do|does|did|have|has|are|is|can|could|would|will|when|what|where|which|who|how) (?:you|your|there|it|we|i)\b"
)
_UNDERTAKES = compiled(r"(?:i|we)(?:'ll| will| shall| am going to|'m going to| are going to)(?!\w)")
_ASIDE = compiled(
    r"(?<!\w)(?:please|kindly|call|contact|let|me|us|him|her|them|know|feel|free|e-?mail|give|a|shout|reach|should|and"
    r"|or|but|back|either|both|of|one|anyone|to|you|your|i|the|at|any|if|by|on|for|with|do|not|hesitate|bitte|merci|nous|par|de|d)(?!\w)|[^\w\s]|\d+"
)
_DOING = words(
    "review read look check sign complete revise approve return comment print send fill prüfen lesen ausfüllen"
)
_DOUBT = re.compile(r"\([^()?]{0,30}\?\)\W{0,3}$")  # "(the other one?)": the writer is not sure of a word
_PLACE = compiled(r"(?<!\w)(?:where|to whom|to which) [^;.]{2,80}(?:should|must|need|are to|is to)(?!\w)")
_OTHERS_FORM = compiled(r"(?:form submission|new submission|enquiry form|contact form|web-?form|kontaktformular)")
_BULK = compiled(
    r"(?<!\w)(?:unsubscribe|view (?:\w+ ){0,3}in (?:your )?browser|update (?:your )?preferences|abmelden|se désabonner)"
)
_SENT_OUT = compiled(
    r"(?<!\w)(?:you(?:'re| are)? (?:get|got|receiv\w+) this (?:\w+ ){0,2}because|sie erhalten diese \w+,? weil"
    r"|vous recevez cet?\w* \w+ car|recib\w+ este \w+ porque|ricev\w+ questa \w+ perché|je ontvangt deze \w+ omdat)"
)
_NEGATED = compiled(
    r"(?<!\w)(?:please|pls|bitte|merci de|por favor|per favore) (?:do not|don't|nicht|ne pas|no |non )"
    r"|^(?:do not|don't|nicht|ne pas|no|non|niet) \w+"
)
_CONTINGENT = compiled(
    r"^(?:if(?! you(?: have|'ve)(?:n't| not)? (?:already|yet|not|done))"
    r"|should|in case|falls|sollten?|si|se|als|mocht|jeśli|caso) [^,;]{3,90}(?:not|cannot|can't|unable|any"
    r"|nicht|kein|ne pas|aucun|no puede|non|niet|geen|nie|não)(?!\w)[^.;]{0,80}(?:please|let (?:me|us) know|contact"
    r"|call|tell|bitte|melden|merci|veuillez|contactez|avise|por favor|contattate|laat|bel|proszę)(?!\w)"
)


def is_bulk(document: Document) -> bool:
    """Whether it went to many, as its flags or its small print say."""
    end = folded(document.text[-3000:])
    return "bulk" in document.message.flags or bool(_BULK.search(end) or _SENT_OUT.search(end))


def needs_nothing(document: Document) -> set[bool]:
    """Return which parts say that nothing is to be done: True for the newest words, False for what they hand on."""
    no_action = pattern_of("asking", "no_action", document.language)
    return {clause.is_newest for clause in clauses_of(document)[:40] if no_action.search(clause.searched)}


def is_refusal(text: str) -> bool:
    """Whether a folded sentence asks that something be left undone."""
    return bool(_NEGATED.search(text))


def find_asks(document: Document) -> Iterator[Candidate]:
    """Yield the sentences that ask for something, whose turn it is, and by when."""
    reader = _Reader(document)
    found = list(islice(_asks(document, reader), MAX_ASKS))
    has_newest = any(is_newest and ask.why != LIKELY for ask, is_newest in found)
    for ask, is_newest in found:
        # what the newest words ask comes before what they hand on
        yield ask if is_newest or not has_newest else replace(ask, rule_score=round(ask.rule_score * HANDED_ON, 4))
    if all(ask.why != DIRECT for ask, _ in found):
        yield from _from_subject(document)


def _asks(document: Document, reader: "_Reader") -> Iterator[tuple[Candidate, bool]]:
    """Yield each ask, and whether it stands in the newest words."""
    for clause in clauses_of(document):
        found = reader.read(document, clause) or _whom_to_turn_to(document, clause)
        if found is not None:
            score, why, offset = found
            shown = reader.shown(document, clause, why, offset)
            ask = Candidate(FactKind.ASK, shown.evidence, shown.text, score, why, shown.addressee, shown.due)
            yield ask, clause.is_newest


def _whom_to_turn_to(document: Document, clause: Clause) -> tuple[float, str, int] | None:
    """Read the sentence that names the person whose details a mail hands on: they are to be turned to."""
    name = document.author.name
    if document.scope is not ContactScope.MENTIONED_PERSON or name is None or name.span.part is not Part.BODY:
        return None
    span = clause.evidence.span
    if document.is_form or not span.start <= name.span.start < span.end or len(clause.text.split()) < LEAST_WORDS:
        return None
    return _GRADES[HANDED] - 0.02, HANDED, 0


def _from_subject(document: Document) -> Iterator[Candidate]:
    """Yield the subject where it asks to ring somebody back: a note of a call says nothing else of it."""
    subject = document.message.subject[:MAX_POINTING]
    text = folded(subject)
    if any(pattern_of("asking", "rings_back", language).search(text) for language in LANGUAGES):
        evidence = document.cite(0, len(subject), Part.SUBJECT)
        yield Candidate(FactKind.ASK, evidence, " ".join(evidence.text.split()), _GRADES[BACK], BACK, Party.REP)


class _Reader:
    """Judges the sentences of one mail with the phrases of its language."""

    def __init__(self, document: Document) -> None:
        self._is_english = document.language == "en"
        language = document.language
        self._direct = pattern_of("asking", "direct", language)
        self._wish = pattern_of("asking", "wish", language)
        self._obligation = pattern_of("asking", "obligation", language)
        self._haste = pattern_of("asking", "haste", language)
        self._points_back = pattern_of("asking", "points_back", language)
        self._hands_on = pattern_of("asking", "hands_on", language)
        self._courtesy = pattern_of("asking", "courtesy", language)
        self._depends = pattern_of("asking", "depends", language)
        self._commands = commands_in(language)
        self._brief = pattern_of("asking", "brief", language)
        self._later = (
            (MEETS, pattern_of("asking", "meets", language)),
            (APPROVES, pattern_of("asking", "approves", language)),
        )
        self._no_action = pattern_of("asking", "no_action", language)
        self._needs_nothing = needs_nothing(document)
        self._has_answered = has_answered(document)
        self._is_bulk = is_bulk(document)
        self._is_form = bool(_OTHERS_FORM.search(folded(f"{document.message.subject[:200]}\n{document.text[:300]}")))

    def read(self, document: Document, clause: Clause) -> tuple[float, str, int] | None:
        """Return score, rule, and where in the clause the words stand that ask; None when it asks nothing."""
        text = clause.searched
        if self._is_too_little(clause, text) and not self._brief.search(text):
            return None
        why, offset = self._why(text)
        likely = action_probability(clause.text) if self._is_english else 0.5
        is_likely = self._is_english and likely >= LEAST_MODEL and not _UNDERTAKES.match(text)
        if why is None and is_likely and not self._is_courtesy(text, 0):
            why = LIKELY
        if why is None or self._is_idle(document, clause, why, text):
            return None
        if clause.has_list and why in (WISH, QUESTION, LIKELY, DUE):
            why = LISTED
        return self._score(clause, why, likely, offset), why, offset

    def _is_too_little(self, clause: Clause, text: str) -> bool:
        """Whether it is too short to ask for anything: two words, a field of a form, a heading in capitals."""
        count = len(text.split())
        is_field = self._is_form and count < 7 and clause.text.endswith("?")
        return count < 3 or is_field or (clause.text.isupper() and count < 8)

    def _is_idle(self, document: Document, clause: Clause, why: str, text: str) -> bool:
        """Whether nothing has to be done for it after all."""
        if self._has_answered and not clause.is_newest:
            return True
        if self._is_bulk and why not in (DIRECT, DUE):
            return True
        # "should the link not open, let me know" asks for nothing as long as it opens
        needs_nothing = clause.is_newest in self._needs_nothing or True in self._needs_nothing
        is_in_case = bool(_CONTINGENT.search(text)) and (needs_nothing or not clause.due)
        is_firm = why is DIRECT and bool(clause.due) and not self._no_action.search(text)
        is_place = why is DUE and bool(_PLACE.search(text))
        is_known = why is MEETS and clause.writer is Party.REP
        if is_in_case or (needs_nothing and not is_firm) or is_place or is_known:
            return True
        return clause.before < clause.evidence.span.start and self._is_for_questions(document, clause)

    def shown(self, document: Document, clause: Clause, why: str, offset: int) -> Clause:
        """Return what to show: less of a long sentence, more where the sentence only points back ("return it")."""
        if clause.has_list:
            return clause
        text = folded(clause.text)
        if why in (DIRECT, QUESTION) and len(text) <= MAX_POINTING and self._points_back.search(text):
            return with_sentence_before(document, clause, most=MAX_VALUE)
        return narrowed(document, clause, offset, most=MAX_VALUE)

    def _why(self, text: str) -> tuple[str | None, int]:
        end = text.rstrip("\"')”»] ")[-2:]
        is_marked = (
            end.endswith("?") and end not in (".?", ",?") and not _DOUBT.search(text)
        )  # ".?" was a blank no program knew
        commands = self._commands if not is_marked or self._is_english else self._commands[:2]
        rules = [(DIRECT, self._direct), *((DIRECT, command) for command in commands)]
        rules += [(DEPENDS, self._depends), (WISH, self._wish), (DUE, self._obligation)]
        for why, pattern in rules:
            match = pattern.search(text)
            if match and not self._is_courtesy(text, match.start()):
                return why, match.start()
        is_brief = bool(self._brief.search(text))
        is_question = is_marked or is_brief or bool(self._is_english and _PLAIN_QUESTION.search(text))
        if is_question and not self._is_courtesy(text, 0):
            return QUESTION, 0
        for why, pattern in ((HANDED, self._hands_on), *self._later):
            match = pattern.search(text)
            if match:
                return why, match.start()
        return None, 0

    def _is_for_questions(self, document: Document, clause: Clause) -> bool:
        """Whether the sentence before asks whether there are questions: whom to call then is no request."""
        before = folded(document.text[clause.before : clause.evidence.span.start]).rstrip()
        return before.endswith("?") and len(before) <= MAX_POINTING and bool(self._courtesy.search(before))

    def _is_courtesy(self, text: str, offset: int) -> bool:
        """Whether the words at `offset` belong to a polite formula that asks for nothing.

        A formula behind a real request ("please sign it and call me if you have any questions") takes nothing away:
        more than its usual words stand before it.
        """
        formula = self._courtesy.search(text)
        if formula is None:
            return False
        before = _ASIDE.sub(" ", text[min(offset, formula.start()) : formula.start()]).split()
        is_more = len(before) >= 2 or (len(before) == 1 and before[0] in _DOING)
        if is_more and offset < formula.start():
            return False
        rest = text[formula.end() :]
        later = re.split(r"[;.!?]\s|\n\s*\n|\s[-–—]\s", rest, maxsplit=1)
        is_later = len(later) > 1 and offset >= formula.end() + len(rest) - len(later[1])
        return not is_later

    def _score(self, clause: Clause, why: str, likely: float, offset: int) -> float:
        text = clause.searched
        score = _GRADES[why] + 0.1 * (likely - 0.5) + 0.05 * clause.place
        if why is DIRECT:
            score += 0.05 if self._is_concrete(text, offset) else 0.0
            score += 0.03 if offset <= 3 else 0.0
        score += 0.05 if clause.due or self._haste.search(text) else 0.0
        score += 0.04 if clause.has_list else 0.0
        score -= 0.1 if len(text.split()) < 5 and not self._brief.search(text) else 0.0
        score -= 0.25 if _NEGATED.search(text) else 0.0
        score -= 0.2 if _CONTINGENT.search(text) or DETAILS.match(text) else 0.0
        if not clause.is_newest:
            score *= 0.86
        if clause.writer is Party.REP:
            score -= 0.1
        if self._is_bulk:
            score *= 0.5
        return round(max(0.05, min(0.97, score)), 4)

    def _is_concrete(self, text: str, offset: int) -> bool:
        """Whether a verb of doing stands where the words that ask begin, or right behind them."""
        match = self._direct.match(text, offset)
        return bool(CONCRETE.match(text, match.end() if match else offset))
