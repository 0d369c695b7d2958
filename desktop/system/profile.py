"""A profile opened: its folders, its secrets, and the key of its store.

The key is 32 random bytes made once and kept in the vault only. Where there is neither a keyring nor a passphrase, the
sample mailbox can still be tried in a temporary profile whose key lives in memory and dies with the process.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.errors import UserActionNeeded
from desktop.domain.ports import SecretVault
from desktop.system.instance import InstanceLock
from desktop.system.paths import Paths, for_profile
from desktop.system.vault import NO_KEYRING, KeyringVault, MemoryVault, keyring_usable, open_vault

STORE_KEY = "store-key"
KEY_BYTES = 32
TEMPORARY = (
    "This computer has no keyring, so these samples are kept only until you close Dealside. "
    "To keep your own data, start it as: dealside --passphrase"
)
EarlyKey = Callable[[], str]
"""Returns the key of the store as the keyring holds it, or the empty string for "ask the keyring"."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What everything else is built from. `unlock_line` lets a detached agent open the same profile, over its stdin."""

    paths: Paths
    vault: SecretVault
    store_key: bytes
    unlock_line: str
    root: Path | None = None
    notice: str = ""

    @property
    def store_path(self) -> Path:
        """The encrypted store."""
        return self.paths.data / "store.db"

    @property
    def is_temporary(self) -> bool:
        """Whether everything is thrown away at the end."""
        return bool(self.notice)

    def throw_away(self) -> None:
        """Delete a temporary profile; does nothing to one that is to be kept."""
        if self.is_temporary and self.root is not None:
            import shutil  # noqa: PLC0415  (not for a profile that is kept)

            shutil.rmtree(self.root, ignore_errors=True)


def _no_key() -> str:
    """Know nothing."""
    return ""


def is_in_keyring(name: str, root: Path | None = None) -> bool:
    """Whether there is a profile whose key can only be in the keyring."""
    paths = for_profile(name, root)
    return (paths.data / "store.db").exists() and not _sealed(paths).exists()


def key_from_keyring(name: str) -> str:
    """Return the key of a profile's store as the keyring holds it; the empty string when it does not say."""
    try:
        return KeyringVault(name).get(STORE_KEY) or ""
    except UserActionNeeded:
        return ""  # whoever asks next gets the sentence


def open_profile(
    name: str, root: Path | None = None, *, passphrase: str | None = None, early_key: EarlyKey = _no_key
) -> Profile:
    """Open a profile with the keyring or a passphrase; raises UserActionNeeded when neither will do.

    `early_key` may know already what the keyring holds, and is asked only where `is_in_keyring`.
    """
    paths = for_profile(name, root).ensure()
    if passphrase is None and is_in_keyring(name, root) and (found := early_key()):
        return Profile(paths, KeyringVault(name), _checked(found), json.dumps({}), root)
    vault = open_vault(name, _sealed(paths), passphrase=passphrase)
    line = json.dumps({"passphrase": passphrase} if passphrase else {})
    return Profile(paths, vault, _store_key(paths, vault), line, root)


def open_profile_or_sample(
    name: str, root: Path | None = None, *, passphrase: str | None = None, early_key: EarlyKey = _no_key
) -> Profile:
    """Open a profile; on a computer without keyring, and with nothing kept there yet, open a temporary one instead."""
    paths = for_profile(name, root)
    has_nothing = not (paths.data / "store.db").exists() and not _sealed(paths).exists()
    if passphrase is None and has_nothing and not keyring_usable():
        return temporary_profile(name)
    return open_profile(name, root, passphrase=passphrase, early_key=early_key)


def temporary_profile(name: str, key: bytes | None = None, root: Path | None = None) -> Profile:
    """Make (or, with `key` and `root`, open again) a profile whose key is never written down."""
    folder = root or _temporary_folder()
    store_key = key or os.urandom(KEY_BYTES)
    line = json.dumps({"key": store_key.hex()})
    return Profile(for_profile(name, folder).ensure(), MemoryVault(), store_key, line, folder, TEMPORARY)


def unlock(name: str, root: Path | None, line: str) -> Profile:
    """Open the profile that an `unlock_line` speaks of; raises UserActionNeeded when the line makes no sense."""
    try:
        given = json.loads(line or "{}")
        key = bytes.fromhex(given.get("key", ""))
    except (ValueError, AttributeError) as error:
        raise UserActionNeeded("The agent was not told how to open your data: start Dealside again.") from error
    if key and root is not None:
        return temporary_profile(name, key, root)
    return open_profile(name, root, passphrase=given.get("passphrase"))


def _temporary_folder() -> Path:
    import tempfile  # noqa: PLC0415  (not for a profile that is kept)

    return Path(tempfile.mkdtemp(prefix="dealside-sample-"))


def _sealed(paths: Paths) -> Path:
    return paths.data / "vault.json"


def _store_key(paths: Paths, vault: SecretVault) -> bytes:
    with InstanceLock(paths.data / "key.lock").hold():
        found = vault.get(STORE_KEY)
        if found is None:
            found = _make_key(paths, vault)
    return _checked(found)


def _checked(found: str) -> bytes:
    try:
        key = bytes.fromhex(found)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UserActionNeeded(
            "The key of your data in the keyring is damaged: restore the keyring. Nothing was changed."
        )
    return key


def _make_key(paths: Paths, vault: SecretVault) -> str:
    if (paths.data / "store.db").exists():
        raise UserActionNeeded(
            "Your data is here but its key is not in this keyring: sign in as the user who set Dealside up, or restore "
            "the keyring. Nothing was changed.",
            detail="store without key",
        )
    made = os.urandom(KEY_BYTES).hex()
    vault.set(STORE_KEY, made)
    # A keyring that forgets would cost the rep everything: find out before there is anything to lose.
    if vault.get(STORE_KEY) != made:
        raise UserActionNeeded(NO_KEYRING, detail="the vault did not keep the key")
    return made
