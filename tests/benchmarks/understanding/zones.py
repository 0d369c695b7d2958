"""Which lines of a mail are new text, on mails whose zones were marked by hand.

`line_f1`: the answer's new lines are the filled lines of the top part, which ends where the first marked header
begins (a mail that begins with one has none). Signature and disclaimer of the top part count as top text on both
sides, as they do for the tools compared with, which return the reply with its signature. F1 per mail, then the mean
over the mails: `line_f1` over those with a header inside (the hard ones), `line_f1_without` over the others.
A mail whose top part is empty scores 1 when nothing is said to be new, else 0.

`labels`: share of filled lines given the right one of new, quoted, signature, disclaimer, on the mails where those
were marked. There a line is what most of its characters are marked as.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.domain.evidence import Zone
from desktop.understanding.zones.cleaning import dissect
from tests.benchmarks.understanding import corpus
from tests.benchmarks.understanding.runs import Rows, Run, score_row, skipped
from tests.benchmarks.understanding.scoring import Counts, f1, share

TARGET = 0.90
_TOP = (Zone.NEW, Zone.SIGNATURE, Zone.DISCLAIMER)


@dataclass(frozen=True, slots=True)
class Marked:
    """One filled line of a mail: its text, what it is, and whether it belongs to the top part."""

    text: str
    zone: Zone
    is_top: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One mail: line F1 of the top part, whether it has a header inside, right and all of its filled lines."""

    id: str
    top_f1: float
    has_header: bool
    predicted: tuple[Zone, ...]
    lines: tuple[Marked, ...]
    is_detailed: bool


def gold_lines(record: dict) -> tuple[Marked, ...]:
    """Return the filled lines of a mail with what they are."""
    text, zones = record["text"], record["zones"]
    top_end = min((start for start, _, kind in zones if kind == "Header"), default=len(text))
    found: list[Marked] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            middle = start + len(line) - len(line.lstrip())
            is_top = middle < top_end
            found.append(Marked(line, _zone(zones, middle, end) if is_top else Zone.QUOTED, is_top))
        start = end + 1
    return tuple(found)


def _zone(zones: Sequence[Sequence], start: int, end: int) -> Zone:
    """What most characters of [start, end) are marked as; a marked disclaimer lies inside a marked signature."""

    def covered(kind: str) -> int:
        return sum(max(0, min(end, b) - max(start, a)) for a, b, name in zones if name == kind)

    half = (end - start) / 2
    if covered("Body/Signature/Disclaimer") > half:
        return Zone.DISCLAIMER
    return Zone.SIGNATURE if covered("Body/Signature") > half else Zone.NEW


def predicted_zones(record: dict) -> tuple[Zone, ...]:
    """Return what the product takes the filled lines for."""
    text = record["text"]
    subject = (record.get("headers") or {}).get("Subject") or ""
    lines = dissect(text, subject=subject).zones
    return tuple(line.zone for line in lines if text[line.start : line.end].strip())


def top_f1(predicted: Sequence[bool], gold: Sequence[bool]) -> float:
    """Return line F1 of one mail; 1 when there is nothing to find and nothing was found."""
    if not any(gold) and not any(predicted):
        return 1.0
    right = sum(a and b for a, b in zip(predicted, gold, strict=True))
    return f1(share(right, sum(predicted)), share(right, sum(gold)))


def has_header(record: dict) -> bool:
    """Whether another mail's header stands inside this one."""
    return any(kind == "Header" for _, _, kind in record["zones"])


def scored(record: dict) -> Scored:
    """Read one mail and score it."""
    lines = gold_lines(record)
    zones = predicted_zones(record)
    return Scored(
        id=str(record["id"]),
        top_f1=top_f1([zone in _TOP for zone in zones], [line.is_top for line in lines]),
        has_header=has_header(record),
        predicted=zones,
        lines=lines,
        is_detailed=bool(record.get("detailed")),
    )


def figures(found: Sequence[Scored]) -> dict:
    """Return the means, and line by line how often each zone was right."""
    hard = [one.top_f1 for one in found if one.has_header]
    easy = [one.top_f1 for one in found if not one.has_header]
    pairs = [pair for one in found if one.is_detailed for pair in zip(one.predicted, one.lines, strict=True)]
    result = {
        "line_f1": share(sum(hard), len(hard)),
        "line_f1_without": share(sum(easy), len(easy)),
        "line_f1_all": share(sum(hard) + sum(easy), len(found)),
        "n": len(hard),
    }
    if pairs:
        result["labels"] = share(sum(zone is line.zone for zone, line in pairs), len(pairs))
        result["by_zone"] = {zone.value: _counts(pairs, zone).figures() for zone in Zone}
    return result


def _counts(pairs: Sequence[tuple[Zone, Marked]], wanted: Zone) -> Counts:
    counts = Counts()
    for zone, line in pairs:
        is_gold, is_said = line.zone is wanted, zone is wanted
        counts.n += is_gold
        counts.right += is_gold and is_said
        counts.false_positive += is_said and not is_gold
        counts.false_negative += is_gold and not is_said
    return counts


def misses(found: Sequence[Scored]) -> list[str]:
    """Return, for each mail below 1, its lines that were taken for something else."""
    lines = []
    for one in found:
        if one.top_f1 < 1.0:
            lines.append(f"{one.id}  top text F1 {one.top_f1:.2f}")
        for zone, line in zip(one.predicted, one.lines, strict=True):
            is_off = (zone in _TOP) != line.is_top or (one.is_detailed and line.is_top and zone is not line.zone)
            if is_off:
                lines.append(f"{one.id}  {line.zone} taken for {zone}: {line.text[:100]!r}")
    return lines


def part(run: Run) -> dict:
    """Score both sets of marked mails."""
    result = {}
    for key, pattern, target in (
        ("zones", corpus.ENRON_ZONES, f"target ≥ {TARGET}"),
        ("asf_zones", corpus.ASF_ZONES, ""),
    ):
        found = [scored(record) for record in corpus.all_records(run.data, pattern, but=corpus.SIGNATURE_FIELDS)]
        if not found:
            skipped(pattern)
            continue
        means = result[key] = figures(found)
        rows: Rows = [
            (f"top text line F1, header inside (n {means['n']})", f"{means['line_f1']:.3f}", target),
            ("the same, mails without", f"{means['line_f1_without']:.3f}", ""),
            ("the same, all mails", f"{means['line_f1_all']:.3f}", ""),
        ]
        if "labels" in means:
            rows.append(
                ("lines with the right zone of four", f"{means['labels']:.3f}", "on the mails marked in detail")
            )
            rows += [score_row(name, one) for name, one in means["by_zone"].items()]
        run.say(key, rows, misses(found))
    return result
