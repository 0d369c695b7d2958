"""Logistic regression with a Gaussian prior, small enough to run without any library.

The fitted weights are the mode of the posterior (MAP): Newton's method on the log-likelihood plus the prior's penalty
(Bishop, Pattern Recognition and Machine Learning, 4.3.3 and 4.5.1). Ten examples move a weight little from its prior
mean, two hundred move it a lot; the prior's precision says how much is little.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

STEPS = 30
STEP_LENGTHS = tuple(0.5**halvings for halvings in range(14))
CLOSE_ENOUGH = 1e-7
MOST = 35.0


@dataclass(frozen=True, slots=True)
class Example:
    """One candidate of the past: its signals by name, whether it was right, and how many examples it counts for."""

    signals: Mapping[str, float]
    is_right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Belief:
    """What is thought of a weight before any example: its mean, and the precision (1 / variance) of that."""

    mean: float
    precision: float


def sigmoid(value: float) -> float:
    """Return 1 / (1 + e^-value); beyond ±35 that is 0 or 1 to all digits, and stays inside."""
    value = max(-MOST, min(MOST, value))
    return 1.0 / (1.0 + math.exp(-value))


def logit(probability: float, *, least: float = 0.01) -> float:
    """Return log(p / (1 - p)), p held between `least` and 1 - `least`."""
    held = max(least, min(1.0 - least, probability))
    return math.log(held / (1.0 - held))


def activation(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    """Return the weighted sum; a signal without a weight counts for nothing."""
    return sum(weights.get(name, 0.0) * value for name, value in signals.items())


def log_loss(weights: Mapping[str, float], examples: Sequence[Example]) -> float:
    """Return the mean of -log p(what was so); 0 for no examples."""
    if not examples:
        return 0.0
    return sum(_surprise(activation(weights, e.signals), is_right=e.is_right) for e in examples) / len(examples)


def _surprise(value: float, *, is_right: bool) -> float:
    value = -value if is_right else value
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def fit(
    examples: Sequence[Example],
    prior: Mapping[str, Belief],
    *,
    never_negative: Collection[str] = (),
    never_positive: Collection[str] = (),
) -> dict[str, float]:
    """Return the likeliest weights, given the examples and the prior. Signals the prior does not name are left out.

    The weights of `never_negative` end at 0 or above, those of `never_positive` at 0 or below: one that would cross
    is held at 0 and the others are fitted again.
    """
    held: dict[str, float] = {}
    while True:
        free = [name for name in prior if name not in held]
        found = _newton(examples, prior, free) if free else {}
        wrong = [name for name in never_negative if found.get(name, 0.0) < 0.0]
        wrong += [name for name in never_positive if found.get(name, 0.0) > 0.0]
        if not wrong:
            return {**found, **held}
        held.update(dict.fromkeys(wrong, 0.0))


def _newton(examples: Sequence[Example], prior: Mapping[str, Belief], names: Sequence[str]) -> dict[str, float]:
    place = {name: index for index, name in enumerate(names)}
    rows = [
        ([(place[name], value) for name, value in e.signals.items() if name in place and value], e.is_right, e.weight)
        for e in examples
    ]
    beliefs = [prior[name] for name in names]
    weights = [belief.mean for belief in beliefs]
    loss = _penalised(rows, beliefs, weights)
    for _ in range(STEPS):
        gradient, curvature = _slopes(rows, beliefs, weights)
        step = _solved(curvature, gradient)
        tried = ([weight - scale * move for weight, move in zip(weights, step, strict=True)] for scale in STEP_LENGTHS)
        better = next(((new, at) for at in tried if (new := _penalised(rows, beliefs, at)) <= loss), None)
        if better is None:
            break
        gained, (loss, weights) = loss - better[0], better
        if gained < CLOSE_ENOUGH:
            break
    return dict(zip(names, weights, strict=True))


_Row = tuple[list[tuple[int, float]], bool, float]


def _penalised(rows: Sequence[_Row], beliefs: Sequence[Belief], weights: Sequence[float]) -> float:
    loss = 0.0
    for cells, is_right, weight in rows:
        loss += weight * _surprise(sum(weights[index] * value for index, value in cells), is_right=is_right)
    for belief, at in zip(beliefs, weights, strict=True):
        loss += 0.5 * belief.precision * (at - belief.mean) ** 2
    return loss


def _slopes(
    rows: Sequence[_Row], beliefs: Sequence[Belief], weights: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """Return gradient and (lower half of the) second derivatives of the penalised loss."""
    size = len(weights)
    gradient = [b.precision * (w - b.mean) for b, w in zip(beliefs, weights, strict=True)]
    curvature = [[0.0] * (row + 1) for row in range(size)]
    for index, belief in enumerate(beliefs):
        curvature[index][index] = belief.precision
    for cells, is_right, weight in rows:
        p = sigmoid(sum(weights[index] * value for index, value in cells))
        miss, spread = weight * (p - is_right), weight * p * (1.0 - p)
        for index, value in cells:
            gradient[index] += miss * value
            line, scaled = curvature[index], spread * value
            for other, other_value in cells:
                if other <= index:
                    line[other] += scaled * other_value
    return gradient, curvature


def _solved(lower: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """Solve A x = b for a symmetric positive definite A, given its lower half (Cholesky)."""
    size = len(right)
    root: list[list[float]] = []
    for row in range(size):
        line: list[float] = []
        for column in range(row):
            above = root[column]
            rest = lower[row][column] - sum(a * b for a, b in zip(line, above, strict=False))
            line.append(rest / above[column])
        rest = lower[row][row] - sum(value * value for value in line)
        line.append(math.sqrt(max(rest, 1e-12)))
        root.append(line)
    forward: list[float] = []
    for row in range(size):
        rest = right[row] - sum(a * b for a, b in zip(root[row], forward, strict=False))
        forward.append(rest / root[row][row])
    found = [0.0] * size
    for row in range(size - 1, -1, -1):
        rest = forward[row] - sum(root[below][row] * found[below] for below in range(row + 1, size))
        found[row] = rest / root[row][row]
    return found
