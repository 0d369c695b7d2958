"""What tells a mail's main ask from its side requests: traits of the sentence and of its place, none of its words.

What a rep is to do stands in sentences about answers, goods, meetings, and about what is wrong, missing or needed. A
mail asks other things beside it: where to park, which number to quote, when to ring, whom to greet. Which words belong
to which of these groups `resources/understanding/actions.json` says for each language. Each trait is a number from
about -4 to 4, most of them 0 or 1.
"""

import math
import re
from collections.abc import Mapping, Sequence

from desktop.domain.evidence import Candidate, ContactScope, FactKind, Part, Party
from desktop.understanding.candidates.action_sentences import action_probability
from desktop.understanding.candidates.asks import DIRECT, is_bulk, is_refusal, needs_nothing
from desktop.understanding.candidates.clauses import Clause, clauses_of, has_answered
from desktop.understanding.candidates.stated_needs import STATES
from desktop.understanding.candidates.subject_words import stems_of
from desktop.understanding.document import Document
from desktop.understanding.lexicon.cues import cues_of, folded, pattern_of

MAIN = ("answers", "sends", "meets", "orders", "wrong", "lacks", "needs")
BESIDE = ("arrival", "formality", "regards", "beside", "otherwise")
OTHER = ("channel", "manner", "conditional", "delivers", "we", "you")
MAX_CLAUSES = 40
MAX_SUBJECT = 200
SHORT = 5  # words
MOST_CERTAIN = 0.98

_PHONE = re.compile(r"\+?\(?\d[\d ()/.-]{6,20}\d")


class ActionTraits:
    """Reads the traits of the asks and promises of one mail."""

    def __init__(self, document: Document, actions: Sequence[Candidate]) -> None:
        self._document = document
        self._clauses = clauses_of(document)
        self._actions = actions
        self._subject = stems_of(document.message.subject[:MAX_SUBJECT])
        self._groups = {name: pattern_of("actions", name, document.language) for name in (*MAIN, *BESIDE, *OTHER)}
        name = document.author.name
        is_handed_on = document.scope is ContactScope.MENTIONED_PERSON and name is not None
        self._person = folded(name.text).split()[-1] if is_handed_on and name is not None else ""
        self._courtesy = pattern_of("asking", "courtesy", document.language)
        spoken = [action for action in actions if action.why != STATES]
        self._mail = {
            "always": 1.0,
            "mail needs nothing": float(bool(needs_nothing(document))),
            "mail to many": float(is_bulk(document)),
            "mail is answered": float(has_answered(document)),
            "mail hands on a person": float(document.scope is ContactScope.MENTIONED_PERSON),
            "mail declines": float(self._declines()),
            "rivals": math.log1p(len(spoken)),
        }

    def _declines(self) -> bool:
        declines = cues_of("intents", "decline", self._document.language)[0].pattern
        return any(declines.search(clause.searched) for clause in self._clauses[:MAX_CLAUSES] if clause.is_newest)

    def of(self, action: Candidate) -> dict[str, float]:
        """Return each trait of an ask or a promise by its name."""
        text = folded(action.value)
        clause = self._clause_of(action)
        form = _form_of(action)
        held = {name: bool(pattern.search(text)) for name, pattern in self._groups.items()}
        has_number = bool(_PHONE.search(text))
        is_main = any(held[name] for name in MAIN)
        is_beside = any(held[name] for name in BESIDE) or (held["channel"] and (held["manner"] or has_number))
        is_question = text.rstrip("\"')”» ").endswith("?")
        place = clause.place if clause else 0.0
        tests = {
            f"rule: {action.why}": True,
            f"{form}, main": is_main and not is_beside,
            f"{form}, beside": is_beside and not is_main,
            f"{form}, neither": not is_main and not is_beside,
            **{name: held[name] for name in (*MAIN, "arrival", "formality", "otherwise", *OTHER)},
            "is news": clause is not None and clause.is_newest,
            "rep writes": clause is not None and clause.writer is Party.REP,
            "has a day": bool(action.due),
            "asks": is_question,
            "short": len(text.split()) < SHORT,
            "shares the subject": bool(stems_of(action.value) & self._subject),
            "refuses": is_refusal(text),
            "has a number": has_number,
            "polite formula": bool(self._courtesy.search(text)),
            "states among asks": form == "states" and self._mail["rivals"] > 0,
            "asks you": is_question and held["you"],
            "names the person": bool(self._person) and self._person in text.split(),
            "states, declines": form == "states" and self._mail["mail declines"] > 0,
            "promise, delivers": form == "promise" and held["delivers"],
            "day, main": bool(action.due) and is_main,
        }
        numbers = {
            "score": _logit(action.rule_score),
            "margin": action.rule_score - self._best_other(action),
            "place": place,
            f"{form}, place": place,
            "states, rivals": self._mail["rivals"] if form == "states" else 0.0,
            "length": math.log1p(len(text.split())) / 3,
            "like a request": action_probability(action.value) - 0.5 if self._document.language == "en" else 0.0,
        }
        return self._mail | numbers | {name: float(holds) for name, holds in tests.items()}

    def _clause_of(self, action: Candidate) -> Clause | None:
        """Return the sentence that the action ends in; None for one of the subject line."""
        span = action.evidence.span
        if span.part is not Part.BODY:
            return None
        ends = (clause for clause in self._clauses if clause.evidence.span.start < span.end <= clause.evidence.span.end)
        return next(ends, None)

    def _best_other(self, action: Candidate) -> float:
        return max((other.rule_score for other in self._actions if other is not action), default=0.3)


def _form_of(action: Candidate) -> str:
    if action.kind is FactKind.PROMISE:
        return "promise"
    return {DIRECT: "direct", STATES: "states"}.get(action.why, "other")


def _logit(score: float) -> float:
    kept = min(MOST_CERTAIN, max(1 - MOST_CERTAIN, score))
    return math.log(kept / (1 - kept))


def total(traits: Mapping[str, float], worth: Mapping[str, float]) -> float:
    """Return the sum of what the traits are worth."""
    return sum(number * worth.get(name, 0.0) for name, number in traits.items())
