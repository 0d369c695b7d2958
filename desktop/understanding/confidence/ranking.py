"""Candidates in order of the probability that each is the right value, with a line that says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Candidate, FactKind
from desktop.domain.ports import Choice
from desktop.understanding.confidence.calibrator import Calibrator
from desktop.understanding.confidence.families import FAMILY_OF, Family
from desktop.understanding.confidence.signals import MailSignals, Signals, field_signals, label_signals
from desktop.understanding.document import Document

MAX_RANKED = 24
MAX_SHOWN = 40
Options = Mapping[FactKind, Sequence[Candidate]]
Choices = Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A Candidate with the probability that it is right, the signals that came from, and a line for the rep."""

    candidate: Candidate
    probability: float
    signals: Signals
    reason: str


def by_kind(candidates: Sequence[Candidate]) -> dict[FactKind, tuple[Candidate, ...]]:
    """Return the candidates of each kind, at most MAX_RANKED, in an order that does not depend on the given one."""
    groups: dict[FactKind, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.kind, []).append(candidate)
    return {kind: tuple(sorted(groups[kind], key=_order)[:MAX_RANKED]) for kind in FactKind if kind in groups}


def _order(candidate: Candidate) -> tuple[float, str, int, str]:
    span = candidate.evidence.span
    return -candidate.rule_score, span.part.value, span.start, candidate.value


def rank(
    document: Document, found: Options, options: Options, choices: Choices, calibrator: Calibrator
) -> dict[FactKind, tuple[Ranked, ...]]:
    """Return the candidates of each kind, the most probable first.

    `found` is what `by_kind` gives, `options` what the model was shown of it, `choices` its answers by question.
    """
    mail = MailSignals(document, found)
    ranked = {}
    for kind, candidates in found.items():
        asked = options.get(kind, ())
        choice = choices.get(kind.value)
        has_model = calibrator.has_model(FAMILY_OF[kind])
        signals = field_signals(mail, candidates, choice, asked)
        chances = [calibrator.probability(FAMILY_OF[kind], own) for own in signals]
        lines = [_reason(candidate, choice if has_model else None, asked) for candidate in candidates]
        rows = [Ranked(*row) for row in zip(candidates, chances, signals, lines, strict=True)]
        ranked[kind] = tuple(sorted(rows, key=lambda row: (-row.probability, *_order(row.candidate))))
    return ranked


def rank_labels(
    document: Document, family: Family, shares: Sequence[float], choice: Choice | None, calibrator: Calibrator
) -> list[tuple[float, Signals]]:
    """Return for each label of a closed list the probability that it is right, and its signals."""
    signals = label_signals(MailSignals(document, {}), shares, choice)
    return [(calibrator.probability(family, own), own) for own in signals]


def kept(signals: Signals) -> tuple[tuple[str, float], ...]:
    """Return signals as a Fact keeps them: by name, without zeros. A model's are kept even where it has no vote yet."""
    return tuple((name, round(value, 4)) for name, value in sorted(signals.items()) if value)


def _reason(candidate: Candidate, choice: Choice | None, asked: Sequence[Candidate]) -> str:
    reason = candidate.why[:1].upper() + candidate.why[1:] + "."
    if choice is None or candidate not in asked:
        return reason
    if choice.index >= len(asked):
        return f"{reason} The language model would leave it empty."
    chosen = asked[choice.index]
    if chosen == candidate:
        return f"{reason} The language model chose it too."
    words = " ".join(chosen.evidence.text.split())
    shown = words if len(words) <= MAX_SHOWN else words[: MAX_SHOWN - 1].rstrip() + "…"
    return f"{reason} The language model would rather take “{shown}”."
