"""Where secrets are: the operating system's keyring, or one passphrase-sealed file where there is none.

There is no third way: a secret never lies in a file in the clear, whatever the machine lacks.
"""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.domain.errors import UserActionNeeded
from desktop.domain.ports import Boundary, SecretVault, no_boundary
from desktop.system.files import replace_durably
from desktop.system.instance import InstanceLock

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Dealside"
REFUSED_MODULES = ("keyring.backends.null", "keyring.backends.fail", "keyrings.")

NO_KEYRING = (
    "No keyring was found on this computer: choose a passphrase for Dealside, "
    "or install and unlock a keyring such as GNOME Keyring."
)

FORMAT = 1
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**16, 8, 1
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
LARGEST_FILE = 1_000_000


class MemoryVault(SecretVault):
    """Keeps secrets until the process ends: for tests and for a profile that is thrown away."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._secrets.get(name)

    def set(self, name: str, value: str) -> None:
        self._secrets[name] = value

    def delete(self, name: str) -> None:
        self._secrets.pop(name, None)


# --- the keyring ----------------------------------------------------------------------------------------------------


def _accepted_backends() -> "tuple[KeyringBackend, ...]":
    """Return the keyrings that really keep secrets, best first; a chain of them is taken apart."""
    import keyring  # noqa: PLC0415  (0.1 s, and the window needs it only to open the store)

    chosen = keyring.get_keyring()
    candidates = getattr(chosen, "backends", None) or (chosen,)
    return tuple(backend for backend in candidates if not type(backend).__module__.startswith(REFUSED_MODULES))


def keyring_usable() -> bool:
    """Tell whether this session has a keyring that keeps secrets; a locked one counts."""
    try:
        return bool(_accepted_backends())
    except Exception:  # noqa: BLE001  (backends raise whatever their platform does; then there is none)
        return False


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turn every error of a keyring into one of ours; the name of the secret is no secret, its value never appears."""
    from keyring.errors import InitError, KeyringLocked, NoKeyringError  # noqa: PLC0415  (as above)

    try:
        yield
    except UserActionNeeded:
        raise
    except Exception as error:  # backends raise whatever their platform does
        sentence = "Your keyring did not answer: unlock it, or sign in to this computer again, and try once more."
        if isinstance(error, KeyringLocked | InitError):
            sentence = "Your keyring is locked: unlock it and try again."
        if isinstance(error, NoKeyringError):
            sentence = NO_KEYRING
        raise UserActionNeeded(sentence, detail=f"{what}: {type(error).__name__}") from error


def service_of(profile: str) -> str:
    """Return what a profile's secrets are filed under in the keyring."""
    return f"{SERVICE} ({profile})"


class KeyringVault(SecretVault):
    """Secrets in the operating system's keyring, under the service `Dealside (<profile>)`."""

    def __init__(self, profile: str) -> None:
        self._service = service_of(profile)

    def get(self, name: str) -> str | None:
        with _translated(f"read {name}"):
            found = (backend.get_password(self._service, name) for backend in self._backends())
            return next((secret for secret in found if secret is not None), None)

    def set(self, name: str, value: str) -> None:
        with _translated(f"keep {name}"):
            self._backends()[0].set_password(self._service, name, value)

    def delete(self, name: str) -> None:
        with _translated(f"forget {name}"):
            for backend in self._backends():
                if backend.get_password(self._service, name) is not None:
                    backend.delete_password(self._service, name)

    def _backends(self) -> "tuple[KeyringBackend, ...]":
        backends = _accepted_backends()
        if not backends:
            raise UserActionNeeded(NO_KEYRING, detail="no acceptable keyring backend")
        return backends


# --- the sealed file ------------------------------------------------------------------------------------------------


class PassphraseVault(SecretVault):
    """Secrets in one JSON file, sealed with AES-256-GCM under a key that scrypt makes from a passphrase.

    The file is replaced whole, so a crash leaves the old one or the new one. A file that cannot be read is never
    written over. Several processes may use one file.
    """

    def __init__(
        self,
        path: Path,
        passphrase: str,
        *,
        random_bytes: Callable[[int], bytes] = os.urandom,
        boundary: Boundary = no_boundary,
    ) -> None:
        self._path = path
        self._passphrase = passphrase
        self._random_bytes = random_bytes
        self._boundary = boundary
        self._keys: dict[bytes, tuple[bytes, str]] = {}

    def get(self, name: str) -> str | None:
        return self._read()[1].get(name)

    def set(self, name: str, value: str) -> None:
        with self._alone():
            salt, secrets = self._read()
            self._write(salt, secrets | {name: value})

    def delete(self, name: str) -> None:
        with self._alone():
            salt, secrets = self._read()
            if name in secrets:
                self._write(salt, {key: value for key, value in secrets.items() if key != name})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with InstanceLock(self._path.with_name(self._path.name + ".lock")).hold():
            yield

    def _key(self, salt: bytes) -> tuple[bytes, str]:
        """Return the sealing key and the check word that tells a wrong passphrase from a damaged file."""
        import hashlib  # noqa: PLC0415  (only where there is no keyring)

        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415

        if salt not in self._keys:
            kdf = Scrypt(salt=salt, length=2 * KEY_BYTES, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P)
            both = kdf.derive(self._passphrase.encode("utf-8", "surrogatepass"))
            self._keys = {salt: (both[:KEY_BYTES], hashlib.sha256(both[KEY_BYTES:]).hexdigest())}
        return self._keys[salt]

    def _read(self) -> tuple[bytes, dict[str, str]]:
        """Return the salt and all secrets; a missing file is an empty vault."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  (only where there is no keyring)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        if not self._path.exists():
            return self._random_bytes(SALT_BYTES), {}
        salt, nonce, sealed, check = self._parts()
        key, expected = self._key(salt)
        if check != expected:
            raise UserActionNeeded("The passphrase is wrong: type it again.", detail="passphrase vault: check word")
        try:
            return salt, json.loads(AESGCM(key).decrypt(nonce, sealed, salt))
        except (InvalidTag, ValueError) as error:
            raise self._damaged("its content does not open") from error

    def _parts(self) -> tuple[bytes, bytes, bytes, str]:
        try:
            if self._path.stat().st_size > LARGEST_FILE:
                raise self._damaged("it is too large")
            text = self._path.read_bytes()
        except OSError as error:
            raise UserActionNeeded(
                f"Dealside cannot read {self._path}: allow reading it and try again.", detail=f"vault: {error}"
            ) from error
        try:
            fields = json.loads(text)
            if fields["format"] == FORMAT:
                salt, nonce, sealed = (base64.b64decode(fields[name], validate=True) for name in _BINARY_FIELDS)
                return salt, nonce, sealed, str(fields["check"])
            newer = int(fields["format"]) > FORMAT
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._damaged(type(error).__name__) from error
        if newer:
            raise UserActionNeeded(
                "The passphrase vault was made by a newer Dealside: update this one.", detail=str(self._path)
            )
        raise self._damaged("its format is unknown")

    def _damaged(self, why: str) -> UserActionNeeded:
        return UserActionNeeded(
            f"The passphrase vault {self._path} is damaged and was left as it is: put a copy from a backup in its "
            "place, or move it away to start anew.",
            detail=f"vault: {why}",
        )

    def _write(self, salt: bytes, secrets: dict[str, str]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  (only where no keyring is)

        key, check = self._key(salt)
        nonce = self._random_bytes(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, json.dumps(secrets).encode(), salt)
        fields: dict[str, int | str] = {"format": FORMAT, "check": check}
        for name, raw in zip(_BINARY_FIELDS, (salt, nonce, sealed), strict=True):
            fields[name] = base64.b64encode(raw).decode()
        try:
            replace_durably(self._path, json.dumps(fields, indent=1).encode(), boundary=self._boundary)
        except OSError as error:
            raise UserActionNeeded(
                f"Dealside cannot write {self._path}: free some space there or allow writing to it. "
                "The secrets from before are still there.",
                detail=f"vault: {error}",
            ) from error


_BINARY_FIELDS = ("salt", "nonce", "sealed")


def open_vault(profile: str, path: Path, *, passphrase: str | None = None) -> SecretVault:
    """Return the vault of a profile; `path` is where its sealed file is or would be.

    A passphrase that was given decides; then a sealed file that exists; then the keyring. Raise UserActionNeeded when
    none of the three can be used.
    """
    if passphrase:
        return PassphraseVault(path, passphrase)
    if path.exists():
        raise UserActionNeeded("Dealside's secrets are sealed with a passphrase: type it.", detail=str(path))
    if keyring_usable():
        return KeyringVault(profile)
    raise UserActionNeeded(NO_KEYRING, detail="no keyring and no passphrase")
