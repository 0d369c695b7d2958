"""Places in the shown text are those of the mail, whatever is in it. Checked against Qt's own document."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from desktop.domain.evidence import Zone, ZonedLine
from desktop.ui.review.display_text import (
    LINE_AT_MOST,
    RUNS_AT_MOST,
    SHOWN_AT_MOST,
    DisplayText,
    dimmed_runs,
    one_line,
    safe,
    units,
)

HOSTILE = "a😀\r\nb\rc\u202ed\u2029e\x00f\ud800g\ufdd0h\ufffci\n\n\tj"


def selected(display: DisplayText, start: int, end: int) -> str:
    document = QTextDocument()
    document.setPlainText(display.text)
    places = display.places(start, end)
    assert places is not None
    cursor = QTextCursor(document)
    cursor.setPosition(places[0])
    cursor.setPosition(places[1], QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace("\u2029", "\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_span_selects_its_words(qapp, data) -> None:
    text = data.draw(st.text(st.sampled_from(HOSTILE), min_size=1, max_size=40))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert selected(DisplayText(text), start, end) == safe(text)[start:end]


def test_safe_text_keeps_its_length_and_loses_its_tricks() -> None:
    made = safe(HOSTILE)
    assert len(made) == len(HOSTILE)
    assert not set("\u202e\u2029\x00\ud800\r") & set(made)
    assert "\n" not in one_line(HOSTILE)


def test_an_endless_line_is_broken_and_spans_still_hold(qapp) -> None:
    text = "x" * (3 * LINE_AT_MOST) + "needle" + "y" * LINE_AT_MOST
    display = DisplayText(text)
    start = text.index("needle")
    assert max(map(len, display.text.split("\n"))) <= LINE_AT_MOST
    assert selected(display, start, start + 6) == "needle"


def test_a_span_outside_the_text_is_nowhere() -> None:
    display = DisplayText("short")
    for start, end in ((-1, 2), (2, 2), (3, 99), (9, 10)):
        assert display.places(start, end) is None


def test_more_than_a_million_characters_are_cut() -> None:
    display = DisplayText("word " * (SHOWN_AT_MOST // 4))
    assert display.is_cut
    assert len(display.text) <= SHOWN_AT_MOST * 1.01


def test_neighbouring_lines_are_dimmed_as_one() -> None:
    zones = (
        ZonedLine(0, 5, Zone.NEW),
        ZonedLine(6, 10, Zone.QUOTED),
        ZonedLine(11, 20, Zone.QUOTED),
        ZonedLine(21, 25, Zone.NEW),
        ZonedLine(26, 30, Zone.SIGNATURE),
    )
    assert dimmed_runs(zones) == [(6, 20), (26, 30)]


def test_hostile_zones_are_bounded() -> None:
    zones = tuple(ZonedLine(n, n + 1, Zone.QUOTED if n % 2 else Zone.NEW) for n in range(10_000))
    assert len(dimmed_runs(zones)) == RUNS_AT_MOST


@pytest.mark.parametrize(("text", "count"), [("abc", 3), ("a😀b", 4), ("", 0)])
def test_units_are_what_qt_counts(text, count) -> None:
    assert units(text) == count
