"""Understanding of mail: fields, bands, labels, zones, signatures and speed on a folder of annotated data.

The folder's sets are found by pattern; one that is absent is skipped with a line. `--only` takes some of the parts.
Without a trusted model of our own in the box `rules+mini` is left out, which a line says; `--model` gives a file.
"""

import argparse
from pathlib import Path

from tests.benchmarks.understanding import parts

NAMES = parts.NAMES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--only", default="", help=f"which parts, with commas between them: {','.join(NAMES)}")
    parser.add_argument("--show", action="store_true", help="print every miss")
    parser.add_argument("--model", type=Path, help="a GGUF with its card beside it, to be read with instead of ours")


def run(data: Path | None, *, only: str = "", show: bool = False, model: Path | None = None) -> dict:
    """Score the data in `data`, print tables, and return the figures under `rules` and `rules+mini`."""
    if data is None or not data.is_dir():
        print("understanding: give the folder of the annotated data with --data; nothing was measured")
        return {}
    names = [name for name in only.split(",") if name] or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"understanding: there is no part {', '.join(unknown)}; there are: {', '.join(NAMES)}")
        return {}
    return parts.measure(data, names, show=show, model_file=model)
