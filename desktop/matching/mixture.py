"""What agreement is worth: the model of Fellegi and Sunter (1969), its chances learnt from the rows themselves.

For each column and level there is a chance to see it among pairs of the same person (m) and among pairs of any two (u).
u comes from rows drawn at random. m, and how many pairs there are of the same, come from the pairs worth comparing, by
expectation-maximisation (Winkler 1988), with a belief to begin with: a book without copies teaches nothing about copies
and must not be made to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.matching.agreement import LEVELS, UNKNOWN, Levels
from desktop.matching.likeness import SHARED_AT_MOST

Chances = NDArray[np.float64]
ROUNDS = 60
STILL = 1e-3
BELIEF = np.array((0.0, 0.75, 0.12, 0.05, 0.08))  # m before anything is learnt: what copies usually look like
BELIEVED = 25.0  # pairs' worth
BY_CHANCE = np.array((0.0, 0.01, 0.01, 0.04, 0.94))  # u before anything is learnt
BELIEVED_BY_CHANCE = 400.0
COPIES_EXPECTED = 0.02  # pairs of the same for each row


@dataclass(frozen=True, slots=True)
class Mixture:
    """`weights` is the natural logarithm of m/u, shape (columns, LEVELS); `prior` that of the odds before looking.

    What a firm's people have in common (`is_shared`) adds up to SHARED_AT_MOST and no more: colleagues agree in all of
    it, and one switchboard, street and town are one fact, not three.
    """

    weights: Chances
    prior: float
    is_shared: tuple[bool, ...]

    def log_odds(self, seen: Sequence[Levels], extra: Sequence[Chances] = ()) -> Chances:
        """Return for each pair the natural logarithm of the odds that it is of the same; `extra` adds to columns."""
        own, shared = np.full(len(seen[0]), self.prior), np.zeros(len(seen[0]))
        for place, levels in enumerate(seen):
            worth = self.weights[place][levels]
            if extra:
                worth = worth + extra[place]
            if self.is_shared[place]:
                shared += worth
            else:
                own += worth
        odds: Chances = own + np.minimum(shared, SHARED_AT_MOST)
        return odds


def learn(
    seen: Sequence[Levels], drawn: Sequence[Levels], is_shared: Sequence[bool], *, rows: int, part: float
) -> Mixture:
    """Fit a mixture to the levels of `seen` pairs, worth comparing, and of pairs `drawn` at random, column by column.

    `rows` is how many rows there are, `part` how large a part of the pairs worth comparing `seen` is.
    """
    by_chance = np.stack([_believed(levels, BY_CHANCE, BELIEVED_BY_CHANCE) for levels in drawn])
    belief = np.tile(BELIEF, (len(seen), 1))
    belief[:, UNKNOWN] = 1.0
    all_pairs = part * rows * (rows - 1) / 2
    copies = part * COPIES_EXPECTED * rows
    at_least = min(part, copies)
    mixture = Mixture(_weights(belief, by_chance), _log_odds_of(copies / all_pairs), tuple(is_shared))
    for _ in range(ROUNDS):
        chance = chance_of(mixture.log_odds(seen))
        same = np.stack([_believed(levels, BELIEF, BELIEVED, chance) for levels in seen])
        before, copies = copies, float(chance.sum()) + at_least
        mixture = Mixture(_weights(same, by_chance), _log_odds_of(copies / all_pairs), mixture.is_shared)
        if abs(copies - before) < STILL * before:
            break
    return mixture


def chance_of(log_odds: Chances) -> Chances:
    """Return probabilities for natural logarithms of odds."""
    chances: Chances = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return chances


def _log_odds_of(share: float) -> float:
    share = min(share, 0.5)
    return float(np.log(share / (1 - share)))


def _weights(same: Chances, by_chance: Chances) -> Chances:
    weights: Chances = np.log(same) - np.log(by_chance)
    weights[:, UNKNOWN] = 0.0
    return weights


def _believed(levels: Levels, belief: Chances, strength: float, chance: Chances | None = None) -> Chances:
    """Return the share of each known level, each pair counted with its `chance`, beside `strength` pairs of `belief`.

    The unknown level has 1, which weighs nothing.
    """
    counts = np.bincount(levels, weights=chance, minlength=LEVELS) + strength * belief
    counts[UNKNOWN] = 0
    shares: Chances = counts / counts.sum()
    shares[UNKNOWN] = 1.0
    return shares
