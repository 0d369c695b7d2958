"""The peer: the least a PySide6 program can do. Writes `ready SECONDS` after its first paint."""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget


class Bare(QWidget):
    is_painted = False

    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.is_painted:
            self.is_painted = True
            QTimer.singleShot(0, self.done)

    def done(self):
        print(f"ready {time.monotonic()}", flush=True)
        if "--stay" not in sys.argv:
            self.close()


app = QApplication(sys.argv[:1])
window = Bare()
window.resize(1280, 800)
QVBoxLayout(window).addWidget(QLabel("Hello"))
window.show()
sys.exit(app.exec())
