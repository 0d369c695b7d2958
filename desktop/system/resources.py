"""The one way to reach `resources/`, whether we run from source or from a frozen build."""

import sys
from pathlib import Path


def base() -> Path:
    """Return the folder that holds `resources/`: the unpacked bundle when frozen, else the repository."""
    bundle = getattr(sys, "_MEIPASS", None)  # where PyInstaller puts what build.spec collected
    return Path(bundle) if bundle else Path(__file__).resolve().parents[2]


def path(*parts: str) -> Path:
    """Return the path of one resource, `path("samples", "mail")`; raise ValueError for a way out of the folder."""
    root = base() / "resources"
    wanted = root.joinpath(*parts)
    if not wanted.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"not inside resources: {'/'.join(parts)}")
    return wanted
