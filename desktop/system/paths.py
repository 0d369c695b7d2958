"""Where a profile's files live on each platform. One profile is one rep: its own store, secrets, agent and logs."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from desktop.domain.errors import UserActionNeeded

DEFAULT_PROFILE = "default"
PROFILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
ONLY_OWNER = 0o700


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one profile; all absolute. `ensure` makes them."""

    profile: str
    data: Path
    config: Path
    cache: Path
    logs: Path

    def ensure(self) -> "Paths":
        """Make the folders, readable by their owner alone; raise UserActionNeeded when that cannot be."""
        for folder in (self.data, self.config, self.cache, self.logs):
            try:
                folder.mkdir(mode=ONLY_OWNER, parents=True, exist_ok=True)
            except OSError as error:
                raise UserActionNeeded(
                    f"Dealside cannot make its folder {folder}: free some space there or allow writing to it.",
                    detail=f"mkdir {folder}: {error}",
                ) from error
        return self


def for_profile(
    name: str = DEFAULT_PROFILE,
    root: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    platform: str = sys.platform,
) -> Paths:
    """Return the folders of profile `name`; with `root`, everything lies under it (portable use, tests)."""
    if not PROFILE_NAME.fullmatch(name):
        raise UserActionNeeded(
            "Choose another profile name: up to 40 small letters, digits, - or _, with a letter or digit in front.",
            detail=f"profile {name!r}",
        )
    if root is not None:
        base = root.absolute() / name
        return Paths(name, base / "data", base / "config", base / "cache", base / "logs")
    environ = os.environ if environ is None else environ
    if platform == "win32":
        return _windows(name, environ)
    home = _home(environ)
    return _macos(name, home) if platform == "darwin" else _xdg(name, home, environ)


def _home(environ: Mapping[str, str]) -> Path:
    given = environ.get("HOME", "")
    if PurePath(given).is_absolute():
        return Path(given)
    try:
        return Path.home()
    except RuntimeError as error:
        raise UserActionNeeded(
            "Dealside does not know your home folder: set HOME and start it again.", detail=str(error)
        ) from error


def _xdg(name: str, home: Path, environ: Mapping[str, str]) -> Paths:
    def folder(variable: str, fallback: str) -> Path:
        given = environ.get(variable, "")  # the XDG standard says: a relative path here is to be ignored
        return (Path(given) if PurePath(given).is_absolute() else home / fallback) / "dealside" / name

    return Paths(
        name,
        folder("XDG_DATA_HOME", ".local/share"),
        folder("XDG_CONFIG_HOME", ".config"),
        folder("XDG_CACHE_HOME", ".cache"),
        folder("XDG_STATE_HOME", ".local/state"),
    )


def _macos(name: str, home: Path) -> Paths:
    library = home / "Library"
    support = library / "Application Support" / "Dealside" / name
    return Paths(
        name,
        support / "data",
        support / "config",
        library / "Caches" / "Dealside" / name,
        library / "Logs" / "Dealside" / name,
    )


def _windows(name: str, environ: Mapping[str, str]) -> Paths:
    """Use the local, not the roaming folder: the store is large and its key does not travel."""
    local = environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    base = Path(local) / "Dealside" / name
    return Paths(name, base / "data", base / "config", base / "cache", base / "logs")
