"""Learns from what the rep decided: the shipped weights are the prior, their decisions the examples.

A Bayesian update, so ten decisions move little and two hundred a lot: the intercept's prior has the weight of some 40
even bets, a slope's somewhat more. A family is refitted only where that was better, or no worse, than the shipped
weights on decisions kept back from the fit: the mails are dealt into two halves, and each half judges what the other
led to. A model that nobody measured earns its vote the same way: where its answers, added to the rules' signals, make
the halves clearly better judged.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import mean, stdev

from desktop.domain.ports import Clock
from desktop.store.calibrators import CalibratorRow
from desktop.store.codec import decode, encode
from desktop.store.store import Store, Transaction
from desktop.understanding import RULES_VERSION
from desktop.understanding.confidence.calibrator import (
    RULES_ALONE,
    UNFITTED,
    Calibrator,
    Calibrators,
    FamilyModel,
    shipped,
)
from desktop.understanding.confidence.decisions import Lesson, final_decisions, lessons
from desktop.understanding.confidence.families import Family
from desktop.understanding.confidence.logistic import Belief, fit, log_loss
from desktop.understanding.confidence.signals import MODEL_SIGNALS, NEVER_NEGATIVE, NEVER_POSITIVE

EVERY = timedelta(days=1)
MOST_DECISIONS = 3000
LEAST_LESSONS = 10
LEAST_LESSONS_FOR_A_VOTE = 40
VOTE_ERRORS = 2.5  # standard errors by which a model's answers must make the judgement better
INTERCEPT_PRECISION = 10.0
SLOPE_PRECISION = 25.0

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class FamilyStanding:
    """How one family does in this rep's hands. `promised` is the mean Confidence of what was decided on."""

    family: Family
    decisions: int
    right: int
    promised: float
    is_refitted: bool


def refitted(lessons_by_family: Mapping[Family, Sequence[Lesson]], start: Calibrator) -> Calibrator:
    """Return a calibrator moved towards what the lessons say, family by family, where that proved no worse."""
    families = dict(start.families)
    for family, learned in lessons_by_family.items():
        known = start.families.get(family, UNFITTED[family])
        if len(learned) >= LEAST_LESSONS:
            families[family] = _refitted(learned, known, may_earn_vote=not start.is_measured)
    return replace(start, families=families, origin="refitted")


def _refitted(learned: Sequence[Lesson], known: FamilyModel, *, may_earn_vote: bool) -> FamilyModel:
    without = learned if known.has_model else [_without_model(lesson) for lesson in learned]
    gains = _gains(without, known.weights)
    moved = known
    if gains and sum(gains) >= 0:
        moved = replace(known, weights=_updated(without, known.weights), examples=len(learned), figures={})
    if may_earn_vote and not known.has_model and _has_earned_vote(learned, known.weights):
        weights = _updated(learned, known.weights)
        moved = replace(known, weights=weights, examples=len(learned), figures={}, has_model=True)
    return moved


def _has_earned_vote(learned: Sequence[Lesson], weights: Mapping[str, float]) -> bool:
    """Whether a model's answers make the judgement better than chance would, on mails kept back from the fit."""
    asked = [lesson for lesson in learned if "model" in lesson.example.signals]
    if len(asked) < LEAST_LESSONS_FOR_A_VOTE:
        return False
    plain = [_without_model(lesson) for lesson in asked]
    ours, theirs = _gains(asked, weights), _gains(plain, weights)
    better = [mine - other for mine, other in zip(ours, theirs, strict=True)]
    if len(better) < 2 or not any(better):
        return False
    return mean(better) > VOTE_ERRORS * stdev(better) / math.sqrt(len(better))


def _without_model(lesson: Lesson) -> Lesson:
    signals = {name: value for name, value in lesson.example.signals.items() if name not in MODEL_SIGNALS}
    return replace(lesson, example=replace(lesson.example, signals=signals))


def _updated(learned: Sequence[Lesson], weights: Mapping[str, float]) -> dict[str, float]:
    names = {"bias"} | {name for lesson in learned for name in lesson.example.signals}
    prior = {
        name: Belief(weights.get(name, 0.0), INTERCEPT_PRECISION if name == "bias" else SLOPE_PRECISION)
        for name in sorted(names)
    }
    found = fit(
        [lesson.example for lesson in learned],
        prior,
        never_negative=NEVER_NEGATIVE & names,
        never_positive=NEVER_POSITIVE & names,
    )
    return {**weights, **found}


def _gains(learned: Sequence[Lesson], start: Mapping[str, float]) -> list[float]:
    """Return by mail how much less the log loss is with weights fitted on the other half than with those of `start`."""
    mails = sorted({lesson.mail for lesson in learned})
    gains = []
    for half in (0, 1):
        kept_back = set(mails[half::2])
        fitted_on = [lesson for lesson in learned if lesson.mail not in kept_back]
        if not fitted_on or not kept_back:
            return []
        weights = _updated(fitted_on, start)
        for mail in sorted(kept_back):
            judged_by = [lesson.example for lesson in learned if lesson.mail == mail]
            loss = log_loss(start, judged_by) - log_loss(weights, judged_by)
            gains.append(loss * len(judged_by))
    return gains


def all_lessons(tx: Transaction) -> dict[str, dict[Family, list[Lesson]]]:
    """Return what this version of the rules was taught since it was last forgotten, by model hash and family."""
    since = tx.calibrators.forgotten_at()
    found: dict[str, dict[Family, list[Lesson]]] = defaultdict(lambda: defaultdict(list))
    for suggestion, decision, mail in final_decisions(tx.proposals.decided(MOST_DECISIONS)):
        if since is not None and decision.decided_at <= since:
            continue
        reading = tx.interactions.reading(mail)
        if reading is None or reading.computed_by.rules_version != RULES_VERSION:
            continue
        for lesson in lessons(suggestion, decision, reading, mail):
            found[reading.computed_by.model_hash][lesson.family].append(lesson)
    return found


def is_due(store: Store, clock: Clock) -> bool:
    """Whether a day has passed since the last time."""
    with store.reading() as tx:
        rows = tx.calibrators.of_rules(RULES_VERSION)
    return all(clock.now() - row.fitted_at >= EVERY for row in rows)


def learn(store: Store, clock: Clock) -> int:
    """Refit from all decisions and keep the outcome; return how many families differ from the shipped ones now."""
    with store.reading() as tx:
        taught = all_lessons(tx)
    taught.setdefault(RULES_ALONE, {})  # so that the time is kept even where nothing was taught
    changed = 0
    with store.transaction() as tx:
        for model_hash, by_family in taught.items():
            start = shipped().of(model_hash)
            made = replace(refitted(by_family, start), model_hash=model_hash)
            different = [f for f in by_family if made.families.get(f) != start.families.get(f)]
            count = sum(len(learned) for learned in by_family.values())
            body = encode(made) if different else ""
            tx.calibrators.save(CalibratorRow(model_hash, RULES_VERSION, clock.now(), count, body))
            changed += len(different)
            _log.info("confidence was fitted to %d decisions: %s", count, ", ".join(sorted(different)) or "as shipped")
    return changed


def calibrators(tx: Transaction) -> Calibrators:
    """Return the calibrators to use: the shipped ones, and over them what was learned here."""
    rows = tx.calibrators.of_rules(RULES_VERSION)
    return shipped().with_own(decode(row.body, Calibrator) for row in rows if row.body)


class Learned:
    """What the command line shows of it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def standings(self) -> list[FamilyStanding]:
        """Return how each family did in the rep's hands, over all model files."""
        with self._store.reading() as tx:
            return standings(tx)

    def forget(self) -> None:
        """Go back to the shipped calibrators. The Decisions stay; only those made from now on are learned from."""
        with self._store.transaction() as tx:
            tx.calibrators.forget(self._clock.now())


def standings(tx: Transaction) -> list[FamilyStanding]:
    """Return how each family did in the rep's hands, over all model files."""
    own = calibrators(tx)
    found: dict[Family, list[tuple[bool, float, bool]]] = defaultdict(list)
    for model_hash, by_family in all_lessons(tx).items():
        start, used = shipped().of(model_hash), own.of(model_hash)
        for family, learned in by_family.items():
            is_new = used.families.get(family) != start.families.get(family)
            for lesson in learned:
                promised = start.probability(family, lesson.example.signals)
                found[family].append((lesson.example.is_right, promised, is_new))
    return [
        FamilyStanding(
            family,
            len(rows),
            sum(is_right for is_right, _, _ in rows),
            round(sum(promised for _, promised, _ in rows) / len(rows), 3),
            any(is_new for _, _, is_new in rows),
        )
        for family, rows in sorted(found.items())
    ]
