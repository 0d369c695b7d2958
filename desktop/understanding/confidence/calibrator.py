"""One small logistic model per family, and where they come from: `resources/models/calibrators/`, or the rep.

A calibrator belongs to one model file (by SHA-256; "" is the rules alone). A model nobody fitted a calibrator for
has no vote: the rules' calibrator is used, which knows no weight for what a model says.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import msgspec

from desktop.domain.errors import Defect
from desktop.system import resources
from desktop.understanding.confidence.families import Family
from desktop.understanding.confidence.logistic import activation, sigmoid

FORMAT = 1
RULES_ALONE = ""
LEAST, MOST = 0.001, 0.999

_log = logging.getLogger("dealside.understanding")


@dataclass(frozen=True, slots=True)
class FamilyModel:
    """The weights of one family by signal, how many examples they were fitted on, and whether a model has a vote.

    `figures` are those of the cross-validation that was printed when it was fitted.
    """

    weights: Mapping[str, float]
    examples: int = 0
    has_model: bool = False
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calibrator:
    """What turns signals into probabilities, for one model file. `origin` is `shipped` or `refitted`.

    `is_measured` says that a model was asked about annotated mails, so that a family without a vote is one where its
    answers are known not to help.
    """

    model_hash: str
    families: Mapping[Family, FamilyModel]
    origin: str = "shipped"
    is_measured: bool = False
    format: int = FORMAT

    def probability(self, family: Family, signals: Mapping[str, float]) -> float:
        """Return the probability that a candidate with these signals is right, within (0, 1)."""
        model = self.families.get(family, UNFITTED[family])
        return max(LEAST, min(MOST, sigmoid(activation(model.weights, signals))))

    def has_model(self, family: Family) -> bool:
        """Whether what a model answers counts in this family."""
        return family in self.families and self.families[family].has_model


UNFITTED = {
    family: FamilyModel({"share": 1.0} if family in (Family.INTENT, Family.SENTIMENT) else {"score": 1.0})
    for family in Family
}
"""Before anything is fitted, the rules' own score stands for the probability."""


class Calibrators:
    """Every calibrator there is, by model hash; those the rep's decisions led to come before the shipped ones."""

    def __init__(self, found: Iterable[Calibrator] = ()) -> None:
        self._by_hash: dict[str, Calibrator] = {}
        for one in found:
            self._by_hash[one.model_hash] = one

    def of(self, model_hash: str) -> Calibrator:
        """Return the calibrator for a model file; the rules' when it is not known."""
        known = self._by_hash.get(model_hash)
        return known or self._by_hash.get(RULES_ALONE) or Calibrator(RULES_ALONE, {})

    def asked_of(self, model_hash: str) -> frozenset[Family]:
        """Return the families in which a model is worth asking: where it has a vote.

        A model that was never measured is asked everything: what it says goes on record, so that the rep's decisions
        can give it a vote.
        """
        known = self._by_hash.get(model_hash)
        if known is None or not known.is_measured:
            return frozenset(Family)
        return frozenset(filter(known.has_model, Family))

    def with_own(self, refitted: Iterable[Calibrator]) -> "Calibrators":
        """Return these with others in place of those of the same model file."""
        return Calibrators([*self._by_hash.values(), *refitted])


@lru_cache(maxsize=1)
def shipped() -> Calibrators:
    """Return the calibrators that came with this program."""
    return Calibrators(_read(path) for path in sorted(resources.path("models", "calibrators").glob("*.json")))


def _read(path: Path) -> Calibrator:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Calibrator)
    except (OSError, msgspec.MsgspecError) as error:
        sentence = "One of Dealside's own files about its confidence is damaged. Install Dealside again."
        raise Defect(sentence, detail=f"{path.name}: {error}") from error
    if found.format != FORMAT:
        raise Defect(
            "A file about Dealside's confidence is of another version. Install Dealside again.", detail=path.name
        )
    return found
