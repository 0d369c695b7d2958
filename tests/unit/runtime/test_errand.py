"""The errand: an answer from a copy of this process, or nothing, and no process left behind."""

import os
import sys
import time

import pytest

from desktop.runtime.errand import Errand

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="errands are run on Linux only")
FOREVER = 3600.0


def test_the_answer_comes_from_another_process():
    def who() -> bytes:
        return str(os.getpid()).encode()

    errand = Errand(who)
    answer = errand.answer(FOREVER)
    assert answer.isdigit()
    assert int(answer) != os.getpid()
    assert errand.answer(FOREVER) == answer, "asked again it is the same"


def test_the_errand_runs_while_we_do_something_else():
    errand = Errand(lambda: b"done" if time.sleep(0.05) is None else b"")
    assert errand.answer(FOREVER) == b"done"


def test_a_failure_is_no_answer():
    def fail() -> bytes:
        raise ValueError("no keyring")

    assert Errand(fail).answer(FOREVER) == b""


def test_one_that_takes_too_long_is_given_up_and_ended():
    errand = Errand(lambda: b"late" if time.sleep(FOREVER) is None else b"")
    assert errand.answer(0.05) == b""
    with pytest.raises(ChildProcessError):
        os.waitpid(errand._process, os.WNOHANG)
