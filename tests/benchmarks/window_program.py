"""The window as the product starts it, reporting when it is usable and how long its event loop ever stalled.

`python window_program.py [--own-key FOLDER] [--stay | --heartbeat]` writes `ready SECONDS` (the system's monotonic
clock) once the first page is painted and keys work, and ends at once. Without --own-key it goes the way of a rep who
types `dealside`; with it, the profile in FOLDER is opened with a key known here. With --stay or --heartbeat it goes on
until its stdin ends and writes `open CARDS IN_WORK SECONDS` whenever the window has counted again; with --heartbeat a
line of JSON follows: how many milliseconds late each beat came.
"""

import os
import sys
import threading
import time

BEAT_MS = 2


def main() -> int:
    gaps: list[float] = []

    def ready() -> None:
        print(f"ready {time.monotonic()}", flush=True)
        if "--stay" not in sys.argv and "--heartbeat" not in sys.argv:
            os._exit(0)  # before the window has seen to an agent
        stay(gaps, has_heartbeat="--heartbeat" in sys.argv)

    code = start(ready)
    if gaps:
        import json

        print(json.dumps(gaps), flush=True)
    return code


def start(ready) -> int:
    from desktop import __main__ as program

    if "--own-key" not in sys.argv:
        return program.main([], on_ready=ready)
    program.load_window()
    from tests.benchmarks.own_profile import own_profile

    profile = own_profile(sys.argv[sys.argv.index("--own-key") + 1])
    return program.serve(program.arguments_of([]), profile, on_ready=ready)


def stay(gaps: list[float], *, has_heartbeat: bool) -> None:
    """Report counts and measure how late each beat comes, until stdin ends."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    window = next(found for found in app.topLevelWidgets() if hasattr(found, "page"))
    window.page.counted.connect(
        lambda counts: print(f"open {counts.open} {counts.in_work} {time.monotonic()}", flush=True)
    )
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    timer = QTimer(app)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        if has_heartbeat:
            gaps.append(max(0.0, (now - last[0]) * 1000 - BEAT_MS))
        last[0] = now
        if ended.is_set():
            app.closeAllWindows()

    timer.timeout.connect(tick)
    timer.start(BEAT_MS if has_heartbeat else 100)


if __name__ == "__main__":
    sys.exit(main())
