"""Answers that were given once: the same model, asked the same about the same document, is not asked again.

Held in memory only, under hashes, so that no mail text is ever written. What a program that ended knew is gone with
it, which costs one reading: a finished one is in the store anyway.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from desktop.inference import wire

MOST_ANSWERS = 4096

_encode = msgspec.json.Encoder().encode
Chances = tuple[float, ...]


class AnswerCache:
    """The last answers, MOST_ANSWERS unless told otherwise; the one not used for longest gives way.

    An answer is the probabilities of a question's labels, or a text that was written.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._known: OrderedDict[bytes, Chances | str] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: bytes) -> Chances | None:
        """Return the probabilities kept under a key, or None."""
        found = self._used(key)
        return found if isinstance(found, tuple) else None

    def text(self, key: bytes) -> str | None:
        """Return the text kept under a key, or None."""
        found = self._used(key)
        return found if isinstance(found, str) else None

    def put(self, key: bytes, answer: Chances | str) -> None:
        """Keep an answer."""
        self._known[key] = answer
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._known.clear()

    def _used(self, key: bytes) -> Chances | str | None:
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
        return found


def keys_of(model_hash: str, order: wire.Choose) -> Sequence[bytes]:
    """Return one key for each question of an order: a hash of the model and of every word that it would be shown."""
    shared = hashlib.sha256(_encode([model_hash, order.before, order.document, order.after]))
    keys = []
    for asked in order.questions:
        digest = shared.copy()
        digest.update(b"\n" + _encode(asked))
        keys.append(digest.digest())
    return keys


def key_of(model_hash: str, order: wire.Write) -> bytes:
    """Return the key for what an order has written: a hash of the model, every word it is shown, and the bound."""
    shown = [model_hash, order.before, order.document, order.after, order.pieces, order.most_tokens]
    return hashlib.sha256(b"written\n" + _encode(shown)).digest()
