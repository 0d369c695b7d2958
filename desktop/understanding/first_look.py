"""What the rules alone make of a mail, and which of its questions they leave open for a model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.evidence import SURE_FROM, Candidate, FactKind, Intent, Label, Sentiment
from desktop.understanding.candidates import find_candidates
from desktop.understanding.conclusions.intent import intent_by_rules
from desktop.understanding.conclusions.sentiment import sentiment_by_rules
from desktop.understanding.confidence.calibrator import Calibrator
from desktop.understanding.confidence.families import Family
from desktop.understanding.confidence.ranking import Ranked, by_kind, rank, rank_labels
from desktop.understanding.document import Document
from desktop.understanding.questions import options_by_kind

Found = Mapping[FactKind, tuple[Candidate, ...]]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Candidates by kind, those of them that a model is offered, their order by the rules, and the rules' labels.

    `intent` and `mood` are the rules' own choice with the share of every label. `unsure` holds the names of the
    questions (`questions.py`) that the rules alone would not answer in the sure band.
    """

    found: Found
    options: Found
    ranked: Mapping[FactKind, tuple[Ranked, ...]]
    intent: tuple[Label, Mapping[Intent, float]]
    mood: tuple[Label, Mapping[Sentiment, float]]
    unsure: frozenset[str]


def look_at(document: Document, rules: Calibrator) -> FirstLook:
    """Return what the rules find and conclude; `rules` is the calibrator of the rules alone."""
    found = by_kind(find_candidates(document))
    options = options_by_kind([candidate for group in found.values() for candidate in group])
    ranked = rank(document, found, options, {}, rules)
    intent = intent_by_rules(document, found)
    mood = sentiment_by_rules(document, intent[1])
    labels = ((Family.INTENT, [*intent[1].values()]), (Family.SENTIMENT, [*mood[1].values()]))
    unsure = [kind.value for kind, rows in ranked.items() if rows[0].probability < SURE_FROM]
    unsure += [family.value for family, shares in labels if not _is_sure(document, family, shares, rules)]
    return FirstLook(found, options, ranked, intent, mood, frozenset(unsure))


def _is_sure(document: Document, family: Family, shares: Sequence[float], rules: Calibrator) -> bool:
    return max(chance for chance, _ in rank_labels(document, family, shares, None, rules)) >= SURE_FROM
