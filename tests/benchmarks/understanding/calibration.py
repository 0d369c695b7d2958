"""Does a confidence mean what it says? Over every filled field of the annotated mails."""

from desktop.domain.evidence import Band, band_of
from tests.benchmarks.understanding import corpus, fields
from tests.benchmarks.understanding.runs import Rows, Run, skipped
from tests.benchmarks.understanding.scoring import (
    adaptive_calibration_error,
    area_under_risk_coverage,
    expected_calibration_error,
    share,
)


def part(run: Run) -> dict:
    """Score the Bands (coverage: share of all filled fields), ECE and AURC."""
    found = list(fields.outcomes(run.crm()))
    points = fields.points(found)
    if not points:
        return skipped(corpus.CRM_EMAILS)
    bands: dict[str, dict] = {}
    for band in (Band.SURE, Band.CHECK):
        inside = [is_right for confidence, is_right in points if band_of(confidence) is band]
        bands[band.value] = {
            "precision": share(sum(inside), len(inside)),
            "coverage": share(len(inside), len(points)),
            "n": len(inside),
        }
    result = {
        "bands": bands,
        "ece": expected_calibration_error(points),
        "ece_adaptive": adaptive_calibration_error(points),
        "aurc": area_under_risk_coverage(points),
    }
    sure, check = bands["sure"], bands["check"]
    rows: Rows = [
        ("sure: precision", f"{sure['precision']:.3f}", "target ≥ 0.97"),
        ("sure: share of the filled fields", f"{sure['coverage']:.3f}", "target ≥ 0.60"),
        ("check: precision", f"{check['precision']:.3f}", f"{check['n']} of {len(points)} filled fields"),
        ("ECE", f"{result['ece']:.3f}", f"target ≤ 0.05, adaptive bins {result['ece_adaptive']:.3f}"),
        ("AURC", f"{result['aurc']:.3f}", ""),
    ]
    wrong = [one for one in found if one.fact and one.verdict is not fields.Verdict.RIGHT]
    sure_but_wrong = [one.shown for one in wrong if one.fact and band_of(one.fact.confidence) is Band.SURE]
    run.say("bands (sure but wrong)", rows, sure_but_wrong)
    return result
