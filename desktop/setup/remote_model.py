"""Letting a model on another machine read: which server, which model, with which key; and going back.

The key is kept in the vault under the name of the very server it belongs to, so that no other one is ever sent it.
"""

import ipaddress
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from desktop.domain.errors import Cancelled, UserActionNeeded
from desktop.domain.ports import SecretVault
from desktop.setup.settings import (
    REMOTE_ADDRESS,
    REMOTE_FORM,
    REMOTE_KEY_MARK,
    REMOTE_MODEL,
    REMOTE_PLAIN_HOST,
    Settings,
)

log = logging.getLogger("dealside.setup")

LEAVES = (
    "Mail texts will be sent to {host}. E-mail addresses, numbers, keys, streets and names are hidden first; names are "
    "recognised by where they stand, so some will be missed, and what else the mails say is sent as it is."
)
UNENCRYPTED = "The address begins with http://: anybody on the way to {host} can read along."
SHARED = ipaddress.ip_network("100.64.0.0/10")


@dataclass(frozen=True, slots=True)
class RemoteChoice:
    """A server's address (as far as `/v1`), the model's name there, and the form of the questions."""

    address: str
    model: str
    form: str
    may_be_plain: bool


Look = Callable[[RemoteChoice, str], int]
"""Tries a server with a key; returns how many alternatives it tells the probability of, or raises one of our errors."""


class RemoteSetup:
    """What `dealside models remote` and the window's page about it do."""

    def __init__(self, settings: Settings, vault: SecretVault, look: Look) -> None:
        self._settings = settings
        self._vault = vault
        self._look = look

    def chosen(self) -> RemoteChoice | None:
        """Return the server that reads, or None when the models on this machine do."""
        address, model = self._settings.value(REMOTE_ADDRESS), self._settings.value(REMOTE_MODEL)
        if not address or not model:
            return None
        plain = may_be_plain(address, self._settings.value(REMOTE_PLAIN_HOST))
        return RemoteChoice(address, model, self._settings.value(REMOTE_FORM), plain)

    def key(self, choice: RemoteChoice) -> str:
        """Return the key for a server, the empty string when it wants none."""
        return self._vault.get(key_name(choice.address)) or ""

    def choose(
        self, address: str, model: str, *, key: str, form: str, confirm: Callable[[str], bool]
    ) -> tuple[RemoteChoice, int]:
        """Try a server and let it read; return it, and how many alternatives it tells the probability of.

        Raises Cancelled when it is not confirmed, UserActionNeeded for an address that is none, what the look raises.
        """
        whole = full_address(address)
        host = urlsplit(whole).hostname or ""
        needs_word = not may_be_plain(whole, "") and whole.startswith("http:")
        words = [LEAVES.format(host=host), UNENCRYPTED.format(host=host) if needs_word else ""]
        if not is_here(host) and not confirm(" ".join(filter(None, words))):
            raise Cancelled("Nothing was changed: the models on this machine read on.")
        choice = RemoteChoice(whole, model, form, may_be_plain(whole, host if needs_word else ""))
        alternatives = self._look(choice, key)
        is_new_key = key != self.key(choice)
        if key:
            self._vault.set(key_name(whole), key)
        else:
            self._vault.delete(key_name(whole))
        if is_new_key:
            self._settings.choose(REMOTE_KEY_MARK, secrets.token_hex(4))
        chosen = {REMOTE_MODEL: model, REMOTE_FORM: form, REMOTE_PLAIN_HOST: host if needs_word else ""}
        for name, value in {**chosen, REMOTE_ADDRESS: whole}.items():
            self._settings.choose(name, value)
        log.info("a model server was chosen")
        return choice, alternatives

    def forget(self) -> bool:
        """Go back to the models on this machine, and forget the key; return whether there was anything to forget."""
        address = self._settings.value(REMOTE_ADDRESS)
        if not address:
            return False
        self._vault.delete(key_name(address))
        for name in (REMOTE_ADDRESS, REMOTE_MODEL, REMOTE_FORM, REMOTE_PLAIN_HOST, REMOTE_KEY_MARK):
            self._settings.forget(name)
        return True


def full_address(address: str) -> str:
    """Return an address with its scheme and the `/v1` that servers of this protocol answer under."""
    whole = address.strip() if "://" in address else f"https://{address.strip()}"
    parts = _split(whole)
    return whole.rstrip("/") if parts.path.strip("/") else f"{whole.rstrip('/')}/v1"


def may_be_plain(address: str, confirmed_host: str) -> bool:
    """Whether http:// will do: on this machine, in a private network, or where the rep said so of this host."""
    host = _split(address).hostname or ""
    return is_here(host) or _is_private(host) or (bool(host) and host == confirmed_host)


def is_here(host: str) -> bool:
    """Whether a host can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def key_name(address: str) -> str:
    """Return the vault's name for a server's key."""
    return f"remote-model/{_split(address).netloc.lower()}/key"


def _is_private(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_private and not found.is_unspecified and not (found.version == 4 and found in SHARED)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_complete = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        is_complete = False
        parts = urlsplit("")
    if not is_complete or parts.username or parts.password or parts.query or parts.fragment:
        raise UserActionNeeded("The server's address is not complete: it should look like https://name.example/v1.")
    return parts
