"""How likely each ask or promise is what the mail is about: all of a mail are weighed against each other.

The rules that find them say how clearly somebody is asked. What makes one of them the main one is learnt from traits
(`resources/models/main_actions/fit.py`), which know no word of the mails they were learnt from.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import chain

from desktop.domain.evidence import Candidate
from desktop.system import resources
from desktop.understanding.candidates.action_traits import ActionTraits, total
from desktop.understanding.candidates.articles import outside_articles
from desktop.understanding.candidates.asks import find_asks
from desktop.understanding.candidates.likely_actions import find_likely_action
from desktop.understanding.candidates.open_matter import find_left_open
from desktop.understanding.candidates.promises import find_promises
from desktop.understanding.candidates.stated_needs import STATES, find_stated_needs
from desktop.understanding.document import Document

LEAST_STATED = 0.2
_LEAST, _MOST = 0.03, 0.97


def find_actions(document: Document) -> list[Candidate]:
    """Return what is asked, promised and stated as a need, weighed; where there is nothing of it, the best guess."""
    found = weighed(document, stated_too(document)) or list(_unaimed(document, find_left_open(document)))
    return outside_articles(document, found or list(find_likely_action(document)))


def stated_too(document: Document) -> tuple[Candidate, ...]:
    """Return what is asked and promised in so many words, and after it what is stated as a need."""
    spoken = spoken_actions(document)
    return (*spoken, *_unaimed(document, find_stated_needs(document, spoken)))


@lru_cache(maxsize=1)  # the form of a mail is read from the same asks
def spoken_actions(document: Document) -> tuple[Candidate, ...]:
    """Return what is asked and promised in so many words, as the rules that found it score it."""
    best: dict[tuple[str, str], Candidate] = {}
    for action in _unaimed(document, chain(find_asks(document), find_promises(document))):
        key = (action.kind.value, action.value.casefold())
        if key not in best or action.rule_score > best[key].rule_score:
            best[key] = action
    return tuple(best.values())


def _unaimed(document: Document, actions: Iterable[Candidate]) -> Iterator[Candidate]:
    """Leave out what speaks to software."""
    return (action for action in actions if not document.is_aimed_at_software(action.evidence.span))


def weighed(document: Document, actions: Sequence[Candidate]) -> list[Candidate]:
    """Return the asks and promises with the probability as their score; statements that hardly ask are left out."""
    traits = ActionTraits(document, actions)
    found = []
    for action in actions:
        sum_of = total(traits.of(action), _worth())
        score = min(_MOST, max(_LEAST, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, sum_of))))))
        if action.why != STATES or score >= LEAST_STATED:
            found.append(replace(action, rule_score=round(score, 4)))
    return found


@cache
def _worth() -> dict[str, float]:
    """Return what each trait is worth, by its name."""
    raw: dict[str, float] = json.loads(
        resources.path("models", "main_actions", "weights.json").read_text(encoding="utf-8")
    )
    return raw
