"""The public sets with known truth, in the folder `dedup` of the data. Nothing is learnt from their truth."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from desktop.domain.matching import domain_key, email_key
from desktop.matching.clusters import groups
from desktop.matching.links import link
from desktop.matching.names import firm_words
from desktop.matching.table import Column, Kind, column, table
from tests.benchmarks.figures import table as show
from tests.benchmarks.matching.scoring import Score, pairs_of, right_pairs, score

Rows = Sequence[Mapping[str, str]]
TARGETS = {"febrl_dataset1": 0.99, "febrl_dataset2": 0.98, "febrl_dataset3": 0.98}


def score_all(folder: Path) -> dict[str, Score]:
    """Return the score of each set that is there."""
    found = {}
    for path in (*sorted(folder.glob("febrl_dataset[0-9].csv")), *sorted(folder.glob("chicago_sites*.csv"))):
        rows = _read(path)
        is_febrl = path.stem.startswith("febrl")
        who = [_febrl_person(row) for row in rows] if is_febrl else [row["True Id"] for row in rows]
        found[path.stem] = _scored(_febrl(rows) if is_febrl else _chicago(rows), who)
    both = sorted(folder.glob("febrl_dataset4[ab].csv"))
    if len(both) == 2:
        rows = [row for path in both for row in _read(path)]
        found["febrl_dataset4"] = _scored(_febrl(rows), [_febrl_person(row) for row in rows])
    return found


def score_sets(data: Path | None) -> dict[str, float]:
    folder = data / "dedup" if data else None
    if folder is None or not folder.is_dir():
        print("matching: there is no folder `dedup` in the data (--data), so the public sets are skipped")
        return {}
    found = score_all(folder)
    rows = [
        (name, f"{one.f1:.4f}", f"{one}" + (f"  target ≥ {TARGETS[name]}" if name in TARGETS else ""))
        for name, one in found.items()
    ]
    show("matching: F1 over pairs, no labels used", rows)
    return {name: round(one.f1, 5) for name, one in found.items()}


def _scored(columns: Sequence[Column], who: Sequence[object]) -> Score:
    links = link(table(columns))
    found = groups(len(who), zip(links.left.tolist(), links.right.tolist(), strict=True))
    return score(pairs_of(found), right_pairs(who))


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: (value or "").strip() for name, value in row.items() if name} for row in csv.DictReader(file)]


def _febrl_person(row: Mapping[str, str]) -> str:
    found = re.match(r"rec-(\d+)", row["rec_id"])
    return found[1] if found else row["rec_id"]


def _febrl(rows: Rows) -> list[Column]:
    own = {"given_name": Kind.NAME, "surname": Kind.NAME, "date_of_birth": Kind.CODE, "soc_sec_id": Kind.CODE}
    shared = {
        "street_number": Kind.CODE,
        "address_1": Kind.WORDS,
        "address_2": Kind.WORDS,
        "suburb": Kind.WORDS,
        "postcode": Kind.CODE,
        "state": Kind.CLASS,
    }
    return [
        *(column(name, kind, [row[name] for row in rows]) for name, kind in own.items()),
        *(column(name, kind, [row[name] for row in rows], is_shared=True) for name, kind in shared.items()),
    ]


def _chicago(rows: Rows) -> list[Column]:
    words: Callable[[str], str] = lambda text: " ".join(firm_words(text))  # noqa: E731
    digits: Callable[[str], str] = lambda text: re.sub(r"\D", "", text)[-7:]  # noqa: E731
    forms: tuple[tuple[str, Kind, Callable[[str], str]], ...] = (
        ("Site name", Kind.WORDS, words),
        ("Address", Kind.WORDS, words),
        ("Phone", Kind.CODE, digits),
        ("Zip", Kind.CODE, digits),
        ("Website", Kind.CODE, domain_key),
        ("Email Address", Kind.CODE, email_key),
    )
    return [column(name, kind, [form(row[name]) for row in rows]) for name, kind, form in forms]
