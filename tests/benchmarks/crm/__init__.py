"""Approved changes per second over a slow line that loses calls, beside one call for each change; calls of a pull."""

import argparse
from pathlib import Path

from desktop.connectors import registry
from desktop.domain.connections import EMPTY_CHECKPOINT
from desktop.domain.records import RecordKind
from tests.benchmarks.crm import peers
from tests.benchmarks.crm.far_away import SIMULATORS, FarAway
from tests.benchmarks.crm.work import Outcome, connect, contacts, deliver
from tests.benchmarks.figures import median, table

UPDATES, CREATES = 1000, 200
LATENCY, FAULTS = 0.15, 0.05
TARGET = {"salesforce": 90}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", default="", help=f"some of {','.join(SIMULATORS)}")
    parser.add_argument("--rounds", type=int, default=3, help="how often ours delivers everything (the median counts)")
    parser.add_argument("--peer-share", type=float, default=0.1, help="the share of the changes that the peer writes")


def run(_data: Path | None, *, only: str = "", rounds: int = 3, peer_share: float = 0.1) -> dict:
    figures: dict = {"ratios": {}, "lost": 0, "doubled": 0, "idle_pull_calls": {}, "calls": {}}
    for vendor in only.split(",") if only else SIMULATORS:
        ours = [_ours(vendor, seed) for seed in range(rounds)]
        peer, peer_idle = _peer(vendor, peer_share)
        seconds = median([outcome.seconds for outcome in ours])
        ratio = peer * (UPDATES + CREATES) / seconds
        calls = int(median([outcome.calls for outcome in ours]))
        lost, doubled = sum(o.lost for o in ours), sum(o.doubled for o in ours)
        figures["ratios"][f"{vendor}_changes_vs_one_by_one"] = round(ratio, 1)
        figures["idle_pull_calls"][vendor] = peer_idle
        figures["calls"][vendor] = calls
        figures["lost"] += lost
        figures["doubled"] += doubled
        kinds = len(registry.info(vendor).kinds)
        spread = f"{min(o.seconds for o in ours):.1f} to {max(o.seconds for o in ours):.1f} s"
        table(
            f"{registry.info(vendor).title}: {UPDATES} updates and {CREATES} creates, {LATENCY * 1000:.0f} ms, "
            f"{FAULTS:.0%} faults",
            [
                ("ours, changes per second (median)", f"{(UPDATES + CREATES) / seconds:.0f}", spread),
                (
                    f"one by one, changes per second, {peers.name_of(vendor)}",
                    f"{1 / peer:.1f}",
                    f"measured on {peer_share:.0%} of the changes",
                ),
                ("ratio", f"{ratio:.1f}", f"target ≥ {TARGET[vendor]}" if vendor in TARGET else ""),
                ("calls", f"{calls}", f"{calls / (UPDATES + CREATES):.3f} per change"),
                ("lost, doubled", f"{lost}, {doubled}", "target 0, 0"),
                ("calls of a pull with nothing new", f"{peer_idle}", f"target ≤ 2 per object: {2 * kinds}"),
            ],
        )
    return figures


def _ours(vendor: str, seed: int) -> Outcome:
    with FarAway(vendor) as far:
        crm = connect(vendor, far.url)
        known = contacts(crm, UPDATES)
        crm.close()
        return deliver(vendor, far, known, CREATES, {"latency": LATENCY, "faults": FAULTS, "seed": seed})


def _peer(vendor: str, share: float) -> tuple[float, int]:
    """Return the peer's seconds per change, and the calls of our pull when nothing is new."""
    with FarAway(vendor) as far:
        crm = connect(vendor, far.url)
        known = contacts(crm, int(UPDATES * share))
        idle = _idle_calls(crm, far)
        crm.close()
        far.line(latency=LATENCY, faults=FAULTS, seed=1)
        return peers.seconds_per_change(vendor, far.url, known, int(CREATES * share)), idle


def _idle_calls(crm, far: FarAway) -> int:
    checkpoint = EMPTY_CHECKPOINT
    has_more, seen = True, 0
    while has_more:
        batch = crm.changes(checkpoint)
        checkpoint, has_more = batch.checkpoint, batch.has_more
        seen += sum(record.ref.kind is RecordKind.CONTACT for record in batch.records)
    assert seen
    far.calls()
    crm.changes(checkpoint)
    return far.calls()
