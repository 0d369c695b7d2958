"""The passphrase vault: right and wrong passphrases, damage, crashes, two writers."""

import json
import signal
import stat
import subprocess
import sys
from base64 import b64decode
from hashlib import scrypt

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from desktop.domain.errors import UserActionNeeded
from desktop.system.vault import MemoryVault, PassphraseVault

CRASHING = """
import os, signal, sys
from pathlib import Path
from desktop.system.vault import PassphraseVault
def boundary(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
PassphraseVault(Path(sys.argv[1]), "words", boundary=boundary).set("store-key", "new")
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "vault.json"


@pytest.fixture
def vault(path):
    vault = PassphraseVault(path, "words")
    vault.set("store-key", "geheim-ß")
    return vault


@pytest.mark.parametrize("make", [lambda _path: MemoryVault(), lambda path: PassphraseVault(path, "words")])
def test_keeps_replaces_and_forgets(make, path):
    vault = make(path)
    assert vault.get("store-key") is None
    vault.delete("store-key")
    vault.set("store-key", "one")
    vault.set("connection/1/password", "zwei ☂ \ud800")
    vault.set("store-key", "three")
    assert vault.get("store-key") == "three"
    assert vault.get("connection/1/password") == "zwei ☂ \ud800"
    vault.delete("store-key")
    assert vault.get("store-key") is None
    assert vault.get("connection/1/password") is not None


def test_looking_into_an_empty_vault_writes_nothing(path):
    PassphraseVault(path, "words").delete("x")
    assert PassphraseVault(path, "words").get("x") is None
    assert not path.exists()


def test_another_start_with_the_same_passphrase_reads_it(vault, path):
    assert PassphraseVault(path, "words").get("store-key") == vault.get("store-key") == "geheim-ß"


def test_the_file_is_for_its_owner_and_shows_nothing(vault, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"geheim" not in path.read_bytes()
    assert b"store-key" not in path.read_bytes()
    assert "words" not in repr(vault)


def test_every_write_is_sealed_differently(vault, path):
    before = json.loads(path.read_text())
    vault.set("store-key", "geheim-ß")
    after = json.loads(path.read_text())
    assert before["nonce"] != after["nonce"]
    assert before["sealed"] != after["sealed"]


def test_a_wrong_passphrase_says_so_and_changes_nothing(vault, path):
    before = path.read_bytes()
    wrong = PassphraseVault(path, "wrods")
    for ask in (lambda: wrong.get("store-key"), lambda: wrong.set("x", "y"), lambda: wrong.delete("store-key")):
        with pytest.raises(UserActionNeeded, match="passphrase is wrong"):
            ask()
    assert path.read_bytes() == before
    assert vault.get("store-key") == "geheim-ß"


def damage(text, kind):
    fields = json.loads(text)
    changed = {
        "empty": b"",
        "cut": text[: len(text) // 2],
        "not json": b"\x00\xff" * 50,
        "a list": b"[]",
        "a number": b"7",
        "deep": b"[" * 200_000,
        "no salt": json.dumps({key: value for key, value in fields.items() if key != "salt"}).encode(),
        "bad base64": json.dumps(fields | {"sealed": "!!!"}).encode(),
        "short nonce": json.dumps(fields | {"nonce": "AAAA"}).encode(),
        "flipped": json.dumps(fields | {"sealed": "AAAA" + fields["sealed"][4:]}).encode(),
        "odd format": json.dumps(fields | {"format": 0}).encode(),
        "huge": b" " * 1_000_001,
    }
    return changed[kind]


@pytest.mark.parametrize(
    "kind",
    ["empty", "cut", "not json", "a list", "a number", "deep", "no salt", "bad base64", "short nonce", "flipped",
     "odd format", "huge"],
)  # fmt: skip
def test_a_damaged_file_is_named_and_left_as_it_is(vault, path, kind):
    del vault
    bad = damage(path.read_bytes(), kind)
    path.write_bytes(bad)
    opened = PassphraseVault(path, "words")
    for ask in (lambda: opened.get("store-key"), lambda: opened.set("x", "y"), lambda: opened.delete("store-key")):
        with pytest.raises(UserActionNeeded, match="is damaged and was left as it is"):
            ask()
    assert path.read_bytes() == bad


def test_a_file_of_a_newer_version_is_left_alone(vault, path):
    del vault
    newer = json.dumps(json.loads(path.read_text()) | {"format": 2})
    path.write_text(newer)
    with pytest.raises(UserActionNeeded, match="newer Dealside"):
        PassphraseVault(path, "words").set("x", "y")
    assert path.read_text() == newer


@pytest.mark.parametrize(("at", "kept"), [("commit", "old"), ("committed", "new")])
def test_killed_around_the_rename_it_holds_the_old_or_the_new(path, at, kept):
    PassphraseVault(path, "words").set("store-key", "old")
    killed = subprocess.run([sys.executable, "-c", CRASHING, str(path), at], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    after = PassphraseVault(path, "words")
    assert after.get("store-key") == kept
    after.set("store-key", "newer")
    assert PassphraseVault(path, "words").get("store-key") == "newer"


def test_a_full_disk_says_so_and_keeps_the_secrets(vault, path):
    path.with_name("vault.json.new").symlink_to("/dev/full")
    with pytest.raises(UserActionNeeded, match="free some space"):
        vault.set("x", "y")
    assert PassphraseVault(path, "words").get("store-key") == "geheim-ß"


def test_a_file_that_may_not_be_read_says_so(vault, path, mortal):
    path.chmod(0)
    with pytest.raises(UserActionNeeded, match="allow reading"):
        vault.get("store-key")


def test_two_writers_lose_nothing_of_one_another(path):
    one, two = PassphraseVault(path, "words"), PassphraseVault(path, "words")
    one.set("a", "1")
    two.set("b", "2")
    one.set("c", "3")
    assert [two.get(name) for name in "abc"] == ["1", "2", "3"]


def test_it_is_real_aes_gcm_under_a_scrypt_key(vault, path):
    """Opened here by hand, so that the format cannot drift away from what it says."""
    del vault
    fields = json.loads(path.read_text())
    salt, nonce, sealed = (b64decode(fields[name]) for name in ("salt", "nonce", "sealed"))
    key = scrypt(b"words", salt=salt, n=2**16, r=8, p=1, dklen=64, maxmem=2**27)[:32]
    assert json.loads(AESGCM(key).decrypt(nonce, sealed, salt)) == {"store-key": "geheim-ß"}
