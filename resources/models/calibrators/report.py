"""What the cross-validation says: how good, how well calibrated, and where the limits may stand."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from examples import FIELD_OF, Judged

from desktop.domain.evidence import CHECK_FROM, SURE_FROM, FactKind
from desktop.understanding.confidence.families import LABELS, Family
from tests.benchmarks.understanding.corpus import CrmMail
from tests.benchmarks.understanding.fields import GOLD, verdict_on
from tests.benchmarks.understanding.scoring import (
    Counts,
    Verdict,
    adaptive_calibration_error,
    area_under_risk_coverage,
    expected_calibration_error,
    share,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A candidate of a mail that was left out, and the probability it was given."""

    judged: Judged
    chance: float


def points_of(examples: Sequence[Judged], chance: Callable[[Judged], float]) -> list[Point]:
    """Return the examples with their probabilities."""
    return [Point(one, chance(one)) for one in examples]


def best_of(points: Sequence[Point]) -> list[Point]:
    """Return the likeliest candidate of each kind of each mail, the ones nobody can judge left out."""
    best: dict[tuple[str, str], Point] = {}
    for point in points:
        key = (point.judged.mail.id, point.judged.kind.value if point.judged.kind else point.judged.family.value)
        if key not in best or point.chance > best[key].chance:
            best[key] = point
    return [point for point in best.values() if point.judged.is_right is not None]


def print_figures(points: Sequence[Point]) -> dict[Family, Mapping[str, float]]:
    """Print a line a family, then a line for all fields, and return the families' figures."""
    best = best_of(points)
    found: dict[Family, Mapping[str, float]] = {}
    print("family     mails  right    ECE  Brier   AURC  sure: precision  coverage")
    for family in Family:
        of_family = [point for point in best if point.judged.family is family]
        if of_family:
            found[family] = _figures(of_family)
            _print(family.value, found[family])
    _print("fields", _figures([p for p in best if p.judged.kind in FIELD_OF]))
    _print("  fresh", _figures([p for p in best if p.judged.kind in FIELD_OF and p.judged.is_fresh]))
    _print("labels", _figures([p for p in best if p.judged.family in LABELS]))
    _print("  fresh", _figures([p for p in best if p.judged.family in LABELS and p.judged.is_fresh]))
    losses = [_log_loss(points, is_fresh=is_fresh) for is_fresh in (False, True)]
    print(f"log loss a candidate: {losses[0]:.4f} known, {losses[1]:.4f} fresh")
    return found


def _figures(points: Sequence[Point]) -> dict[str, float]:
    """Figures of the filled ones: those from CHECK_FROM on; a label is always filled."""
    filled = [p for p in points if p.chance >= CHECK_FROM or p.judged.family in LABELS]
    pairs = [(p.chance, bool(p.judged.is_right)) for p in filled]
    sure = [is_right for chance, is_right in pairs if chance >= SURE_FROM]
    return {
        "filled": len(filled),
        "right": share(sum(is_right for _, is_right in pairs), len(pairs)),
        "ece": expected_calibration_error(pairs),
        "ace": adaptive_calibration_error(pairs, bins=5),
        "brier": round(sum((chance - is_right) ** 2 for chance, is_right in pairs) / max(len(pairs), 1), 4),
        "aurc": area_under_risk_coverage(pairs),
        "sure_precision": share(sum(sure), len(sure)),
        "sure_coverage": share(len(sure), len(pairs)),
    }


def _log_loss(points: Sequence[Point], *, is_fresh: bool) -> float:
    losses = [
        -math.log(p.chance if p.judged.is_right else 1 - p.chance)
        for p in points
        if p.judged.is_right is not None and p.judged.is_fresh is is_fresh and p.judged.family not in LABELS
    ]
    return sum(losses) / max(len(losses), 1)


def _print(name: str, f: Mapping[str, float]) -> None:
    print(
        f"{name:<10} {f['filled']:>5} {f['right']:>6.3f} {f['ece']:>6.3f} {f['brier']:>6.3f} {f['aurc']:>6.3f} "
        f"{f['sure_precision']:>16.3f} {f['sure_coverage']:>9.3f}"
    )


def gains(without: Sequence[Point], with_it: Sequence[Point]) -> dict[Family, tuple[float, float]]:
    """Return by family how much lower the log loss a mail is with a model's signals, and its standard error."""
    found = {}
    for family in Family:
        before, after = _loss_by_mail(without, family), _loss_by_mail(with_it, family)
        differences = [before[mail] - after[mail] for mail in before]
        if len(differences) > 1:
            mean = sum(differences) / len(differences)
            spread = math.sqrt(sum((d - mean) ** 2 for d in differences) / (len(differences) - 1) / len(differences))
            found[family] = (mean, spread)
            print(
                f"with the model, {family.value:<10} log loss a mail lower by {mean:+.4f} (standard error {spread:.4f})"
            )
    return found


def _loss_by_mail(points: Sequence[Point], family: Family) -> dict[str, float]:
    losses: dict[str, float] = {}
    for point in points:
        if point.judged.family is family and point.judged.is_right is not None:
            p = point.chance if point.judged.is_right else 1 - point.chance
            losses[point.judged.mail.id] = losses.get(point.judged.mail.id, 0.0) - math.log(p)
    return losses


def print_limits(points: Sequence[Point]) -> None:
    """Print what each limit would give: macro F1 over the fields for CHECK_FROM, precision for SURE_FROM."""
    mails = {p.judged.mail.id: p.judged.mail for p in points}
    best = {(p.judged.mail.id, p.judged.kind): p for p in sorted(points, key=lambda p: p.chance) if p.judged.kind}
    print("\nCHECK_FROM   macro F1   precision   recall")
    for step in range(4, 16):
        limit = step * 0.05
        counts = _counts(mails, best, limit)
        f1s = [one.figures()["f1"] for one in counts.values()]
        right = sum(one.right for one in counts.values())
        wrong = sum(one.false_positive for one in counts.values())
        missed = sum(one.false_negative for one in counts.values())
        mark = " <" if abs(limit - CHECK_FROM) < 0.026 else ""
        print(
            f"{limit:>9.2f} {sum(f1s) / len(f1s):>10.4f} {share(right, right + wrong):>11.4f} "
            f"{share(right, right + missed):>8.4f}{mark}"
        )
    filled = [
        p
        for p in best.values()
        if p.judged.kind in FIELD_OF and p.judged.is_right is not None and p.chance >= CHECK_FROM
    ]
    fresh = [p for p in filled if p.judged.is_fresh]
    print("\nSURE_FROM   precision   coverage   fresh: precision   coverage   mean chance")
    for limit in (0.75, 0.8, 0.825, 0.85, 0.875, 0.9, 0.925, 0.95, 0.97, 0.98):
        sure, sure_fresh = ([p for p in group if p.chance >= limit] for group in (filled, fresh))
        print(
            f"{limit:>9.3f} {_precision(sure):>11.4f} {share(len(sure), len(filled)):>10.4f} "
            f"{_precision(sure_fresh):>18.4f} {share(len(sure_fresh), len(fresh)):>10.4f} "
            f"{sum(p.chance for p in sure) / max(len(sure), 1):>13.4f}{' <' if limit == SURE_FROM else ''}"
        )
    for field, one in _counts(mails, best, CHECK_FROM).items():
        print(f"{field:<14} {one.figures()}")


def _precision(points: Sequence[Point]) -> float:
    return share(sum(bool(p.judged.is_right) for p in points), len(points))


def _counts(
    mails: Mapping[str, CrmMail], best: Mapping[tuple[str, FactKind | None], Point], limit: float
) -> dict[str, Counts]:
    counts = {}
    for field, key in GOLD.items():
        counts[field] = Counts()
        kinds = [kind for kind, of in FIELD_OF.items() if of == field]
        for mail in mails.values():
            tops = [best[mail.id, kind] for kind in kinds if (mail.id, kind) in best]
            fact = next((top.judged.fact for top in tops if top.chance >= limit), None)
            verdict: Verdict = verdict_on(mail, field, fact)
            counts[field].add(verdict, has_gold=mail.gold.get(key) is not None)
    return counts
