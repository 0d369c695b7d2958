"""A profile whose key is known here, for machines without a keyring and for what the keyring has no part in."""

from dataclasses import replace
from pathlib import Path

from desktop.system.profile import Profile, temporary_profile

KEY = bytes(range(32))
NAME = "default"


def own_profile(folder: str | Path) -> Profile:
    """Return the profile under `folder`; it is kept, unlike other temporary ones."""
    return replace(temporary_profile(NAME, KEY, Path(folder)), notice="")
