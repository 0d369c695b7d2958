"""Fits the calibrators: `python resources/models/calibrators/fit.py --data DIR [--model FILE.gguf] [--dry-run]`.

Runs the real pipeline over annotated mails (`crm_emails_*.jsonl` under DIR), fits one logistic model per family in two
stages, prints what leave-one-mail-out cross-validation says of it, and writes `rules.json`, or `<model>.json` for a
model file. Deterministic: the same mails and the same rules give the same bytes.

Two stages, because a family has few examples: weights common to all fields are fitted to all of them around a prior
set by hand (the rules' own score, as it is, is the best first guess); each family's weights are then fitted around
those. With a model, each family is fitted with and without its signals, and the model gets a vote only in families
where the log loss on mails left out is lower with it by more than 2.5 standard errors: of eleven families, one or two
would pass one standard error by luck.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
sys.path.insert(0, str(HERE))

from examples import Judged, judged  # noqa: E402
from report import Point, gains, points_of, print_figures, print_limits  # noqa: E402

from desktop.domain.ports import LanguageModel  # noqa: E402
from desktop.understanding.confidence.calibrator import Calibrator, FamilyModel  # noqa: E402
from desktop.understanding.confidence.families import LABELS, Family  # noqa: E402
from desktop.understanding.confidence.logistic import Belief, Example, fit  # noqa: E402
from desktop.understanding.confidence.signals import (  # noqa: E402
    MODEL_SIGNALS,
    NEVER_NEGATIVE,
    NEVER_POSITIVE,
)

# Means and precisions (1 / variance) set by hand, before any mail was looked at.
BY_HAND = {
    "bias": Belief(0.0, 0.5),
    "score": Belief(1.0, 2.0),
    "share": Belief(1.0, 2.0),
    "margin": Belief(0.5, 1.0),
    "close": Belief(-0.3, 2.0),
    "rivals": Belief(-0.1, 2.0),
    "is_odd": Belief(-1.0, 2.0),
    "runs_on": Belief(-0.7, 2.0),
    "foreign": Belief(-0.4, 2.0),
    "others": Belief(-0.3, 2.0),
    "model_logit": Belief(0.4, 4.0),
    "model_agrees": Belief(0.3, 4.0),
}
OTHERS = Belief(0.0, 2.0)
OF_A_RULE = Belief(0.0, 3.0)
FAMILY_PRECISION = {"bias": 1.0, "score": 4.0, "share": 1.0, "margin": 3.0}
OTHER_FAMILY_PRECISION = 4.0
VOTE_ERRORS = 2.5
FOLDS = 11  # of four mails each, here

Weights = dict[Family, dict[str, float]]


def fitted(examples: Sequence[Judged], *, with_model: bool) -> Weights:
    """Return the weights of each family."""
    usable = [one for one in examples if one.is_right is not None]
    found: Weights = {}
    for group in (frozenset(Family) - LABELS, LABELS):
        of_group = [one for one in usable if one.family in group]
        common = _fit(of_group, _common_prior(of_group, with_model=with_model))
        for family in sorted(group):
            of_family = [one for one in of_group if one.family is family]
            found[family] = _fit(of_family, _family_prior(of_family, common, with_model=with_model))
    return found


def _fit(examples: Sequence[Judged], prior: Mapping[str, Belief]) -> dict[str, float]:
    return fit(
        [Example(one.signals, bool(one.is_right), one.weight) for one in examples],
        prior,
        never_negative=NEVER_NEGATIVE & prior.keys(),
        never_positive=NEVER_POSITIVE & prior.keys(),
    )


def _names(examples: Sequence[Judged], *, with_model: bool) -> list[str]:
    names = sorted({name for one in examples for name in one.signals})
    return [name for name in names if with_model or name not in MODEL_SIGNALS]


def _common_prior(examples: Sequence[Judged], *, with_model: bool) -> dict[str, Belief]:
    names = [name for name in _names(examples, with_model=with_model) if "/" not in name]
    return {name: BY_HAND.get(name, OTHERS) for name in names}


def _family_prior(examples: Sequence[Judged], common: Mapping[str, float], *, with_model: bool) -> dict[str, Belief]:
    prior = {}
    for name in sorted({*_names(examples, with_model=with_model), *common}):
        precision = FAMILY_PRECISION.get(name, OTHER_FAMILY_PRECISION)
        prior[name] = OF_A_RULE if "/" in name else Belief(common.get(name, 0.0), precision)
    return prior


def cross_validated(examples: Sequence[Judged], *, with_model: bool, folds: int = FOLDS) -> list[Point]:
    """Return each candidate with the probability that weights fitted on other mails give it."""
    mails = sorted({one.mail.id for one in examples})
    found: list[Point] = []
    for fold in range(min(folds, len(mails))):
        left_out = set(mails[fold::folds] if folds < len(mails) else [mails[fold]])
        weights = fitted([one for one in examples if one.mail.id not in left_out], with_model=with_model)
        found += points_of([one for one in examples if one.mail.id in left_out], _chance(weights))
    return found


def _chance(weights: Weights) -> Callable[[Judged], float]:
    calibrator = Calibrator("", {family: FamilyModel(of_family) for family, of_family in weights.items()})
    return lambda one: calibrator.probability(one.family, one.signals)


def calibrator(examples: Sequence[Judged], model_hash: str, *, folds: int = FOLDS) -> tuple[Calibrator, list[Point]]:
    """Return what is to be shipped, and the points of the cross-validation it rests on."""
    without = cross_validated(examples, with_model=False, folds=folds)
    voting: set[Family] = set()
    points = without
    weights = fitted(examples, with_model=False)
    if model_hash:
        with_it = cross_validated(examples, with_model=True, folds=folds)
        voting = {family for family, (gain, error) in gains(without, with_it).items() if gain > VOTE_ERRORS * error}
        print("the model has a vote on:", ", ".join(sorted(voting)) or "nothing")
        points = [p for p in without if p.judged.family not in voting]
        points += [p for p in with_it if p.judged.family in voting]
        weights |= {f: w for f, w in fitted(examples, with_model=True).items() if f in voting}
    figures = print_figures(points)
    families = {
        family: FamilyModel(
            {name: round(weight, 4) for name, weight in sorted(weights[family].items()) if abs(weight) >= 0.0005},
            sum(one.family is family and one.is_right is not None for one in examples),
            family in voting,
            figures.get(family, {}),
        )
        for family in Family
    }
    return Calibrator(model_hash, families, is_measured=bool(model_hash)), points


def _open(path: Path) -> tuple[LanguageModel, str]:
    from desktop.bootstrap.models import ENGINE_IDLE  # noqa: PLC0415  (only with --model)
    from desktop.inference.client import LlamaClient  # noqa: PLC0415
    from desktop.inference.engine_link import engine_starter  # noqa: PLC0415
    from desktop.inference.models import read_card, verified  # noqa: PLC0415
    from desktop.inference.prompts import read_prompt  # noqa: PLC0415
    from desktop.system import resources  # noqa: PLC0415
    from desktop.system.clock import SystemClock  # noqa: PLC0415

    card = verified(read_card(path))
    prompt = read_prompt(resources.path("prompts", "select.json"))
    return LlamaClient(card, prompt, clock=SystemClock(), start=engine_starter(idle=ENGINE_IDLE)), card.sha256


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description="Fit the calibrators to annotated mails.")
    parser.add_argument("--data", type=Path, required=True, help="a folder with crm_emails_*.jsonl")
    parser.add_argument("--model", type=Path, help="a GGUF file whose answers are to be weighed too")
    parser.add_argument("--folds", type=int, default=FOLDS, help="default: each mail is left out once")
    parser.add_argument("--dry-run", action="store_true", help="print only")
    args = parser.parse_args()
    model, model_hash = _open(args.model) if args.model else (None, "")
    try:
        examples = judged(args.data, model)
    finally:
        if model is not None:
            model.close()
    made, points = calibrator(examples, model_hash, folds=args.folds)
    print_limits(points)
    if not args.dry_run:
        target = HERE / f"{args.model.stem if args.model else 'rules'}.json"
        target.write_text(json.dumps(asdict(made), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"written: {target.name}")


if __name__ == "__main__":
    main()
