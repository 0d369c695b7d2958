"""The program as a rep with a keyring starts it: a real gnome-keyring holds the key, and nothing else does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.server, pytest.mark.end2end]

UNLOCK = 'printf %s "$KEYRING_PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '


class Home:
    """A home, a session bus and a keyring of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "PYTHONPYCACHEPREFIX"}}
        self.environ = {
            **kept,
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_STATE_HOME": str(folder / "state"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_RUNTIME_DIR": str(runtime),
            "KEYRING_PASSWORD": "its password",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess:
        """Run `dealside WORDS` in a session with the keyring unlocked."""
        program = f"{sys.executable} -m desktop {' '.join(words)}"
        return subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", UNLOCK + program],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


@pytest.fixture
def home(tmp_path, needs_program):
    needs_program("dbus-run-session", "dbus")
    needs_program("gnome-keyring-daemon", "gnome-keyring")
    return Home(tmp_path)


def test_the_key_is_in_the_keyring_and_the_store_is_found_again(home):
    first = home.run("run", "--once", "--json")
    assert first.returncode == 0, first.stderr
    cards = json.loads(first.stdout)["cards"]
    assert len(cards) > 20
    assert json.loads(first.stdout)["notice"] == ""
    accepted = home.run("queue", "accept", cards[0]["suggestions"][0]["id"])
    assert accepted.returncode == 0, accepted.stderr
    again = json.loads(home.run("run", "--once", "--json").stdout)["cards"]
    states = {s["id"]: s["state"] for card in again for s in card["suggestions"]}
    assert states[cards[0]["suggestions"][0]["id"]] == "delivered"
    for file in home.folder.rglob("*"):
        if file.is_file():
            assert cards[0]["from"].encode() not in file.read_bytes() or "sample-mailbox" in str(file), file


def test_without_its_key_the_data_is_left_alone(home):
    assert home.run("run", "--once", "--json").returncode == 0
    shutil.rmtree(home.folder / "data" / "keyrings")
    store = home.folder / "data" / "dealside" / "default" / "store.db"
    before = store.read_bytes()
    refused = home.run("run", "--once")
    assert refused.returncode == 3
    assert "its key is not in this keyring" in refused.stderr
    assert store.read_bytes() == before
