"""The keyring vault against the real gnome-keyring, in a D-Bus session and a home of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.domain.errors import UserActionNeeded
from desktop.system.vault import KeyringVault, PassphraseVault, keyring_usable, open_vault

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("keyring_session.py")
UNLOCK = 'printf \'%s\' "$1" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; shift; exec "$@"'


def environment(home, **extra):
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    kept["PATH"] += os.pathsep + "/usr/sbin:/sbin"
    folders = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "XDG_RUNTIME_DIR": str(home / "run")}
    return kept | folders | {"PYTHONPATH": str(ROOT)} | extra


def answers(command, environ):
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def home(tmp_path):
    for name in ("data", "run"):
        (tmp_path / name).mkdir(mode=0o700)
    return tmp_path


@pytest.fixture
def session(home, needs_program):
    """Return a function that runs words in a fresh session, the daemon unlocked with a password or not started."""
    dbus = needs_program("dbus-run-session", "dbus")
    needs_program("gnome-keyring-daemon", "gnome-keyring")

    def run(*words, password="its password"):
        script = [sys.executable, str(SCRIPT), *words]
        unlock = ["sh", "-c", UNLOCK, "unlock", password] if password is not None else []
        return answers([dbus, "--", *unlock, *script], environment(home))

    return run


pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")


@pytest.mark.server
def test_secrets_are_kept_read_and_forgotten(session):
    found = session("usable", "get:store-key", "set:store-key:päss wörd", "get:store-key", "other.get:store-key")
    assert [line["answer"] for line in found] == [True, None, None, "päss wörd", None]
    again = session("get:store-key", "delete:store-key", "get:store-key", "delete:store-key")
    assert [line["answer"] for line in again] == ["päss wörd", None, None, None]


@pytest.mark.server
def test_nothing_lies_in_the_clear_on_disk(session, home):
    session("set:store-key:a-canary-in-the-coal-mine")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    assert not any(b"canary" in path.read_bytes() for path in files)


@pytest.mark.server
@pytest.mark.parametrize("password", ["another password", None], ids=["wrong password", "nobody unlocks it"])
def test_a_locked_keyring_asks_the_person_and_keeps_what_it_has(session, password):
    session("set:store-key:secret")
    read, write, usable = session("get:store-key", "set:store-key:new", "usable", password=password)
    assert "unlock" in read["sentence"]
    assert "unlock" in write["sentence"]
    assert "secret" not in read["detail"] + write["detail"]
    assert usable["answer"] is True, "a locked keyring must not be passed over for another vault"
    assert session("get:store-key") == [{"answer": "secret"}]


def test_without_a_session_bus_there_is_no_keyring(home):
    environ = environment(home, DBUS_SESSION_BUS_ADDRESS=f"unix:path={home}/nobody-listens")
    usable, read, write = answers([sys.executable, str(SCRIPT), "usable", "get:store-key", "set:store-key:x"], environ)
    assert usable["answer"] is False
    assert "passphrase" in read["sentence"]
    assert "passphrase" in write["sentence"]


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_keyring_that_forgets_is_refused(home, backend):
    environ = environment(home, PYTHON_KEYRING_BACKEND=backend)
    usable, write = answers([sys.executable, str(SCRIPT), "usable", "set:store-key:x"], environ)
    assert usable["answer"] is False
    assert "passphrase" in write["sentence"]


def test_a_keyring_that_writes_plain_text_is_refused(home):
    """The well-known file backends live in `keyrings.alt`; this one stands in for them."""
    package = home / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 5\n"
        "    def get_password(self, service, name): return None\n"
        "    def set_password(self, service, name, value): open('leak', 'w').write(value)\n"
        "    def delete_password(self, service, name): pass\n"
    )
    environ = environment(
        home, PYTHON_KEYRING_BACKEND="keyrings.alt.file.PlaintextKeyring", PYTHONPATH=f"{ROOT}{os.pathsep}{home}"
    )
    usable, write = answers([sys.executable, str(SCRIPT), "usable", "set:store-key:x"], environ)
    assert usable["answer"] is False
    assert "passphrase" in write["sentence"]


def test_opening_takes_the_passphrase_then_the_file_and_never_falls_back(tmp_path):
    path = tmp_path / "vault.json"
    assert not keyring_usable(), "conftest keeps tests from the developer's keyring"
    with pytest.raises(UserActionNeeded, match="choose a passphrase"):
        open_vault("test", path)
    assert isinstance(open_vault("test", path, passphrase="words"), PassphraseVault)
    path.write_text("{}")
    with pytest.raises(UserActionNeeded, match="sealed with a passphrase"):
        open_vault("test", path)


def test_errors_of_the_keyring_become_ours():
    for ask in (lambda vault: vault.get("a"), lambda vault: vault.set("a", "b"), lambda vault: vault.delete("a")):
        with pytest.raises(UserActionNeeded, match="No keyring"):
            ask(KeyringVault("test"))
