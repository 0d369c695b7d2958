"""The command line of the benchmarks."""

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks import crm, matching, store, understanding, window

BENCHMARKS = {"crm": crm, "matching": matching, "store": store, "understanding": understanding, "window": window}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", epilog="A benchmark may take options of its own: NAME --options lists them."
    )
    parser.add_argument("name", nargs="?", help="which one; without it they are listed")
    parser.add_argument("--data", type=Path, help="a folder with real data, for those that can use it")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args, rest = parser.parse_known_args()
    if args.name is None:
        for name, module in BENCHMARKS.items():
            print(f"{name:<14} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    if args.name not in BENCHMARKS:
        print(f"There is no benchmark {args.name}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    module = BENCHMARKS[args.name]
    figures = module.run(args.data, **_options(module, rest))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _options(module, words: list[str]) -> dict:
    """Return a benchmark's own options: those its `add_options` knows. Others end the program with a message."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks {module.__name__.rpartition('.')[2]}")
    parser.add_argument("--options", action="help", help="list these")
    getattr(module, "add_options", lambda _parser: None)(parser)
    return vars(parser.parse_args(words))


if __name__ == "__main__":
    sys.exit(main())
