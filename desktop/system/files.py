"""Writing a small file so that no crash leaves half of one."""

import os
from pathlib import Path

from desktop.domain.ports import Boundary, no_boundary


def replace_durably(path: Path, content: bytes, *, boundary: Boundary = no_boundary) -> None:
    """Replace a file so that after a crash or a power cut it holds its old or its new content, whole."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    boundary("commit")
    beside.replace(path)
    if os.name == "posix":  # the rename itself lives in the folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    boundary("committed")
