import io

import pytest

from installer.progress import Progress, elapsed, parse_steps


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("[12/345] Building CXX object a.o", (12, 345)),
        ("  [1/1] Linking", (1, 1)),
        ("[ 45%] Building C object", (45, 100)),
        ("[100%] Built target llama", (100, 100)),
        ("  [ 7/9] x", (7, 9)),
        ("Collecting numpy==2.4.6 [1/2]", None),
        ("[9/3] more than all", None),
        ("[0/0] nothing", None),
        ("[x/y]", None),
        ("", None),
    ],
)
def test_steps_of_ninja_and_make_are_read(line, steps):
    assert parse_steps(line) == steps


def test_elapsed_reads_like_a_clock():
    assert [elapsed(seconds) for seconds in (0, 59.9, 60, 185)] == ["0 s", "59 s", "1 min 00 s", "3 min 05 s"]


def test_without_a_terminal_it_says_a_line_every_ten_per_cent():
    out, clock = io.StringIO(), iter(range(1000))
    with Progress("Engine", out=out, seconds=lambda: next(clock)) as progress:
        for done in range(301):
            progress.show(done, 300)
    lines = out.getvalue().splitlines()
    assert lines[0] == "Engine …"
    assert lines[-1].startswith("Engine: done after ")
    assert [line.split(" %")[0].split()[-1] for line in lines[1:-1]] == [str(ten) for ten in range(0, 101, 10)]


def test_on_a_terminal_one_line_is_rewritten():
    out = Terminal()
    with Progress("Engine", out=out, seconds=lambda: 0.0) as progress:
        progress.show(1, 2)
    assert out.getvalue().count("\n") == 1
    assert "\rEngine: 50 % (1/2), 0 s" in out.getvalue()


def test_a_step_that_fails_is_not_called_done():
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), Progress("Engine", out=out, seconds=lambda: 0.0):
        raise ValueError("x")
    assert out.getvalue().splitlines()[-1] == "Engine: stopped after 0 s"
