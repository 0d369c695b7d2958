"""The window as the product starts it, reporting when it is usable and how long its event loop ever stalled.

`python -m tests.benchmarks.window_program FOLDER [--heartbeat] [--own-key]` writes `ready SECONDS` (the system's
monotonic clock) once the first page is painted and keys work; with --heartbeat it goes on until its stdin ends, then
writes the gaps.
"""

import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from desktop.bootstrap import Parts
from desktop.system.profile import open_profile, temporary_profile

BEAT_MS = 2
KEY = bytes(range(32))


def main() -> int:
    folder = Path(sys.argv[1])
    is_own = "--own-key" in sys.argv
    profile = replace(temporary_profile("bench", KEY, folder), notice="") if is_own else open_profile("bench", folder)
    parts = Parts(profile)
    from desktop.ui.application import run

    gaps: list[float] = []

    def ready() -> None:
        print(f"ready {time.monotonic()}", flush=True)
        if "--heartbeat" in sys.argv:
            beat(gaps)
        else:
            quit_soon()

    code = run(parts.services(), parts.clock, on_ready=ready)
    if gaps:
        print(json.dumps(gaps), flush=True)
    return code


def quit_soon() -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if "--stay" not in sys.argv:
        QTimer.singleShot(0, app.closeAllWindows)


def beat(gaps: list[float]) -> None:
    """Measure how late each beat comes, until stdin ends."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    timer = QTimer(QApplication.instance())
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(max(0.0, (now - last[0]) * 1000 - BEAT_MS))
        last[0] = now
        if ended.is_set():
            QApplication.instance().closeAllWindows()

    timer.timeout.connect(tick)
    timer.start(BEAT_MS)


if __name__ == "__main__":
    sys.exit(main())
