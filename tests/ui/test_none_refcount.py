"""PySide6 6.12.0 drops a reference to None on every void call, which ends Python 3.11 after some thousands of them."""

import sys

from PySide6.QtWidgets import QLabel

CALLS = 100_000
ELSEWHERE = 1_000


def test_void_calls_do_not_use_none_up(qtbot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        label.setEnabled(True)
    assert sys.getrefcount(None) > before - ELSEWHERE
