import pytest

from tests.benchmarks.understanding import scoring
from tests.benchmarks.understanding.scoring import Counts, Verdict


def test_a_wrong_value_counts_against_precision_and_recall() -> None:
    counts = Counts()
    for verdict in (Verdict.RIGHT, Verdict.RIGHT, Verdict.WRONG, Verdict.MISSED):
        counts.add(verdict, has_gold=True)
    counts.add(Verdict.SPURIOUS, has_gold=False)
    counts.add(Verdict.RIGHTLY_EMPTY, has_gold=False)
    assert counts.figures() == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 4}
    assert counts.filled_of_n == 3


def test_nothing_found_is_zero_and_no_error() -> None:
    assert Counts().figures() == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 0}


def test_each_answer_is_used_up_once() -> None:
    counts = Counts()
    counts.add_sets(["a", "a", "b"], ["a", "c"])
    assert (counts.right, counts.false_positive, counts.false_negative, counts.n) == (1, 2, 1, 2)


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    points = [(0.95, True), (0.95, True), (0.95, False), (0.95, False), (0.25, False)]
    # four points 0.45 too sure, one 0.25 too sure
    assert scoring.expected_calibration_error(points) == pytest.approx((4 * 0.45 + 0.25) / 5, abs=1e-4)
    assert scoring.expected_calibration_error([(1.0, True), (0.0, False)]) == 0.0
    assert scoring.expected_calibration_error([]) == 0.0


def test_opposite_errors_cancel_only_inside_a_bin() -> None:
    apart = [(0.3, True), (0.7, False)]
    assert scoring.expected_calibration_error(apart) == pytest.approx(0.7)
    assert scoring.expected_calibration_error(apart, bins=1) == 0.0


def test_adaptive_bins_hold_equally_many() -> None:
    points = [(0.91, True), (0.92, True), (0.93, False), (0.94, False)]
    assert scoring.expected_calibration_error(points) == pytest.approx(0.425)
    assert scoring.adaptive_calibration_error(points, bins=2) == pytest.approx((2 - 1.83 + 1.87) / 4, abs=1e-4)


def test_risk_coverage_is_lower_when_the_errors_come_last() -> None:
    good = [(0.9, True), (0.8, True), (0.1, False)]
    bad = [(0.9, False), (0.8, True), (0.1, True)]
    assert scoring.area_under_risk_coverage(good) == pytest.approx((0 + 0 + 1 / 3) / 3, abs=1e-4)
    assert scoring.area_under_risk_coverage(bad) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3, abs=1e-4)


def test_equal_confidences_come_in_no_order() -> None:
    one = scoring.area_under_risk_coverage([(0.5, True), (0.5, False)])
    other = scoring.area_under_risk_coverage([(0.5, False), (0.5, True)])
    assert one == other == 0.5
