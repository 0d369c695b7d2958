"""Agent and engine as processes: one agent per profile, and no death of either loses the job."""

import os
import runpy
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.bootstrap import Parts
from desktop.review.queries import StoredQueries
from desktop.review.views import Shelf
from desktop.store.reader import Reader
from desktop.system.profile import open_profile
from tests.benchmarks.corpus import fill_maildir
from tests.conftest import ROOT
from tests.end2end.screen import wait_for

pytestmark = [pytest.mark.end2end, pytest.mark.model]

PASSPHRASE = "correct horse"
MAILS = 40


class Profile:
    """A profile with a Maildir of 40 mails; programs are started on it as a rep's computer would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maildir = folder / "mail"
        fill_maildir(self.maildir, range(MAILS))
        self.processes: list[subprocess.Popen] = []
        self.tell("accounts", "add", "maildir", f"path={self.maildir}", "address=alex.morgan@northbeam.example")

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "desktop", "--data-root", str(self.folder), "--passphrase", *words]

    def tell(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self._command(*words),
            input=PASSPHRASE + "\n",
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def start_agent(self) -> subprocess.Popen:
        process = subprocess.Popen(self._command("agent"), stdin=subprocess.PIPE, cwd=ROOT, text=True)
        process.stdin.write(PASSPHRASE + "\n")
        process.stdin.close()
        self.processes.append(process)
        return process

    def cards(self) -> int:
        profile = open_profile("default", self.folder, passphrase=PASSPHRASE)
        queries = StoredQueries(Reader(profile.store_path, profile.store_key))
        try:
            return len(queries.cards(Shelf.OPEN, limit=1000))
        finally:
            queries.close()

    def is_answered(self) -> bool:
        """Whether an agent listens on the profile's line."""
        return Parts(open_profile("default", self.folder, passphrase=PASSPHRASE)).nudge()

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait(20)


@pytest.fixture
def profile(tmp_path):
    profile = Profile(tmp_path)
    yield profile
    profile.close()


def children_of(pid: int) -> list[int]:
    """Return the engine children of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == pid and b"text_worker" in words:
            found.append(int(entry.name))
    return found


def test_one_agent_per_profile_and_the_next_takes_over_when_it_dies(profile):
    first = profile.start_agent()
    wait_for("the first card", lambda: profile.cards() > 0)
    second = profile.start_agent()
    assert second.wait(60) == 6
    first.send_signal(signal.SIGKILL)
    first.wait(20)
    third = profile.start_agent()
    wait_for("the next agent", profile.is_answered)
    wait_for("all cards", lambda: profile.cards() == MAILS)
    third.send_signal(signal.SIGTERM)
    assert third.wait(30) == 0


def test_the_engine_may_be_killed_at_any_moment_and_the_job_still_finishes(profile, thorough, tmp_path):
    """SIGKILL to every engine child, again and again, while `run --once` reads 40 mails.

    The model is one that nobody measured, so it is asked whatever the rules leave unsure.
    """
    script = runpy.run_path(str(ROOT / "resources/models/make_path_model.py"))
    shutil.copy(script["ensure"](tmp_path / "made"), tmp_path / "mine.gguf")
    brought = profile.tell("models", "import", str(tmp_path / "mine.gguf"), "--yes")
    assert brought.returncode == 0, brought.stderr
    kills: list[int] = []
    ended = threading.Event()
    runner = subprocess.Popen(
        profile._command("run", "--once", "--json"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    )
    profile.processes.append(runner)
    runner.stdin.write(PASSPHRASE + "\n")
    runner.stdin.close()

    def kill_again_and_again() -> None:
        while not ended.wait(0.25) and len(kills) < (40 if thorough else 8):
            for child in children_of(runner.pid):
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                kills.append(child)

    killer = threading.Thread(target=kill_again_and_again)
    killer.start()
    assert runner.wait(280) == 0
    ended.set()
    killer.join()
    assert kills, "no engine child was ever seen"
    assert profile.cards() == MAILS


def test_a_broken_model_file_leaves_the_rules_in_charge(profile):
    models = open_profile("default", profile.folder, passphrase=PASSPHRASE).paths.data / "models"
    models.mkdir()
    (models / "broken.gguf").write_bytes(b"GGUF" + os.urandom(1_000_000))
    done = profile.tell("run", "--once")
    assert done.returncode == 0, done.stderr
    assert "Rules alone read your mail" in done.stdout
    assert profile.cards() == MAILS
