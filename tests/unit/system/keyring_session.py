"""Run inside a D-Bus session of its own by test_vault: one line of JSON per word on the command line."""

import json
import sys

from desktop.domain.errors import UserActionNeeded
from desktop.system.vault import KeyringVault, keyring_usable

PROFILES = {"mine": KeyringVault("test"), "other": KeyringVault("other")}


def act(word: str) -> object:
    """`usable`, or `get:name`, `set:name:value`, `delete:name`, each with `other.` in front for the other profile."""
    if word == "usable":
        return keyring_usable()
    profile, _, rest = word.rpartition(".")
    vault = PROFILES[profile or "mine"]
    verb, *arguments = rest.split(":")
    return getattr(vault, verb)(*arguments)


for word in sys.argv[1:]:
    try:
        answer = {"answer": act(word)}
    except UserActionNeeded as error:
        answer = {"sentence": error.sentence, "detail": error.detail}
    print(json.dumps(answer), flush=True)
