"""What a model made of a prompt's opening, kept in a file, so that it need not be read again at the next start.

Native code ends the process over a state that is cut or not its own. So a file is named after the model, the library
and the very tokens, and begins with the SHA-256 of the rest. It holds our own words only, never a mail's.
"""

import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

DIGEST = 32
LARGEST = 256 << 20
MOST_FILES = 8
SUFFIX = ".opening"


class OpeningStates:
    """The files of one model in one folder. A disk that is full or read-only costs time, nothing else."""

    def __init__(self, folder: Path, model_hash: str, library: str) -> None:
        self._folder = folder
        self._key = f"{model_hash} {library}"

    def load(self, tokens: Sequence[int]) -> bytes | None:
        """Return the state that was kept for an opening, or None when there is none that can be trusted."""
        path = self._path(tokens)
        try:
            if path.stat().st_size > LARGEST:
                return None
            raw = path.read_bytes()
        except OSError:
            return None
        state = raw[DIGEST:]
        return state if state and raw[:DIGEST] == self._digest(tokens, state) else None

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep the state of an opening, and let go of the oldest beyond MOST_FILES."""
        path = self._path(tokens)
        half = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(self._digest(tokens, state) + state)
            half.replace(path)
            known = sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in known[MOST_FILES:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            sys.stderr.write(f"the opening of the prompt could not be kept: {type(error).__name__}\n")

    def _path(self, tokens: Sequence[int]) -> Path:
        return self._folder / f"{hashlib.sha256(self._named(tokens)).hexdigest()[:32]}{SUFFIX}"

    def _named(self, tokens: Sequence[int]) -> bytes:
        return f"{self._key} {' '.join(map(str, tokens))}".encode()

    def _digest(self, tokens: Sequence[int], state: bytes) -> bytes:
        return hashlib.sha256(self._named(tokens) + b"\n" + state).digest()
