"""The command line of the benchmarks."""

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks import store, window

BENCHMARKS = {"store": store, "window": window}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("name", nargs="?", help="which one; without it they are listed")
    parser.add_argument("--data", type=Path, help="a folder with real data, for those that can use it")
    parser.add_argument("--json", type=Path, help="write the figures there")
    args = parser.parse_args()
    if args.name is None:
        for name, module in BENCHMARKS.items():
            print(f"{name:<10} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    if args.name not in BENCHMARKS:
        print(f"There is no benchmark {args.name}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    figures = BENCHMARKS[args.name].run(args.data)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
