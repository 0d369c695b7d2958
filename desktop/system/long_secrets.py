"""A secret that may be longer than a keyring takes, kept in pieces and replaced as a whole.

Windows' keyring holds 1,280 characters in one secret; what a sign-in gives is often longer. The new pieces are written
first, then the head that names them: whoever reads, or dies in between, finds the old secret or the new one.
"""

import hashlib
import json

from desktop.domain.errors import UserActionNeeded
from desktop.domain.ports import SecretVault

LONGEST_PIECE = 1_000
MOST_PIECES = 40
_ROUNDS = ("a", "b")
_LOOKS = 3


class LongSecret:
    """One secret of a vault, under `name` and names that begin with it. Not for two writers at once."""

    def __init__(self, vault: SecretVault, name: str) -> None:
        self._vault = vault
        self._name = name

    def get(self) -> str | None:
        """Return the secret, None where there is none or where what there is cannot be read."""
        for _ in range(_LOOKS):  # another process may replace it while we read
            head = self._head()
            if head is None:
                return None
            turn, count, digest = head
            pieces = [self._vault.get(self._piece(turn, number)) for number in range(count)]
            text = "".join(piece or "" for piece in pieces)
            if None not in pieces and _digest(text) == digest:
                return text
        return None

    def set(self, value: str) -> None:
        """Keep `value` instead of what there was; raises what the vault raises, and the old value then stands."""
        pieces = [value[at : at + LONGEST_PIECE] for at in range(0, len(value), LONGEST_PIECE)]
        if len(pieces) > MOST_PIECES:
            raise UserActionNeeded("The sign-in is far too long to be kept; sign in again.", detail=f"{len(value)}")
        before = self._head()
        turn = _ROUNDS[1] if before is not None and before[0] == _ROUNDS[0] else _ROUNDS[0]
        for number, piece in enumerate(pieces):
            self._vault.set(self._piece(turn, number), piece)
        self._vault.set(self._name, json.dumps([turn, len(pieces), _digest(value)]))
        if before is not None:
            self._drop(before[0], before[1])

    def delete(self) -> None:
        """Forget it; the head goes last, so that a delete that broke off can be repeated."""
        head = self._head()
        for turn in _ROUNDS if head is not None else ():
            self._drop(turn, MOST_PIECES)
        self._vault.delete(self._name)

    def _drop(self, turn: str, count: int) -> None:
        for number in range(count):
            name = self._piece(turn, number)
            if self._vault.get(name) is None:
                return
            self._vault.delete(name)

    def _piece(self, turn: str, number: int) -> str:
        return f"{self._name}/{turn}{number}"

    def _head(self) -> tuple[str, int, str] | None:
        try:
            turn, count, digest = json.loads(self._vault.get(self._name) or "null")
            return str(turn), min(int(count), MOST_PIECES), str(digest)
        except (ValueError, TypeError):
            return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
