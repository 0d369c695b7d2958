"""Who is the same: F1 on public sets, one contact among 100,000 beside rapidfuzz, a million rows beside splink."""

import argparse
from pathlib import Path

from tests.benchmarks.matching import batch, lookup, sets


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many rows the batch has")
    parser.add_argument("--splink", type=Path, help="a Python that has splink and pandas; without it ours runs alone")
    parser.add_argument("--only", default="sets,lookup,batch", help="which parts, with commas between them")


def run(data: Path | None, rows: int, splink: Path | None, only: str) -> dict:
    parts = only.split(",")
    figures: dict = {"ratios": {}, "f1": {}}
    if "sets" in parts:
        figures["f1"] = sets.score_sets(data)
    if "lookup" in parts:
        figures["lookup"] = lookup.measure()
        figures["ratios"]["lookup_vs_rapidfuzz"] = figures["lookup"]["ratio"]
    if "batch" in parts:
        figures["batch"] = batch.measure(rows, splink)
        if "ratio" in figures["batch"]:
            figures["ratios"]["batch_vs_splink"] = figures["batch"]["ratio"]
    return figures
