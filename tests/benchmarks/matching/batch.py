"""All copies in a large address book, ours and splink, each in a process of its own so that memory can be told."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.figures import table
from tests.benchmarks.matching.people import book
from tests.benchmarks.matching.scoring import Score, right_pairs, score

SEED = 3
PATIENCE = 3600
TOWNS = ("city", "postcode")  # what neighbours share
FIRMS = ("company", "street", "phone")  # what colleagues share besides
OURS = "tests.benchmarks.matching.our_program"
PEER = Path(__file__).with_name("splink_program.py")
ROOT = Path(__file__).resolve().parents[3]


def measure(rows: int, splink: Path | None) -> dict:
    """Time both on people at home, and ours on firms' people too: they share much."""
    at_home = book(rows, SEED, is_business=False)
    right = right_pairs(at_home.people)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "book.json"
        file.write_text(json.dumps(at_home.columns))
        ours = _run([sys.executable, "-m", OURS, str(file), *TOWNS], right)
        peer = _run([str(splink), str(PEER), str(file)], right) if splink else None
        business = book(rows, SEED)
        file.write_text(json.dumps(business.columns))
        at_work = _run([sys.executable, "-m", OURS, str(file), *TOWNS, *FIRMS], right_pairs(business.people))
    lines = [_line("ours", ours), _line("ours, firms' people", at_work)]
    figures = {"rows": rows, "ours": ours, "business": at_work}
    if peer is None:
        print("matching: no Python with splink was named (--splink), so ours ran alone")
    else:
        ratio = ours["seconds"] / peer["seconds"]
        lines += [_line("splink", peer), ("ours / splink, time", f"{ratio:.3f}", "target ≤ 1, at an F1 no lower")]
        figures |= {"splink": peer, "ratio": round(ratio, 4)}
    table(f"matching: copies among {rows:,} rows", lines)
    return figures


def _line(name: str, found: dict) -> tuple[str, str, str]:
    return name, f"{found['seconds']:.1f} s", f"F1 {found['f1']:.4f}  P {found['precision']:.4f}  {found['mb']:.0f} MB"


def _run(command: list[str], right: set[tuple[int, int]]) -> dict:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise SystemExit(f"{command[1:]} ended with {done.returncode}: {done.stderr[-1500:]}")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    scored: Score = score({(min(pair), max(pair)) for pair in map(tuple, told.pop("pairs"))}, right)
    return told | scored._asdict()
