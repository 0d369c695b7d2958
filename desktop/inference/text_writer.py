"""Writes text, always the likeliest token next: the same model and document give the same words every time.

Only the child process imports this module.
"""

import re
from collections.abc import Callable, Sequence

from desktop.inference.text_decoder import Decoder, Stretch
from desktop.inference.text_vocabulary import Vocabulary

BLANK_LINE = re.compile(rb"\S[ \t\r]*\n[ \t\r]*\n")


class Writer:
    """Continues a sequence of a decoder with tokens of a vocabulary."""

    def __init__(self, decoder: Decoder, vocabulary: Vocabulary) -> None:
        self._decoder = decoder
        self._vocabulary = vocabulary

    def write(self, asked: Stretch, most: int, on_progress: Callable[[float], None]) -> str:
        """Return the text that follows `asked`, `most` tokens at most, up to its end or its first blank line.

        Raises EngineTrouble, also soon after the request was given up.
        """
        self._decoder.read(Stretch(asked.sequence, asked.tokens, asked.start, wants_logits=True))
        raw, place = bytearray(), asked.start + len(asked.tokens)
        for written in range(most):
            on_progress(written / most)
            token = self._decoder.likeliest(self._vocabulary.size)
            if self._vocabulary.ends(token):
                break
            raw += self._vocabulary.bytes_of(token)
            if BLANK_LINE.search(raw) or written + 1 == most:
                break
            self._step(asked.sequence, [token], place + written)
        ended = BLANK_LINE.search(raw)
        return (raw[: ended.end()] if ended else raw).decode("utf-8", "replace").strip()

    def _step(self, sequence: int, tokens: Sequence[int], place: int) -> None:
        self._decoder.decode([Stretch(sequence, tokens, place, wants_logits=True)])
