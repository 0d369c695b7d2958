"""Counts and what follows from them: precision, recall, F1, calibration."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Verdict(StrEnum):
    """What became of one field of one mail."""

    RIGHT = "right"
    WRONG = "wrong"
    SPURIOUS = "spurious"
    MISSED = "missed"
    RIGHTLY_EMPTY = "rightly empty"


@dataclass(slots=True)
class Counts:
    """True and false positives, false negatives, and how many answers there are (`n`)."""

    right: int = 0
    false_positive: int = 0
    false_negative: int = 0
    n: int = 0
    filled_of_n: int = 0

    def add(self, verdict: Verdict, *, has_gold: bool) -> None:
        """Count one field of one mail. A wrong value is both a false positive and a false negative."""
        self.n += has_gold
        self.filled_of_n += has_gold and verdict in (Verdict.RIGHT, Verdict.WRONG)
        self.right += verdict is Verdict.RIGHT
        self.false_positive += verdict in (Verdict.WRONG, Verdict.SPURIOUS)
        self.false_negative += verdict in (Verdict.WRONG, Verdict.MISSED)

    def add_sets(self, predicted: Sequence[str], gold: Sequence[str]) -> None:
        """Count one item that has several answers; each answer is used up by the prediction it matches."""
        left = list(gold)
        for one in predicted:
            if one in left:
                left.remove(one)
                self.right += 1
            else:
                self.false_positive += 1
        self.false_negative += len(left)
        self.n += len(gold)

    def figures(self) -> dict:
        """Return precision, recall, F1 and n; a share of nothing is 0."""
        precision = share(self.right, self.right + self.false_positive)
        recall = share(self.right, self.right + self.false_negative)
        return {"precision": precision, "recall": recall, "f1": f1(precision, recall), "n": self.n}


def share(part: float, whole: float) -> float:
    """Return part / whole to four digits, 0.0 when there is nothing."""
    return round(part / whole, 4) if whole else 0.0


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0


def expected_calibration_error(points: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Return the ECE over equal-width bins of confidence (Naeini et al. 2015); `points` are (confidence, is right)."""
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, is_right in points:
        groups[min(bins - 1, int(confidence * bins))].append((confidence, is_right))
    return _weighted_gap(groups)


def adaptive_calibration_error(points: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Return the same over bins that hold equally many points."""
    ranked = sorted(points)
    count = min(bins, len(ranked))
    edges = [round(n * len(ranked) / count) for n in range(count + 1)] if count else []
    return _weighted_gap([ranked[a:b] for a, b in pairwise(edges)])


def _weighted_gap(groups: Sequence[Sequence[tuple[float, bool]]]) -> float:
    total = sum(len(group) for group in groups)
    gaps = (abs(sum(c for c, _ in group) - sum(right for _, right in group)) for group in groups)
    return round(sum(gaps) / total, 4) if total else 0.0


def area_under_risk_coverage(points: Sequence[tuple[float, bool]]) -> float:
    """Return the AURC (Geifman and El-Yaniv 2017): the mean error rate of the k most confident, over all k.

    Points of equal confidence come in no order, so their errors are spread evenly among them.
    """
    ranked = sorted(points, key=lambda point: -point[0])
    spread: list[float] = []
    start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        errors = sum(not is_right for _, is_right in ranked[start:end])
        spread.extend([errors / (end - start)] * (end - start))
        start = end
    total = risk = 0.0
    for count, error in enumerate(spread, 1):
        total += error
        risk += total / count
    return round(risk / len(spread), 4) if spread else 0.0
