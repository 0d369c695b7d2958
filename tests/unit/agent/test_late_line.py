"""The late line: nothing is made before it is started, and everything reaches the real one afterwards."""

from desktop.agent.late_line import LateLine


class Line:
    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self, on_event, on_state):
        self.told.append("start")
        on_state(True)

    def poke(self):
        self.told.append("poke")

    def check_mail(self):
        self.told.append("check_mail")

    def close(self):
        self.told.append("close")


def test_nothing_is_made_before_the_start():
    made: list[Line] = []
    late = LateLine(lambda: made.append(Line()))
    late.poke()
    late.check_mail()
    late.close()
    assert made == []


def test_after_the_start_everything_reaches_the_line():
    line, states = Line(), []
    late = LateLine(lambda: line)
    late.start(lambda _event: None, states.append)
    late.poke()
    late.check_mail()
    late.close()
    assert line.told == ["start", "poke", "check_mail", "close"]
    assert states == [True]
