"""llama.cpp's context as the engine uses it: stretches of tokens in, forks of sequences, logits and saved states out.

Several stretches, each of a sequence of its own, go through one call of `llama_decode`: a small model spends more on
starting a call than on a few tokens, and attention over many rows at once takes a faster way. Only the child process
imports this module.
"""

import ctypes
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp
import numpy as np

from desktop.inference.question_packs import even_size
from desktop.inference.stop_flag import StopFlag
from desktop.inference.wire import FailureCode

BATCH = 512
ABORTED = 2


class EngineTrouble(Exception):
    """The request failed and the engine is whole. `detail` is for the log and holds no mail text."""

    def __init__(self, code: FailureCode, detail: str = "", *, retryable: bool = False) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens that follow the first `start` ones of a sequence. With `wants_logits`, the last of them is answered."""

    sequence: int
    tokens: Sequence[int]
    start: int
    wants_logits: bool = False


class Decoder:
    """One context. Not thread-safe: two threads on one context abort the process.

    `chunk` is how many tokens at most go into one call, from 1 to BATCH. `n_prompt` counts the tokens that were
    decoded, `n_answers` at how many of them an answer was read.
    """

    def __init__(self, context: Any, stop: StopFlag) -> None:
        self._context = context
        self._stop = stop
        self._memory = llama_cpp.llama_get_memory(context)
        self._batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
        self._token = np.ctypeslib.as_array(self._batch.token, (BATCH,))
        self._pos = np.ctypeslib.as_array(self._batch.pos, (BATCH,))
        self._logits = np.ctypeslib.as_array(self._batch.logits, (BATCH,))
        np.ctypeslib.as_array(self._batch.n_seq_id, (BATCH,))[:] = 1
        self._sequence = np.zeros(BATCH, np.int32)  # row by row behind the pointers that native code follows
        for place in range(BATCH):
            address = self._sequence.ctypes.data + place * self._sequence.itemsize
            self._batch.seq_id[place] = ctypes.cast(address, ctypes.POINTER(llama_cpp.llama_seq_id))
        self.chunk = BATCH
        self.n_prompt = 0
        self.n_answers = 0

    @property
    def n_ctx(self) -> int:
        """How many tokens there is room for, over all sequences."""
        return int(llama_cpp.llama_n_ctx(self._context))

    def read(self, stretch: Stretch, on_progress: Callable[[float], None] | None = None) -> None:
        """Decode one stretch of any length, a chunk at a time."""
        tokens = stretch.tokens
        size = even_size(len(tokens), self.chunk, BATCH)
        for offset in range(0, len(tokens), size):
            part = tokens[offset : offset + size]
            is_last = offset + size >= len(tokens)
            self.decode([Stretch(stretch.sequence, part, stretch.start + offset, stretch.wants_logits and is_last)])
            if on_progress is not None:
                on_progress((offset + len(part)) / len(tokens))

    def decode(self, stretches: Sequence[Stretch]) -> list[int]:
        """Decode stretches of different sequences in one call, BATCH tokens at most; return the row each ends in."""
        self.check_stop()
        rows, end = [], 0
        for stretch in stretches:
            begin, end = end, end + len(stretch.tokens)
            self._token[begin:end] = stretch.tokens
            self._pos[begin:end] = np.arange(stretch.start, stretch.start + len(stretch.tokens))
            self._sequence[begin:end] = stretch.sequence
            self._logits[begin:end] = 0
            self._logits[end - 1] = stretch.wants_logits
            rows.append(end - 1)
        self._batch.n_tokens = end
        code = llama_cpp.llama_decode(self._context, self._batch)
        if code == ABORTED:
            raise EngineTrouble(FailureCode.CANCELLED, retryable=True)
        if code:
            raise EngineTrouble(FailureCode.DECODE, f"llama_decode said {code}", retryable=True)
        self.n_prompt += end
        self.n_answers += sum(stretch.wants_logits for stretch in stretches)
        return rows

    def likeliest(self, size: int) -> int:
        """Return the token of a vocabulary of `size` that the last one of the last call is most likely followed by."""
        logits = llama_cpp.llama_get_logits_ith(self._context, -1)
        if not logits:
            raise EngineTrouble(FailureCode.DECODE, "no logits")
        row = np.ctypeslib.as_array(logits, (size,))
        best = int(row.argmax())  # of a row with a NaN, the first NaN
        if not math.isfinite(float(row[best])):
            raise EngineTrouble(FailureCode.BAD_MODEL, "the model answers with no numbers")
        return best

    def softmax(self, tokens: Sequence[int], row: int = -1) -> list[float]:
        """Return the probability of each of `tokens` among themselves, after a row of the last call (-1: its last).

        No other logit is ever looked at, so nothing but these tokens can be answered.
        """
        logits = llama_cpp.llama_get_logits_ith(self._context, row)
        if not logits:
            raise EngineTrouble(FailureCode.DECODE, "no logits")
        values = [float(logits[token]) for token in tokens]
        if not all(map(math.isfinite, values)):
            raise EngineTrouble(FailureCode.BAD_MODEL, "the model answers with no numbers")
        highest = max(values)
        weights = [math.exp(value - highest) for value in values]
        whole = math.fsum(weights)
        return [weight / whole for weight in weights]

    def fork(self, source: int, target: int) -> None:
        """Make `target` continue from all that `source` holds. Cells are shared, so this costs next to nothing."""
        self.drop(target)
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def drop(self, *sequences: int) -> None:
        """Forget sequences. What one still holds is room that the others lack."""
        for sequence in sequences:
            llama_cpp.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear(self) -> None:
        """Forget everything."""
        llama_cpp.llama_memory_clear(self._memory, True)

    def set_threads(self, count: int) -> None:
        """Compute with `count` threads from the next call on."""
        llama_cpp.llama_set_n_threads(self._context, count, count)

    def state_of(self, sequence: int) -> bytes:
        """Return all that a sequence holds, as bytes that `restore` takes back."""
        size = llama_cpp.llama_state_seq_get_size(self._context, sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = llama_cpp.llama_state_seq_get_data(self._context, buffer, size, sequence)
        return bytes(buffer[:written])

    def restore(self, sequence: int, state: bytes) -> bool:
        """Bring a sequence to what `state_of` returned; False when native code would not take it.

        A cut or foreign state ends the process: only bytes whose checksum was verified may come here.
        """
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if llama_cpp.llama_state_seq_set_data(self._context, buffer, len(state), sequence):
            return True
        self.drop(sequence)
        return False

    def check_stop(self) -> None:
        """Raise EngineTrouble when the running request was given up."""
        if self._stop.is_set:
            raise EngineTrouble(FailureCode.CANCELLED, retryable=True)
