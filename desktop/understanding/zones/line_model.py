"""A linear model that says how likely a line is part of a signature.

The weights are in `resources/models/lines/weights.json`, written by the script beside it: one number for each name
that `line_features` gives, and a bias. The sum is the log-odds. Read once, when the first mail is cut up.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from desktop.system import resources


@dataclass(frozen=True, slots=True)
class LineModel:
    """Log-odds: `bias` plus the weight of every name. Names without a weight count nothing."""

    bias: float
    weights: dict[str, float]

    def log_odds(self, names: Iterable[str]) -> float:
        """Return the natural logarithm of the odds that the line is part of a signature."""
        weights = self.weights
        return self.bias + sum(weights.get(name, 0.0) for name in sorted(names))


@cache
def bundled() -> LineModel:
    """Return the model that comes with the program."""
    row = json.loads(resources.path("models", "lines", "weights.json").read_text(encoding="utf-8"))
    return LineModel(float(row["bias"]), {str(name): float(weight) for name, weight in row["weights"].items()})
