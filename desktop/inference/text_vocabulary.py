"""Text to tokens. Hostile text never becomes a control token; only pieces that say so of themselves do.

Only the child process imports this module.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp

from desktop.inference import wire
from desktop.inference.label_tree import LabelTree, shared_length, tree_of
from desktop.inference.text_decoder import EngineTrouble
from desktop.inference.wire import FailureCode

ELISION = "\n[...]\n"
MOST_KNOWN = 256
LONGEST_KNOWN = 80
LONGEST_PIECE = 256  # bytes


class Vocabulary:
    """The tokeniser of one model."""

    def __init__(self, model: Any) -> None:
        self._vocab = llama_cpp.llama_model_get_vocab(model)
        self.size = int(llama_cpp.llama_vocab_n_tokens(self._vocab))
        self._control = frozenset(
            token for token in range(self.size) if llama_cpp.llama_vocab_is_control(self._vocab, token)
        )
        self._known: dict[tuple[str, bool], list[int]] = {}

    def first_token(self) -> list[int]:
        """Return the token every prompt of this model begins with, if there is one."""
        if not llama_cpp.llama_vocab_get_add_bos(self._vocab):
            return []
        return [llama_cpp.llama_vocab_bos(self._vocab)]

    def of_pieces(self, pieces: Sequence[wire.Piece]) -> list[int]:
        """Return the token ids of pieces of prompt."""
        found: list[int] = []
        for piece in pieces:
            found += self._short(piece.text, special=piece.special)
        return found

    def plain(self, text: str, *, limit: int = 0) -> list[int]:
        """Return the token ids of hostile text: whatever it says, there is no control token among them.

        With `limit`, only about that many tokens at the head and the tail of a longer text are looked at.
        """
        if limit and len(text) > 16 * limit:
            text = text[: 8 * limit] + ELISION + text[-8 * limit :]
        return self._tokens(text, special=False)

    def question(self, asked: wire.Asked) -> tuple[list[int], LabelTree]:
        """Return the tokens of a question up to where its labels part, and the labels as a tree of what follows."""
        if not asked.labels or not asked.pieces or asked.pieces[-1].special:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "a question needs labels and a plain end")
        opening, last = self.of_pieces(asked.pieces[:-1]), asked.pieces[-1].text
        ways = [self._short(last + label, special=False) for label in asked.labels]
        shared = shared_length(ways)
        if not opening and not shared:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "a question says nothing before its labels")
        try:
            return opening + ways[0][:shared], tree_of([way[shared:] for way in ways])
        except ValueError as error:
            raise EngineTrouble(FailureCode.BAD_REQUEST, str(error)) from error

    def ends(self, token: int) -> bool:
        """Whether a token of an answer ends it: the model says so, or it begins to speak in control tokens."""
        return token in self._control or bool(llama_cpp.llama_vocab_is_eog(self._vocab, token))

    def bytes_of(self, token: int) -> bytes:
        """Return what a token adds to a text; a letter may be spread over several tokens."""
        buffer = (ctypes.c_char * LONGEST_PIECE)()
        count = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, LONGEST_PIECE, 0, False)
        return buffer.raw[: max(0, count)]

    def _short(self, text: str, *, special: bool) -> list[int]:
        """Return the tokens of a text that may well come again, as the words of a template do."""
        if len(text) > LONGEST_KNOWN:
            return self._tokens(text, special=special)
        key = (text, special)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = self._tokens(text, special=special)
        return found

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        if not text:
            return []
        raw = text.encode("utf-8", "replace")
        size = len(raw) + 8
        buffer = (llama_cpp.llama_token * size)()
        count = llama_cpp.llama_tokenize(self._vocab, raw, len(raw), buffer, size, False, special)
        if count < 0:
            raise EngineTrouble(FailureCode.BAD_REQUEST, "this text does not tokenise")
        found: list[int] = buffer[:count]
        return found if special else [token for token in found if token not in self._control]
